"""The charts of a project, drawn by matplotlib. It is needed for the pictures alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from math import nan
from statistics import quantiles
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, field, frozen

from agilekit.export.optional import needed
from agilekit.report.figures import BurndownStep, FlowDay, ProjectFigures, SprintVelocity
from agilekit.report.numbers import counted, known, number

__all__ = ["Chart", "Picture", "draw"]

Picture: TypeAlias = Literal["svg", "png"]
Plot: TypeAlias = Callable[[Any], None]
"""Draws into axes; the types of matplotlib are not complete."""

# Okabe and Ito's colours, which people tell apart however they see colours.
_BLUE: Final = "#1a82c8"
_ORANGE: Final = "#d55e00"
_GREEN: Final = "#009e73"
_GREY: Final = "#8a8a8a"
_LAYERS: Final = (_BLUE, "#e69f00", _GREEN, "#cc79a7", "#56b4e9", _ORANGE, "#f0e442", "#5a4fcf")
# Stands for the colour of the text around a chart, so that it suits a dark page, too.
_INK: Final = "#010203"
_SIZE: Final = (7.2, 3.4)  # inches
_SPRINTS_SHOWN: Final = 12


@frozen
class Chart:
    """One chart, and the numbers in it."""

    name: str
    title: str
    text: str
    """What it shows, in a sentence; where there is nothing to show, why."""
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    """The numbers of the chart, as text."""
    _plot: Plot | None = field(default=None, eq=False, repr=False)

    @property
    def is_empty(self) -> bool:
        return self._plot is None

    def picture(self, kind: Picture) -> bytes:
        """The chart as a file. Raises InvalidInput where matplotlib is missing."""
        plot = self._plot
        if plot is None:
            raise ValueError(f"the chart {self.name} is empty: {self.text}")
        figures = needed("matplotlib.figure", extra="report", by="a chart")
        style = needed("matplotlib", extra="report", by="a chart")
        settings = {
            "svg.hashsalt": self.name,
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "text.parse_math": False,
        }
        ink = "#333333" if kind == "png" else _INK
        names = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
        with style.rc_context({**settings, **dict.fromkeys(names, ink)}):
            figure = figures.Figure(figsize=_SIZE, layout="constrained")
            axes = figure.subplots()
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(axis="y", color=_GREY, alpha=0.25, linewidth=0.6)
            axes.set_axisbelow(True)
            plot(axes)
            made = io.BytesIO()
            if kind == "png":
                figure.savefig(made, format="png", dpi=160, facecolor="white")
            else:
                figure.savefig(
                    made, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
                )
        return made.getvalue()

    def inline(self) -> str:
        """The chart as an ``<svg>`` to stand in a page, in the colour of its text."""
        text = self.picture("svg").decode()
        text = text[text.index("<svg") :].replace(_INK, "currentColor")
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        # Ids of groups are numbered anew in each chart; nothing refers to them.
        text = re.sub(r'<g id="[a-zA-Z]+[0-9a-z]*_\d+">', "<g>", text)
        return re.sub(r'<svg (.*?)width="[^"]*"', r"<svg \1", text, count=1, flags=re.DOTALL)


def draw(project: ProjectFigures) -> list[Chart]:
    """The charts of a project: burndown, velocity, cumulative flow, lead and cycle times."""
    return [
        _burndown(project),
        _velocity(project),
        _cumulative_flow(project.cumulative_flow),
        _lead_time(project),
        _cycle_time(project),
    ]


def _burndown(project: ProjectFigures) -> Chart:
    name, title = "burndown", "Burndown"
    lines = _lines_to_show(project)
    if not lines:
        text = "No burndown: the service gave none for this sprint or project."
        return Chart(name, title, text)
    steps = lines["actual"]
    about, unit = steps[0].sprint or "the whole backlog", steps[0].unit
    left = [nan if one.remaining is None else one.remaining for one in steps]

    def plot(axes: Any) -> None:
        numbers = [one.step for one in steps]
        ideal = [(one.step, one.ideal) for one in steps if one.ideal is not None]
        if ideal:
            end = max(one.step for found in lines.values() for one in found)
            ideal.append((end, 0.0))
            axes.plot(*zip(*ideal, strict=True), color=_GREY, linestyle="--", linewidth=1.2)
            _label(axes, ideal[0], "ideal", _GREY)
        axes.plot(numbers, left, color=_BLUE, linewidth=2, marker="o", markersize=4)
        _label(axes, (numbers[-1], left[-1]), "left", _BLUE)
        if ahead := lines.get("projected"):
            points = [(one.step, nan if one.remaining is None else one.remaining) for one in ahead]
            joined = [(numbers[-1], left[-1]), *points]
            axes.plot(*zip(*joined, strict=True), color=_ORANGE, linestyle=":", linewidth=1.8)
            _label(axes, points[-1], "projected", _ORANGE)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(f"{unit} left")
        axes.set_xlabel("day" if steps[0].sprint_id else "sprint")
        axes.xaxis.get_major_locator().set_params(integer=True)

    rows = [
        (line, str(one.step), one.day or "", known(one.remaining), number(one.ideal))
        for line, found in lines.items()
        for one in found
    ]
    return Chart(
        name,
        f"Burndown of {about}",
        _first_and_last(steps),
        ("line", "step", "day", f"{unit} left", "ideal"),
        rows,
        plot,
    )


def _first_and_last(steps: Sequence[BurndownStep]) -> str:
    first, last = steps[0], steps[-1]
    text = f"{counted(first.remaining, first.unit.removesuffix('s'))} at the beginning, "
    if last.remaining is None:
        return f"{text}what is left at the end is not known."
    return f"{text}{number(last.remaining)} left at the end."


def _lines_to_show(project: ProjectFigures) -> dict[str, list[BurndownStep]]:
    """The steps by line: of the sprint that was asked for, or else of the one that the report is
    about or the last that has some; or of the whole backlog.
    """
    by_sprint: dict[str | None, list[BurndownStep]] = {}
    for one in project.burndown:
        by_sprint.setdefault(one.sprint_id, []).append(one)
    order = [one.sprint_id for one in project.velocity] if project.focus is None else []
    others = by_sprint if project.focus is None else ()
    wanted = [] if project.sprint is None else [project.sprint.sprint_id]
    for sprint_id in [*wanted, *reversed(order), None, *others]:
        lines: dict[str, list[BurndownStep]] = {}
        for one in by_sprint.get(sprint_id, []):
            lines.setdefault(one.line, []).append(one)
        if "actual" in lines:
            return lines
    return {}


def _velocity(project: ProjectFigures) -> Chart:
    name, title = "velocity", "Velocity"
    begun = [one for one in project.velocity if one.state != "future" or one.completed]
    if not begun:
        return Chart(name, title, "No velocity: no sprint has begun.")
    about = project.sprint or begun[-1]
    shown = _shown(begun, about)
    ended = [one.completed for one in begun if one.state == "past"]
    past = [one for one in ended if one is not None]
    mean = sum(past) / len(past) if past else None

    def plot(axes: Any) -> None:
        places = range(len(shown))
        axes.bar(
            [place - 0.2 for place in places],
            [one.committed for one in shown],
            width=0.38,
            color=_GREY,
            alpha=0.55,
            label="committed",
        )
        done = axes.bar(
            [place + 0.2 for place in places],
            [one.completed or 0.0 for one in shown],
            width=0.38,
            color=_BLUE,
            label="completed",
        )
        axes.bar_label(done, labels=[known(one.completed) for one in shown], fontsize=8)
        if mean is not None and len(past) > 1:
            axes.axhline(mean, color=_ORANGE, linewidth=1.2, linestyle="--")
            axes.text(
                1.005,
                mean,
                f"mean\n{number(mean)}",
                color=_ORANGE,
                va="center",
                transform=axes.get_yaxis_transform(),
            )
        labels = [_short(one.sprint or one.sprint_id) for one in shown]
        axes.set_xticks(list(places), labels, rotation=20 if len(shown) > 5 else 0)
        axes.set_ylabel("points")
        axes.legend(frameon=False, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.14))

    rows = [
        (
            one.sprint or one.sprint_id,
            one.state or "",
            number(one.committed),
            number(one.expected),
            known(one.completed),
            str(one.cards),
            str(one.done_cards),
            str(one.unknown_cards),
        )
        for one in begun
    ]
    text = _completed(about)
    if mean is not None:
        text += f" {number(mean)} on average of {counted(len(past), 'past sprint')}."
    if len(past) < len(ended):
        text += f" Of {counted(len(ended) - len(past), 'past sprint')} it is not known."
    header = ("sprint", "state", "committed", "expected", "completed", "cards", "done", "unknown")
    return Chart(name, title, text, header, rows, plot)


def _shown(begun: Sequence[SprintVelocity], about: SprintVelocity) -> Sequence[SprintVelocity]:
    """The last sprints, or those up to the one that it is about."""
    latest = begun[-_SPRINTS_SHOWN:]
    if about in latest or about not in begun:
        return latest
    end = begun.index(about) + 1
    return begun[max(0, end - _SPRINTS_SHOWN) : end]


def _completed(sprint: SprintVelocity) -> str:
    name, committed = sprint.sprint or sprint.sprint_id, counted(sprint.committed, "point")
    if sprint.completed is None:
        return f"Of {committed} in {name} it is not known how many are done."
    text = f"{number(sprint.completed)} of {committed} in {name}."
    if sprint.unestimated_cards:
        text += f" {counted(sprint.unestimated_cards, 'card')} of it without an estimate."
    return text


def _cumulative_flow(days: Sequence[FlowDay]) -> Chart:
    name, title = "cumulative-flow", "Cumulative flow"
    by_day = {day: [*found] for day, found in groupby(days, key=lambda one: one.day)}
    if len(by_day) < 2:
        text = "No cumulative flow: the service tells of no moves between columns on two days."
        return Chart(name, title, text)
    columns = {one.column_id: one.column for one in days}
    counts = {
        id: [
            next((one.cards for one in found if one.column_id == id), 0)
            for found in by_day.values()
        ]
        for id in columns
    }

    def plot(axes: Any) -> None:
        moments = [date.fromisoformat(day) for day in by_day]
        # What is done lies at the bottom, so that its edge shows what has come through.
        layers = [*reversed(columns)]
        colors = [_LAYERS[place % len(_LAYERS)] for place in range(len(layers))]
        heights: list[Sequence[int]] = [counts[id] for id in layers]
        axes.stackplot(moments, heights, colors=colors, alpha=0.85, linewidth=0)
        base = 0.0
        total = max(1, sum(height[-1] for height in heights))
        for id, height, color in zip(layers, heights, colors, strict=True):
            if height[-1] > 0.03 * total:
                middle = base + height[-1] / 2
                axes.annotate(
                    f" {_short(columns[id])}",
                    (moments[-1], middle),
                    color=color,
                    va="center",
                    annotation_clip=False,
                )
            base += height[-1]
        axes.set_xlim(moments[0], moments[-1])
        axes.set_ylim(bottom=0)
        axes.set_ylabel("cards")
        _date_axis(axes)

    last = [*by_day.values()][-1]
    rows = [(day, *(str(counts[id][place]) for id in columns)) for place, day in enumerate(by_day)]
    text = ", ".join(f"{one.cards} in {one.column}" for one in last)
    return Chart(name, title, f"At the end: {text}.", ("day", *columns.values()), rows, plot)


def _lead_time(project: ProjectFigures) -> Chart:
    return _durations(
        Chart("lead-time", "Lead times", "from creation to completion"),
        [(one.card or one.card_id, one.completed_at, one.lead_days) for one in project.lead_time],
    )


def _cycle_time(project: ProjectFigures) -> Chart:
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
        axes.scatter(moments, [days for *_, days in found], s=22, color=_BLUE, alpha=0.7)
        marks = [(median, "median", _GREEN), (most, "85 %", _ORANGE)]
        for value, label, color in marks if most > median else [(median, "all", _GREEN)]:
            axes.axhline(value, color=color, linewidth=1.2, linestyle="--")
            axes.text(
                1.005,
                value,
                f"{label}\n{number(value)} d",
                color=color,
                va="center",
                transform=axes.get_yaxis_transform(),
            )
        axes.set_ylim(bottom=0)
        axes.set_ylabel("days")
        _date_axis(axes)

    header = ("completed", "card", "days", *(["working days"] if working else []))
    rows = [
        (
            "not known" if completed_at is None else completed_at[:10],
            title,
            known(days),
            *([number(working[place])] if working else []),
        )
        for place, (title, completed_at, days) in enumerate(cards)
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


def _label(axes: Any, at: tuple[float, float | None], text: str, color: str) -> None:
    axes.annotate(
        text, at, xytext=(5, 6), textcoords="offset points", color=color, annotation_clip=False
    )


def _date_axis(axes: Any) -> None:
    dates = needed("matplotlib.dates", extra="report", by="a chart")
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def _short(text: str) -> str:
    return text if len(text) <= 18 else f"{text[:17]}…"
