"""Payloads typed from the document by hand, and the XML that Rails makes of the same records."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog.routes import ROUTES
from tests.sandbox.easybacklog.caller import ACCEPTED, WIRE_NOW, Caller, described

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_an_account_is_as_the_document_shows_it(caller: Caller) -> None:
    caller.account.name = "API Access Demo Account"
    caller.account.created_at = caller.account.updated_at = datetime(
        2012, 5, 21, 21, 33, 51, tzinfo=UTC
    )
    expected = {
        "created_at": "2012-05-21T21:33:51Z",
        "default_rate": None,
        "default_use_50_90": None,
        "default_velocity": None,
        "id": 33,
        "locale_id": 1,
        "name": "API Access Demo Account",
        "scoring_rule_id": None,
        "updated_at": "2012-05-21T21:33:51Z",
    }
    assert (await caller.http.get("/accounts")).json() == [expected]
    assert (await caller.http.get("/accounts/33.json")).json() == expected


async def test_the_xml_of_records_has_types_dashes_and_typed_nils(caller: Caller) -> None:
    root = await caller.xml("/accounts")
    assert (root.tag, root.get("type")) == ("accounts", "array")
    assert described(root[0]) == {
        "created-at": ("datetime", "2026-03-02T09:00:00Z"),
        "default-rate": ("integer", "(nil)"),
        "default-use-50-90": ("boolean", "(nil)"),
        "default-velocity": ("decimal", "(nil)"),
        "id": ("integer", "33"),
        "locale-id": ("integer", "1"),
        "name": (None, "Empty lighthouse"),
        "scoring-rule-id": ("integer", "(nil)"),
        "updated-at": ("datetime", "2026-03-02T09:00:00Z"),
    }


async def test_a_created_backlog_is_as_the_document_shows_it(caller: Caller) -> None:
    caller.service.keys = "documented"
    form = {"name": "New backlog name", "velocity": "3.5", "rate": "800"}
    answer = await caller.http.post(f"{caller.own}/backlogs", data=form)
    assert answer.status_code == 201
    assert answer.json() == {
        "account_id": 33,
        "archived": False,
        "author_id": 981,
        "company_id": None,
        "created_at": WIRE_NOW,
        "id": 358,
        "last_modified_user_id": 981,
        "name": "New backlog name",
        "not_ready_since": None,
        "rate": 800,
        "scoring_rule_id": None,
        "updated_at": WIRE_NOW,
        "use_50_90": None,
        "velocity": 3.5,
    }


async def test_decimals_are_strings_if_the_server_is_old(caller: Caller) -> None:
    caller.service.decimals_as_text = True
    caller.sprint()
    assert (await caller.http.get(caller.of_backlog)).json()["velocity"] == "3.0"
    [sprint] = (await caller.http.get(caller.sprints)).json()
    assert (sprint["total_expected_points"], sprint["total_allocated_points"]) == ("15.0", 0.0)


async def test_a_created_story_is_as_the_document_shows_it(caller: Caller) -> None:
    form = {"as_a": "user", "comments": "tbc", "color": "ff0000"}
    answer = await caller.http.post(caller.stories, data=form)
    assert answer.status_code == 201
    assert answer.json() == {
        "as_a": "user",
        "color": "ff0000",
        "comments": "tbc",
        "created_at": WIRE_NOW,
        "i_want_to": None,
        "id": 3158,
        "position": 1,
        "so_i_can": None,
        "theme_id": caller.theme.id,
        "unique_id": 1,
        "updated_at": WIRE_NOW,
        "score": None,
    }


async def test_a_story_has_the_scores_of_the_rule_of_its_backlog(caller: Caller) -> None:
    caller.backlog.use_50_90 = True
    story = caller.service.add_story(caller.theme, score_50=Decimal("2.0"))
    found = (await caller.http.get(f"/stories/{story.id}")).json()
    assert (found["score_50"], found["score_90"]) == (2.0, None)
    assert "score" not in found
    xml = described(await caller.xml(f"/stories/{story.id}"))
    assert (xml["score-50"], xml["score-90"]) == (("decimal", "2.0"), ("decimal", "(nil)"))


async def test_a_created_sprint_is_as_the_document_shows_it(caller: Caller) -> None:
    form = {"start_on": "2027-01-04", "explicit_velocity": "30", "duration_days": "5"}
    answer = await caller.http.post(caller.sprints, data=form)
    assert answer.status_code == 201
    assert answer.json() == {
        "backlog_id": caller.backlog.id,
        "completed_at": None,
        "created_at": WIRE_NOW,
        "duration_days": 5,
        "explicit_velocity": 30.0,
        "id": 224,
        "iteration": 1,
        "number_team_members": None,
        "start_on": "2027-01-04",
        "updated_at": WIRE_NOW,
        "completed?": False,
        "deletable?": True,
        "total_allocated_points": 0.0,
        "total_expected_points": 30.0,
        "total_completed_points": 0.0,
    }


async def test_the_xml_of_a_sprint_is_a_hash_without_questions(caller: Caller) -> None:
    caller.service.ruby = "1.9"
    sprint = caller.sprint()
    caller.assign(sprint, caller.story(), ACCEPTED)
    root = await caller.xml(f"{caller.sprints}/{sprint.id}")
    assert root.tag == "hash"
    assert described(root) == {
        "backlog-id": ("integer", str(caller.backlog.id)),
        "completed-at": (None, "(nil)"),
        "created-at": ("datetime", WIRE_NOW),
        "duration-days": ("integer", "5"),
        "explicit-velocity": (None, "(nil)"),
        "id": ("integer", "224"),
        "iteration": ("integer", "1"),
        "number-team-members": ("decimal", "1.0"),
        "start-on": ("date", "2026-05-04"),
        "updated-at": ("datetime", WIRE_NOW),
        "total-allocated-points": ("decimal", "3.0"),
        "total-expected-points": ("decimal", "15.0"),
        "total-completed-points": ("decimal", "3.0"),
    }


async def test_themes_criteria_and_sprint_stories_have_the_documented_keys(caller: Caller) -> None:
    story = caller.story()
    criterion = caller.service.add_criterion(story, "Must validate user details")
    assigned = caller.assign(caller.sprint(), story)
    theme = (await caller.http.get(f"{caller.themes}/{caller.theme.id}")).json()
    assert theme == {
        "backlog_id": caller.backlog.id,
        "code": "STH",
        "created_at": "2026-03-02T09:00:00Z",
        "id": caller.theme.id,
        "name": "Start here",
        "position": 1,
        "updated_at": "2026-03-02T09:00:00Z",
    }
    found = await caller.http.get(f"/stories/{story.id}/acceptance-criteria/{criterion.id}")
    text = "Must validate user details"
    assert found.json() == {"criterion": text, "id": 1, "position": 1, "story_id": story.id}
    assert (await caller.http.get(assigned)).json() == {
        "created_at": WIRE_NOW,
        "id": 1,
        "position": 1,
        "sprint_id": 224,
        "sprint_story_status_id": 1,
        "story_id": story.id,
        "updated_at": WIRE_NOW,
    }


async def test_an_empty_list_in_xml_is_one_of_nil_classes(caller: Caller) -> None:
    for path in (caller.stories, f"{caller.own}/companies"):
        root = await caller.xml(path)
        assert (root.tag, root.get("type"), len(root)) == ("nil-classes", "array", 0)
    assert (await caller.http.get(caller.stories)).json() == []


async def test_children_come_only_for_the_literal_true(caller: Caller) -> None:
    story = caller.story()
    caller.service.add_criterion(story, "One")
    for value in ("1", "yes", "TRUE", ""):
        params = {"include_associated_data": value}
        answer = await caller.http.get(f"/stories/{story.id}", params=params)
        assert "acceptance_criteria" not in answer.json()
    whole = (await caller.whole(f"/stories/{story.id}")).json()
    assert [one["criterion"] for one in whole["acceptance_criteria"]] == ["One"]
    assert (await caller.whole(f"/stories/{story.id}", "xml")).text.count("<hash>") == 1


async def test_a_list_of_stories_with_their_criteria_drops_the_timestamps(caller: Caller) -> None:
    caller.story()
    [story] = (await caller.whole(caller.stories)).json()
    assert not {"created_at", "updated_at"} & set(story)
    assert story["acceptance_criteria"] == []
    [theme] = (await caller.whole(caller.themes)).json()
    assert theme["created_at"]
    assert theme["stories"][0]["created_at"]


async def test_locales_rules_and_statuses_are_those_of_the_document(caller: Caller) -> None:
    assert (await caller.http.get("/locales/1")).json() == {
        "code": "en-US",
        "created_at": "2011-02-18T02:53:12Z",
        "id": 1,
        "name": "American English ($)",
        "position": 10,
        "updated_at": "2012-01-11T22:57:26Z",
    }
    assert (await caller.http.get("/scoring-rules")).json()[0] == {
        "code": "M",
        "description": "0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100",
        "id": 7,
        "position": 1,
        "title": "Modified Fibonacci",
    }
    statuses = (await caller.http.get("/sprint-story-statuses")).json()
    assert statuses[0] == {"code": "T", "id": 1, "position": 1, "status": "To do"}
    assert [one["code"] for one in statuses] == ["T", "P", "R", "D"]


def test_the_demo_has_something_to_look_at_and_the_empty_seed_has_no_story() -> None:
    demo = Sandbox("demo").easybacklog
    assert {it.name for it in demo.backlogs.values() if not it.is_snapshot} == {
        "Lighthouse logbook",
        "Fog horn",
        "Old oil lamp",
    }
    homes = [demo.backlogs[demo.themes[it.theme_id].backlog_id] for it in demo.stories.values()]
    assert 15 <= sum(not it.is_snapshot for it in homes) <= 40
    assert Sandbox("empty").easybacklog.stories == {}


def test_the_table_has_every_documented_call_once() -> None:
    assert len(ROUTES) == len({(it.method, it.template) for it in ROUTES})


def test_two_seeds_are_alike_and_take_a_thousand_stories() -> None:
    one, two = Sandbox("demo").easybacklog, Sandbox("demo").easybacklog
    assert one.backlogs == two.backlogs
    assert one.stories == two.stories
    theme = one.themes[one.backlogs[one.backlog_id].themes[0]]
    for _ in range(1000):
        one.add_story(theme)
    assert one.stories[theme.stories[-1]].unique_id == len(theme.stories)
