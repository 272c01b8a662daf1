"""The statistics of a backlog, as its charts show them.

Source: easyBacklog API documentation, "Retrieve backlog statistics".
"""

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from agilekit.wire.json import JSON
from agilekit.wire.model import raw_field
from agilekit.wire.serializable import Serializable

__all__ = ["BurnDown", "BurnUp", "Statistics", "StatisticsPoint", "VelocityStatistics"]


@frozen
class StatisticsPoint(Serializable):
    """One sprint in a chart."""

    iteration: int | None = None
    """The number of the sprint; 0 stands for the time before the first."""
    starts_on: date | None = None
    completed_on: date | None = None
    duration: float | None = None
    """Working days."""
    team: float | None = None
    """Team members."""
    points: float | None = None
    """Points that are left."""
    completed: float | None = None
    """Points that the sprint completed."""
    total_points: float | None = None
    """Points that are completed so far, or those of the whole backlog."""
    actual: float | None = None
    """Points a day."""


@frozen
class BurnDown(Serializable):
    """The points that are left."""

    trend: tuple[StatisticsPoint, ...] = ()
    actual: tuple[StatisticsPoint, ...] = ()
    projected: tuple[StatisticsPoint, ...] = ()


@frozen
class BurnUp(Serializable):
    """The points that are done, and those of the whole backlog."""

    total: tuple[StatisticsPoint, ...] = ()
    actual: tuple[StatisticsPoint, ...] = ()


@frozen
class VelocityStatistics(Serializable):
    """Points a sprint, and a day and team member."""

    expected_sprint: float | None = None
    actual_sprint: float | None = None
    expected_day: float | None = None
    actual_day: float | None = None


@frozen
class Statistics(Serializable):
    """Source: "Retrieve backlog statistics"."""

    burn_down: BurnDown | None = None
    burn_up: BurnUp | None = None
    velocity_stats: VelocityStatistics | None = None
    velocity_completed: tuple[StatisticsPoint, ...] = ()
    zero_points: bool | None = None
    """True, and everything else missing, if no story has points."""
    raw: Mapping[str, JSON] = raw_field()
