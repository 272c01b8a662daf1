"""Answers as a running server gave them, typed by hand from recordings of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import httpx
import pytest

from tests.sandbox.easybacklog.caller import ACCEPTED, Caller, described, parsed

if TYPE_CHECKING:
    from agilekit.sandbox.renderer import Ruby

pytestmark = pytest.mark.anyio

TAKEN: Final = {
    "errors": ["Name has already been taken"],
    "status": "error",
    "message": "Name has already been taken",
}
LOCKED: Final = {
    "errors": ["Cannot edit as story is marked as accepted and therefore locked"],
    "status": "error",
    "message": "Cannot edit as story is marked as accepted and therefore locked",
}
NO_RATE: Final = {
    "errors": ["Rate cannot be specified if velocity is empty"],
    "status": "error",
    "message": "Rate cannot be specified if velocity is empty",
}
NO_DEFAULT_RATE: Final = {
    "errors": ["Default rate cannot be specified if default velocity is empty"],
    "status": "error",
    "message": "Default rate cannot be specified if default velocity is empty",
}


@pytest.fixture
def caller() -> Caller:
    return Caller()


def shown(answer: httpx.Response, *without: str) -> dict[str, object]:
    """The object of a 201, but for ids and times."""
    assert answer.status_code == 201
    hidden = {"id", "created_at", "updated_at", *without}
    return {name: value for name, value in answer.json().items() if name not in hidden}


# Names that are taken


async def test_a_theme_whose_name_is_there_is_refused(caller: Caller) -> None:
    first = await caller.http.post(caller.themes, data={"name": "Home page"})
    assert shown(first) == {
        "backlog_id": caller.backlog.id,
        "code": "HOP",
        "name": "Home page",
        "position": 2,
    }
    answer = await caller.http.post(caller.themes, data={"name": "Home page"})
    assert (answer.status_code, answer.json()) == (422, TAKEN)
    path = f"{caller.themes}/{caller.theme.id}"
    answer = await caller.http.put(path, data={"name": "Home page"})
    assert (answer.status_code, answer.json()) == (422, TAKEN)
    assert (await caller.http.put(path, data={"name": caller.theme.name})).status_code == 204


async def test_the_refusal_in_xml(caller: Caller) -> None:
    answer = await caller.http.post(f"{caller.themes}.xml", data={"name": caller.theme.name})
    assert answer.status_code == 422
    root = parsed(answer.content)
    assert root.findtext("errors/error") == root.findtext("message") == TAKEN["message"]


async def test_a_name_is_taken_in_its_own_backlog_only(caller: Caller) -> None:
    other = caller.service.add_backlog(caller.account, "Other")
    form = {"name": caller.theme.name}
    assert (await caller.http.post(f"/backlogs/{other.id}/themes", data=form)).status_code == 201


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"name": "x z", "code": "STH"}, "Code has already been taken"),
        ({"name": "x z", "code": "ST"}, "Code must be 3 alphanumeric characters"),
    ],
)
async def test_a_code_is_taken_too(caller: Caller, form: dict[str, str], error: str) -> None:
    assert caller.theme.code == "STH"
    answer = await caller.http.post(caller.themes, data=form)
    assert answer.status_code == 422
    assert answer.json() == {"errors": [error], "status": "error", "message": error}


async def test_a_unique_id_and_a_story_of_a_sprint_are_taken(caller: Caller) -> None:
    story, sprint = caller.story(), caller.sprint()
    answer = await caller.http.post(caller.stories, data={"unique_id": "1"})
    error = "Unique ID has already been taken"
    assert answer.status_code == 422
    assert answer.json() == {"errors": [error], "status": "error", "message": error}
    caller.assign(sprint, story)
    path, form = f"/sprints/{sprint.id}/sprint-stories", {"story_id": str(story.id)}
    answer = await caller.http.post(path, data=form)
    error = "Story has already been taken"
    assert answer.status_code == 422
    assert answer.json() == {"errors": [error], "status": "error", "message": error}


async def test_a_theme_moves_under_another_name_if_its_own_is_taken(caller: Caller) -> None:
    target = caller.service.add_backlog(caller.account, "Target")
    for name in ("Start here", "Start here 1"):
        caller.service.add_theme(target, name)
    path = f"{caller.themes}/{caller.theme.id}/move-to-backlog"
    answer = await caller.http.post(path, data={"target_backlog_id": str(target.id)})
    assert answer.status_code == 204
    found = (await caller.http.get(f"/backlogs/{target.id}/themes")).json()
    assert [one["name"] for one in found] == ["Start here", "Start here 1", "Start here 2"]


async def test_a_grabbed_story_keeps_its_unique_id_unless_that_is_taken(caller: Caller) -> None:
    stories = [caller.story() for _ in range(3)]
    other = caller.service.add_theme(caller.backlog, "Other")
    caller.service.add_story(other)
    for story in (stories[2], stories[0]):
        path = f"{caller.themes}/{other.id}/grab-story"
        form = {"story_id": str(story.id)}
        assert (await caller.http.post(path, data=form)).status_code == 204
    found = (await caller.http.get(f"/themes/{other.id}/stories")).json()
    assert [one["unique_id"] for one in found] == [1, 3, 2]


# What is not stored, and answered with success


async def test_a_score_is_not_stored_in_a_backlog_of_50_90(caller: Caller) -> None:
    caller.backlog.use_50_90 = True
    both = await caller.http.post(caller.stories, data={"score_50": "3", "score_90": "8"})
    assert shown(both)["score_90"] == 8.0
    one = await caller.http.post(caller.stories, data={"score": "3"})
    assert shown(one) == {
        "as_a": None,
        "color": None,
        "comments": None,
        "i_want_to": None,
        "position": 2,
        "score_50": None,
        "score_90": None,
        "so_i_can": None,
        "theme_id": caller.theme.id,
        "unique_id": 2,
    }
    path = f"{caller.stories}/{both.json()['id']}"
    assert (await caller.http.put(path, data={"score": "13"})).status_code == 204
    found = (await caller.http.get(path)).json()
    assert (found["score_50"], found["score_90"]) == (3.0, 8.0)


async def test_a_score_of_50_by_itself_is_not_shown_under_a_single_score(
    caller: Caller,
) -> None:
    answer = await caller.http.post(caller.stories, data={"score_50": "3"})
    assert shown(answer)["score"] is None


async def test_a_company_is_never_stored(caller: Caller) -> None:
    company = caller.service.add_company(caller.account, "Acme")
    form = {"company_id": str(company.id), "name": "R"}
    answer = await caller.http.post(f"{caller.own}/backlogs", data=form)
    assert (answer.status_code, answer.json()["company_id"]) == (201, None)
    assert (await caller.http.put(caller.of_backlog, data=form)).status_code == 204
    found = (await caller.http.get(caller.of_backlog)).json()
    assert (found["name"], found["company_id"]) == ("R", None)


async def test_archiving_sets_the_company_to_none_and_restoring_leaves_it_so(
    caller: Caller,
) -> None:
    caller.backlog.company_id = caller.service.add_company(caller.account, "Acme").id
    for archived in ("true", "false"):
        answer = await caller.http.put(caller.of_backlog, data={"archived": archived})
        assert answer.status_code == 204
        assert (await caller.http.get(caller.of_backlog)).json()["company_id"] is None


@pytest.mark.parametrize("status", ["99", "0", "-1", ""])
async def test_an_unknown_status_becomes_to_do(caller: Caller, status: str) -> None:
    sprint, story = caller.sprint(), caller.story()
    path = f"/sprints/{sprint.id}/sprint-stories"
    form = {"story_id": str(story.id), "sprint_story_status_id": status}
    answer = await caller.http.post(path, data=form)
    assert shown(answer) == {
        "position": 1,
        "sprint_id": sprint.id,
        "sprint_story_status_id": 1,
        "story_id": story.id,
    }
    one = f"{path}/{answer.json()['id']}"
    await caller.http.put(one, data={"sprint_story_status_id": "2"})
    assert (await caller.http.put(one, data={"sprint_story_status_id": status})).status_code == 204
    assert (await caller.http.get(one)).json()["sprint_story_status_id"] == 1


# What is refused


async def test_criteria_of_an_accepted_story_are_neither_created_nor_changed(
    caller: Caller,
) -> None:
    story = caller.story()
    criterion = caller.service.add_criterion(story, "x <y> \u00e9")
    caller.assign(caller.sprint(), story, ACCEPTED)
    path = f"/stories/{story.id}/acceptance-criteria"
    for method, where, form in (
        ("POST", path, {"criterion": "n"}),
        ("PUT", f"{path}/{criterion.id}", {"criterion": "n"}),
        ("PUT", f"{path}/{criterion.id}", {"position": "1"}),
    ):
        answer = await caller.http.request(method, where, data=form)
        assert (answer.status_code, answer.json()) == (422, LOCKED)
    assert (await caller.http.delete(f"{path}/{criterion.id}")).status_code == 500
    assert (await caller.http.get(path)).json() == [
        {"criterion": "x <y> \u00e9", "id": criterion.id, "position": 1, "story_id": story.id}
    ]


async def test_a_rate_needs_a_velocity(caller: Caller) -> None:
    path = f"{caller.own}/backlogs"
    answer = await caller.http.post(path, data={"name": "q", "rate": "1"})
    assert (answer.status_code, answer.json()) == (422, NO_RATE)
    answer = await caller.http.put(caller.of_backlog, data={"velocity": ""})
    assert (answer.status_code, answer.json()) == (422, NO_RATE)
    assert len(caller.service.backlogs) == 1
    answer = await caller.http.post(path, data={"name": "B", "velocity": "3", "rate": "800"})
    assert (answer.json()["velocity"], answer.json()["rate"]) == (3.0, 800)


async def test_a_default_rate_needs_a_default_velocity(caller: Caller) -> None:
    company = caller.service.add_company(caller.account, "Acme")
    for method, path in (
        ("POST", f"{caller.own}/companies"),
        ("PUT", f"{caller.own}/companies/{company.id}"),
        ("PUT", caller.own),
    ):
        form = {"name": "Co2", "default_rate": "5"}
        answer = await caller.http.request(method, path, data=form)
        assert (answer.status_code, answer.json()) == (422, NO_DEFAULT_RATE)


async def test_what_the_server_fails_at_is_not_stored(caller: Caller) -> None:
    sprint = caller.sprint()
    for path, form in (
        (caller.themes, {"name": "!!!"}),
        (caller.stories, {"as_a": "x" * 256}),
        (f"/sprints/{sprint.id}/sprint-stories", {"story_id": "999999"}),
    ):
        before = (await caller.http.get(path)).json()
        answer = await caller.http.post(path, data=form)
        assert (answer.status_code, answer.json().keys()) == (500, {"status", "message"})
        assert (await caller.http.get(path)).json() == before
    answer = await caller.http.post(caller.themes, data={"name": "!!!", "code": "abc"})
    assert shown(answer) == {
        "backlog_id": caller.backlog.id,
        "code": "ABC",
        "name": "!!!",
        "position": 2,
    }
    answer = await caller.http.post(f"/sprints/{sprint.id}/sprint-stories")
    assert (answer.status_code, answer.json()["errors"]) == (422, ["Story can't be blank"])


# What is stored and does not exist


async def test_a_scoring_rule_that_does_not_exist_is_stored(caller: Caller) -> None:
    form = {"name": "R", "velocity": "3", "scoring_rule_id": "99"}
    answer = await caller.http.post(f"{caller.own}/backlogs", data=form)
    assert answer.json()["scoring_rule_id"] == 99
    path = f"{caller.own}/backlogs/{answer.json()['id']}"
    assert (await caller.http.get(path)).json()["scoring_rule_id"] == 99
    for format in ("json", "xml"):
        assert (await caller.whole(path, format)).status_code == 404
    themes = f"/backlogs/{answer.json()['id']}/themes"
    assert (await caller.http.post(themes, data={"name": "T"})).status_code == 201
    assert len((await caller.http.get(themes)).json()) == 1


# not_ready_since


@pytest.mark.parametrize("call", ["snapshots", "duplicate"])
async def test_not_ready_since_is_a_time_and_then_a_date(caller: Caller, call: str) -> None:
    caller.service.ready_after_reads = 1
    answer = await caller.http.post(f"{caller.of_backlog}/{call}", data={"name": "Copy"})
    assert answer.json()["not_ready_since"] == "2026-05-04T10:30:15+00:00"
    parent = f"{caller.of_backlog}/snapshots" if call == "snapshots" else f"{caller.own}/backlogs"
    path = f"{parent}/{answer.json()['id']}"
    found = [(await caller.http.get(path)).json()["not_ready_since"] for _ in range(2)]
    assert found == ["2026-05-04", None]


async def test_not_ready_since_is_a_date_in_xml(caller: Caller) -> None:
    caller.service.ready_after_reads = 1
    answer = await caller.http.post(f"{caller.of_backlog}/duplicate.xml", data={"name": "Copy"})
    made = described(parsed(answer.content))
    assert made["not-ready-since"] == ("date", "2026-05-04T10:30:15+00:00")
    path = f"{caller.own}/backlogs/{made['id'][1]}"
    found = [described(await caller.xml(path))["not-ready-since"] for _ in range(2)]
    assert found == [("date", "2026-05-04"), ("date", "(nil)")]


# Places


async def test_a_theme_that_moves_away_leaves_a_gap(caller: Caller) -> None:
    other = caller.service.add_backlog(caller.account, "Other")
    middle, last = (caller.service.add_theme(caller.backlog, name) for name in ("b", "c"))
    path = f"{caller.themes}/{middle.id}/move-to-backlog"
    form = {"target_backlog_id": str(other.id)}
    assert (await caller.http.post(path, data=form)).status_code == 204
    made = await caller.http.post(caller.themes, data={"name": "d"})
    assert made.json()["position"] == 4
    first = await caller.http.post(caller.themes, data={"name": "e", "position": "1"})
    assert first.json()["position"] == 1
    found = (await caller.http.get(caller.themes)).json()
    assert [(one["name"], one["position"]) for one in found] == [
        ("e", 1),
        ("Start here", 2),
        ("c", 4),
        ("d", 5),
    ]
    assert (await caller.http.delete(f"{caller.themes}/{last.id}")).status_code == 204
    found = (await caller.http.get(caller.themes)).json()
    assert [one["position"] for one in found] == [1, 2, 4]


async def test_a_sprint_story_keeps_its_position_in_another_sprint(caller: Caller) -> None:
    one, two = caller.sprint(0), caller.sprint(1)
    paths = [caller.assign(one, caller.story()) for _ in range(3)]
    caller.assign(two, caller.story())
    for path, position in ((paths[2], 3), (paths[1], 2), (paths[0], 4)):
        form = {"move_to_sprint_id": str(two.id)}
        assert (await caller.http.put(path, data=form)).status_code == 204
        moved = path.replace(f"/sprints/{one.id}/", f"/sprints/{two.id}/")
        assert (await caller.http.get(moved)).json()["position"] == position
    assert (await caller.http.get(f"/sprints/{one.id}/sprint-stories")).json() == []


# Sprints


async def test_each_sprint_of_an_archived_backlog_is_locked(caller: Caller) -> None:
    sprint = caller.sprint()
    for archived in (False, True):
        caller.backlog.archived = archived
        found = (await caller.http.get(f"{caller.sprints}/{sprint.id}")).json()
        assert (found["completed?"], found["deletable?"]) == (archived, not archived)
        assert found["completed_at"] is None


async def test_the_parent_of_a_snapshot_of_a_sprint_is_the_sprint_in_the_document(
    caller: Caller,
) -> None:
    sprint = caller.sprint()
    keys: tuple[Literal["recorded", "documented"], ...] = ("recorded", "documented")
    for chosen, parent in zip(keys, (caller.backlog.id, sprint.id), strict=True):
        caller.service.keys = chosen
        found = (await caller.http.get(f"{caller.of_backlog}/snapshots")).json()
        [snapshot] = found["sprint_snapshots"]
        assert snapshot["parent_sprint_id"] == parent
        assert ("not_ready_status" in snapshot) is (parent == caller.backlog.id)


@pytest.mark.parametrize(("ruby", "kinds"), [("1.9", "integer integer"), ("2.7", "yaml Integer")])
async def test_a_new_ruby_has_types_that_rails_does_not_know(
    caller: Caller, ruby: Ruby, kinds: str
) -> None:
    caller.service.ruby = ruby
    snapshot = caller.service.add_snapshot(caller.backlog, "Snap")
    made = described(await caller.xml(f"{caller.of_backlog}/snapshots/{snapshot.id}"))
    sprint = described(await caller.xml(f"{caller.sprints}/{caller.sprint().id}"))
    kind, text = made["parent-backlog-id"]
    assert f"{kind} {sprint['iteration'][0]}" == kinds
    assert text == (f"--- {caller.backlog.id}\n" if kind == "yaml" else str(caller.backlog.id))
