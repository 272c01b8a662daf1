"""Rows a second into PostgreSQL and into SQLite: one project, replaced again and again, by turns.

``python -m benchmarks.databases postgresql://USER@HOST/DATABASE`` writes to the schema that the URL
names, or to ``agilekit``. CPU is that of this process; the server's own is shown beside it if it is
on this machine. The rows are cards with all that Kanban Tool says of one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg

from agilekit.export import Target
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.sqlite import SQLite

CARDS = 20_000
ROUNDS = 5
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOARD = ProjectRef("kanbantool", "w.kanbantool.com", "1", "https://w.kanbantool.com/api/v1")


def project() -> ProjectData:
    """A board of cards, each with about 700 bytes of `raw`."""
    cards = [
        BOARD.row(
            "cards",
            id=str(number),
            number=number,
            title=f"Card {number}",
            description="What has to be done, and why. " * 4,
            kind="Story",
            estimate=number % 13 / 2,
            is_done=number % 3 == 0,
            column_id=str(number % 7),
            swimlane_id="1",
            assignees='["17","23"]',
            tags="red, urgent",
            due_on="2026-03-02",
            position=float(number),
            created_at=BEGIN + timedelta(minutes=number),
            updated_at=BEGIN + timedelta(minutes=number, microseconds=1),
            raw=json.dumps({f"field_{name}": "a value of it" for name in range(25)}),
        )
        for number in range(CARDS)
    ]
    return BOARD.data({"projects": [BOARD.row("projects", raw="{}")], "cards": cards}, title=None)


def seconds(target: Target, data: ProjectData) -> Mapping[str, float]:
    """What it takes to replace the project once."""
    run = target.begin("benchmark", resume=False)
    wall, cpu = time.perf_counter(), time.process_time()
    target.commit(run, data)
    taken = {"wall": time.perf_counter() - wall, "CPU": time.process_time() - cpu}
    target.finish([run])
    return taken


def server_cpu(url: str) -> float | None:
    """Seconds of CPU that the target's process of the server has used; None if it is elsewhere."""
    with psycopg.connect(PostgresAddress.parse(url).conninfo) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE application_name = 'agilekit' AND pid <> pg_backend_pid()"
        ).fetchall()
    files = [Path(f"/proc/{pid}/stat") for (pid,) in rows]
    if not files or not all(file.exists() for file in files):
        return None
    ticks = [file.read_text().rpartition(")")[2].split()[11:13] for file in files]
    return sum(int(one) for both in ticks for one in both) / os.sysconf("SC_CLK_TCK")


def rate(rounds: list[float]) -> str:
    return f"{CARDS / median(rounds):,.0f} rows/s"


def main(url: str) -> None:
    data = project()
    with tempfile.TemporaryDirectory() as folder:
        postgres, sqlite = Postgres(url), SQLite(Path(folder, "x.sqlite"))
        with closing(postgres), closing(sqlite):
            for target in (postgres, sqlite):
                target.prepare()
                seconds(target, data)
            before = server_cpu(url)
            taken = [(seconds(postgres, data), seconds(sqlite, data)) for _ in range(ROUNDS)]
            after = server_cpu(url)
    for by in ("wall", "CPU"):
        sides = ([one[by] for one, _ in taken], [other[by] for _, other in taken])
        ratio = median([one / other for one, other in zip(*sides, strict=True)])
        print(f"by {by}: PostgreSQL {rate(sides[0])}, SQLite {rate(sides[1])}, {ratio:.2f} times")
    if before is not None and after is not None:
        print(f"CPU of the server: {rate([(after - before) / ROUNDS])}")


if __name__ == "__main__":
    main(*sys.argv[1:])
