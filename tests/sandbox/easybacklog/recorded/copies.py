"""Snapshots and duplicates, what moves, archives and deletes, and odd bodies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import evolve

from tests.sandbox.easybacklog.recorded.exchange import (
    ID,
    Exchange,
    Page,
    Refused,
    Whole,
    Xml,
    delete,
    get,
    post,
    put,
)
from tests.sandbox.easybacklog.recorded.shapes import account, backlog, snapshot, story, theme
from tests.sandbox.easybacklog.recorded.whole_backlog import WHOLE_XML

if TYPE_CHECKING:
    from tests.sandbox.easybacklog.recorded.exchange import Form, Shape

_BACKLOGS: Final = "/accounts/{A}/backlogs"
_SNAPSHOTS: Final = f"{_BACKLOGS}/{{B}}/snapshots"
_SNAPSHOT: Final = f"{_SNAPSHOTS}/{{N}}"
_THEMES: Final = "/backlogs/{B}/themes"
_OLD: Final = f"{_BACKLOGS}/{{B5}}"
_WHOLE: Final = "include_associated_data=true"
_KEY: Final = "/accounts/{A}?api_key={token}"
_3: Final = Decimal("3.0")
_8: Final = Decimal("8.0")

_BOTH: Final[Form] = {
    "manual_snapshots": [snapshot("Snap")],
    "sprint_snapshots": [snapshot("Sprint 1", "parent_sprint_id")],
}
_COPIED: Final[list[Shape]] = [
    theme("HPO", "Home park of us", 1),
    theme("ABC", "x y", 2),
    theme("HOP", "Home page", 3),
    theme("A01", "a", 4),
    theme("BYX", "By xml", 5),
]
_MADE: Final[Form] = {"not_ready_since": "TIME+00:00"}


def _partial_story(position: int, number: int, cost: str, days: str, **others: Shape) -> Form:
    return {
        "as_a": None,
        "color": None,
        "comments": None,
        "i_want_to": None,
        "id": ID,
        "position": position,
        "score_50": None,
        "score_90": None,
        "so_i_can": None,
        "unique_id": number,
        "cost_formatted": cost,
        "days_formatted": days,
        "score": None,
        "acceptance_criteria": [],
        **others,
    }


def _partial_theme(code: str, name: str, position: int, **others: Shape) -> Form:
    return {
        "code": code,
        "id": ID,
        "name": name,
        "position": position,
        "points": 0.0,
        "cost_formatted": "$0",
        "days": 0.0,
        "stories": [],
        **others,
    }


def _partial(name: str, sprints: list[Shape], *, editable: bool, **others: Shape) -> Form:
    criteria: list[Shape] = [
        {"criterion": text, "id": ID, "position": position}
        for position, text in enumerate(("", "x <y> \u00e9", None), 1)
    ]
    stories: list[Shape] = [
        _partial_story(1, 4, "$0", "0.0", i_want_to="first"),
        _partial_story(
            2,
            1,
            "$2,133",
            "2.7",
            as_a="user",
            color="ff0000",
            comments="",
            score_50=_8,
            score_90=_8,
            score=_8,
            acceptance_criteria=criteria,
        ),
        _partial_story(3, 2, "$0", "0.0"),
        _partial_story(4, 3, "$800", "1.0", score_50=_3),
    ]
    sums: Form = {"points": Decimal("11.0"), "days": 11 / 3, "cost_formatted": "$2,933"}
    return {
        "account_id": ID,
        "id": ID,
        "name": name,
        "rate": 800,
        "velocity": _3,
        **sums,
        "rate_formatted": "$800",
        "is_locked": not editable,
        "valid_scores": [0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100],
        "themes": [
            _partial_theme("HPO", "Home park of us", 1),
            _partial_theme("ABC", "x y", 2),
            _partial_theme("HOP", "Home page", 3, stories=stories, **sums),
            _partial_theme("A01", "a", 4),
            _partial_theme("BYX", "By xml", 5),
        ],
        "sprints": sprints,
        "backlog_user_settings": None,
        "is_editable": editable,
        "is_status_editable": editable,
        **others,
    }


def _partial_sprint(number: int, start_on: str, expected: str, **others: Shape) -> Form:
    return {
        "duration_days": 5,
        "explicit_velocity": Decimal(expected),
        "id": ID,
        "iteration": number,
        "number_team_members": None,
        "start_on": start_on,
        "completed?": False,
        "deletable?": False,
        "total_allocated_points": 0.0,
        "total_expected_points": Decimal(expected),
        "total_completed_points": 0.0,
        "sprint_stories": [],
        **others,
    }


def _assigned(position: int, status: int) -> Form:
    ids: Form = {"id": ID, "story_id": ID, "theme_id": ID}
    return {**ids, "position": position, "sprint_story_status_id": status}


_SPRINTS: Final[list[Shape]] = [
    _partial_sprint(
        1,
        "2012-01-02",
        "30.0",
        **{"completed?": True},
        explicit_velocity=None,
        number_team_members=Decimal("2.0"),
        total_allocated_points=_8,
        total_completed_points=_8,
        sprint_stories=[_assigned(1, 4)],
    ),
    _partial_sprint(2, "2012-01-09", "30.0", sprint_stories=[_assigned(2, 1)]),
    _partial_sprint(3, "2012-02-10", "3.0", **{"deletable?": True}),
]

COPIES: Final[tuple[Exchange, ...]] = (
    post(
        _SNAPSHOTS,
        {"name": "Snap"},
        snapshot("Snap", not_ready_since="TIME+00:00", not_ready_status="Building snapshot"),
        remember="N",
    ),
    post(_SNAPSHOTS, {"name": ""}, Refused(422)),
    post(_SNAPSHOTS, {}, Refused(422)),
    get(_SNAPSHOTS, _BOTH),
    get(f"{_SNAPSHOTS}.xml", Xml("snapshots", _BOTH)),
    get(_SNAPSHOT, snapshot("Snap")),
    get(f"{_SNAPSHOT}.xml", Xml("snapshot", snapshot("Snap"))),
    get(f"{_SNAPSHOT}?{_WHOLE}", _partial("Snap", [], editable=False, parent_backlog_id=ID)),
    get(f"{_BACKLOGS}/{{B}}?{_WHOLE}", _partial("B1", _SPRINTS, editable=True)),
    get(f"{_BACKLOGS}/{{B}}.xml?{_WHOLE}", Whole(WHOLE_XML)),
    get(f"{_BACKLOGS}/{{N}}", Refused(404, names="Backlog")),
    get("/backlogs/{N}/themes", _COPIED),
    post("/backlogs/{N}/themes", {"name": "n"}, Refused(403)),
    post(
        f"{_BACKLOGS}/{{B}}/duplicate",
        {"name": "Dup"},
        backlog("Dup", **_MADE, not_ready_status="Duplicating backlog"),
        remember="D",
    ),
    post(
        f"{_BACKLOGS}/{{B}}/duplicate",
        {},
        backlog("B1", **_MADE, not_ready_status="Duplicating backlog"),
    ),
    get(f"{_BACKLOGS}/{{D}}", backlog("Dup")),
    get("/backlogs/{D}/themes", _COPIED),
    get(f"{_BACKLOGS}/{{B}}/duplicate", Page(404)),
    post(f"{_THEMES}/{{T2}}/grab-story", {"story_id": "{S4}"}, None),
    post(f"{_THEMES}/{{T2}}/grab-story", {}, Refused(404)),
    post(f"{_THEMES}/{{T2}}/grab-story", {"story_id": "{S5}"}, Refused(404)),
    get("/stories/{S4}", story(1, 4, i_want_to="first", score=None)),
    post(f"{_THEMES}/{{T}}/move-to-backlog", {"target_backlog_id": "{B5}"}, Refused(403)),
    post(f"{_THEMES}/{{T3}}/move-to-backlog", {"target_backlog_id": "{B5}"}, None),
    post(f"{_THEMES}/{{T2}}/move-to-backlog", {}, Refused(404)),
    get("/backlogs/{B5}/themes/{T3}", theme("A01", "a", 2)),
    put(_OLD, {"company_id": "1", "name": "R"}),
    put(_OLD, {"archived": "true"}),
    put(_OLD, {"name": "n"}, Refused(403)),
    post("/backlogs/{B5}/themes", {"name": "n"}, Refused(403)),
    post("/themes/{T5}/stories", {"as_a": "n"}, Refused(403)),
    delete("/themes/{T5}/stories/{S5}", Refused(403)),
    put(_OLD, {"archived": "false", "name": "ignored"}),
    get(_OLD, backlog("R", rate=None, use_50_90=True)),
    delete(f"{_SNAPSHOTS}/999999", Refused(404, names="Snapshot")),
    delete(_SNAPSHOT),
    get(_SNAPSHOT, Refused(404, names="Snapshot")),
    delete(_OLD),
    get(_OLD, Refused(404, names="Backlog")),
    get("/backlogs/{B5}/themes", [theme("T52", "T5", 1), theme("A01", "a", 2)]),
    post("/backlogs/{B5}/themes", {"name": "n2"}, Refused(403)),
    get(_KEY, account(), auth=""),
    evolve(put(_KEY, {"default_rate": ""}, Refused(422, names="api_key")), auth=""),
    evolve(
        post(_THEMES, {}, Refused(422, names="theme")),
        content="<theme><name>X</name></theme>",
        headers={"content-type": "application/xml"},
    ),
    evolve(post(_THEMES, {}, theme("JS1", "Js", 6)), json={"name": "Js"}),
    evolve(
        post(_THEMES, {}, Page(500)),
        content="{oops",
        headers={"content-type": "application/json"},
    ),
    get(f"{_BACKLOGS}.pdf", Page(406, "application/pdf")),
    get(_THEMES, Page(406, "application/pdf"), accept="application/pdf"),
    post(
        "/themes/{T2}/stories",
        {"i_want_to": "\U0001f389"},
        story(2, 1, i_want_to="\uf389", score=None),
    ),
    post("/themes/{T2}/stories", {"as_a": "x" * 300}, Refused(500)),
)
