"""Which attributes the document gives to each entity of easyBacklog.

An entity that comes inside of another, or in a list, counts as the answer of its own call if it has
all of them; the published server leaves some out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from agilekit.easybacklog import (
    AcceptanceCriterion,
    Backlog,
    Snapshot,
    Sprint,
    SprintStory,
    Story,
    Theme,
)

__all__ = ["Entity", "is_full"]

Entity: TypeAlias = AcceptanceCriterion | Backlog | Snapshot | Sprint | SprintStory | Story | Theme

_TIMES: Final = ("created_at", "updated_at")
_SCORES: Final = (frozenset(("score",)), frozenset(("score_50", "score_90")))

# Source: easyBacklog API documentation, "The Backlog object" and the like. The points of a sprint
# are only in its samples.
_DOCUMENTED: Final[Mapping[type[Entity], frozenset[str]]] = {
    Backlog: frozenset(
        (
            *("id", "name", "account_id", "company_id", "velocity", "rate", "use_50_90"),
            *("scoring_rule_id", "archived", *_TIMES),
        )
    ),
    Theme: frozenset(("id", "backlog_id", "name", "code", "position", *_TIMES)),
    Story: frozenset(
        (
            *("id", "theme_id", "unique_id", "as_a", "i_want_to", "so_i_can", "comments"),
            *("color", "position", *_TIMES),
        )
    ),
    AcceptanceCriterion: frozenset(("id", "story_id", "criterion", "position")),
    Sprint: frozenset(
        (
            *("id", "backlog_id", "iteration", "start_on", "duration_days"),
            *("number_team_members", "explicit_velocity", "completed_at", *_TIMES),
            *("total_allocated_points", "total_expected_points", "total_completed_points"),
        )
    ),
    SprintStory: frozenset(
        ("id", "sprint_id", "story_id", "sprint_story_status_id", "position", *_TIMES)
    ),
}


def is_full(entity: Entity, *, but: str = "") -> bool:
    """Whether an answer holds every documented attribute, but for one that its parent tells."""
    has = entity.raw.keys() | {but}
    if isinstance(entity, Story) and not any(scores <= has for scores in _SCORES):
        return False
    return _DOCUMENTED[type(entity)] <= has
