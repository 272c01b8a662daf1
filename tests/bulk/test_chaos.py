"""Whatever fails, each draft becomes one item, and the report says which."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import pytest

from agilekit import BulkReport
from agilekit.flyingdonut.models import Task
from agilekit.flyingdonut.params import TaskDraft
from agilekit.sandbox import Faults
from tests.bulk.donut import agrees, asked, bucket_of, card_drafts, connect, create_cards, there
from tests.bulk.unreachable import OftenUnreachable
from tests.sizes import DRAFTS, SEEDS
from tests.virtual_time import in_virtual_time

JOURNALS: Final = pytest.mark.parametrize("journaled", [False, True], ids=["memory", "journal"])


def faults(seed: int) -> Faults:
    return Faults(
        latency=0.02,
        drop_before=0.05,
        drop_after=0.05,
        cut_body=0.05,
        garbage=0.03,
        error_before=0.03,
        error_after=0.05,
        bad_gateway=0.04,
        rate_limited=0.05,
        retry_after=0.1,
        seed=seed,
    )


@pytest.mark.quick(1)
@JOURNALS
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch_size", [1, 7, 50])
def test_each_card_is_created_once(
    anyio_backend: str, tmp_path: Path, batch_size: int, seed: int, journaled: bool
) -> None:
    sandbox = OftenUnreachable("empty", faults=faults(seed))
    drafts = card_drafts(DRAFTS, alike=3)
    journal = tmp_path / "import.journal" if journaled else None
    # Six attempts in a row fail now and then, which refuses a draft, and is nothing for this test.
    report = create_cards(
        anyio_backend, sandbox, drafts, {"retries": 20}, batch_size=batch_size, journal=journal
    )
    assert str(report) == f"{DRAFTS} created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)
    assert agrees(report, sandbox, drafts)


@pytest.mark.quick(1)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_task_is_created_once(anyio_backend: str, seed: int) -> None:
    sandbox, drafts = OftenUnreachable("empty"), card_drafts(DRAFTS, alike=3)

    async def main() -> BulkReport[Task]:
        async with connect(sandbox, retries=20) as donut:
            card = await donut.cards.create(bucket_of(sandbox), title="Card")
            sandbox.faults = faults(seed)
            return await donut.tasks.create_many(card, cast("list[TaskDraft]", drafts))

    report = in_virtual_time(anyio_backend, main)
    tasks = sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id].tasks
    assert len(tasks) == DRAFTS == len(report.created)
    for created in report.created:
        task = tasks[created.item.id]
        assert (task.title.value, task.estimate.value) == (
            created.draft["title"],
            created.draft["estimate"],
        )
    assert len({task.id for task in report.items}) == DRAFTS
