"""What a large job takes: requests, time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import anyio
import pytest

from agilekit import BulkReport
from agilekit.flyingdonut.models import Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import bucket_of, card_drafts, connect, there
from tests.sizes import LARGE
from tests.virtual_time import in_virtual_time

ROOT: Final = Path(__file__).parents[2]
LATENCY: Final = 0.05


@pytest.mark.slow
@pytest.mark.parametrize("keeps", [False, True], ids=["in-memory", "journal"])
def test_ten_thousand_cards_take_the_fewest_requests_and_little_time(
    anyio_backend: str, tmp_path: Path, keeps: bool
) -> None:
    journal = tmp_path / "journal" if keeps else None
    sandbox, drafts = Sandbox("empty", faults=Faults(latency=LATENCY)), card_drafts(10_000)

    async def main() -> tuple[BulkReport[Card], float, float]:
        async with connect(sandbox) as donut:
            began = anyio.current_time()
            single: CardDraft = {"title": "One"}
            await donut.cards.create(bucket_of(sandbox), **single)
            one = anyio.current_time() - began
            given = [CardDraft(title=str(draft["title"]), estimate=3) for draft in drafts]
            began = anyio.current_time()
            report = await donut.cards.create_many(bucket_of(sandbox), given, journal=journal)
            return report, one, anyio.current_time() - began

    report, one, seconds = in_virtual_time(anyio_backend, main)
    assert len(report.created) == 10_000
    assert there(sandbox).total() == 10_001
    assert sandbox.count("POST") - 1 == 10_000 / 50
    assert len(sandbox.requests) - 1 <= 10_000 / 50 * 1.05
    assert seconds * 20 < one * 10_000


@pytest.mark.slow
def test_a_job_of_very_many_drafts_stays_small(tmp_path: Path) -> None:
    journal = str(tmp_path / "journal")
    program = [sys.executable, "-m", "tests.bulk.large_job", journal, str(LARGE)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    taken = json.loads(done.stdout)
    assert taken["report"] == f"{LARGE} created, 0 refused, 0 of unknown outcome"
    assert taken["megabytes"] < 20  # in memory, 50,000 outcomes take 40
