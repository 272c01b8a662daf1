"""A cluster of processes: more or fewer of them, some killed, and what Dask gets to know."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

import anyio
import pytest

from agilekit.connections import load
from agilekit.dask import export_on
from agilekit.export import Progress, export, verify
from agilekit.sandbox import Faults
from tests.export.sharded import ENVIRONMENT, ROOT, content, outcomes, program, served
from tests.on_dask.clusters import Processes, processes
from tests.postgres_server import postgres_server
from tests.sizes import FULL

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS: Final = 20 if FULL else 2
MIX: Final = Faults(
    latency=0.01,
    rate_limited=0.02,
    retry_after=0.1,
    bad_gateway=0.02,
    drop_before=0.02,
    cut_body=0.02,
    seed=5,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Processes]:
    with processes() as started:
        yield started


@pytest.mark.parametrize("workers", [1, 2, 4])
async def test_an_export_is_the_same_by_any_number_of_workers(
    workers: int, cluster: Processes, tmp_path: Path
) -> None:
    await cluster.call(cluster.add, workers)
    async with served(tmp_path, projects=2, cards=4) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = MIX
        for name in ("x.sqlite", "x", "x.parquet"):
            report = await export_on(cluster.client, it.connections, to=tmp_path / name)
            assert verify(tmp_path / name).ok
            assert content(tmp_path / name) == content(tmp_path / "whole.sqlite")
            assert outcomes(report) == outcomes(whole)


async def test_an_export_into_postgresql_is_the_same(cluster: Processes, tmp_path: Path) -> None:
    await cluster.call(cluster.add, 2)
    async with served(tmp_path, projects=2, cards=4) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = MIX
        with postgres_server() as server:
            to = server.new_schema()
            report = await export_on(cluster.client, it.connections, to=to)
            assert verify(to).ok
            assert content(to) == content(tmp_path / "whole.sqlite")
        assert outcomes(report) == outcomes(whole)


async def test_the_shards_of_workers_that_are_killed_are_done_by_others(
    cluster: Processes, tmp_path: Path
) -> None:
    await cluster.call(cluster.add, 2)
    random, killed = Random(7), 0
    async with served(tmp_path, projects=2, cards=4) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = Faults(latency=0.02)
        while killed < KILLS:
            to = tmp_path / f"{killed}.sqlite"
            await cluster.call(cluster.add, 2)
            pids = [*(await cluster.call(cluster.pids)).values()]
            left = random.randrange(20)

            def kill_one(progress: Progress, pids: list[int] = pids) -> None:
                nonlocal left, killed
                left -= 1
                if left == 0:
                    os.kill(random.choice(pids), signal.SIGKILL)
                    killed += 1

            report = await export_on(cluster.client, it.connections, to=to, on_progress=kill_one)
            assert outcomes(report) == outcomes(whole)
            assert content(to) == content(tmp_path / "whole.sqlite")
            assert report.continued is None


async def test_the_shards_of_a_worker_that_hangs_are_done_by_others(tmp_path: Path) -> None:
    async with served(tmp_path, projects=2, cards=4) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = Faults(latency=0.05)
        to = tmp_path / "x.sqlite"
        stopped: list[int] = []
        with processes({"distributed.scheduler.worker-ttl": "2s"}) as cluster:
            await cluster.call(cluster.add, 2)
            pids = [*(await cluster.call(cluster.pids)).values()]

            def stop_one(progress: Progress) -> None:
                if progress.step == "reading" and not stopped:
                    stopped.append(pids[0])
                    os.kill(pids[0], signal.SIGSTOP)

            report = await export_on(cluster.client, it.connections, to=to, on_progress=stop_one)
        assert stopped
        assert outcomes(report) == outcomes(whole)
        assert content(to) == content(tmp_path / "whole.sqlite")


async def test_connections_that_kill_their_workers_are_reported_and_stop_no_other(
    cluster: Processes, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it:
        it.sandbox.faults = Faults(latency=0.05)

        def kill_all(progress: Progress) -> None:
            if progress.connection == "stories" and progress.step == "finding":
                for pid in cluster.pids().values():
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        given = {"stories": it.connections["stories"]}
        to = tmp_path / "x.sqlite"
        with anyio.fail_after(100):
            report = await export_on(cluster.client, given, to=to, on_progress=kill_all)
        (failed,) = report.failed
        assert (failed.connection, failed.project_id) == ("stories", None)
        assert "all those workers died while running it" in str(failed.error)
        again = await export_on(cluster.client, it.connections, to=to)
        assert not again.failed
        assert verify(to).ok


async def test_when_the_program_is_killed_its_workers_stop_and_the_next_one_continues(
    cluster: Processes, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=2, cards=4) as it:
        await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = Faults(latency=0.05)
        to = tmp_path / "x.sqlite"
        command = program("tests.on_dask.exporting_program", cluster.address, str(it.file), str(to))
        for requests in (3, 12, 30):
            before = it.sandbox.count()
            async with await anyio.open_process(
                command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.STDOUT
            ) as process:
                while it.sandbox.count() < before + requests:  # noqa: ASYNC110 - of other processes
                    await anyio.sleep(0.01)
                process.kill()
        report = await export_on(cluster.client, it.connections, to=to)
        assert report.continued
        assert not report.failed
        assert content(to) == content(tmp_path / "whole.sqlite")


async def test_a_cancelled_export_stops_its_workers_and_is_continued(
    cluster: Processes, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=2, cards=4) as it:
        await export(it.connections, tmp_path / "whole.sqlite")
        it.sandbox.faults = Faults(latency=0.1)
        to = tmp_path / "x.sqlite"
        with anyio.CancelScope() as scope:

            def cancel(progress: Progress) -> None:
                if progress.step == "reading":
                    scope.cancel()

            await export_on(cluster.client, it.connections, to=to, on_progress=cancel)
        assert scope.cancelled_caught
        await _rests(it.sandbox.count)
        it.sandbox.faults = Faults()
        assert (await export_on(cluster.address, it.connections, to=to)).continued
        assert content(to) == content(tmp_path / "whole.sqlite")


async def _rests(count: Callable[[], int]) -> None:
    """Returns when no request comes any longer."""
    for _ in range(200):
        before = count()
        await anyio.sleep(1)
        if count() == before:
            return
    raise AssertionError("the workers went on")


async def test_dask_gets_to_know_no_secret(
    cluster: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    submit = cluster.client.submit

    def submitted(*arguments: object, **options: object) -> object:
        sent.append(pickle.dumps((arguments, options)))
        return submit(*arguments, **options)

    monkeypatch.setattr(cluster.client, "submit", submitted)
    await cluster.call(cluster.client.get_task_stream)  # from now on
    async with served(tmp_path, projects=1, cards=1) as it:
        it.file.write_text(it.file.read_text().replace(f'"{it.secrets[0]}"', '"not-the-secret"', 1))
        given = load(it.file)
        report = await export_on(cluster.client, given, to=tmp_path / "x.sqlite")
        assert [one.connection for one in report.failed] == ["donut 0"]

        seen = [
            repr(await cluster.call(cluster.client.get_task_stream)),
            repr(await cluster.call(cluster.client.get_scheduler_logs)),
            repr(await cluster.call(cluster.client.get_worker_logs)),
            repr(await cluster.call(cluster.client.get_worker_logs, nanny=True)),
            repr(await cluster.call(cluster.client.get_events)),
            repr(
                await cluster.call(
                    cluster.client.dump_cluster_state, str(tmp_path / "dump"), format="yaml"
                )
            ),
            (tmp_path / "dump.yaml").read_text(),
        ]
        assert "agilekit-export-shard-" in seen[0]
        everything = "\n".join(seen)
        secrets = ["not-the-secret", *it.secrets]
        assert len(sent) == len(given)
        for secret in secrets:
            assert secret not in everything
            assert not any(secret.encode() in one for one in sent)
