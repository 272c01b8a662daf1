"""The sandbox stores a refused batch in part or not at all: each good draft is created once."""

from __future__ import annotations

from typing import Literal

import pytest

from agilekit import BulkReport, FlyingDonut
from agilekit.flyingdonut import Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Sandbox
from tests.virtual_time import in_virtual_time

BAD = 10**16  # more than the sandbox takes for an estimate


@pytest.mark.parametrize("batches", ["whole", "up to the first bad one"])
def test_two_bad_drafts_of_200_make_198_cards(
    anyio_backend: str, batches: Literal["whole", "up to the first bad one"]
) -> None:
    sandbox = Sandbox("empty", batches=batches)
    home = sandbox.flyingdonut
    project = home.projects[home.project_id]
    drafts: list[CardDraft] = [
        {"title": f"Card {number}", "estimate": BAD if number in (70, 140) else 1}
        for number in range(200)
    ]

    async def main() -> BulkReport[Card]:
        async with FlyingDonut(**home.arguments()) as donut:
            return await donut.cards.create_many(next(iter(project.buckets)), drafts)

    report = in_virtual_time(anyio_backend, main)
    assert sorted(one.position for one in report.refused) == [70, 140]
    assert not report.unknown
    titles = [card.title.value for card in project.cards.values()]
    assert len(titles) == len(set(titles)) == len(report.created) == 198
