"""What the server makes and checks itself: codes, positions, numbers, scores and dates."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

import pytest

from tests.sandbox.easybacklog.caller import ACCEPTED, NOW, Caller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Home page", "HOP"),
        ("New theme", "NET"),
        ("Terms and conditions", "TAC"),
        ("Login", "LOG"),
        ("A page", "APA"),
        ("Hi", "HI1"),
        ("X", "X01"),
        ("Ёж", "T01"),
    ],
)
async def test_a_theme_gets_a_code_of_three_characters(
    caller: Caller, name: str, code: str
) -> None:
    answer = await caller.http.post(caller.themes, data={"name": name})
    assert answer.json()["code"] == code


async def test_a_code_that_is_taken_gets_a_number(caller: Caller) -> None:
    names = ("Home page", "Home paper", "Home path")
    codes = [
        (await caller.http.post(caller.themes, data={"name": name})).json()["code"]
        for name in names
    ]
    assert codes == ["HOP", "HO1", "HO2"]
    answer = await caller.http.post(caller.themes, data={"name": "Own", "code": "hop"})
    assert answer.json()["errors"] == ["Code has already been taken"]
    answer = await caller.http.post(caller.themes, data={"name": "Own", "code": "four"})
    assert answer.json()["errors"] == ["Code must be 3 alphanumeric characters"]


async def test_codes_do_not_run_out(caller: Caller) -> None:
    themes = [caller.service.add_theme(caller.backlog, "Home page") for _ in range(1200)]
    assert len({theme.code for theme in themes}) == 1200
    assert {len(theme.code) for theme in themes} == {3}


async def test_a_position_moves_the_others(caller: Caller) -> None:
    first, second, third = (caller.story().id for _ in range(3))
    await caller.http.put(f"{caller.stories}/{third}", data={"position": "1"})
    found = (await caller.http.get(caller.stories)).json()
    assert [(one["id"], one["position"]) for one in found] == [
        (third, 1),
        (first, 2),
        (second, 3),
    ]
    await caller.http.delete(f"{caller.stories}/{first}")
    found = (await caller.http.get(caller.stories)).json()
    assert [(one["id"], one["position"]) for one in found] == [(third, 1), (second, 2)]


async def test_unique_ids_fill_the_gaps_and_are_unique(caller: Caller) -> None:
    stories = [caller.story() for _ in range(3)]
    caller.service.remove_story(stories[1])
    assert (await caller.http.post(caller.stories, data={})).json()["unique_id"] == 2
    answer = await caller.http.put(f"{caller.stories}/{stories[0].id}", data={"unique_id": "3"})
    assert answer.json()["errors"] == ["Unique ID has already been taken"]


async def test_leaving_out_is_not_clearing(caller: Caller) -> None:
    story = caller.story()
    path = f"{caller.stories}/{story.id}"
    assert (await caller.http.put(path, json={"comments": "tbc"})).status_code == 204
    assert (story.as_a, story.comments, story.score_90) == ("keeper", "tbc", Decimal("3.0"))
    assert (await caller.http.put(path, json={"as_a": None, "score": None})).status_code == 204
    assert (story.as_a, story.score_50, story.score_90) == (None, None, None)


async def test_scores_follow_the_rule(caller: Caller) -> None:
    answer = await caller.http.post(caller.stories, data={"score": "4"})
    assert answer.status_code == 422
    caller.backlog.scoring_rule_id = 9
    assert (await caller.http.post(caller.stories, data={"score": "4"})).json()["score"] == 4.0
    caller.backlog.use_50_90 = True
    form = {"score_50": "5", "score_90": "3", "score": "1"}
    answer = await caller.http.post(caller.stories, data=form)
    assert answer.json()["errors"] == ["Score 90 must not be less than score 50"]
    answer = await caller.http.post(caller.stories, data={**form, "score_90": "8"})
    assert (answer.json()["score_50"], answer.json()["score_90"]) == (5.0, 8.0)


async def test_an_accepted_story_only_moves(caller: Caller) -> None:
    story = caller.story()
    caller.story()
    caller.assign(caller.sprint(), story, ACCEPTED)
    path = f"{caller.stories}/{story.id}"
    assert (await caller.http.put(path, data={"as_a": "visitor"})).status_code == 422
    assert (await caller.http.put(path, data={"position": "2"})).status_code == 204
    assert caller.theme.stories[-1] == story.id


async def test_a_story_moves_to_a_theme_of_the_same_backlog(caller: Caller) -> None:
    story = caller.story()
    other = caller.service.add_theme(caller.backlog, "Other")
    caller.service.add_story(other)
    path = f"{caller.themes}/{other.id}/grab-story"
    answer = await caller.http.post(path, data={"story_id": str(story.id)})
    assert answer.status_code == 204
    assert (story.theme_id, story.unique_id, caller.theme.stories) == (other.id, 2, [])
    assert (await caller.http.post(path, data={"story_id": "9"})).status_code == 404


async def test_a_theme_moves_unless_a_sprint_has_a_story_of_it(caller: Caller) -> None:
    target = caller.service.add_backlog(caller.account, "Target")
    path = f"{caller.themes}/{caller.theme.id}/move-to-backlog"
    form = {"target_backlog_id": str(target.id)}
    sprint, story = caller.sprint(), caller.story()
    caller.assign(sprint, story)
    assert (await caller.http.post(path, data=form)).status_code == 403
    caller.service.remove_sprint(sprint)
    assert (await caller.http.post(path, data={"target_backlog_id": "0"})).status_code == 404
    assert (await caller.http.post(path, data=form)).status_code == 204
    assert (caller.backlog.themes, target.themes) == ([], [caller.theme.id])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"start_on": "2026-05-06"}, "Start date and duration overlaps with sprint 1"),
        ({"start_on": "2026-04-01"}, "Start date is before sprint 1"),
        ({"start_on": "soon"}, "Start on can't be blank"),
        ({"duration_days": "0"}, "Duration days must be a number greater than or equal to 1"),
        ({"number_team_members": ""}, "Number team members can't be blank"),
        ({"number_team_members": "-1"}, "Number team members must be greater than 0"),
    ],
)
async def test_a_bad_sprint_is_refused(caller: Caller, form: dict[str, str], error: str) -> None:
    caller.sprint()
    good = {"start_on": "2026-06-01", "duration_days": "5", "number_team_members": "1.5"}
    before = deepcopy(caller.service.sprints)
    answer = await caller.http.post(caller.sprints, data={**good, **form})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [error]
    assert caller.service.sprints == before
    assert (await caller.http.post(caller.sprints, data=good)).json()["iteration"] == 2


async def test_only_the_last_open_sprint_is_deleted(caller: Caller) -> None:
    first, second = caller.sprint(0), caller.sprint(1)
    assert (await caller.http.delete(f"{caller.sprints}/{first.id}")).status_code == 403
    found = (await caller.http.get(caller.sprints)).json()
    assert [one["deletable?"] for one in found] == [False, True]
    assert (await caller.http.delete(f"{caller.sprints}/{second.id}")).status_code == 204
    caller.assign(first, caller.story(), ACCEPTED)
    assert (await caller.http.delete(f"{caller.sprints}/{first.id}")).status_code == 403


async def test_a_sprint_story_moves_to_another_sprint(caller: Caller) -> None:
    first, second = caller.sprint(0), caller.sprint(1)
    story = caller.story()
    form = {"story_id": str(story.id), "sprint_story_status_id": "2"}
    made = await caller.http.post(f"/sprints/{first.id}/sprint-stories", data=form)
    assert (made.status_code, made.json()["sprint_story_status_id"]) == (201, 2)
    path = f"/sprints/{first.id}/sprint-stories/{made.json()['id']}"
    move = {"move_to_sprint_id": str(second.id)}
    assert (await caller.http.put(path, data=move)).status_code == 204
    assert (first.stories, second.stories) == ([], [made.json()["id"]])
    assert (await caller.http.get(path)).status_code == 404


async def test_the_stories_of_a_completed_sprint_stay(caller: Caller) -> None:
    sprint = caller.sprint()
    path = caller.assign(sprint, caller.story(), ACCEPTED)
    caller.service.complete_sprint(sprint)
    form = {"sprint_story_status_id": "1"}
    assert (await caller.http.put(path, data=form)).status_code == 403
    assert (await caller.http.delete(path)).status_code == 403


async def test_without_a_velocity_a_backlog_has_no_rate_and_no_teams(caller: Caller) -> None:
    sprint = caller.sprint()
    answer = await caller.http.put(caller.of_backlog, data={"velocity": ""})
    assert answer.json()["errors"] == ["Rate cannot be specified if velocity is empty"]
    form = {"velocity": "", "rate": ""}
    assert (await caller.http.put(caller.of_backlog, data=form)).status_code == 204
    assert (caller.backlog.velocity, caller.backlog.rate) == (None, None)
    assert (sprint.number_team_members, sprint.explicit_velocity) == (None, Decimal("15.0"))
    form = {"start_on": "2027-01-04", "duration_days": "5", "number_team_members": "1"}
    answer = await caller.http.post(caller.sprints, data=form)
    assert "Number team members is not editable with this backlog" in answer.json()["errors"]


async def test_a_change_inside_makes_the_backlog_newer(caller: Caller) -> None:
    other = caller.service.add_backlog(caller.account, "Other")
    caller.backlog.updated_at = other.updated_at = NOW.replace(year=2025)
    answer = await caller.http.post(caller.stories, data={"as_a": "user"})
    assert answer.status_code == 201
    assert caller.backlog.updated_at == NOW
    found = (await caller.http.get(f"{caller.own}/backlogs")).json()
    assert [one["id"] for one in found] == [caller.backlog.id, other.id]


async def test_an_account_and_a_company_are_updated(caller: Caller) -> None:
    form = {"name": "New account name", "default_velocity": "4", "default_use_50_90": "true"}
    assert (await caller.http.put(caller.own, data=form)).status_code == 204
    assert (caller.account.name, caller.account.default_use_50_90) == ("New account name", True)
    company = caller.service.add_company(caller.account, "Acme company")
    path = f"{caller.own}/companies/{company.id}"
    answer = await caller.http.put(path, data={"default_rate": "800"})
    assert answer.status_code == 422
    form = {"default_rate": "800", "default_velocity": "3.0"}
    assert (await caller.http.put(path, data=form)).status_code == 204
    assert (await caller.http.get(path)).json()["default_rate"] == 800


async def test_what_a_deleted_backlog_holds_is_shown_and_not_changed(caller: Caller) -> None:
    assert (await caller.http.delete(caller.of_backlog)).status_code == 204
    assert (await caller.http.get(caller.of_backlog)).status_code == 404
    assert (await caller.http.get(f"{caller.own}/backlogs")).json() == []
    for path in (caller.themes, caller.stories, caller.sprints):
        assert (await caller.http.get(path)).status_code == 200
    assert (await caller.http.post(caller.themes, data={"name": "New"})).status_code == 403


async def test_criteria_are_changed_and_deleted(caller: Caller) -> None:
    story = caller.story()
    path = f"/stories/{story.id}/acceptance-criteria"
    made = [(await caller.http.post(path, data={"criterion": it})).json() for it in "ab"]
    assert [one["position"] for one in made] == [1, 2]
    last = f"{path}/{made[1]['id']}"
    form = {"criterion": "c\x00d", "position": "1"}
    assert (await caller.http.put(last, data=form)).status_code == 204
    root = await caller.xml(path)
    assert [child.findtext("criterion") for child in root] == ["c*d", "a"]
    assert (await caller.http.delete(last)).status_code == 204
    assert len((await caller.http.get(path)).json()) == 1
