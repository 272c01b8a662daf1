"""Workers die, stop and come late, and the export holds what one process would have exported."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import anyio
import pytest
from anyio.abc import Process

from agilekit.export import Progress, export, verify
from agilekit.export.shards import Shard, export_shard, finish, plan
from agilekit.sandbox import Faults
from tests.export.sharded import (
    ENVIRONMENT,
    ROOT,
    Served,
    content,
    gone,
    outcomes,
    program,
    served,
    workers_of,
)
from tests.export.test_kill import lives
from tests.postgres_server import PostgresServer
from tests.sizes import FULL

FAULTS: Final = Faults(
    drop_before=0.02,
    drop_after=0.02,
    bad_gateway=0.02,
    error_before=0.02,
    cut_body=0.02,
    rate_limited=0.02,
    retry_after=0.01,
    seed=5,
)
KILLS: Final = 20 if FULL else 3
KILLS_OF_ALL: Final = 20 if FULL else 2
WORKERS: Final = [1, 2, 4] if FULL else [2]

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]


@asynccontextmanager
async def troubled(
    folder: Path, *, projects: int = 3 if FULL else 2, cards: int = 15 if FULL else 6
) -> AsyncGenerator[Served]:
    """A sandbox whose export by one process is there already, and that makes trouble from now."""
    async with served(folder, projects=projects, cards=cards) as it:
        text = it.file.read_text(encoding="utf-8")
        it.file.write_text(text.replace("base_url", "retries = 20\nbase_url"), encoding="utf-8")
        await export(it.connections, folder / "whole.sqlite")
        it.sandbox.faults = FAULTS
        yield it


@pytest.mark.slow
@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("name", ["x.sqlite", "x", "x.parquet", "x.csv"])
async def test_any_number_of_workers_exports_the_same_through_faults(
    name: str, workers: int, tmp_path: Path
) -> None:
    async with troubled(tmp_path) as it:
        report = await export(it.connections, tmp_path / name, workers=workers)
    assert not report.failed
    assert verify(tmp_path / name).ok
    assert content(tmp_path / name) == content(tmp_path / "whole.sqlite")


@pytest.mark.slow
@pytest.mark.parametrize("workers", WORKERS)
async def test_any_number_of_workers_exports_the_same_into_postgresql(
    workers: int, tmp_path: Path, postgres: PostgresServer
) -> None:
    to = postgres.new_schema()
    async with troubled(tmp_path, cards=6) as it:
        report = await export(it.connections, to, workers=workers)
    assert not report.failed
    assert verify(to).ok
    assert content(to) == content(tmp_path / "whole.sqlite")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.sqlite", "x"])
async def test_workers_that_are_killed_at_any_moment_export_the_same(
    name: str, tmp_path: Path
) -> None:
    random, killed, whole = Random(name), 0, tmp_path / "whole.sqlite"
    async with troubled(tmp_path, projects=2, cards=8) as it:
        expected = outcomes(await export(it.connections, tmp_path / "without.sqlite"))
        while killed < KILLS:
            moments = [random.randrange(2, 30) for _ in range(2)]
            seen = 0

            def kill_sometimes(_: Progress) -> None:
                nonlocal killed, seen
                seen += 1
                workers = workers_of(os.getpid())
                if seen in moments and workers:  # noqa: B023 - of this export
                    killed += 1
                    os.kill(random.choice(workers), signal.SIGKILL)

            report = await export(
                it.connections,
                tmp_path / name,
                workers=2,
                resume=bool(killed % 3),
                on_progress=kill_sometimes,
            )
            assert outcomes(report) == expected
            assert verify(tmp_path / name).ok
            assert content(tmp_path / name) == content(whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.sqlite", "x"])
async def test_an_export_by_workers_that_is_killed_itself_is_continued(
    name: str, tmp_path: Path
) -> None:
    random, killed, ended = Random(name), 0, ""
    async with troubled(tmp_path) as it:
        command = program("tests.export.sharding", str(it.file), str(tmp_path / name), "2")
        while not ended:
            async with await anyio.open_process(
                command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.DEVNULL
            ) as process:
                if killed < KILLS_OF_ALL:
                    await lives(process, it.sandbox, random.randrange(60))
                    await anyio.sleep(random.random() / 20)
                    workers = workers_of(process.pid)
                    process.kill()
                    killed += 1
                    await gone(workers)
                assert process.stdout is not None
                ended = b"".join([piece async for piece in process.stdout]).decode()
                await process.wait()
    assert killed == KILLS_OF_ALL
    assert "projects exported to" in ended, ended
    assert verify(tmp_path / name).ok
    assert content(tmp_path / name) == content(tmp_path / "whole.sqlite")


async def started(shard: Shard) -> Process:
    process = await anyio.open_process(
        program("tests.export.one_shard"), cwd=ROOT, env=ENVIRONMENT, stderr=None
    )
    assert process.stdin is not None
    await process.stdin.send(pickle.dumps(shard))
    await process.stdin.aclose()
    return process


async def output(process: Process) -> str:
    assert process.stdout is not None
    return b"".join([piece async for piece in process.stdout]).decode()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.sqlite", "x"])
async def test_a_worker_that_was_thought_dead_and_comes_late_changes_nothing(
    name: str, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=4, cards=3) as it:
        shards = plan(it.connections, to := tmp_path / name)
        last = shards[-1]
        it.sandbox.faults = Faults(latency=0.02)
        async with await started(last) as late:
            await lives(late, it.sandbox, 5)
            late.send_signal(signal.SIGSTOP)
            it.sandbox.faults = Faults()
            reports = [await export_shard(shard) for shard in shards]
            await export(it.connections, tmp_path / "whole.sqlite")
            finish(to, reports)
            before = content(to)
            late.send_signal(signal.SIGCONT)
            assert "another export has taken this run over" in await output(late)
        assert content(to) == before == content(tmp_path / "whole.sqlite")
        assert verify(to).ok
