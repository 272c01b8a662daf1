"""All sprints at a glance: the figures as JSON in ``dashboard.json``, and one page of text.

AGILEKIT_FLYINGDONUT_PROJECT=… AGILEKIT_FLYINGDONUT_SECRET=… python dashboard.py
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TypedDict

import anyio

from agilekit import FlyingDonut
from agilekit.flyingdonut import Sprint, SprintCards

TARGET = anyio.Path("dashboard.json")


class Figures(TypedDict):
    """What the dashboard shows of one sprint."""

    title: str
    phase: str
    cards: int
    points: float
    tasks: dict[str, int]
    """How many, by state."""
    hours: float
    """Of the tasks that are not done, as estimated."""
    not_estimated: int
    """Cards, and tasks that are not done, which `points` and `hours` leave out."""


async def main() -> None:
    figures: dict[str, Figures] = {}
    async with FlyingDonut.from_env() as donut:
        sprints = await donut.sprints.all()

        async def read(sprint: Sprint) -> None:
            figures[sprint.id] = figures_of(sprint, await donut.sprints.cards(sprint))

        # The client itself keeps to its limit of requests at once.
        async with anyio.create_task_group() as tasks:
            for sprint in sprints:
                tasks.start_soon(read, sprint)
    in_order = [figures[sprint.id] for sprint in sprints]
    await TARGET.write_text(json.dumps(in_order, indent=2), encoding="utf-8")
    print("\n".join(map(line, in_order)))


def figures_of(sprint: Sprint, found: SprintCards) -> Figures:
    cards = [*found.cards, *([found.placeholder] if found.placeholder else [])]
    tasks = [task for card in cards for task in card.tasks] + [*found.other_tasks]
    points = [card.estimate.value for card in found.cards]
    hours = [task.estimate.value for task in tasks if task.state.value != "done"]
    return {
        "title": sprint.title.value,
        "phase": phase_of(sprint),
        "cards": len(found.cards),
        "points": sum(value or 0 for value in points),
        "tasks": dict(Counter(task.state.value for task in tasks)),
        "hours": sum(value or 0 for value in hours),
        "not_estimated": (points + hours).count(None),
    }


def phase_of(sprint: Sprint) -> str:
    if sprint.is_active:
        return "active"
    return "future" if sprint.is_future else "past"


def line(sprint: Figures) -> str:
    return (
        f"{sprint['phase']:7} {sprint['title']:26} {sprint['cards']:2} cards, "
        f"{sprint['points']:g} points, {sprint['hours']:g} h to do, "
        f"{sprint['not_estimated']} not estimated"
    )


if __name__ == "__main__":
    anyio.run(main)
