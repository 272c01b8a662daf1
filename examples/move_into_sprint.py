"""Fills the next sprint from the top of the backlog, for as long as the story points last.

A card that somebody else moves at the same time is left to them.

    AGILEKIT_FLYINGDONUT_USERNAME=… (and …_PROJECT, …_SECRET) python move_into_sprint.py
"""

from __future__ import annotations

import anyio

from agilekit import Abort, FlyingDonut, VersionConflict

CAPACITY = 8.0  # story points


async def main() -> None:
    async with FlyingDonut.from_env() as donut:
        sprint = next(one for one in await donut.sprints.all() if one.is_future)
        bucket, *_ = await donut.buckets.all()
        left = CAPACITY
        for card in await donut.cards.in_bucket(bucket):
            points = card.estimate.value
            if points is None or points > left:
                continue  # not estimated, or too large
            try:
                await donut.cards.move(card, to=sprint, on_conflict=Abort())
            except VersionConflict:
                print(f"moved by somebody else: {card.title.value}")
                continue
            left -= points
            print(f"into {sprint.title.value}: {card.title.value} ({points:g})")
        print(f"{left:g} points left")


if __name__ == "__main__":
    anyio.run(main)
