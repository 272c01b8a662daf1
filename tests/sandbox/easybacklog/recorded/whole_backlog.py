"""The XML of a whole backlog, without the space between its elements."""

from __future__ import annotations

from typing import Final

_CRITERIA: Final = """
<acceptance_criterion id="ID"></acceptance_criterion>
<acceptance_criterion id="ID">x &lt;y&gt; \u00e9</acceptance_criterion>
<acceptance_criterion id="ID"></acceptance_criterion>"""


def _story(number: int, scores: str, who: str = "", what: str = "", color: str = "") -> str:
    criteria = _CRITERIA if who else ""
    return f"""
<story unique_id="{number}" code="HOP{number}" as_a="{who}" i_want_to="{what}" so_i_can=""
 comments="" color="{color}" {scores} id="ID">
<acceptance_criteria>{criteria}</acceptance_criteria>
</story>""".replace("\n ", " ")


def _theme(name: str, code: str, stories: str = "", sums: str = "") -> str:
    sums = sums or 'points="0.0" days="0.0" cost="$0"'
    return f"""
<theme name="{name}" code="{code}" {sums} id="ID">
<stories>{stories}</stories>
</theme>"""


_NOTHING: Final = 'score="" days="0.0" cost="$0"'
_STORIES: Final = "".join(
    (
        _story(4, _NOTHING, what="first"),
        _story(1, 'score="8.0" days="2.7" cost="$2,133"', who="user", color="ff0000"),
        _story(2, _NOTHING),
        _story(3, 'score="" days="1.0" cost="$800"'),
    )
)
_THEMES: Final = "".join(
    (
        _theme("Home park of us", "HPO"),
        _theme("x y", "ABC"),
        _theme("Home page", "HOP", _STORIES, 'points="11.0" days="3.7" cost="$2,933"'),
        _theme("a", "A01"),
        _theme("By xml", "BYX"),
    )
)


def _snapshot(name: str) -> str:
    return f"""
<snapshot name="{name}" created_at="TIME" updated_at="TIME" velocity="3.0" rate="800"
 points="11.0" use_50_90="" days="3.7" cost="$2,933" id="ID" scoring_rule_id="">
<themes>{_THEMES}</themes>
</snapshot>""".replace("\n ", " ")


def _sprint(number: int, start_on: str, inside: str, **others: str) -> str:
    found = {
        "iteration": str(number),
        "start_on": start_on,
        "duration_days": "5",
        "number_team_members": "",
        "completed": "false",
        "completed_at": "",
        "total_completed_points": "0.0",
        "total_allocated_points": "0.0",
        "total_expected_points_for_this_sprint": "30.0",
        "explicit_velocity": "30.0",
        "id": "ID",
        **others,
    }
    head = " ".join(f'{name}="{text}"' for name, text in found.items())
    return f"<sprint {head}>{inside}</sprint>"


def _assigned(code: str, status: str, score: str) -> str:
    return f"""<sprint_story code="{code}" {status} score_50_when_assigned="{score}"
 score_90_when_assigned="{score}" sprint_story_id="ID" story_id="ID"
 sprint_story_status_id="{4 if score else 1}"></sprint_story>""".replace("\n ", " ")


_FIRST: Final = _sprint(
    1,
    "2012-01-02",
    f"""<sprint_stories>
{_assigned("HOP1", 'status="Accepted" status_code="D" accepted="true"', "8.0")}
</sprint_stories>{_snapshot("Sprint 1")}""",
    number_team_members="2.0",
    completed="true",
    completed_at="TIME",
    total_completed_points="8.0",
    total_allocated_points="8.0",
    explicit_velocity="",
)
_SECOND: Final = _sprint(
    2,
    "2012-01-09",
    f"""<sprint_stories>
{_assigned("HOP2", 'status="To do" status_code="T" accepted="false"', "")}
</sprint_stories>""",
)
_THIRD: Final = _sprint(
    3,
    "2012-02-10",
    "<sprint_stories></sprint_stories>",
    total_expected_points_for_this_sprint="3.0",
    explicit_velocity="3.0",
)

WHOLE_XML: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<backlog name="B1" account="Acme" company="none" created_at="TIME" updated_at="TIME" velocity="3.0"
 rate="800" points="11.0" use_50_90="" days="3.7" cost="$2,933" id="ID" scoring_rule_id=""
 scoring_rule="Modified Fibonacci" account_id="ID" archived="false" company_id="">
<themes>{_THEMES}</themes>
<snapshots>{_snapshot("Snap")}</snapshots>
<sprints>{_FIRST}{_SECOND}{_THIRD}</sprints>
</backlog>""".replace("\n ", " ")
