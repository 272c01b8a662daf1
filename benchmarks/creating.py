"""Creating a million notes with a journal, and cards over connections, with one and without."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio

from agilekit import FlyingDonut
from agilekit.flyingdonut.writing import CardDraft
from agilekit.sandbox import Faults, Sandbox

NOTES = 1_000_000
CARDS = 2_000
LATENCY = 0.05


async def cards(journal: Path | None, batch_size: int) -> float:
    """Seconds."""
    sandbox = Sandbox("empty", faults=Faults(latency=LATENCY))
    service = sandbox.flyingdonut
    async with sandbox.serve() as server:
        url = f"{server.url}{service.base_path}"
        async with FlyingDonut(
            service.project_id, secret=service.secret, username=service.username, base_url=url
        ) as donut:
            (bucket,) = await donut.buckets.all()
            drafts = (CardDraft(title=f"Card {number}") for number in range(CARDS))
            began = time.perf_counter()
            report = await donut.cards.create_many(
                bucket, drafts, batch_size=batch_size, journal=journal
            )
            seconds = time.perf_counter() - began
    assert len(report.created) == CARDS
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "tests.bulk.large_job", f"{folder}/notes", str(NOTES)]
        taken = json.loads(subprocess.run(program, check=True, capture_output=True).stdout)
        size = Path(folder, "notes").stat().st_size / 1e6
        print(
            f"{NOTES:,} notes in batches of 50, without a server: {taken['seconds']:.0f} s, "
            f"{taken['megabytes']:.0f} MB of memory, a journal of {size:.0f} MB"
        )
        print(f"{CARDS:,} cards, {LATENCY * 1000:.0f} ms away, client and server on one core:")
        for batch_size in (1, 50):
            without = anyio.run(cards, None, batch_size)
            kept = anyio.run(cards, Path(folder, f"cards-{batch_size}"), batch_size)
            one_by_one = CARDS * LATENCY
            print(
                f"  {batch_size:2} a request: {without:4.1f} s, with a journal {kept:4.1f} s; "
                f"one after the other would take {one_by_one:.0f} s and more"
            )


if __name__ == "__main__":
    main()
