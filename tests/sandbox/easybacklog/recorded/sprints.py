"""Sprints, what is assigned to them, their completion, and the statistics afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import evolve

from tests.sandbox.easybacklog.recorded.exchange import (
    TIME,
    Exchange,
    Refused,
    Xml,
    delete,
    get,
    post,
    put,
)
from tests.sandbox.easybacklog.recorded.shapes import in_xml, sprint, sprint_story

if TYPE_CHECKING:
    from tests.sandbox.easybacklog.recorded.exchange import Form, Shape

_SPRINTS: Final = "/backlogs/{B}/sprints"
_SPRINT: Final = f"{_SPRINTS}/{{P}}"
_ASSIGNED: Final = "/sprints/{P}/sprint-stories"
_CRITERION: Final = "/stories/{S}/acceptance-criteria/{K}"
_STORY: Final = "/themes/{T}/stories/{S}"
_STATS: Final = "/accounts/{A}/backlogs/{B}/stats"
_WHOLE: Final = "include_associated_data=true"
_2: Final = Decimal("2.0")
_3: Final = Decimal("3.0")
_8: Final = Decimal("8.0")
_11: Final = Decimal("11.0")

_FIRST: Final = sprint(1, "2012-01-02", "30.0", explicit_velocity=None, number_team_members=_2)
_SECOND: Final = sprint(2, "2012-01-09", "30.0")
_THIRD: Final = sprint(3, "2012-02-10", "3.0")
_LATER: Final[Form] = {"deletable?": False}
_LISTED: Final[list[Form]] = [{**_FIRST, **_LATER}, {**_SECOND, **_LATER}, _THIRD]
_FIRST_WITH: Final[Form] = {
    **_FIRST,
    **_LATER,
    "total_allocated_points": _8,
    "sprint_stories": [
        {
            **sprint_story(1, theme_id="ID"),
            "sprint_score_50_when_assigned": _8,
            "sprint_score_90_when_assigned": _8,
        }
    ],
}
_SECOND_WITH: Final[Form] = {
    **_SECOND,
    **_LATER,
    "sprint_stories": [
        {
            **sprint_story(2, theme_id="ID"),
            "sprint_score_50_when_assigned": None,
            "sprint_score_90_when_assigned": None,
        }
    ],
}
_LOCKED: Final = ("Cannot edit as story is marked as accepted and therefore locked",)


def _row(
    ends: str, number: int, completed: Shape, starts: str = "2012-01-02", **more: Shape
) -> Form:
    return {
        "starts_on": starts,
        "completed_on": ends,
        "iteration": number,
        "duration": 5,
        "completed": completed,
        "team": _2,
        "actual": 0.8,
        **more,
    }


_ZERO: Final = _row("2012-01-02", 0, 0, points=_11, actual=0.0)
_DONE: Final = _row("2012-01-06", 1, _8)
_CHARTS: Final[Form] = {
    "burn_down": {
        "trend": [_ZERO, _row("2012-01-03", 1, _11, points=0, duration=2)],
        "actual": [_ZERO, {**_DONE, "points": _3}],
        "projected": [
            {**_DONE, "points": _3},
            {
                "starts_on": "2012-01-09",
                "completed_on": "2012-02-06",
                "points": 0,
                "iteration": 2,
                "duration": 2,
                "completed": _3,
            },
        ],
    },
    "velocity_stats": {"expected_sprint": _3, "actual_sprint": 8.0},
    "velocity_completed": [_DONE],
    "burn_up": {
        "total": [
            {**_DONE, "total_points": _11},
            _row("2012-01-13", 0, 0.0, "2012-01-07", total_points=_11, actual=0.0),
        ],
        "actual": [
            {**_DONE, "total_points": 0},
            _row("2012-01-13", 0, 0.0, "2012-01-07", total_points=_8, actual=0.0),
        ],
    },
}


def _planned(start_on: str, **others: str) -> dict[str, str]:
    return {"start_on": start_on, "duration_days": "5", "explicit_velocity": "3", **others}


SPRINTS: Final[tuple[Exchange, ...]] = (
    post(
        _SPRINTS,
        {"start_on": "2012-01-02", "duration_days": "5", "number_team_members": "2"},
        _FIRST,
        remember="P",
    ),
    post(_SPRINTS, _planned("2012-01-09", explicit_velocity="30"), _SECOND, "P2"),
    post(_SPRINTS, _planned("2012-01-10"), Refused(422, ("Start date and duration",))),
    post(
        _SPRINTS,
        {},
        Refused(422, ("Start on", "Duration days", "Duration days", "Number team members")),
    ),
    post(
        _SPRINTS,
        {"start_on": "2012-02-10", "duration_days": "5"},
        Refused(422, ("Number team members",)),
    ),
    post(_SPRINTS, _planned("2012-02-10", iteration="9"), _THIRD),
    post(_SPRINTS, _planned("soon"), Refused(422, ("Start on",))),
    post(_SPRINTS, _planned("2012-03-10", foo="1"), Refused(422, names="foo")),
    get(_SPRINTS, [*_LISTED]),
    get(f"{_SPRINTS}.xml", Xml("sprints", [in_xml(one) for one in _LISTED], of_hash=True)),
    get(f"{_SPRINT}.xml", Xml("hash", in_xml(_FIRST), of_hash=True)),
    post(_ASSIGNED, {"story_id": "{S}", "sprint_story_status_id": "1"}, sprint_story(1), "Q"),
    post(_ASSIGNED, {}, Refused(422, ("Story can't be blank",))),
    post(_ASSIGNED, {"story_id": "999999"}, Refused(500)),
    post("/sprints/{P2}/sprint-stories", {"story_id": "{S}"}, Refused(500)),
    post(_ASSIGNED, {"story_id": "{S}"}, Refused(422, ("Story has already been taken",))),
    post(_ASSIGNED, {"story_id": "{S2}"}, sprint_story(2), "Q2"),
    post(_ASSIGNED, {"story_id": "{S3}", "foo": "1"}, Refused(422, names="foo")),
    get(_ASSIGNED, [sprint_story(1), sprint_story(2)]),
    get(f"{_ASSIGNED}.xml", Xml("sprint_stories", [sprint_story(1), sprint_story(2)])),
    put(f"{_ASSIGNED}/{{Q2}}", {"move_to_sprint_id": "{P2}"}),
    put(f"{_ASSIGNED}/{{Q}}", {"move_to_sprint_id": "999999"}, Refused(500)),
    get(f"{_SPRINT}?{_WHOLE}", _FIRST_WITH),
    get(f"{_SPRINT}.xml?{_WHOLE}", Xml("hash", in_xml(_FIRST_WITH), of_hash=True)),
    get(
        f"{_SPRINTS}.xml?{_WHOLE}",
        Xml(
            "sprints",
            [in_xml(_FIRST_WITH), in_xml(_SECOND_WITH), {**in_xml(_THIRD), "sprint_stories": []}],
            of_hash=True,
        ),
    ),
    put(_SPRINT, {"completed": "true"}, Refused(422, ("Sprint ",))),
    put(f"{_ASSIGNED}/{{Q}}", {"sprint_story_status_id": "4"}),
    put(_SPRINT, {"complete": "true"}, Refused(422, names="complete")),
    evolve(put(_SPRINT, {}, Refused(422, names="completed")), json={"completed": True}),
    put(f"{_SPRINTS}/{{P2}}", {"completed": "true"}, Refused(422, ("Completed at ", "Sprint "))),
    put(_SPRINT, {"completed": "true"}),
    get(
        _SPRINT,
        {
            **_FIRST,
            **_LATER,
            "completed_at": TIME,
            "completed?": True,
            "total_allocated_points": _8,
            "total_completed_points": _8,
        },
    ),
    put(_SPRINT, {"duration_days": "9"}, Refused(422, ("Can't modify a sprint",))),
    delete(_SPRINT, Refused(403)),
    post(_ASSIGNED, {"story_id": "{S4}"}, Refused(403)),
    delete(f"{_ASSIGNED}/{{Q}}", Refused(403)),
    delete(_CRITERION, Refused(500)),
    put(_CRITERION, {"criterion": "n"}, Refused(422, _LOCKED)),
    post("/stories/{S}/acceptance-criteria", {"criterion": "n"}, Refused(422, _LOCKED)),
    put(_STORY, {"as_a": "n"}, Refused(422, ("Changes to a completed story",))),
    put(_STORY, {"position": "2"}),
    delete(_STORY, Refused(500)),
    delete("/backlogs/{B}/themes/{T}", Refused(500)),
    get(_STATS, _CHARTS),
    get(f"{_STATS}.xml", Xml("statistics", _CHARTS, of_hash=True)),
)
