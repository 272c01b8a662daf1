"""What is read of easyBacklog where a server shows less than all at once, and while it changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

import anyio
import httpx
import pytest
from attrs import define, field

from agilekit import EasyBacklog, NotFound
from agilekit.export.easybacklog import EasyBacklogReader
from agilekit.export.model import BY_NAME, Found, Part
from agilekit.export.reader import Turns
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
    asked: list[str] = field(factory=list[str])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix(self.sandbox.easybacklog.base_path)
        self.asked.append(path)
        answer = await self.sandbox.transport().handle_async_request(request)
        body = json.loads(await answer.aread())
        if answer.status_code != 200:
            return httpx.Response(answer.status_code, json=body)
        twisted = self.twist(path, body)
        if isinstance(twisted, httpx.Response):
            return twisted
        return httpx.Response(200, json=twisted)

    def client(self) -> EasyBacklog:
        service = self.sandbox.easybacklog
        return EasyBacklog(service.base_url, token=service.token, transport=self)


def as_it_is(_: str, answer: Answer) -> Answer:
    return answer


def untold(title: str | None, entities: int) -> None:
    """Nobody wants to know how far it is."""


def without(answer: list[dict[str, Answer]], *names: str) -> Answer:
    return [{name: value for name, value in one.items() if name not in names} for one in answer]


def refused(status: int) -> httpx.Response:
    return httpx.Response(status, json={"status": "error", "message": "no reason"})


async def read(server: Twisted, backlog_id: int | None = None) -> Part:
    async with server.client() as easy:
        reader = EasyBacklogReader(easy, Turns(8))
        wanted = str(backlog_id or server.sandbox.easybacklog.backlog_id)
        (found,) = [one for one in await reader.projects() if one.project_id == wanted]
        server.asked.clear()
        return await reader.read(found, untold)


def rows(part: Part, table: str) -> dict[str, Mapping[str, Any]]:
    names = [column.name for column in BY_NAME[table].columns]
    found = [dict(zip(names, row, strict=True)) for row in part.rows[table]]
    return {str(row.get("id", row["project_id"])): row for row in found}


def same_rows(part: Part, other: Part, *but: str) -> None:
    for table in BY_NAME:
        if table not in but:
            for (key, row), (key_2, row_2) in zip(
                rows(part, table).items(), rows(other, table).items(), strict=True
            ):
                assert key == key_2
                assert {**row, "raw": ""} == {**row_2, "raw": ""}


def stories_of(service: Service) -> Iterator[int]:
    for theme_id in service.backlogs[service.backlog_id].themes:
        yield from service.themes[theme_id].stories


async def test_five_requests_read_a_backlog_and_one_each_of_its_snapshots(
    sandbox: Sandbox,
) -> None:
    server = Twisted(sandbox, as_it_is)
    await read(server)
    backlog = f"/backlogs/{sandbox.easybacklog.backlog_id}"
    account = f"/accounts/{sandbox.easybacklog.account_id}"
    kids = "?include_associated_data=true"
    shared = {f"{account}/companies", "/sprint-story-statuses", "/locales", "/scoring-rules"}
    snapshots = {f"{account}{backlog}/snapshots/{id}{kids}" for id in (358, 359, 360)}
    assert sorted(server.asked) == sorted(
        {
            *(f"{account}{backlog}{kids}", f"{backlog}/themes{kids}", f"{backlog}/sprints{kids}"),
            *(f"{account}{backlog}/snapshots", f"{account}{backlog}/stats"),
            *shared,
            *snapshots,
        }
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
    part = await read(server)
    same_rows(part, await read(Twisted(sandbox, as_it_is)))
    assert any(path.endswith("/themes") for path in server.asked) is (lacking != ("stories",))
    assert any(path.endswith("/stories") for path in server.asked) is ("stories" in lacking)
    assert not [path for path in server.asked if path.endswith("/acceptance-criteria")]


@pytest.mark.parametrize("lacking", ["score", "created_at", "unique_id", "theme_id"])
async def test_stories_inside_of_themes_that_lack_something_are_read_from_the_lists(
    lacking: str, sandbox: Sandbox
) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        if "/themes?" in path:
            for theme in answer:
                theme["stories"] = without(theme["stories"], lacking)
                for story in theme["stories"]:
                    story["only_here"] = 1
        return answer

    part = await read(Twisted(sandbox, lack))
    same_rows(part, await read(Twisted(sandbox, as_it_is)))
    for row in rows(part, "cards").values():
        raw = json.loads(row["raw"])
        assert raw["only_here"] == 1
        assert lacking in raw


async def test_criteria_that_no_parent_shows_are_read_story_by_story(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        whole = "/accounts/" in path and "associated" in path
        if whole or "/themes?" in path:
            themes: list[dict[str, Answer]] = answer.get("themes", []) if whole else answer
            for theme in themes:
                theme["stories"] = without(theme["stories"], "acceptance_criteria")
        return answer

    server = Twisted(sandbox, lack)
    part = await read(server)
    same_rows(part, await read(Twisted(sandbox, as_it_is)), "extras")
    lists = [path for path in server.asked if path.endswith("/acceptance-criteria")]
    assert len(lists) == len([*stories_of(sandbox.easybacklog)])


async def test_what_the_place_of_a_criterion_tells_is_kept(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        if "/themes?" in path:
            for theme in answer:
                for story in theme["stories"]:
                    story["acceptance_criteria"] = without(story["acceptance_criteria"], "story_id")
        return answer

    server = Twisted(sandbox, lack)
    part = await read(server)
    same_rows(part, await read(Twisted(sandbox, as_it_is)))
    assert not [path for path in server.asked if path.endswith("/acceptance-criteria")]
    for row in rows(part, "tasks").values():
        assert str(json.loads(row["raw"])["story_id"]) == row["card_id"]


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
    part = await read(server)
    same_rows(part, await read(Twisted(sandbox, as_it_is)))
    lists = [path for path in server.asked if path.endswith("/sprint-stories")]
    assert len(lists) == (2 if lacking == ("sprint_stories",) else 0)


async def test_a_list_of_backlogs_that_lacks_something_is_completed(sandbox: Sandbox) -> None:
    def lack(path: str, answer: Answer) -> Answer:
        thin = "/backlogs?" in path
        return [{"id": one["id"], "name": one["name"]} for one in answer] if thin else answer

    part = await read(Twisted(sandbox, lack))
    same_rows(part, await read(Twisted(sandbox, as_it_is)))
    async with Twisted(sandbox, as_it_is).client() as easy:
        service = sandbox.easybacklog
        single = await easy.backlogs.get(service.account_id, service.backlog_id)
    (row,) = rows(part, "projects").values()
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
        if "/themes?" in path:
            # This answer was made in between: the story had left its theme, for one to come.
            for theme in answer:
                theme["stories"] = [one for one in theme["stories"] if one["id"] != story.id]
            theme = service.add_theme(backlog, "Meanwhile")
            service.move_story(story, theme)
            moved.append(str(theme.id))
        return answer

    part = await read(Twisted(sandbox, move))
    assert len(rows(part, "cards")) == len([*stories_of(service)])
    assert rows(part, "cards")[str(story.id)]["column_id"] == moved[0] != str(old.id)
    assert rows(part, "columns")[moved[0]]["title"] == "Meanwhile"
    criteria = [
        row["id"] for row in rows(part, "tasks").values() if row["card_id"] == str(story.id)
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

    part = await read(Twisted(sandbox, move))
    for id in theme_stories:
        assert rows(part, "cards")[str(id)]["column_id"] is None
    assert str(theme.id) not in rows(part, "columns")


async def test_a_story_that_is_deleted_meanwhile_is_left_out(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    story = service.stories[[*stories_of(service)][3]]
    whole = f"/backlogs/{service.backlog_id}?include_associated_data=true"

    def delete(path: str, answer: Answer) -> Answer:
        if path.endswith(whole) and story.id in service.stories:
            service.remove_story(story)
        return answer

    part = await read(Twisted(sandbox, delete))
    assert rows(part, "cards").keys() == {*map(str, stories_of(service))}
    assert part.gaps == ()


async def test_a_story_that_the_server_does_not_show_is_a_gap(sandbox: Sandbox) -> None:
    id = next(stories_of(sandbox.easybacklog))

    def hide(path: str, answer: Answer) -> Answer:
        if path == f"/stories/{id}":
            return refused(403)
        if "/themes?" in path:
            for theme in answer:
                theme["stories"] = [one for one in theme["stories"] if one["id"] != id]
        return answer

    part = await read(Twisted(sandbox, hide))
    assert part.gaps == (f"the server does not show the story {id}: no reason",)


@pytest.mark.parametrize("status", [400, 500])
async def test_statistics_that_are_refused_are_a_gap(
    status: int, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr("agilekit.export.reader.anyio.sleep", at_once)

    def refuse(path: str, answer: Answer) -> Answer:
        return refused(status) if path.endswith("/stats") else answer

    part = await read(Twisted(sandbox, refuse))
    assert part.gaps == ("the server does not show the statistics: no reason",)
    assert rows(part, "burndown") == {}
    assert rows(part, "cards")


async def test_a_backlog_without_sprints_has_no_statistics(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    backlog = service.add_backlog(service.accounts[service.account_id], "No sprints yet")
    service.add_story(service.add_theme(backlog, "Only"), i_want_to="see")
    part = await read(Twisted(sandbox, as_it_is), backlog.id)
    assert part.gaps == ()
    assert rows(part, "burndown") == {}


async def test_a_snapshot_that_is_being_filled_is_a_gap(sandbox: Sandbox) -> None:
    service = sandbox.easybacklog
    service.ready_after = timedelta(days=1)
    fresh = service.add_snapshot(service.backlogs[service.backlog_id], "Fresh", ready=False)
    part = await read(Twisted(sandbox, as_it_is))
    assert part.gaps == (f"the snapshot {fresh.id} is still being filled",)


async def found(sandbox: Sandbox, backlog_id: int) -> Found:
    async with Twisted(sandbox, as_it_is).client() as easy:
        projects = await EasyBacklogReader(easy, Turns(8)).projects()
    return next(one for one in projects if one.project_id == str(backlog_id))


async def test_a_copy_is_never_taken_for_unchanged_while_it_is_being_filled(
    sandbox: Sandbox,
) -> None:
    service = sandbox.easybacklog
    service.ready_after = timedelta(hours=1)
    copy = service.add_copy(service.backlogs[service.backlog_id], "Copy", ready=False)
    assert (await found(sandbox, copy.id)).watermark is None
    now = service.clock()
    service.clock = lambda: now + timedelta(hours=2)
    assert (await found(sandbox, copy.id)).watermark is not None


async def test_taking_a_backlog_out_of_the_archive_changes_its_watermark(sandbox: Sandbox) -> None:
    backlog = next(one for one in sandbox.easybacklog.backlogs.values() if one.archived)
    before = (await found(sandbox, backlog.id)).watermark
    backlog.archived = False
    assert (await found(sandbox, backlog.id)).watermark != before


async def test_backlogs_are_read_by_a_reader_that_has_listed_none(sandbox: Sandbox) -> None:
    server = Twisted(sandbox, as_it_is)
    async with server.client() as easy:
        projects = await EasyBacklogReader(easy, Turns(8)).projects()
        server.asked.clear()
        reader, parts = EasyBacklogReader(easy, Turns(8)), list[Part]()

        async def read_one(project: Found) -> None:
            parts.append(await reader.read(project, untold))

        async with anyio.create_task_group() as tasks:
            for project in projects:
                tasks.start_soon(read_one, project)
        assert len(parts) == len(projects) == 3
        for path in ("/accounts", "/locales", "/scoring-rules", "/sprint-story-statuses"):
            assert server.asked.count(path) == 1
        with pytest.raises(NotFound, match="there is no backlog 999"):
            await reader.read(Found("easybacklog", "sandbox.invalid", "999", easy.base_url), untold)
