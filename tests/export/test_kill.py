"""An export that is killed again and again, and in the end holds what it would hold without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Final

import anyio
import anyio.abc
import pytest

from agilekit.export import TABLES, export, verify
from agilekit.export.table import Row
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Faults, Sandbox
from tests.export.connection_files import connections_file
from tests.export.many import clients_of, filled
from tests.postgres_server import PostgresServer
from tests.sizes import FULL

KILLS: Final = 20 if FULL else 2
PROJECTS, CARDS = (5, 40) if FULL else (2, 10)
ROOT: Final = Path(__file__).parents[2]
# The measuring of coverage would outlive none of the kills.
ENVIRONMENT: Final = {name: at for name, at in os.environ.items() if "COVERAGE" not in name}


async def lives(process: anyio.abc.Process, sandbox: Sandbox, requests: int) -> None:
    """Returns when it has made so many more requests, or has ended."""
    until = sandbox.count() + requests
    for _ in range(20_000):
        if sandbox.count() >= until or process.returncode is not None:
            return
        await anyio.sleep(0.002)


@pytest.mark.slow
@pytest.mark.parametrize("in_postgres", [False, True], ids=["sqlite", "postgres"])
@pytest.mark.anyio
async def test_an_export_that_is_killed_at_any_moment_continues_to_the_same_rows(
    in_postgres: bool, anyio_backend: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=PROJECTS, cards=CARDS, children=2), Random(anyio_backend)
    to = postgres.new_schema() if in_postgres else str(tmp_path / "x.sqlite")
    killed, ended = 0, ""
    async with sandbox.serve() as server:
        file = connections_file(sandbox, server.url, tmp_path)
        reference = tmp_path / "reference.sqlite"
        clients = clients_of(sandbox, server.url)
        before = sandbox.count()
        await export(clients, to=reference)
        whole = sandbox.count() - before
        sandbox.faults = Faults(latency=0.003)
        program = [sys.executable, "-m", "tests.export.killed", anyio_backend, str(file)]
        program.append(to)
        while not ended:
            async with await anyio.open_process(
                program, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.STDOUT
            ) as process:
                if killed < KILLS:
                    # Sometimes before its first request, or while it writes.
                    await lives(process, sandbox, random.randrange(whole // KILLS))
                    await anyio.sleep(random.random() / 50)
                    process.kill()
                    killed += 1
                assert process.stdout is not None
                ended = b"".join([piece async for piece in process.stdout]).decode()
                await process.wait()
    assert killed == KILLS
    assert "projects exported to" in ended, ended
    assert verify(to).ok
    assert rows_of(to) == rows_of(reference)
    assert rows_of(to)["cards"]


def rows_of(to: str | Path) -> dict[str, list[Row]]:
    target = open_target(to)
    rows = {table.name: [*target.rows(table)] for table in TABLES}
    target.close()
    return rows
