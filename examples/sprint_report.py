"""A report of the sprints: velocity in story points, and the burndown in hours, as text.

AGILEKIT_FLYINGDONUT_PROJECT=… AGILEKIT_FLYINGDONUT_SECRET=… python sprint_report.py
"""

from __future__ import annotations

import anyio

from agilekit import FlyingDonut, NotFound
from agilekit.flyingdonut import Burndown, Card, Sprint, SprintCards


async def main() -> None:
    async with FlyingDonut.from_env() as donut:
        for sprint in await donut.sprints.all():
            if sprint.is_future:
                continue
            print(velocity(sprint, await donut.sprints.cards(sprint)))
            try:
                print(burndown(await donut.sprints.burndown(sprint)))
            except NotFound:
                print("  no burndown chart")


def velocity(sprint: Sprint, found: SprintCards) -> str:
    """The points of the cards that are done; what is not known is counted and named."""
    done = sum(card.estimate.value or 0 for card in found.cards if is_done(card))
    total = sum(card.estimate.value or 0 for card in found.cards)
    lines = [f"{sprint.title.value}: {done:g} of {total:g} points done"]
    lines += [
        f"  not known whether done: {card.title.value}"
        for card in found.cards
        if is_done(card) is None
    ]
    lines += [
        f"  not estimated: {card.title.value}"
        for card in found.cards
        if card.estimate.value is None
    ]
    return "\n".join(lines)


def is_done(card: Card) -> bool | None:
    """Whether all tasks of a card are done; None without tasks, since nothing else tells."""
    if not card.tasks:
        return None
    return all(task.state.value == "done" for task in card.tasks)


def burndown(chart: Burndown) -> str:
    """A line for each day: the hours left at its end, and a bar."""
    lines = [line("start", chart.original_estimate)]
    lines += [line(f"day {day}", left) for day, left in enumerate(chart.time_remaining, 1)]
    return "\n".join(lines)


def line(label: str, hours: float | None) -> str:
    if hours is None:
        return f"  {label:6}       ?"
    return f"  {label:6} {hours:5.1f} h {'#' * round(2 * hours)}".rstrip()


if __name__ == "__main__":
    anyio.run(main)
