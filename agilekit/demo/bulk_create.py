"""Creates 500 cards, 10 a request, each exactly once."""

from __future__ import annotations

from collections.abc import Iterator

from agilekit import FlyingDonut
from agilekit.demo.checks import check
from agilekit.flyingdonut import CardDraft

CARDS = 500


async def main(donut: FlyingDonut) -> None:
    bucket, *_ = await donut.buckets.all()
    before = await donut.cards.in_bucket(bucket)
    report = await donut.cards.create_many(bucket, drafts(), batch_size=10)
    print(report)
    after = await donut.cards.in_bucket(bucket)
    check("cards created", len(report.created), CARDS)
    check("cards in the bucket", len(after), len(before) + CARDS)


def drafts() -> Iterator[CardDraft]:
    """Read as they are needed, so there may be more of them than fit into memory."""
    for number in range(1, CARDS + 1):
        yield {"title": f"Card {number}"}
