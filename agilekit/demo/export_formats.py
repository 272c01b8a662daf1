"""Exports a project to SQLite and to JSON Lines, and compares the two."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from agilekit import FlyingDonut
from agilekit.demo.checks import check
from agilekit.export import export


async def main(donut: FlyingDonut, folder: Path) -> tuple[int, float]:
    """Returns how many cards the files hold, and the sum of their estimates.

    folder: where the files are written: ``demo.sqlite``, and ``demo`` with the JSON Lines.
    """
    database, lines = folder / "demo.sqlite", folder / "demo"
    rows: list[int] = []
    for to in (database, lines):
        report = await export([donut], to=to)
        rows.append(sum(report.rows.values()))
        print(f"{rows[-1]} rows to {to.name} in {report.seconds:.1f} s")
        check("projects that failed", [str(one.error) for one in report.failed], [])
    check("rows in JSON Lines", rows[1], rows[0])
    check("cards and their sum in JSON Lines", in_json_lines(lines), in_sqlite(database))
    return in_sqlite(database)


def in_sqlite(path: Path) -> tuple[int, float]:
    with closing(sqlite3.connect(path)) as database:
        cards, total = database.execute("SELECT count(*), total(estimate) FROM cards").fetchone()
    return cards, total


def in_json_lines(folder: Path) -> tuple[int, float]:
    with (folder / "cards.jsonl").open(encoding="utf-8") as lines:
        estimates = [json.loads(line)["estimate"] or 0 for line in lines]
    return len(estimates), sum(estimates)
