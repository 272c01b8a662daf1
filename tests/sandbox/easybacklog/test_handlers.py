"""What the server does otherwise than one would think, or than its document says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.easybacklog.caller import ACCEPTED, NOW, WIRE_NOW, Caller, parsed

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


def crashed(answer: httpx.Response) -> bool:
    return answer.status_code == 500 and answer.json().keys() == {"status", "message"}


async def test_a_sprint_is_completed_only_by_the_string(caller: Caller) -> None:
    sprint = caller.sprint()
    path = f"{caller.sprints}/{sprint.id}"
    for strict, status in ((True, 422), (False, 204)):
        caller.service.strict = strict
        assert (await caller.http.put(path, json={"completed": True})).status_code == status
        assert (await caller.http.put(path, data={"complete": "true"})).status_code == status
        assert (await caller.http.get(path)).json()["completed_at"] is None
    answer = await caller.http.put(path, data={"completed": "true", "duration_days": "9"})
    assert answer.status_code == 204
    found = (await caller.http.get(path)).json()
    assert (found["completed_at"], found["duration_days"]) == (WIRE_NOW, 5)
    assert (await caller.http.put(path, json={"completed": "false"})).status_code == 204
    assert (await caller.http.get(path)).json()["completed_at"] is None


async def test_a_complete_sprint_is_reopened_only_by_the_string(caller: Caller) -> None:
    sprint = caller.sprint()
    path = f"{caller.sprints}/{sprint.id}"
    await caller.http.put(path, data={"completed": "true"})
    caller.service.strict = False
    for body in ({"completed": False}, {"completed": True}, {"complete": "false"}):
        assert (await caller.http.put(path, json=body)).status_code == 204
        assert (await caller.http.get(path)).json()["completed_at"] == WIRE_NOW


async def test_a_sprint_with_stories_that_are_not_accepted_is_not_completed(
    caller: Caller,
) -> None:
    sprint = caller.sprint()
    caller.assign(sprint, caller.story())
    answer = await caller.http.put(f"{caller.sprints}/{sprint.id}", data={"completed": "true"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == ["Sprint contains stories that are not accepted"]
    assert sprint.completed_at is None


async def test_sprints_are_completed_in_their_order_and_reopened_against_it(
    caller: Caller,
) -> None:
    first, second = caller.sprint(0), caller.sprint(1)
    one, two = (f"{caller.sprints}/{it.id}" for it in (first, second))
    yes, no = {"completed": "true"}, {"completed": "false"}
    not_first = "Completed at Sprint 1 is not complete"
    answer = await caller.http.put(two, data=yes)
    assert (answer.status_code, answer.json()["errors"]) == (422, [not_first])
    assigned = caller.service.add_sprint_story(second, caller.story())
    answer = await caller.http.put(two, data=yes)
    assert answer.json()["errors"] == [not_first, "Sprint contains stories that are not accepted"]
    caller.service.remove_sprint_story(assigned)
    assert (await caller.http.put(one, data=yes)).status_code == 204
    assert (await caller.http.put(two, data=yes)).status_code == 204
    answer = await caller.http.put(one, data=no)
    assert (answer.status_code, answer.json()["errors"]) == (422, ["Sprint 2 is complete"])
    answer = await caller.http.put(one, data={"duration_days": "3"})
    assert answer.json()["errors"] == ["Can't modify a sprint if it is completed"]


async def test_the_company_of_a_backlog_is_ignored_and_set_to_none(caller: Caller) -> None:
    company = caller.service.add_company(caller.account, "Acme")
    form = {"name": "New", "company_id": str(company.id)}
    assert (await caller.http.post(f"{caller.own}/backlogs", data=form)).json()[
        "company_id"
    ] is None
    caller.backlog.company_id = company.id
    assert (await caller.http.put(caller.of_backlog, data={"name": "Other"})).status_code == 204
    found = (await caller.http.get(caller.of_backlog)).json()
    assert (found["name"], found["company_id"]) == ("Other", None)


async def test_a_created_company_belongs_to_no_account_and_is_lost(caller: Caller) -> None:
    form = {"name": "New company name", "default_velocity": "5"}
    answer = await caller.http.post(f"{caller.own}/companies", data=form)
    assert answer.status_code == 201
    assert answer.json() == {
        "account_id": None,
        "created_at": WIRE_NOW,
        "default_rate": None,
        "default_use_50_90": None,
        "default_velocity": 5.0,
        "id": 1,
        "locale_id": None,
        "name": "New company name",
        "updated_at": WIRE_NOW,
    }
    assert (await caller.http.get(f"{caller.own}/companies")).json() == []
    assert (await caller.http.get(f"{caller.own}/companies/1")).status_code == 404


@pytest.mark.parametrize("call", ["snapshots", "duplicate"])
async def test_copies_are_made_after_the_answer(caller: Caller, call: str) -> None:
    caller.story()
    answer = await caller.http.post(f"{caller.of_backlog}/{call}", data={"name": "Copy"})
    assert answer.status_code == 201
    assert answer.json()["not_ready_since"] == "2026-05-04T10:30:15+00:00"
    copy = caller.service.backlogs[answer.json()["id"]]
    parent = f"{caller.of_backlog}/snapshots" if call == "snapshots" else f"{caller.own}/backlogs"
    seen = [(await caller.http.get(f"{parent}/{copy.id}")).json() for _ in range(3)]
    assert [one["not_ready_since"] for one in seen] == ["2026-05-04", "2026-05-04", None]
    themes = (await caller.whole(f"/backlogs/{copy.id}/themes")).json()
    assert [one["name"] for one in themes] == ["Start here"]
    assert themes[0]["id"] != caller.theme.id
    assert [one["as_a"] for one in themes[0]["stories"]] == ["keeper"]


async def test_a_copy_is_ready_by_the_clock_if_that_is_chosen(caller: Caller) -> None:
    caller.service.ready_after = timedelta(seconds=10)
    caller.service.copies_without_times = True
    answer = await caller.http.post(f"{caller.of_backlog}/duplicate", data={"name": "Copy"})
    path = f"{caller.own}/backlogs/{answer.json()['id']}"
    for _ in range(5):
        assert (await caller.http.get(path)).json()["not_ready_since"] == "2026-05-04"
    assert (await caller.http.get(f"/backlogs/{answer.json()['id']}/themes")).json() == []
    caller.service.clock = lambda: NOW + timedelta(seconds=10)
    assert (await caller.http.get(path)).json()["not_ready_since"] is None
    [theme] = (await caller.http.get(f"/backlogs/{answer.json()['id']}/themes")).json()
    assert (theme["created_at"], theme["updated_at"]) == (None, None)


async def test_snapshots_come_in_two_groups_and_change_no_more(caller: Caller) -> None:
    manual = caller.service.add_snapshot(caller.backlog, "By hand")
    caller.sprint()
    found = (await caller.http.get(f"{caller.of_backlog}/snapshots")).json()
    assert found["manual_snapshots"] == [
        {
            "created_at": WIRE_NOW,
            "id": manual.id,
            "locale_id": None,
            "name": "By hand",
            "not_ready_since": None,
            "not_ready_status": None,
            "rate": 800,
            "scoring_rule_id": None,
            "use_50_90": False,
            "velocity": 3.0,
            "parent_backlog_id": caller.backlog.id,
        }
    ]
    [of_sprint] = found["sprint_snapshots"]
    assert (of_sprint["name"], of_sprint["parent_sprint_id"]) == ("Sprint 1", caller.backlog.id)
    assert "parent_backlog_id" not in of_sprint
    answer = await caller.http.post(f"/backlogs/{manual.id}/themes", data={"name": "New"})
    assert answer.status_code == 403
    snapshots = f"{caller.of_backlog}/snapshots"
    assert (await caller.http.delete(f"{snapshots}/{of_sprint['id']}")).status_code == 403
    assert (await caller.http.delete(f"{snapshots}/{manual.id}")).status_code == 204
    assert (await caller.http.get(f"{snapshots}/{manual.id}")).status_code == 404
    assert (await caller.http.get(f"{caller.own}/backlogs/{manual.id}")).status_code == 404


async def test_a_sprint_has_a_snapshot_from_the_day_of_its_start_or_its_end(caller: Caller) -> None:
    async def snapshots() -> list[str]:
        found = (await caller.http.get(f"{caller.of_backlog}/snapshots")).json()
        return [one["name"] for one in found["sprint_snapshots"]]

    sprint = caller.sprint(1)
    assert await snapshots() == []
    path = f"{caller.sprints}/{sprint.id}"
    await caller.http.put(path, data={"start_on": "2026-05-01"})
    assert await snapshots() == []
    await caller.http.put(path, data={"start_on": "2026-05-04"})
    assert await snapshots() == ["Sprint 1"]
    await caller.http.put(path, data={"start_on": "2026-06-01"})
    assert await snapshots() == []
    await caller.http.put(path, data={"completed": "true"})
    assert await snapshots() == ["Sprint 1"]


async def test_an_archived_backlog_changes_in_no_way_but_back(caller: Caller) -> None:
    name = caller.backlog.name
    answer = await caller.http.put(caller.of_backlog, data={"archived": "true"})
    assert answer.status_code == 204
    assert (await caller.http.get(f"{caller.own}/backlogs")).json() == []
    everything = {"include_archived": "true"}
    assert len((await caller.http.get(f"{caller.own}/backlogs", params=everything)).json()) == 1
    story = caller.story()
    for method, path, form in (
        ("PUT", caller.of_backlog, {"name": "New"}),
        ("POST", caller.themes, {"name": "New"}),
        ("PUT", f"{caller.stories}/{story.id}", {"as_a": "New"}),
        ("POST", caller.sprints, {"start_on": "2027-01-04"}),
    ):
        assert (await caller.http.request(method, path, data=form)).status_code == 403
    again = {"archived": "true", "name": "New"}
    assert (await caller.http.put(caller.of_backlog, data=again)).status_code == 204
    back = {"archived": "false", "name": "New"}
    assert (await caller.http.put(caller.of_backlog, data=back)).status_code == 204
    assert (caller.backlog.archived, caller.backlog.name) == (False, name)


async def test_statistics_need_points_and_then_sprints(caller: Caller) -> None:
    assert (await caller.http.get(f"{caller.of_backlog}/stats")).json() == {"zero_points": True}
    root = await caller.xml(f"{caller.of_backlog}/stats")
    assert (root.tag, root[0].tag, root[0].text) == ("hash", "zero-points", "true")
    caller.story()
    assert crashed(await caller.http.get(f"{caller.of_backlog}/stats"))


async def test_a_500_is_an_error_in_the_format_that_was_asked_for(caller: Caller) -> None:
    caller.story()
    answer = await caller.http.get(f"{caller.of_backlog}/stats.xml")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = parsed(answer.content)
    assert (root.tag, [child.tag for child in root]) == ("response", ["status", "message"])
    assert root.findtext("status") == "error"


async def test_what_hangs_on_an_accepted_story_is_deleted_with_a_500(caller: Caller) -> None:
    story = caller.story()
    criterion = caller.service.add_criterion(story, "One")
    assigned = caller.assign(caller.sprint(), story, ACCEPTED)
    for path in (
        f"/stories/{story.id}/acceptance-criteria/{criterion.id}",
        f"{caller.stories}/{story.id}",
        f"{caller.themes}/{caller.theme.id}",
        assigned,
    ):
        assert crashed(await caller.http.delete(path))
    assert caller.service.criteria
    assert caller.service.sprint_stories


async def test_a_story_in_another_sprint_is_assigned_with_a_500(caller: Caller) -> None:
    story = caller.story()
    first, second = caller.sprint(0), caller.sprint(1)
    caller.assign(first, story)
    form = {"story_id": str(story.id)}
    assert crashed(await caller.http.post(f"/sprints/{second.id}/sprint-stories", data=form))
    answer = await caller.http.post(f"/sprints/{first.id}/sprint-stories", data=form)
    assert answer.json()["errors"] == ["Story has already been taken"]
    assert len(caller.service.sprint_stories) == 1


async def test_the_parameters_of_a_get_may_come_in_its_body(caller: Caller) -> None:
    caller.story()
    form = {"include_associated_data": "true"}
    answer = await caller.http.request("GET", caller.themes, data=form)
    assert len(answer.json()[0]["stories"]) == 1
