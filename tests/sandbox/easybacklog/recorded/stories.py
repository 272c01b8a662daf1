"""Stories and their criteria, by one score and by two, and themes with both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tests.sandbox.easybacklog.recorded.exchange import ID, Exchange, Refused, Xml, get, post, put
from tests.sandbox.easybacklog.recorded.shapes import criterion, story, theme, without

if TYPE_CHECKING:
    from tests.sandbox.easybacklog.recorded.exchange import Form, Shape

_STORIES: Final = "/themes/{T}/stories"
_STORY: Final = "/stories/{S}"
_CRITERIA: Final = f"{_STORY}/acceptance-criteria"
_OF_50_90: Final = "/themes/{T5}/stories"
_WHOLE: Final = "include_associated_data=true"
_TEXT: Final = "x <y> \u00e9"
_3: Final = Decimal("3.0")
_5: Final = Decimal("5.0")
_8: Final = Decimal("8.0")

_FIRST: Final = story(1, 4, i_want_to="first", score=None)
_USER: Final = story(2, 1, as_a="user", color="ff0000", comments="tbc", score=_5)
_LISTED: Final = [_FIRST, _USER, story(3, 2, score=None), story(4, 3, score=None)]
_BOTH: Final = [
    story(1, 1, score_50=_3, score_90=_8),
    story(2, 2, score_50=None, score_90=None),
]


def _with_criteria(form: Form) -> Form:
    return {**form, "acceptance_criteria": []}


_LISTED_WHOLE: Final[list[Shape]] = [
    _with_criteria(without(one, "created_at", "updated_at")) for one in _LISTED
]


def _themes(*, xml: bool) -> list[Form]:
    """Themes with their stories, which have one score in XML and both in JSON."""

    def scored(low: Decimal | None, high: Decimal | None) -> Form:
        return {"score": high} if xml else {"score_50": low, "score_90": high}

    criteria: list[Shape] = [criterion(1, ""), criterion(2, _TEXT), criterion(3, None)]
    user = story(2, 1, as_a="user", color="ff0000", comments="", **scored(_8, _8))
    stories: list[Shape] = [
        _with_criteria(story(1, 4, i_want_to="first", **scored(None, None))),
        {**user, "acceptance_criteria": criteria},
        _with_criteria(story(3, 2, **scored(None, None))),
        _with_criteria(story(4, 3, **scored(_3, None))),
    ]
    return [
        theme("HPO", "Home park of us", 1, stories=[]),
        theme("ABC", "x y", 2, stories=[]),
        theme("HOP", "Home page", 3, stories=stories),
        theme("A01", "a", 4, stories=[]),
        theme("BYX", "By xml", 5, stories=[]),
    ]


_PARTIAL_STORY: Final[Form] = {
    "as_a": None,
    "color": None,
    "comments": None,
    "i_want_to": None,
    "id": ID,
    "position": 1,
    "score_50": _3,
    "score_90": _8,
    "so_i_can": None,
    "unique_id": 1,
    "days_formatted": "1.7",
    "score": _8,
    "acceptance_criteria": [],
}
_PARTIAL: Final[Form] = {
    "account_id": ID,
    "id": ID,
    "name": "B5",
    "rate": None,
    "velocity": _3,
    "points": _8,
    "days": 8 / 3,
    "cost_formatted": "$0",
    "rate_formatted": "$0",
    "is_locked": False,
    "valid_scores": [0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100],
    "themes": [
        {
            "code": "T52",
            "id": ID,
            "name": "T5",
            "position": 1,
            "points": _8,
            "cost_formatted": "$0",
            "days": 8 / 3,
            "stories": [
                _PARTIAL_STORY,
                {
                    **_PARTIAL_STORY,
                    "position": 2,
                    "unique_id": 2,
                    "score_50": None,
                    "score_90": None,
                    "days_formatted": "0.0",
                    "score": None,
                },
            ],
        }
    ],
    "sprints": [],
    "backlog_user_settings": None,
    "is_editable": True,
    "is_status_editable": True,
}

STORIES: Final[tuple[Exchange, ...]] = (
    post(
        _STORIES,
        {"as_a": "user", "comments": "tbc", "color": "ff0000", "score": "5"},
        {**_USER, "position": 1},
        remember="S",
    ),
    post(_STORIES, {}, story(2, 2, score=None), "S2"),
    post(_STORIES, {"score": "4"}, Refused(422, ("Score 50", "Score 90"))),
    post(_STORIES, {"score": "abc"}, Refused(422, ("Score 50", "Score 90"))),
    post(_STORIES, {"score_50": "3"}, story(3, 3, score=None), "S3"),
    post(_STORIES, {"score_50": "5", "score_90": "3"}, Refused(422, ("Score 90",))),
    post(_STORIES, {"unique_id": "1"}, Refused(422, ("Unique ID has already been taken",))),
    post(_STORIES, {"unique_id": "0"}, Refused(422, ("Unique ID must be",))),
    post(_STORIES, {"foo": "1"}, Refused(422, names="foo")),
    post(_STORIES, {"position": "1", "i_want_to": "first"}, _FIRST, "S4"),
    get(_STORIES, [*_LISTED]),
    get(f"{_STORIES}.xml", Xml("stories", [*_LISTED])),
    get(f"{_STORIES}?{_WHOLE}", _LISTED_WHOLE),
    get(f"{_STORIES}.xml?{_WHOLE}", Xml("objects", _LISTED_WHOLE, of_hash=True)),
    get(f"{_STORY}?{_WHOLE}", _with_criteria(_USER)),
    get(f"{_STORY}.xml?{_WHOLE}", Xml("hash", _with_criteria(_USER), of_hash=True)),
    get(f"{_STORY}?include_associated_data=1", _USER),
    put(f"{_STORIES}/{{S}}", {"comments": "", "score": ""}),
    get(_STORY, {**_USER, "comments": "", "score": None}),
    put(f"{_STORIES}/{{S}}", {"score": "8"}),
    post("/backlogs/{B5}/themes", {"name": "T5"}, theme("T52", "T5", 1), "T5"),
    post(_OF_50_90, {"score_50": "3", "score_90": "8"}, _BOTH[0], "S5"),
    post(_OF_50_90, {"score": "3"}, _BOTH[1]),
    get(f"{_OF_50_90}.xml", Xml("stories", [*_BOTH])),
    get(f"/accounts/{{A}}/backlogs/{{B5}}?{_WHOLE}", _PARTIAL),
    post(_CRITERIA, {"criterion": _TEXT}, criterion(1, _TEXT), "K"),
    post(_CRITERIA, {"criterion": ""}, criterion(2, "")),
    post(_CRITERIA, {}, criterion(3, None)),
    get(_CRITERIA, [criterion(1, _TEXT), criterion(2, ""), criterion(3, None)]),
    get(
        f"{_CRITERIA}.xml",
        Xml("acceptance_criteria", [criterion(1, _TEXT), criterion(2, ""), criterion(3, None)]),
    ),
    put(f"{_CRITERIA}/{{K}}", {"position": "2"}),
    put(f"{_CRITERIA}/{{K}}", {"foo": "2"}, Refused(422, names="foo")),
    get("/stories/{S2}/acceptance-criteria.xml", Xml("nil_classes", [])),
    get(f"/backlogs/{{B}}/themes?{_WHOLE}", [*_themes(xml=False)]),
    get(f"/backlogs/{{B}}/themes.xml?{_WHOLE}", Xml("themes", [*_themes(xml=True)])),
    get(f"/backlogs/{{B}}/themes/{{T}}?{_WHOLE}", _themes(xml=False)[2]),
)
