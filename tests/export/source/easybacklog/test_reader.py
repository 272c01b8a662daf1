"""What is read of easyBacklog if a server shows less than all at once, and while it changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import httpx
import pytest
from attrs import define, field

from agilekit import EasyBacklog, NotFound, Unauthorized
from agilekit.export import export, verify
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.easybacklog.reader import EasyBacklogReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.export.tables import BY_NAME
from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog import EasyBacklog as Service

pytestmark = pytest.mark.anyio

# The answers of a server, as JSON.
Answer: TypeAlias = Any
Twist: TypeAlias = Callable[[str, Answer], Answer]


@define
class Twisted(httpx.AsyncBaseTransport):
    """The sandbox, whose answers are others than its own."""

    sandbox: Sandbox
    twist: Twist
    """Of answers in JSON."""
    xml: Callable[[str], httpx.Response | None] = lambda _: None
    """What stands in the place of an answer in XML."""
    asked: list[str] = field(factory=list[str])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix(self.sandbox.easybacklog.base_path)
        is_xml = "xml" in request.headers["accept"]
        self.asked.append(f"{path} in XML" if is_xml else path)
        answer = await self.sandbox.transport().handle_async_request(request)
        body = await answer.aread()
        if is_xml:
            hidden = self.xml(path)
            return hidden or httpx.Response(
                answer.status_code, headers=answer.headers, content=body
            )
        if answer.status_code != 200:
            return httpx.Response(answer.status_code, json=json.loads(body))
        twisted = self.twist(path, json.loads(body))
        if isinstance(twisted, httpx.Response):
            return twisted
        return httpx.Response(200, json=twisted)

    def client(self) -> EasyBacklog:
        service = self.sandbox.easybacklog
        return EasyBacklog(service.base_url, token=service.token, transport=self)


CUT = "texts are those of its JSON, which may lack characters: its XML cannot be read: no reason"


def as_it_is(_: str, answer: Answer) -> Answer:
    return answer


def without(answer: list[dict[str, Answer]], *names: str) -> Answer:
    return [{name: value for name, value in one.items() if name not in names} for one in answer]


def refused(status: int) -> httpx.Response:
    return httpx.Response(status, json={"status": "error", "message": "no reason"})


async def read(server: Twisted, backlog_id: int | None = None) -> ProjectData:
    async with server.client() as easy:
        reader = EasyBacklogReader(easy, ReadLimiter(8))
        wanted = str(backlog_id or server.sandbox.easybacklog.backlog_id)
        (found,) = [one for one in await reader.projects() if one.project_id == wanted]
        server.asked.clear()
        return await reader.read(found, ignore_read)


def rows(data: ProjectData, table: str) -> dict[str, Mapping[str, Any]]:
    names = [column.name for column in BY_NAME[table].columns]
    found = [dict(zip(names, row, strict=True)) for row in data.rows[table]]
    return {str(row.get("id", row["project_id"])): row for row in found}


def rows_of(data: ProjectData, table: str) -> list[Mapping[str, Any]]:
    names = [column.name for column in BY_NAME[table].columns]
    return [dict(zip(names, row, strict=True)) for row in data.rows[table]]


def same_rows(data: ProjectData, other: ProjectData, *but: str) -> None:
    for table in BY_NAME:
        if table not in but:
            for (key, row), (key_2, row_2) in zip(
                rows(data, table).items(), rows(other, table).items(), strict=True
            ):
                assert key == key_2
                assert {**row, "raw": ""} == {**row_2, "raw": ""}


def stories_of(service: Service) -> Iterator[int]:
    for theme_id in service.backlogs[service.backlog_id].themes:
        yield from service.themes[theme_id].stories


async def test_eight_requests_read_a_backlog_and_two_each_of_its_snapshots(
    sandbox: Sandbox,
) -> None:
    server = Twisted(sandbox, as_it_is)
    await read(server)
    backlog = f"/backlogs/{sandbox.easybacklog.backlog_id}"
    account = f"/accounts/{sandbox.easybacklog.account_id}"
    kids = "?include_associated_data=true"
    companies = f"{account}/companies"
    assert sorted(server.asked) == sorted(
        (
            *(companies, f"{companies} in XML"),
            *("/sprint-story-statuses", "/locales", "/scoring-rules"),
            *(f"{account}{backlog}{kids}", f"{account}{backlog}/stats"),
            *(f"{backlog}/sprints{kids}", f"{backlog}/sprints{kids}"),
            *(f"{backlog}/themes{kids}", f"{backlog}/themes{kids} in XML"),
            *(f"{account}{backlog}/snapshots", f"{account}{backlog}/snapshots in XML"),
            *(f"{account}{backlog}/snapshots/{id}{kids}" for id in (358, 359, 360)),
            *(f"/backlogs/{id}/themes{kids} in XML" for id in (358, 359, 360)),
        )
    )


@pytest.mark.parametrize(
    "lacking",
    [
        ("stories",),
        ("stories", "created_at", "backlog_id"),
        ("created_at", "updated_at"),
        ("position",),
    ],
)
async def test_themes_that_lack_something_are_read_from_the_lists(
    lacking: tuple[str, ...], sandbox: Sandbox
) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        return without(answer, *lacking) if "/themes?" in path else answer

    server = Twisted(sandbox, lack)
    data = await read(server)
    same_rows(data, await read(Twisted(sandbox, as_it_is)))
    assert any(path.endswith("/themes") for path in server.asked) is (lacking != ("stories",))
    lists = [path for path in server.asked if path.endswith("/stories")]
    assert len(lists) == (3 if "stories" in lacking else 0)
    assert not [path for path in server.asked if path.endswith("/acceptance-criteria")]


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("lacking", "listed"),
    [
        ("score_90", "score"),
        ("created_at", "created_at"),
        ("unique_id", "unique_id"),
        ("theme_id", "theme_id"),
    ],
)
async def test_stories_inside_of_themes_that_lack_something_are_read_from_the_lists(
    lacking: str, listed: str, sandbox: Sandbox
) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        if "/themes?" in path:
            for theme in answer:
                theme["stories"] = without(theme["stories"], lacking)
                for story in theme["stories"]:
                    story["only_here"] = 1
        return answer

    data = await read(Twisted(sandbox, lack))
    same_rows(data, await read(Twisted(sandbox, as_it_is)))
    for row in rows(data, "cards").values():
        raw = json.loads(row["raw"])
        assert raw["only_here"] == 1
        assert listed in raw


async def test_criteria_that_no_parent_shows_are_read_story_by_story(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        whole = "/accounts/" in path and "associated" in path
        if whole or "/themes?" in path:
            themes: list[dict[str, Answer]] = answer.get("themes", []) if whole else answer
            for theme in themes:
                theme["stories"] = without(theme["stories"], "acceptance_criteria")
        return answer

    server = Twisted(sandbox, lack)
    data = await read(server)
    same_rows(data, await read(Twisted(sandbox, as_it_is)), "extras")
    lists = [path for path in server.asked if path.endswith("/acceptance-criteria")]
    assert len(lists) == len([*stories_of(sandbox.easybacklog)])


async def test_what_the_parent_of_a_criterion_tells_is_kept(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        if "/themes?" in path:
            for theme in answer:
                for story in theme["stories"]:
                    story["acceptance_criteria"] = without(story["acceptance_criteria"], "story_id")
        return answer

    server = Twisted(sandbox, lack)
    data = await read(server)
    same_rows(data, await read(Twisted(sandbox, as_it_is)))
    assert not [path for path in server.asked if path.endswith("/acceptance-criteria")]
    for row in rows(data, "tasks").values():
        assert str(json.loads(row["raw"])["story_id"]) == row["card_id"]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "lacking",
    [("sprint_stories",), ("created_at", "completed_at"), ("total_completed_points",)],
)
async def test_sprints_that_lack_something_are_read_from_the_lists(
    lacking: tuple[str, ...], sandbox: Sandbox
) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        return without(answer, *lacking) if "/sprints?" in path else answer

    server = Twisted(sandbox, lack)
    data = await read(server)
    same_rows(data, await read(Twisted(sandbox, as_it_is)))
    lists = [path for path in server.asked if path.endswith("/sprint-stories")]
    assert len(lists) == (4 if lacking == ("sprint_stories",) else 0)


async def test_a_list_of_backlogs_that_lacks_something_is_completed(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        thin = "/backlogs?" in path
        return [{"id": one["id"], "name": one["name"]} for one in answer] if thin else answer

    data = await read(Twisted(sandbox, lack))
    same_rows(data, await read(Twisted(sandbox, as_it_is)))
    async with Twisted(sandbox, as_it_is).client() as easy:
        service = sandbox.easybacklog
        single = await easy.backlogs.get(service.account_id, service.backlog_id)
    (row,) = rows(data, "projects").values()
    assert json.loads(row["raw"]).items() >= dict(single.raw).items()


async def test_a_story_that_moved_into_a_new_theme_meanwhile_is_there_with_its_theme(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog
    backlog = service.backlogs[service.backlog_id]
    story = service.stories[next(stories_of(service))]
    old = service.themes[story.theme_id]
    moved: list[str] = []

    def move(path: str, answer: Answer) -> Answer:
        if "/themes?" in path and not moved:
            # This answer was made in between: the story had left its theme, for one to come.
            for theme in answer:
                theme["stories"] = [one for one in theme["stories"] if one["id"] != story.id]
            theme = service.add_theme(backlog, "Meanwhile")
            service.move_story(story, theme)
            moved.append(str(theme.id))
        return answer

    data = await read(Twisted(sandbox, move))
    assert len(rows(data, "cards")) == len([*stories_of(service)])
    assert rows(data, "cards")[str(story.id)]["column_id"] == moved[0] != str(old.id)
    assert rows(data, "columns")[moved[0]]["title"] == "Meanwhile"
    criteria = [
        row["id"] for row in rows(data, "tasks").values() if row["card_id"] == str(story.id)
    ]
    assert sorted(criteria) == sorted(map(str, story.criteria))


async def test_a_story_whose_theme_went_to_another_backlog_has_no_theme(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    account = service.accounts[service.account_id]
    target = service.add_backlog(account, "Elsewhere")
    theme = service.themes[service.backlogs[service.backlog_id].themes[2]]
    theme_stories = [*theme.stories]
    whole = f"/backlogs/{service.backlog_id}?include_associated_data=true"

    def move(path: str, answer: Answer) -> Answer:
        if path.endswith(whole) and theme.backlog_id != target.id:
            service.move_theme(theme, target)
        return answer

    data = await read(Twisted(sandbox, move))
    for id in theme_stories:
        assert rows(data, "cards")[str(id)]["column_id"] is None
    assert str(theme.id) not in rows(data, "columns")


async def test_a_story_that_is_deleted_meanwhile_is_left_out(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    story = service.stories[[*stories_of(service)][3]]
    whole = f"/backlogs/{service.backlog_id}?include_associated_data=true"

    def delete(path: str, answer: Answer) -> Answer:
        if path.endswith(whole) and story.id in service.stories:
            service.remove_story(story)
        return answer

    data = await read(Twisted(sandbox, delete))
    assert rows(data, "cards").keys() == {*map(str, stories_of(service))}
    assert data.gaps == ()


async def test_a_story_that_the_server_does_not_show_is_a_gap(sandbox: Sandbox) -> None:
    id = next(stories_of(sandbox.easybacklog))

    def hide(path: str, answer: Answer) -> Answer:
        if path.startswith(f"/stories/{id}?"):
            return refused(403)
        if "/themes?" in path:
            for theme in answer:
                theme["stories"] = [one for one in theme["stories"] if one["id"] != id]
        return answer

    data = await read(
        Twisted(sandbox, hide, lambda path: refused(406) if "/themes?" in path else None)
    )
    assert data.gaps == (CUT, f"the server does not show the story {id}: no reason")


@pytest.mark.parametrize("status", [400, 500])
async def test_statistics_that_are_refused_are_a_gap(
    status: int, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr("agilekit.export.source.read_limiter.anyio.sleep", at_once)

    def refuse(path: str, answer: Answer) -> Answer:
        return refused(status) if path.endswith("/stats") else answer

    data = await read(Twisted(sandbox, refuse))
    assert data.gaps == ("the server does not show the statistics: no reason",)
    assert rows(data, "burndown") == {}
    assert rows(data, "cards")


async def test_a_backlog_without_sprints_has_no_statistics(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    backlog = service.add_backlog(service.accounts[service.account_id], "No sprints yet")
    service.add_story(service.add_theme(backlog, "Only"), i_want_to="see")
    data = await read(Twisted(sandbox, as_it_is), backlog.id)
    assert data.gaps == ()
    assert rows(data, "burndown") == {}


async def test_a_snapshot_that_is_being_filled_is_a_gap(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    service.ready_after = timedelta(days=1)
    fresh = service.add_snapshot(service.backlogs[service.backlog_id], "Fresh", ready=False)
    data = await read(Twisted(sandbox, as_it_is))
    assert data.gaps == (f"the snapshot {fresh.id} is still being filled",)


async def test_backlogs_are_read_by_a_reader_that_has_listed_none(sandbox: Sandbox) -> None:
    server = Twisted(sandbox, as_it_is)
    async with server.client() as easy:
        projects = await EasyBacklogReader(easy, ReadLimiter(8)).projects()
        server.asked.clear()
        reader, read = EasyBacklogReader(easy, ReadLimiter(8)), list[ProjectData]()

        async def read_one(project: ProjectRef) -> None:
            read.append(await reader.read(project, ignore_read))

        async with anyio.create_task_group() as tasks:
            for project in projects:
                tasks.start_soon(read_one, project)
        assert len(read) == len(projects) == 3
        for path in ("/accounts", "/locales", "/scoring-rules", "/sprint-story-statuses"):
            assert server.asked.count(path) == 1
        with pytest.raises(NotFound, match="there is no backlog 999"):
            await reader.read(
                ProjectRef("easybacklog", "sandbox.invalid", "999", easy.base_url), ignore_read
            )


# What its JSON does not show


WIDE = "party \U0001f389, \U00020bb7,\r\nand a bell \x07"


async def test_every_text_is_that_which_is_stored(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    service.sixteen_bits = True
    account, backlog = service.accounts[service.account_id], service.backlogs[service.backlog_id]
    company = service.add_company(account, f"company {WIDE}")
    account.name, backlog.name = f"account {WIDE}", f"backlog {WIDE}"
    theme = service.add_theme(backlog, f"theme {WIDE}")
    story = service.add_story(theme, i_want_to=WIDE, comments=f"comments {WIDE}")
    criterion = service.add_criterion(story, f"criterion {WIDE}")
    snapshot = service.add_snapshot(backlog, f"snapshot {WIDE}")
    data = await read(Twisted(sandbox, as_it_is))
    assert data.gaps == ()
    assert data.project.title == f"backlog {WIDE}"
    assert rows(data, "columns")[str(theme.id)]["title"] == f"theme {WIDE}"
    card = rows(data, "cards")[str(story.id)]
    assert (card["title"], card["description"]) == (f"I want to {WIDE}", f"comments {WIDE}")
    assert json.loads(card["raw"])["i_want_to"] == WIDE
    assert rows(data, "tasks")[str(criterion.id)]["title"] == f"criterion {WIDE}"
    extras = {(row["kind"], row["id"]): row for row in rows_of(data, "extras")}
    assert extras["account", str(account.id)]["title"] == f"account {WIDE}"
    assert extras["company", str(company.id)]["title"] == f"company {WIDE}"
    copied = extras["snapshot", str(snapshot.id)]
    assert copied["title"] == f"snapshot {WIDE}"
    (theme_copy,) = [
        one for one in json.loads(copied["raw"])["themes"] if one["name"] == f"theme {WIDE}"
    ]
    assert theme_copy["stories"][0]["i_want_to"] == WIDE
    assert theme_copy["stories"][0]["acceptance_criteria"][0]["criterion"] == f"criterion {WIDE}"
    everything = json.dumps([*map(list, chain(*data.rows.values()))], ensure_ascii=False)
    assert "\uf389" not in everything.replace("\\uf389", "\uf389")


async def test_texts_of_a_server_without_xml_are_those_of_its_json_and_a_gap(
    sandbox: Sandbox,
) -> None:
    refusing = Twisted(sandbox, as_it_is, lambda _: refused(406))
    data = await read(refusing)
    assert data.gaps == (CUT,)
    same_rows(data, await read(Twisted(sandbox, as_it_is)))


async def test_an_answer_in_xml_that_may_come_the_next_time_fails_the_backlog(
    sandbox: Sandbox,
) -> None:
    limited = Twisted(sandbox, as_it_is, lambda path: refused(401) if "/themes?" in path else None)
    with pytest.raises(Unauthorized):
        await read(limited)


async def test_a_client_in_xml_reads_the_same_rows_in_one_format(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    transport = Twisted(sandbox, as_it_is)
    async with EasyBacklog(
        service.base_url, token=service.token, format="xml", transport=transport
    ) as easy:
        reader = EasyBacklogReader(easy, ReadLimiter(8))
        for found in await reader.projects():
            data = await reader.read(found, ignore_read)
            assert data.gaps == ()
            same_rows(data, await read(Twisted(sandbox, as_it_is), int(found.project_id)))
    assert all(path.endswith("in XML") for path in transport.asked)


# What no backlog in one piece shows


async def test_a_scoring_rule_that_does_not_exist_costs_points_and_no_rows(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog
    whole = await read(Twisted(sandbox, as_it_is))
    for one in service.backlogs.values():
        one.scoring_rule_id = 4711
    data = await read(Twisted(sandbox, as_it_is))
    assert data.gaps == ("the server does not tell its points and costs: Backlog does not exist",)
    same_rows(data, whole, "extras")
    before, after = rows_of(whole, "extras"), rows_of(data, "extras")
    assert [(row["kind"], row["id"]) for row in after] == [
        (row["kind"], row["id"]) for row in before
    ]
    for row in after:
        if row["kind"] == "snapshot":
            themes = json.loads(row["raw"])["themes"]
            assert [one["name"] for one in themes][:2] == ["Keepers", "Lamp"]
            assert themes[0]["stories"][0]["acceptance_criteria"]


async def test_a_snapshot_whose_content_is_not_shown_is_a_row_and_a_gap(sandbox: Sandbox) -> None:
    def hide(path: str, answer: Answer) -> Answer:
        return refused(403) if "/snapshots/358?" in path or "/358/themes" in path else answer

    data = await read(Twisted(sandbox, hide))
    assert data.gaps == ("the server does not show what the snapshot 358 holds: no reason",)
    assert ("snapshot", "358") in {(row["kind"], row["id"]) for row in rows_of(data, "extras")}


async def test_a_snapshot_that_is_deleted_meanwhile_is_neither_a_row_nor_a_gap(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog

    def delete(path: str, answer: Answer) -> Answer:
        if path.endswith("/snapshots"):
            service.backlogs[358].deleted = True
        return answer

    data = await read(Twisted(sandbox, delete))
    assert data.gaps == ()
    assert ("snapshot", "358") not in {(row["kind"], row["id"]) for row in rows_of(data, "extras")}


# Accounts and companies


async def test_companies_that_no_backlog_names_are_rows(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    account = service.accounts[service.account_id]
    unnamed = service.add_company(account, "Nobody's company")
    data = await read(Twisted(sandbox, as_it_is))
    titles = {
        row["id"]: row["title"] for row in rows_of(data, "extras") if row["kind"] == "company"
    }
    assert titles[str(unnamed.id)] == "Nobody's company"
    assert set(titles.values()) == {"Harbour board", "Nobody's company"}


async def test_an_account_without_backlogs_is_a_project_with_its_companies(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    service = sandbox.easybacklog
    empty = service.add_account("Empty quay")
    service.add_company(empty, "Quay company")
    server = Twisted(sandbox, as_it_is)
    report = await export([server.client()], to=tmp_path / "x.sqlite")
    assert [one.project_id for one in report.projects][-1] == f"account-{empty.id}"
    assert report.projects[-1].title == "Empty quay"
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
        found = database.execute(
            "SELECT kind, title FROM extras WHERE project_id LIKE 'account-%' ORDER BY kind, id"
        ).fetchall()
    assert found[0] == ("account", "Empty quay")
    assert ("company", "Quay company") in found
    assert ("company", "Harbour board") not in found
    assert verify(tmp_path / "x.sqlite").ok


# Sprints


async def test_only_a_sprint_that_is_complete_is_past_whatever_the_archive_says(
    sandbox: Sandbox,
) -> None:
    def archive(path: str, answer: Answer) -> Answer:
        if "/sprints" in path:
            for sprint in answer:
                sprint["completed?"] = True
        return answer

    data = await read(Twisted(sandbox, archive))
    states = {row["number"]: row["state"] for row in rows_of(data, "sprints")}
    assert states == {1: "past", 2: None}
    done = [row for row in rows_of(data, "cards") if row["completed_at"]]
    assert len(done) == 2


@pytest.mark.parametrize("days", [-400, 0, 400])
async def test_whether_a_sprint_has_begun_is_not_stored(days: int, sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    (sprint,) = [one for one in service.sprints.values() if one.iteration == 2]
    sprint.start_on = service.clock().date() + timedelta(days=days)
    data = await read(Twisted(sandbox, as_it_is))
    (row,) = [one for one in rows_of(data, "sprints") if one["number"] == 2]
    assert (row["state"], row["completed_at"]) == (None, None)


# While others move things


async def test_a_theme_that_went_to_a_backlog_that_was_read_before_is_a_gap(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog
    target = service.add_backlog(service.accounts[service.account_id], "Elsewhere")
    theme = service.themes[service.backlogs[service.backlog_id].themes[2]]
    deleted = service.themes[service.backlogs[service.backlog_id].themes[3]]
    async with Twisted(sandbox, as_it_is).client() as easy:
        reader = EasyBacklogReader(easy, ReadLimiter(8))
        found = {one.project_id: one for one in await reader.projects()}
        await reader.read(found[str(target.id)], ignore_read)
        service.move_theme(theme, target)
        service.remove_theme(deleted)
        data = await reader.read(found[str(service.backlog_id)], ignore_read)
    (gap,) = data.gaps
    assert gap.startswith(f"the theme {theme.id} went to another backlog after the export began")


async def test_a_backlog_that_never_rests_is_whole_and_a_gap_says_that_it_may_not_be(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog
    stories = [service.stories[id] for id in stories_of(service)]
    themes = [service.themes[id] for id in service.backlogs[service.backlog_id].themes]

    def move(path: str, answer: Answer) -> Answer:
        if "/themes?" in path:
            for story in stories[:3]:
                other = themes[(themes.index(service.themes[story.theme_id]) + 1) % len(themes)]
                service.move_story(story, other)
        return answer

    data = await read(Twisted(sandbox, move))
    assert data.gaps == ("it was changed each time that it was read: what moved may be missing",)
    assert rows(data, "cards").keys() == {str(one.id) for one in stories}
