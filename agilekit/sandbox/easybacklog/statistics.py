"""Retrieve backlog statistics: what the burn down, burn up and velocity charts are drawn from.

The trend goes by what the sprints are expected to do, the actual line by what completed sprints
did, the projection by the average of those; both of the latter run on in imagined sprints until
nothing is left.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from agilekit.sandbox.easybacklog import points
from agilekit.sandbox.easybacklog.call import Crash
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.serializers import Form
    from agilekit.sandbox.easybacklog.state import Backlog, Sprint
    from agilekit.sandbox.easybacklog.store import Store

_DAY: Final = timedelta(days=1)
_MAX_IMAGINED: Final = 500  # sprints after the last real one


@frozen(kw_only=True)
class _Leg:
    """A sprint of a chart, real or imagined; ``actual`` is in points per day and team member."""

    iteration: int
    start_on: date
    duration: int
    expected: float
    completed: float
    team: Decimal | None
    actual: float | None

    @property
    def assumed_end(self) -> date:
        """The last working day, if a weekend follows every five of them."""
        weekends = max(self.duration // 5 - 1, 0)
        started = _working_day(self.start_on)
        return _working_day(started + timedelta(days=self.duration + 2 * weekends - 1))

    def row(self, **rest: date | float | Decimal) -> Form:
        head: Form = {"starts_on": self.start_on, **rest}
        if self.team is None:
            return head
        return {**head, "team": self.team, "actual": self.actual}

    def done(self, **rest: date | float | Decimal) -> Form:
        """The leg as the charts of completed sprints show it."""
        return self.row(
            completed_on=self.assumed_end,
            iteration=self.iteration,
            duration=self.duration,
            completed=points.wire_sum(self.completed),
            **rest,
        )

    def burnt(self, left: float, burnt: float, end: date) -> Form:
        """The leg in the burn down chart; one that goes past zero is cut short there."""
        days, ends_at = float(self.duration), Decimal(str(left)) if left >= 0 else 0
        if left < 0:
            back = (1 + (self.assumed_end - self.start_on).days) * (-left / burnt)
            days, end = days - back, end - timedelta(days=int(back))
            burnt += left
        return self.row(
            completed_on=end,
            points=ends_at,
            iteration=self.iteration,
            duration=math.ceil(days),
            completed=points.wire_sum(burnt),
        )


def statistics(store: Store, backlog: Backlog) -> Form:
    """The four charts. Raises :class:`Crash` for a backlog without sprints, as the server does."""
    sprints = [store.sprints[one] for one in backlog.sprints]
    if not sprints:
        raise Crash("can't dup NilClass")
    legs = [_leg(store, sprint) for sprint in sprints]
    done = [leg for leg, it in zip(legs, sprints, strict=True) if it.is_completed]
    average = sum(leg.completed for leg in done) / len(done) if done else None
    total = points.of_backlog(store, backlog)
    last = sprints[-1]
    velocity: Form = {
        "expected_sprint": points.expected(store, last),
        "actual_sprint": legs[-1].expected if average is None else average,
    }
    if backlog.velocity is not None and all(leg.actual is not None for leg in legs):
        days = [leg.actual for leg in done if leg.actual is not None]
        velocity["actual_day"] = sum(days) / len(days) if days else backlog.velocity
        velocity["expected_day"] = backlog.velocity
    return {
        "burn_down": _burn_down(legs, len(done), total, average),
        "velocity_stats": velocity,
        "velocity_completed": Items("velocity_completed", [leg.done() for leg in done]),
        "burn_up": _burn_up(store, sprints, done, total),
    }


def _leg(store: Store, sprint: Sprint) -> _Leg:
    completed = points.completed(store, sprint)
    team = sprint.number_team_members if sprint.explicit_velocity is None else None
    return _Leg(
        iteration=sprint.iteration,
        start_on=sprint.start_on,
        duration=sprint.duration_days,
        expected=float(points.expected(store, sprint)),
        completed=completed,
        team=team,
        actual=completed / float(team) / sprint.duration_days if team else None,
    )


def _burn_down(legs: list[_Leg], done: int, total: float, average: float | None) -> Form:
    ends = [*(_before(leg.start_on) for leg in legs[1:]), legs[-1].assumed_end]
    zero = evolve(legs[0], actual=0.0).row(
        completed_on=legs[0].start_on,
        points=points.wire_sum(total),
        iteration=0,
        duration=legs[0].duration,
        completed=0,
    )
    # The trend: what is expected of each sprint.
    trend, left = [zero], total
    for leg, end in zip(legs, ends, strict=True):
        if left > 0:
            left -= leg.expected
            trend.append(leg.burnt(left, leg.expected, end))
    trend += _imagined(legs[-1], left, legs[-1].expected)

    # The actual line: what completed sprints did. The projection begins where it ends.
    actual, projected, left = ([zero], [], total) if done else ([], [zero], total)
    for leg, end in zip(legs[:done], ends, strict=False):
        if left > 0:
            left -= leg.completed
            actual.append(leg.burnt(left, leg.completed, end))
    if done:
        projected.append(actual[-1])
    # The projection: the average of completed sprints, or without any what is expected.
    left = max(left, 0.0)
    for leg, end in zip(legs[done:], ends[done:], strict=True):
        velocity = leg.expected if average is None else average
        if left > 0 and velocity > 0:
            left -= velocity
            projected.append(leg.burnt(left, velocity, end))
    projected += _imagined(legs[-1], left, legs[-1].expected if average is None else average)
    return {
        "trend": Items("trend", trend),
        "actual": Items("actual", actual),
        "projected": Items("projected", projected),
    }


def _imagined(leg: _Leg, left: float, velocity: float) -> list[Form]:
    """As many sprints after the last one as it takes until nothing is left."""
    rows: list[Form] = []
    while left > 0 and velocity > 0 and len(rows) < _MAX_IMAGINED:
        left -= velocity
        start = _working_day(leg.assumed_end + _DAY)
        leg = evolve(leg, iteration=leg.iteration + 1, start_on=start)
        rows.append(leg.burnt(left, velocity, leg.assumed_end))
    return rows


def _burn_up(store: Store, sprints: list[Sprint], done: list[_Leg], total: float) -> Form:
    """What there was to do and what was done of it at the start of each sprint, and now."""
    totals: list[Form] = []
    actual: list[Form] = []
    sum_ = 0.0
    for leg, sprint in zip(done, sprints, strict=False):
        snapshot = store.backlogs.get(sprint.snapshot_id or 0)
        known = points.of_backlog(store, snapshot) if snapshot else total
        totals.append(leg.done(total_points=points.wire_sum(known)))
        actual.append(leg.done(total_points=points.wire_sum(sum_) if actual else 0))
        sum_ += leg.completed
    if done:
        start = done[-1].assumed_end + _DAY
        now = evolve(done[-1], iteration=0, start_on=start, completed=0.0, actual=0.0)
        totals.append(now.done(total_points=points.wire_sum(total)))
        actual.append(now.done(total_points=points.wire_sum(sum_)))
    return {"total": Items("total", totals), "actual": Items("actual", actual)}


def _working_day(day: date) -> date:
    return day + max(7 - day.weekday(), 0) * _DAY if day.weekday() > 4 else day


def _before(day: date) -> date:
    """The last working day before another."""
    day -= _DAY
    return day - max(day.weekday() - 4, 0) * _DAY
