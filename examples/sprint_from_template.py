"""Fills the next sprint with the cards and tasks that every sprint begins with.

Sprints cannot be created by the API: plan one on the web page, and run this. Every card and task is
created exactly once. If the program is stopped, run it again: it continues by its journals, which
are in a folder named after the sprint.

    AGILEKIT_FLYINGDONUT_USERNAME=… (and …_PROJECT, …_SECRET) python sprint_from_template.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import anyio

from agilekit import BulkReport, FlyingDonut
from agilekit.flyingdonut import CardDraft, Sprint, TaskDraft

T = TypeVar("T")

TEMPLATE: Mapping[str, Sequence[TaskDraft]] = {
    "Plan the sprint": [
        {"title": "Estimate the new cards", "estimate": timedelta(hours=2)},
        {"title": "Agree on the goal", "estimate": timedelta(minutes=30)},
    ],
    "Release": [
        {"title": "Write the notes", "estimate": timedelta(minutes=45)},
        {"title": "Deploy", "estimate": timedelta(hours=1)},
        {"title": "Watch the logs", "estimate": timedelta(minutes=15)},
    ],
    "Look back": [],
}


async def main() -> None:
    async with FlyingDonut.from_env() as donut:
        sprint = next(one for one in await donut.sprints.all() if one.is_future)
        bucket, *_ = await donut.buckets.all()
        journals = folder_of(sprint)
        drafts: list[CardDraft] = [{"title": title} for title in TEMPLATE]
        cards = whole(
            await donut.cards.create_many(bucket, drafts, journal=journals / "cards.journal")
        )
        for card, tasks in zip(cards, TEMPLATE.values(), strict=True):
            whole(
                await donut.tasks.create_many(card, tasks, journal=journals / f"{card.id}.journal")
            )
            # By its id, so that the card is read: an earlier run may have moved it.
            await donut.cards.move(card.id, to=sprint)
        print(f"{sprint.title.value}: {len(cards)} cards")


def folder_of(sprint: Sprint) -> Path:
    folder = Path(f"sprint-{sprint.id}")
    folder.mkdir(exist_ok=True)
    return folder


def whole(report: BulkReport[T]) -> list[T]:
    """The items of a job, of which every one was created."""
    errors = [one.error for one in report.refused] + [one.error for one in report.unknown]
    if errors:
        raise SystemExit(f"{report}: {errors}")
    return report.items


if __name__ == "__main__":
    anyio.run(main)
