"""Worker processes: what they export, and what becomes of those that die."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from agilekit.export import Progress, export, verify
from agilekit.sandbox import Faults
from tests.export.sharded import children_of, content, outcomes, served

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
    assert not children_of(os.getpid())


async def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    faults = Faults(latency=0.01)
    async with served(tmp_path, projects=1, cards=3, faults=faults) as it:
        killed = False

        def kill_one(progress: Progress) -> None:
            nonlocal killed
            if progress.step == "reading" and not killed:
                killed = True
                os.kill(children_of(os.getpid())[0], signal.SIGKILL)

        to = tmp_path / "x.sqlite"
        report = await export(it.connections, to, workers=2, on_progress=kill_one)
        assert killed
        it.sandbox.faults = Faults()
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        assert outcomes(report) == outcomes(whole)
        assert content(to) == content(tmp_path / "whole.sqlite")
        assert report.continued is None
