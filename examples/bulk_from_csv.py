"""Creates a card for each row of ``cards.csv``: title, summary, estimate (story points).

Each card is created exactly once. If the program is stopped, or the connection breaks, run it
again: it continues by its journal.

    AGILEKIT_FLYINGDONUT_USERNAME=… (and …_PROJECT, …_SECRET) python bulk_from_csv.py
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import anyio

from agilekit import FlyingDonut
from agilekit.flyingdonut import CardDraft

SOURCE = Path("cards.csv")
JOURNAL = Path("cards.journal")


async def main() -> None:
    drafts = read_drafts(SOURCE)
    async with FlyingDonut.from_env() as donut:
        bucket, *_ = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, drafts, journal=JOURNAL)
    print(report)
    for refused in report.refused:
        print(f"refused: {refused.draft['title']}: {refused.error}")
    for unknown in report.unknown:
        print(f"look whether it is there: {unknown.draft['title']}: {unknown.error}")


def read_drafts(path: Path) -> list[CardDraft]:
    """All rows at once, so that a wrong one ends the program before anything is sent."""
    with path.open(encoding="utf-8", newline="") as file:
        return [draft_of(row) for row in csv.DictReader(file)]


def draft_of(row: Mapping[str, str]) -> CardDraft:
    return {
        "title": row["title"],
        "summary": row["summary"] or None,
        "estimate": float(row["estimate"]) if row["estimate"] else None,
    }


if __name__ == "__main__":
    anyio.run(main)
