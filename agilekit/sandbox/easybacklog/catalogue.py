"""What is the same in every account: locales, scoring rules and sprint story statuses."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from agilekit.sandbox.easybacklog.state import Locale, ScoringRule, SprintStoryStatus

_MADE: Final = datetime(2011, 2, 18, 2, 53, 12, tzinfo=UTC)
_CHANGED: Final = datetime(2012, 1, 11, 22, 57, 26, tzinfo=UTC)

LOCALES: Final = {
    number: Locale(
        id=number,
        name=name,
        code=code,
        position=10 * number,
        currency=currency,
        created_at=_MADE,
        updated_at=_CHANGED,
    )
    for number, name, code, currency in (
        (1, "American English ($)", "en-US", "$"),
        (2, "British English (£)", "en-GB", "£"),
        (3, "Deutsch (€)", "de-DE", "€"),
        (4, "Français (€)", "fr-FR", "€"),
    )
}


def _rule(number: int, title: str, code: str, position: int, scores: str) -> ScoringRule:
    allowed = frozenset(map(Decimal, scores.split(", "))) if scores else None
    description = scores or "Any number of points"
    return ScoringRule(
        id=number,
        title=title,
        code=code,
        description=description,
        position=position,
        scores=allowed,
    )


MODIFIED_FIBONACCI: Final = _rule(
    7, "Modified Fibonacci", "M", 1, "0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100"
)
SCORING_RULES: Final = {
    rule.id: rule
    for rule in (
        MODIFIED_FIBONACCI,
        _rule(8, "Strict Fibonacci", "F", 2, "0, 1, 2, 3, 5, 8, 13, 21, 34"),
        _rule(9, "Any", "A", 3, ""),
    )
}

TO_DO: Final = 1
ACCEPTED: Final = 4
STATUSES: Final = {
    status.id: status
    for status in (
        SprintStoryStatus(id=TO_DO, status="To do", code="T", position=1),
        SprintStoryStatus(id=2, status="In progress", code="P", position=2),
        SprintStoryStatus(id=3, status="Completed", code="R", position=3),
        SprintStoryStatus(id=ACCEPTED, status="Accepted", code="D", position=4),
    )
}
