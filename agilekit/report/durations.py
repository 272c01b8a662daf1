"""Lead and cycle times: how many days cards take, by the day on which they were completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import quantiles
from typing import Any

from attrs import evolve

from agilekit.report.chart import BLUE, GREEN, ORANGE, Chart, date_axis, threshold
from agilekit.report.figures import ProjectFigures
from agilekit.report.numbers import counted, known, number

__all__ = ["cycle_time", "lead_time"]


def lead_time(project: ProjectFigures) -> Chart:
    return _durations(
        Chart("lead-time", "Lead times", "from creation to completion"),
        [(one.card or one.card_id, one.completed_at, one.lead_days) for one in project.lead_time],
    )


def cycle_time(project: ProjectFigures) -> Chart:
    begins = project.work_begins or "the second column"
    return _durations(
        Chart("cycle-time", "Cycle times", f"from the first entry into {begins} to completion"),
        [(one.card or one.card_id, one.completed_at, one.cycle_days) for one in project.cycle_time],
        [one.working_days for one in project.cycle_time],
    )


def _durations(
    chart: Chart,
    cards: Sequence[tuple[str, str | None, float | None]],
    working: Sequence[float | None] = (),
) -> Chart:
    """The chart of some cards: their titles, when they were completed, and their days.

    chart: without its plot; its text says from when to when.
    working: how many days of each were spent working; empty if that is not known of any.
    """
    found = [
        (title, completed_at, days)
        for title, completed_at, days in cards
        if completed_at is not None and days is not None
    ]
    missing = len(cards) - len(found)
    if not found:
        named = f"{counted(missing, 'card')} that are done" if missing > 1 else "any card"
        text = f"No {chart.title.lower()}: the time {chart.text} is not known of {named}."
        return evolve(chart, text=text)
    values = sorted(days for _, _, days in found)
    median, most = _quantile(values, 50), _quantile(values, 85)

    def plot(axes: Any) -> None:
        moments = [date.fromisoformat(completed_at[:10]) for _, completed_at, _ in found]
        axes.scatter(moments, [days for *_, days in found], s=22, color=BLUE, alpha=0.7)
        marks = [(median, "median", GREEN), (most, "85 %", ORANGE)]
        for value, name, color in marks if most > median else [(median, "all", GREEN)]:
            threshold(axes, value, f"{name}\n{number(value)} d", color)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("days")
        date_axis(axes)

    header = ("completed", "card", "days", *(["working days"] if working else []))
    rows = [
        (
            "not known" if completed_at is None else completed_at[:10],
            title,
            known(days),
            *([number(working[index])] if working else []),
        )
        for index, (title, completed_at, days) in enumerate(cards)
    ]
    text = f"{counted(len(found), 'card')}, {chart.text}: "
    text += f"half within {counted(median, 'day')}, 85 % within {counted(most, 'day')}."
    if missing:
        text += f" Of {counted(missing, 'more card')} it is not known."
    return Chart(chart.name, chart.title, text, header, rows, plot)


def _quantile(values: Sequence[float], percent: int) -> float:
    """By the method that includes the extremes. The values are sorted."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
