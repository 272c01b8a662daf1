"""Creates that are committed long after their connection was given up: each is there once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final, Literal

import anyio
import pytest
from attrs import evolve

from agilekit import BulkReport
from agilekit.bulk import BulkOptions, BulkProgress
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.clients import TRIALS, Trial
from tests.bulk.donut import POST, agrees, asked, card_drafts, create_cards, there
from tests.sizes import FULL
from tests.virtual_time import in_virtual_time

COUNT: Final = 4000 if FULL else 200
LATE: Final = Faults(latency=0.02, commit_late=0.05, commit_after=(0.3, 35.0), seed=3, methods=POST)

# Companies are not listed.
EXACT: Final = [trial for trial in TRIALS if trial.name != "easyBacklog companies"]
STATUSES: Final = pytest.mark.parametrize("status", [None, 502, 503, 504])


@pytest.mark.quick(1)
@pytest.mark.parametrize("trial", EXACT, ids=str)
def test_each_draft_of_every_kind_is_created_once_however_late(
    trial: Trial, anyio_backend: str
) -> None:
    sandbox = Sandbox("demo")
    # Each lost sprint holds up all behind it, and is looked for alone.
    count = min(COUNT, 2000) if trial.name == "easyBacklog sprints" else COUNT
    drafts = trial.drafts(sandbox, count)
    before = set(trial.held(sandbox))
    sandbox.faults = LATE
    report = in_virtual_time(anyio_backend, lambda: trial.job(sandbox, "json", drafts, {}))
    assert str(report) == f"{count} created, 0 refused, 0 of unknown outcome"
    held = trial.held(sandbox)
    assert Counter(what for id, what in held.items() if id not in before) == Counter(
        map(trial.asked, drafts)
    )
    ids = {trial.id_of(created.item): created.position for created in report.created}
    assert len(ids) == count
    assert all(held[id] == trial.asked(drafts[place]) for id, place in ids.items())
    assert sandbox.late_commits


@pytest.mark.quick(1)
@STATUSES
@pytest.mark.parametrize("alike", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 7])
def test_each_card_is_created_once_however_late(
    anyio_backend: str, batch_size: int, alike: int, status: Literal[502, 503, 504] | None
) -> None:
    sandbox, drafts = Sandbox("empty"), card_drafts(COUNT, alike=alike)
    sandbox.faults = evolve(LATE, commit_status=status)
    report = create_cards(anyio_backend, sandbox, drafts, batch_size=batch_size)
    assert str(report) == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)
    assert agrees(report, sandbox, drafts)
    assert sandbox.late_commits


@pytest.mark.quick(2)
@pytest.mark.parametrize("trial", EXACT, ids=str)
@pytest.mark.parametrize("seed", range(10 if FULL else 1))
def test_a_job_whose_last_requests_are_committed_after_its_end_is_resumed_without_a_double(
    trial: Trial, seed: int, anyio_backend: str, tmp_path: Path
) -> None:
    sandbox, count = Sandbox("demo", faults=Faults(latency=0.02)), 120
    drafts = trial.drafts(sandbox, count)
    before = set(trial.held(sandbox))
    late = Faults(latency=0.02, commit_late=1, commit_after=(3, 10), seed=seed, methods=POST)

    async def main() -> BulkReport[Any]:
        with anyio.CancelScope() as scope:

            def near_the_end(progress: BulkProgress) -> None:
                if progress.created >= count // 2:
                    sandbox.faults = late
                    scope.deadline = min(scope.deadline, anyio.current_time() + 0.03)

            options: BulkOptions = {"journal": tmp_path / "job", "on_progress": near_the_end}
            await trial.job(sandbox, "json", drafts, options)
        assert scope.cancelled_caught
        assert len(trial.held(sandbox)) < len(before) + count
        sandbox.faults = Faults(latency=0.02)
        return await trial.job(sandbox, "json", drafts, {"journal": tmp_path / "job"})

    report = in_virtual_time(anyio_backend, main)
    assert str(report) == f"{count} created, 0 refused, 0 of unknown outcome"
    held = trial.held(sandbox)
    new = Counter(what for id, what in held.items() if id not in before)
    assert new == Counter(map(trial.asked, drafts))
    assert sandbox.late_commits
