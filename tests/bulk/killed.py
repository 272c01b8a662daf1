"""A job that is made to be killed: run as a program, it prints its report as JSON if it ends."""

from __future__ import annotations

import json
import sys
from typing import cast

import anyio

from agilekit import FlyingDonut
from agilekit.flyingdonut.params import CardDraft
from agilekit.session.options import with_variables
from tests.bulk.donut import card_drafts


async def main(url: str, project: str, secret: str, bucket: str, journal: str, count: str) -> None:
    drafts = cast("list[CardDraft]", card_drafts(int(count), alike=3))
    async with FlyingDonut(
        project,
        secret=secret,
        username="jane.smith",
        base_url=url,
        # With a short timeout, what is lost is missing after 11 s.
        **with_variables({"concurrency": 3, "timeout": 1, "settle_after": 11}),
    ) as donut:
        report = await donut.cards.create_many(bucket, drafts, batch_size=7, journal=journal)
    json.dump({"report": str(report), "ids": [card.id for card in report.items]}, sys.stdout)


if __name__ == "__main__":
    backend, url, project, secret, bucket, journal, count = sys.argv[1:]
    anyio.run(main, url, project, secret, bucket, journal, count, backend=backend)
