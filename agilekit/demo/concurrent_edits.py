"""20 editors add to the estimate of one card at once, 5 times each."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from agilekit import FlyingDonut, Reapply, UnknownOutcome
from agilekit.demo.checks import check
from agilekit.flyingdonut import Card

EDITORS = 20
CHANGES = 5


async def main(clients: Sequence[FlyingDonut]) -> int:
    """Returns how many edits had an unknown outcome.

    clients: they stand for as many programs, which know nothing of each other.
    """
    donut = clients[0]
    bucket, *_ = await donut.buckets.all()
    card, *_ = await donut.cards.in_bucket(bucket)
    before = card.estimate.value or 0
    confirmed: list[float] = []
    unknown: list[float] = []

    async def edit(client: FlyingDonut, amount: float) -> None:
        for _ in range(CHANGES):
            try:
                await add(client, card, amount)
            except UnknownOutcome:
                # A reply was lost, and somebody else has changed the card since: the edit may be
                # inside their value. The library does not guess.
                unknown.append(amount)
            else:
                confirmed.append(amount)

    async with anyio.create_task_group() as editors:
        for number in range(EDITORS):
            editors.start_soon(edit, clients[number % len(clients)], number + 1)

    missing = len(unknown)
    await check_sum(donut, card, before + sum(confirmed))
    while unknown:
        # Nobody else edits the card, so the sum has just told that this edit was not made.
        amount = unknown.pop()
        try:
            await add(donut, card, amount)
        except UnknownOutcome:
            unknown.append(amount)
        else:
            confirmed.append(amount)
        await check_sum(donut, card, before + sum(confirmed))
    print(f"{len(confirmed)} edits add up to {sum(confirmed):g}, and so says the card.")
    return missing


async def add(donut: FlyingDonut, card: Card, amount: float) -> None:
    """Adds to whatever the estimate is by then."""
    await donut.cards.update(
        card, estimate=lambda now: (now or 0) + amount, on_conflict=Reapply(attempts=100)
    )


async def check_sum(donut: FlyingDonut, card: Card, expected: float) -> None:
    found = (await donut.cards.get(card)).estimate.value or 0
    check("sum of the confirmed edits", found, expected)
