"""The velocity: what was committed and completed, sprint by sprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from agilekit.report.chart import BLUE, GREY, ORANGE, Chart, short, threshold
from agilekit.report.figures import ProjectFigures, SprintVelocity
from agilekit.report.numbers import counted, known, number

__all__ = ["velocity"]

_SPRINTS_SHOWN: Final = 12


def velocity(project: ProjectFigures) -> Chart:
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
        positions = range(len(shown))
        axes.bar(
            [position - 0.2 for position in positions],
            [one.committed for one in shown],
            width=0.38,
            color=GREY,
            alpha=0.55,
            label="committed",
        )
        done = axes.bar(
            [position + 0.2 for position in positions],
            [one.completed or 0.0 for one in shown],
            width=0.38,
            color=BLUE,
            label="completed",
        )
        axes.bar_label(done, labels=[known(one.completed) for one in shown], fontsize=8)
        if mean is not None and len(past) > 1:
            threshold(axes, mean, f"mean\n{number(mean)}", ORANGE)
        labels = [short(one.sprint or one.sprint_id) for one in shown]
        axes.set_xticks(list(positions), labels, rotation=20 if len(shown) > 5 else 0)
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
