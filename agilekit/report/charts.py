"""The charts of a project."""

from __future__ import annotations

from agilekit.report.burndown import burndown
from agilekit.report.chart import Chart
from agilekit.report.cumulative_flow import cumulative_flow
from agilekit.report.durations import cycle_time, lead_time
from agilekit.report.figures import ProjectFigures
from agilekit.report.velocity import velocity

__all__ = ["draw"]


def draw(project: ProjectFigures) -> list[Chart]:
    """The charts of a project: burndown, velocity, cumulative flow, lead and cycle times."""
    return [
        burndown(project),
        velocity(project),
        cumulative_flow(project.cumulative_flow),
        lead_time(project),
        cycle_time(project),
    ]
