"""A job that is killed again and again, and in the end has created each card once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Final

import anyio
import anyio.abc
import pytest

from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import asked, bucket_of, card_drafts, there
from tests.sizes import KILLS

ROOT: Final = Path(__file__).parents[2]
COUNT: Final = 2000
FAULTS: Final = Faults(
    latency=0.02,
    drop_before=0.02,
    drop_after=0.02,
    error_after=0.02,
    cut_body=0.02,
    bad_gateway=0.02,
    garbage=0.02,
    commit_late=0.02,
    commit_after=(3, 10),
    methods=frozenset({"POST"}),
    seed=5,
)
# The measuring of coverage would outlive none of the kills.
ENVIRONMENT: Final = {name: at for name, at in os.environ.items() if "COVERAGE" not in name}


async def lives(process: anyio.abc.Process, sandbox: Sandbox, requests: int) -> None:
    """Returns when it has made so many more requests, or has ended."""
    until = sandbox.count() + requests
    for _ in range(10_000):
        if sandbox.count() >= until or process.returncode is not None:
            return
        await anyio.sleep(0.002)


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_job_that_is_killed_at_any_moment_creates_each_card_once(
    anyio_backend: str, tmp_path: Path
) -> None:
    sandbox, random = Sandbox("empty", faults=FAULTS), Random(anyio_backend)
    service, drafts = sandbox.flyingdonut, card_drafts(COUNT, alike=3)
    killed = 0
    async with sandbox.serve() as server:
        url = f"{server.url}{service.base_path}"
        place = (url, service.project_id, service.secret, bucket_of(sandbox))
        program = [sys.executable, "-m", "tests.bulk.killed", anyio_backend, *place]
        program += [str(tmp_path / "import.journal"), str(COUNT)]
        answer = b""
        while not answer:
            async with await anyio.open_process(
                program, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.STDOUT
            ) as process:
                if killed < KILLS:
                    # Sometimes before its first request, or while it looks what is there.
                    await lives(process, sandbox, random.randrange(COUNT // 7 // KILLS))
                    await anyio.sleep(random.random() / 4 / KILLS)
                    process.kill()
                    killed += 1
                assert process.stdout is not None
                answer = b"".join([piece async for piece in process.stdout])
                await process.wait()
    report = json.loads(answer)
    assert killed == KILLS
    assert report["report"] == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)
    cards = service.projects[service.project_id].cards
    assert [cards[id].title.value for id in report["ids"]] == [draft["title"] for draft in drafts]
    assert len(set(report["ids"])) == COUNT
