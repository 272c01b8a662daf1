"""Worker processes: what they export, and what becomes of those that die."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import anyio
import pytest

from agilekit import InvalidInput, KanbanTool
from agilekit.connections import load
from agilekit.export import ExportError, Progress, TargetError, export, verify
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Faults
from tests.export.connection_files import connections_file
from tests.export.many import filled
from tests.export.sharded import (
    ENVIRONMENT,
    ROOT,
    content,
    gone,
    outcomes,
    program,
    served,
    workers_of,
)
from tests.export.test_kill import lives

pytestmark = pytest.mark.anyio


async def test_workers_export_what_one_process_does(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=3) as it:
        steps: list[Progress] = []
        whole = await export(it.connections, tmp_path / "whole")
        to = tmp_path / "parts"
        report = await export(it.connections, to, workers=2, on_progress=steps.append)
        assert verify(to).ok
        assert content(to) == content(tmp_path / "whole")
        assert outcomes(report) == outcomes(whole)
        assert str(report).startswith(f"{len(whole.succeeded)} of {len(whole.succeeded)} projects")
        done = [(one.connection, one.project_id) for one in steps if one.step == "done"]
        assert sorted(done) == sorted((one.connection, one.project_id) for one in whole.projects)
        assert steps[-1].projects == len(whole.projects)
    assert not workers_of(os.getpid())


async def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    faults = Faults(latency=0.01)
    async with served(tmp_path, projects=1, cards=3, faults=faults) as it:
        killed = False

        def kill_one(progress: Progress) -> None:
            nonlocal killed
            if progress.step == "reading" and not killed:
                killed = True
                os.kill(workers_of(os.getpid())[0], signal.SIGKILL)

        to = tmp_path / "x.sqlite"
        report = await export(it.connections, to, workers=2, on_progress=kill_one)
        assert killed
        it.sandbox.faults = Faults()
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        assert outcomes(report) == outcomes(whole)
        assert content(to) == content(tmp_path / "whole.sqlite")
        assert report.continued is None


@pytest.mark.slow
async def test_a_shard_that_kills_its_workers_is_reported_and_stops_no_other(
    tmp_path: Path,
) -> None:
    faults = Faults(latency=0.01)
    async with served(tmp_path, projects=1, cards=2, faults=faults) as it:

        def kill_all(progress: Progress) -> None:
            if progress.connection == "stories":
                for child in workers_of(os.getpid()):
                    os.kill(child, signal.SIGKILL)

        to = tmp_path / "x.sqlite"
        report = await export(it.connections, to, workers=1, on_progress=kill_all)
        (failed,) = report.failed
        assert (failed.connection, failed.project_id) == ("stories", None)
        assert "its worker process died 3 times, the last time with signal 9" in str(failed.error)
        assert {one.connection for one in report.succeeded} == {*it.connections} - {"stories"}
        assert verify(to).ok


@pytest.mark.slow
async def test_an_error_of_the_target_ends_the_export_and_all_workers(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=2) as it:
        to = tmp_path / "x.sqlite"

        def take_over(progress: Progress) -> None:
            if progress.step == "finding":
                target = open_target(to)
                for run in target.unfinished():
                    target.begin(run.scope, resume=False)

        with pytest.raises(TargetError, match="another export has taken this run over"):
            await export(it.connections, to, workers=2, on_progress=take_over)
    assert not workers_of(os.getpid())


class Enough(Exception):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("error", [Enough, anyio.BrokenResourceError, anyio.EndOfStream])
async def test_what_the_caller_raises_ends_the_export_and_all_workers(
    error: type[Exception], tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        raise error

    async with served(tmp_path, projects=1, cards=2) as it:
        with pytest.raises(error):
            await export(it.connections, tmp_path / "x", workers=2, on_progress=stop)
    assert not workers_of(os.getpid())


@pytest.mark.slow
async def test_a_cancelled_export_leaves_no_worker_and_is_continued(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=2) as it:
        to = tmp_path / "x.sqlite"
        with anyio.CancelScope() as scope:

            def cancel(progress: Progress) -> None:
                if progress.step == "done":
                    scope.cancel()

            await export(it.connections, to, workers=2, on_progress=cancel)
        assert scope.cancelled_caught
        assert not workers_of(os.getpid())
        report = await export(it.connections, to, workers=1)
        assert report.continued
        assert report.skipped
        await export(it.connections, tmp_path / "whole.sqlite")
        assert content(to) == content(tmp_path / "whole.sqlite")


async def test_workers_that_cannot_begin_end_the_export_and_it_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = connections_file(filled(projects=3, cards=0, children=0), "http://127.0.0.1:9", tmp_path)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec >&-\nsleep 0.05\nexit 3\n", encoding="utf-8")
    for mode, how in [(0o755, "exit code 3"), (0o644, "Permission denied")]:
        python.chmod(mode)
        monkeypatch.setattr(sys, "executable", str(python))
        with pytest.raises(ExportError, match=f"{how}$"):
            await export(load(file), tmp_path / "x.sqlite", workers=4)
    assert not caplog.records
    assert not workers_of(os.getpid())


@pytest.mark.slow
async def test_what_a_python_prints_as_it_begins_is_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text('print("hello", flush=True)', encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    async with served(tmp_path, projects=1, cards=1) as it:
        with anyio.fail_after(60):
            report = await export(it.connections, tmp_path / "x.sqlite", workers=2)
        assert not report.failed


async def test_workers_need_connections_from_a_file(tmp_path: Path) -> None:
    clients = [KanbanTool("account", token="t")]
    with pytest.raises(InvalidInput, match=r"agilekit\.connections\.load\(\)"):
        await export(clients, tmp_path / "x.sqlite", workers=2)
    file = tmp_path / "agilekit.toml"
    file.write_text(
        '[connections.a]\nservice = "kanbantool"\naccount = "a"\ntoken = { env = "UNSET_TOKEN" }',
        encoding="utf-8",
    )
    with pytest.raises(InvalidInput, match="connection a: token: the variable UNSET_TOKEN is not"):
        await export(load(file), tmp_path / "x.sqlite", workers=2)
    assert not (tmp_path / "x.sqlite").exists()
    with pytest.raises(InvalidInput, match="workers must be a whole number from 1"):
        await export(clients, tmp_path / "x.sqlite", workers=0)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_command_and_its_workers(
    number: signal.Signals, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=2, cards=5, faults=Faults(latency=0.1)) as it:
        command = program("agilekit", "export", "--connections", str(it.file), "--workers", "2")
        command += ["--to", str(tmp_path / "x.sqlite")]
        async with await anyio.open_process(command, cwd=ROOT, env=ENVIRONMENT) as process:
            await lives(process, it.sandbox, 8)
            workers = workers_of(process.pid)
            assert len(workers) == 2
            process.send_signal(number)
            assert process.stderr is not None
            said = b"".join([piece async for piece in process.stderr]).decode()
            assert await process.wait() == 128 + number
        assert "Interrupted. The same command continues" in said
        assert "Traceback" not in said
        await gone(workers)
