"""Backlogs without anything in them, and themes."""

from __future__ import annotations

from typing import Final

from tests.sandbox.easybacklog.recorded.exchange import Exchange, Refused, Xml, get, post, put
from tests.sandbox.easybacklog.recorded.shapes import backlog, theme

_BACKLOGS: Final = "/accounts/{A}/backlogs"
_BACKLOG: Final = f"{_BACKLOGS}/{{B}}"
_THEMES: Final = "/backlogs/{B}/themes"
_WHOLE: Final = "include_associated_data=true"
_TAKEN: Final = "has already been taken"

THEMES: Final[tuple[Exchange, ...]] = (
    post(_BACKLOGS, {"name": "B1", "velocity": "3", "rate": "800"}, backlog("B1"), "B"),
    get(f"{_BACKLOG}.xml", Xml("backlog", backlog("B1"))),
    post(_BACKLOGS, {"name": ""}, Refused(422, ("Name",))),
    post(_BACKLOGS, {"name": "q", "rate": "1"}, Refused(422, ("Rate",))),
    post(_BACKLOGS, {"name": "q", "velocity": "0"}, Refused(422, ("Velocity",))),
    post(_BACKLOGS, {"name": "q", "foo": "1"}, Refused(422, names="foo")),
    post(_BACKLOGS, {"name": "q", "archived": "true"}, Refused(422, names="archived")),
    post(
        _BACKLOGS,
        {"name": "B5", "velocity": "3", "use_50_90": "true"},
        backlog("B5", rate=None, use_50_90=True),
        remember="B5",
    ),
    get(f"{_BACKLOG}/stats", {"zero_points": True}),
    get(f"{_BACKLOG}/stats.xml", Xml("hash", {"zero_points": True})),
    get(f"{_THEMES}.xml", Xml("themes", [])),
    get(f"{_THEMES}.xml?{_WHOLE}", Xml("themes", [])),
    get("/backlogs/{B}/sprints.xml", Xml("sprints", [])),
    get(
        f"{_BACKLOG}/snapshots.xml",
        Xml("snapshots", {"manual_snapshots": [], "sprint_snapshots": []}),
    ),
    get(f"{_BACKLOG}/snapshots", {"manual_snapshots": [], "sprint_snapshots": []}),
    post(_THEMES, {"name": "Home page"}, theme("HOP", "Home page", 1), "T"),
    post(_THEMES, {"name": "Home page"}, Refused(422, (f"Name {_TAKEN}",))),
    post(
        _THEMES,
        {"name": "Home park of us", "position": "1"},
        theme("HPO", "Home park of us", 1),
        remember="T2",
    ),
    post(_THEMES, {"name": "a"}, theme("A01", "a", 3), "T3"),
    post(_THEMES, {"name": "x y", "code": "abc"}, theme("ABC", "x y", 4), "T4"),
    post(_THEMES, {"name": "x z", "code": "ABC"}, Refused(422, (f"Code {_TAKEN}",))),
    post(_THEMES, {"name": "x z", "code": "AB"}, Refused(422, ("Code must be 3",))),
    post(_THEMES, {"name": "!!!"}, Refused(500)),
    post(_THEMES, {"name": "zz", "foo": "1"}, Refused(422, names="foo")),
    post(_THEMES, {"name": ""}, Refused(422, ("Name",))),
    get(
        _THEMES,
        [
            theme("HPO", "Home park of us", 1),
            theme("HOP", "Home page", 2),
            theme("A01", "a", 3),
            theme("ABC", "x y", 4),
        ],
    ),
    put(f"{_THEMES}/{{T4}}", {"position": "2"}),
    get(
        _THEMES,
        [
            theme("HPO", "Home park of us", 1),
            theme("ABC", "x y", 2),
            theme("HOP", "Home page", 3),
            theme("A01", "a", 4),
        ],
    ),
    put(f"{_THEMES}/999999", {"name": "q"}, Refused(404, names="Theme")),
    post(f"{_THEMES}.xml", {"name": "By xml"}, Xml("theme", theme("BYX", "By xml", 5))),
)
