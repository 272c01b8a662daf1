"""Act 1: many cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agilekit import FlyingDonut
from agilekit.cli.demo.witness import Witness
from agilekit.cli.progress import bar
from agilekit.flyingdonut import Card, CardDraft

__all__ = ["create"]

_CARDS: Final = 500


async def create(donut: FlyingDonut, witness: Witness) -> list[Card]:
    witness.say(f"\n1. Flying Donut: create {_CARDS} cards, 10 a request")
    bucket = (await donut.buckets.all())[0]
    with bar(witness.console, "cards", _CARDS) as step:
        report = await donut.cards.create_many(bucket, _drafts(step), batch_size=10)
    witness.say(f"   {report}")
    witness.check("cards created", len(report.created), _CARDS)
    witness.check("cards found", len(await donut.cards.in_bucket(bucket)), _CARDS)
    return report.items


def _drafts(step: Callable[[int], None]) -> Iterator[CardDraft]:
    for number in range(1, _CARDS + 1):
        yield {"title": f"Card {number}"}
        step(1)
