"""The burndown of a sprint, or of a whole backlog."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

from agilekit.report.chart import BLUE, GREY, ORANGE, Chart, label
from agilekit.report.figures import BurndownStep, ProjectFigures
from agilekit.report.numbers import counted, known, number

__all__ = ["burndown"]


def burndown(project: ProjectFigures) -> Chart:
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
            ideal.append((end, 0.0))  # also if the actual line ends before
            axes.plot(*zip(*ideal, strict=True), color=GREY, linestyle="--", linewidth=1.2)
            label(axes, ideal[0], "ideal", GREY)
        axes.plot(numbers, left, color=BLUE, linewidth=2, marker="o", markersize=4)
        label(axes, (numbers[-1], left[-1]), "left", BLUE)
        if ahead := lines.get("projected"):
            points = [(one.step, nan if one.remaining is None else one.remaining) for one in ahead]
            # The line begins at the end of the actual one.
            from_actual = [(numbers[-1], left[-1]), *points]
            axes.plot(*zip(*from_actual, strict=True), color=ORANGE, linestyle=":", linewidth=1.8)
            label(axes, points[-1], "projected", ORANGE)
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
