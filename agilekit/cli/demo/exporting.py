"""Act 3: everything, in both formats."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from agilekit import FlyingDonut
from agilekit.cli.demo.witness import Witness
from agilekit.export import export

__all__ = ["export_all"]


async def export_all(
    donut: FlyingDonut, witness: Witness, folder: Path, *, cards: int, estimates: int
) -> None:
    """Exports in both formats, and looks into the files.

    cards, estimates: how many cards there must be, and the sum of their estimates.
    """
    witness.say("\n3. Flying Donut: export everything, to SQLite and to JSON Lines")
    rows: list[int] = []
    for name, place, look in (
        ("SQLite", "demo.sqlite", _look_into_sqlite),
        ("JSON Lines", "demo", _look_into_json_lines),
    ):
        to = folder / place
        report = await export([donut], to=to)
        witness.say(f"   {name}: {sum(report.rows.values())} rows in {report.seconds:.1f} s")
        failed = [f"{one.project_id}: {one.error}" for one in report.failed]
        witness.check(f"failed exports to {name}", failed, [])
        found, total = look(to)
        witness.check(f"cards in {name}", found, cards)
        witness.check(f"sum in {name}", total, estimates)
        rows.append(sum(report.rows.values()))
    witness.check("rows in JSON Lines", rows[1], rows[0])


def _look_into_sqlite(path: Path) -> tuple[int, float]:
    """How many cards there are, and the sum of their estimates."""
    with closing(sqlite3.connect(path)) as database:
        cards, estimates = database.execute("SELECT count(*), sum(estimate) FROM cards").fetchone()
    return cards, estimates


def _look_into_json_lines(folder: Path) -> tuple[int, float]:
    with (folder / "cards.jsonl").open(encoding="utf-8") as lines:
        estimates = [json.loads(line)["estimate"] or 0 for line in lines]
    return len(estimates), sum(estimates)
