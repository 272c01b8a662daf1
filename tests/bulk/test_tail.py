"""A job that is killed while its last requests are still being worked on, and resumed at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import anyio
import pytest

from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import POST, asked, bucket_of, card_drafts, there
from tests.sizes import FULL

ROOT: Final = Path(__file__).parents[2]
COUNT: Final = 210
LATE: Final = Faults(latency=0.02, commit_late=1, commit_after=(3, 10), methods=POST)
# The measuring of coverage would outlive none of the kills.
ENVIRONMENT: Final = {name: at for name, at in os.environ.items() if "COVERAGE" not in name}


async def run(program: Sequence[str], sandbox: Sandbox) -> bytes:
    """Kills it in its tail, when two requests are under way at the server."""
    async with await anyio.open_process(
        program, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.STDOUT
    ) as process:
        with anyio.fail_after(60):
            while sandbox.pending < 2 and process.returncode is None:
                if sandbox.count("POST") >= COUNT // 7 - 4 and sandbox.faults != LATE:
                    sandbox.faults = LATE
                await anyio.sleep(0.002)
        process.kill()
        assert process.stdout is not None
        return b"".join([piece async for piece in process.stdout])


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("attempt", range(10 if FULL else 1))
async def test_what_is_committed_seconds_after_a_kill_is_doubled_by_no_resumption(
    anyio_backend: str, attempt: int, tmp_path: Path
) -> None:
    sandbox, drafts = Sandbox("empty", faults=Faults(latency=0.02)), card_drafts(COUNT, alike=3)
    service = sandbox.flyingdonut
    async with sandbox.serve() as server:
        url = f"{server.url}{service.base_path}"
        place = (url, service.project_id, service.secret, bucket_of(sandbox))
        program = [sys.executable, "-m", "tests.bulk.killed", anyio_backend, *place]
        program += [str(tmp_path / "import.journal"), str(COUNT)]
        assert await run(program, sandbox) == b""
        assert sandbox.pending >= 2
        sandbox.faults = Faults()
        result = await anyio.run_process(program, cwd=ROOT, env=ENVIRONMENT)
        sandbox.settle()
    report = json.loads(result.stdout)
    assert report["report"] == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)
    cards = service.projects[service.project_id].cards
    assert [cards[id].title.value for id in report["ids"]] == [draft["title"] for draft in drafts]
    assert len(set(report["ids"])) == COUNT
