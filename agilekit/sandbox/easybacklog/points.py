"""Scores summed up: points, days, costs, and what a sprint expects and completes."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog.catalogue import LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agilekit.sandbox.easybacklog.state import Backlog, Sprint, Story, Theme
    from agilekit.sandbox.easybacklog.store import Store


def total(stories: Iterable[Story]) -> float:
    """The lower scores, and the square root of the squared differences to the higher ones."""
    low = spread = 0.0
    for story in stories:
        scores = [float(one) for one in (story.score_50, story.score_90) if one is not None]
        low += min(scores, default=0.0)
        spread += (max(scores) - min(scores)) ** 2 if scores else 0.0
    return low + math.sqrt(spread)


def wire_sum(points: float) -> float | Decimal:
    """A sum as the server writes it: a decimal, but a float if there was nothing to sum up."""
    return Decimal(str(points)) if points else 0.0


def of_story(story: Story) -> float:
    """The points that the days and the cost of one story are made of.

    Of 3 and 8 the server was seen to make 5, which the sum over its theme does not.
    """
    low, high = (float(one or 0) for one in (story.score_50, story.score_90))
    both = story.score_50 is not None and story.score_90 is not None
    return math.floor((low + high) / 2) if both and low != high else max(low, high)


def of_theme(store: Store, theme: Theme) -> float:
    return total(store.stories[one] for one in theme.stories)


def of_backlog(store: Store, backlog: Backlog) -> float:
    return sum(of_theme(store, store.themes[one]) for one in backlog.themes)


def days(backlog: Backlog, points: float) -> float | None:
    """Person-days for so many points, or None if the backlog has no velocity."""
    return points / float(backlog.velocity) if backlog.velocity else None


def cost(store: Store, backlog: Backlog, points: float) -> str:
    """The formatted cost of so many points, without cents; "$0" if there is no rate."""
    amount = (days(backlog, points) or 0.0) * (backlog.rate or 0)
    locale = LOCALES[store.accounts[backlog.account_id].locale_id]
    return f"{locale.currency}{amount:,.0f}"


def _assigned(store: Store, sprint: Sprint) -> list[Story]:
    return [store.stories[store.sprint_stories[one].story_id] for one in sprint.stories]


def allocated(store: Store, sprint: Sprint) -> float:
    return total(_assigned(store, sprint))


def completed(store: Store, sprint: Sprint) -> float:
    return total(story for story in _assigned(store, sprint) if store.is_accepted(story))


def expected(store: Store, sprint: Sprint) -> Decimal:
    """The explicit velocity, or what the team should do in the days of the sprint."""
    if sprint.explicit_velocity is not None:
        return sprint.explicit_velocity
    velocity = store.backlogs[sprint.backlog_id].velocity
    team = sprint.number_team_members
    if velocity is None or team is None:
        return Decimal("0.0")
    return with_fraction(velocity * team * sprint.duration_days)


def with_fraction(value: Decimal) -> Decimal:
    """The same number, written with at least one digit after the point and no exponent."""
    text = format(value.normalize(), "f")
    return Decimal(text if "." in text else f"{text}.0")
