"""Between a crash and its resumption others move what was created: it is found where it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias, cast

import anyio
import pytest
from attrs import evolve, frozen

from agilekit import BulkReport, UnknownOutcome
from agilekit.bulk import BulkOptions, Draft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.clients import TRIALS, Trial, kanban_board
from tests.bulk.donut import POST
from tests.contract import clients
from tests.sizes import FULL
from tests.virtual_time import in_virtual_time

COUNT: Final = 400 if FULL else 60
SEEDS: Final = pytest.mark.parametrize("seed", range(10 if FULL else 2))
LOSSY: Final = Faults(latency=0.02, drop_before=0.1, drop_after=0.4, methods=POST)

Move: TypeAlias = Callable[[Sandbox, Iterable[int]], Awaitable[None]]


@frozen
class Case:
    """Something that others do with what a job has created."""

    trial: Trial
    move: Move
    text: str
    """The field of a draft that no two of these share."""

    def drafts(self, sandbox: Sandbox) -> list[Draft]:
        drafts = self.trial.drafts(sandbox, COUNT)
        return [{**draft, self.text: f"Buoy {n}"} for n, draft in enumerate(drafts)]

    def texts(self, sandbox: Sandbox) -> dict[int, str]:
        """By id, what is there, wherever it is."""
        items: Mapping[int, object] = self.trial.there(sandbox)
        return {id: str(getattr(item, self.text)) for id, item in items.items()}


async def archive(sandbox: Sandbox, ids: Iterable[int]) -> None:
    board = sandbox.kanbantool.boards[kanban_board(sandbox)]
    done = board.columns()[-1].id
    async with clients.kanban_tool(sandbox) as kanban:
        for id in ids:
            await kanban.tasks.move(board.id, id, stage=done)
            await kanban.tasks.archive(board.id, id)


async def to_another_theme(sandbox: Sandbox, ids: Iterable[int]) -> None:
    service = sandbox.easybacklog
    target = service.backlogs[service.backlog_id].themes[1]
    async with clients.easy_backlog(sandbox) as easy:
        for id in ids:
            await easy.themes.grab_story(service.backlog_id, target, id)


def _trial(name: str) -> Trial:
    return next(trial for trial in TRIALS if trial.name == name)


ARCHIVED: Final = Case(_trial("Kanban Tool tasks"), archive, "name")
IN_ANOTHER_THEME: Final = Case(_trial("easyBacklog stories"), to_another_theme, "i_want_to")
CASES: Final = pytest.mark.parametrize(
    "case", [ARCHIVED, IN_ANOTHER_THEME], ids=["archived", "in another theme"]
)


def interrupted(
    case: Case, backend: str, journal: Path, seed: int, *, share: float
) -> tuple[Sandbox, Sequence[Draft], BulkReport[Any]]:
    """A job that was cancelled, and run again after a share of what was there was moved."""
    sandbox = Sandbox("demo")
    drafts, random = case.drafts(sandbox), Random(seed)

    async def main() -> BulkReport[Any]:
        before, options = set(case.texts(sandbox)), BulkOptions(journal=journal)
        kind, lossy = Faults(latency=0.02), evolve(LOSSY, seed=seed)
        sandbox.faults = kind

        def lose(_: object) -> None:  # from the second request on: the first shows the numbers
            if sandbox.faults is kind:
                sandbox.faults = lossy

        # Before anything that was lost is looked for.
        with anyio.move_on_after(0.45) as scope:
            await case.trial.job(sandbox, "json", drafts, {**options, "on_outcome": lose})
        assert scope.cancelled_caught
        sandbox.faults = Faults(latency=0.02)
        new = [id for id in case.texts(sandbox) if id not in before]
        # The last of all is that of the lost draft where one is sent after the other.
        moved = [id for id in new if id == new[-1] or random.random() < share]
        await case.move(sandbox, moved)
        return await case.trial.job(sandbox, "json", drafts, options)

    return sandbox, drafts, in_virtual_time(backend, main)


@pytest.mark.quick(1)
@CASES
@SEEDS
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_what_was_moved_is_doubled_by_no_resumption(
    case: Case, share: float, seed: int, anyio_backend: str, tmp_path: Path
) -> None:
    sandbox, drafts, report = interrupted(case, anyio_backend, tmp_path / "job", seed, share=share)
    wanted = Counter(str(draft[case.text]) for draft in drafts)
    named = {id for unknown in report.unknown for id in _evidence(unknown.error)}
    there = Counter(
        text for id, text in case.texts(sandbox).items() if text in wanted and str(id) not in named
    )
    assert not there - wanted
    assert not report.refused
    held = case.texts(sandbox)
    ids = {case.trial.id_of(created.item) for created in report.created}
    assert len(ids) == len(report.created)
    assert all(
        held[case.trial.id_of(created.item)] == created.draft[case.text]
        for created in report.created
    )


@pytest.mark.quick(2)
@CASES
@SEEDS
def test_what_was_moved_is_found(case: Case, seed: int, anyio_backend: str, tmp_path: Path) -> None:
    sandbox, drafts, report = interrupted(case, anyio_backend, tmp_path / "job", seed, share=0.2)
    assert str(report) == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    wanted = {str(draft[case.text]) for draft in drafts}
    there = Counter(text for text in case.texts(sandbox).values() if text in wanted)
    assert there == Counter(wanted)


def _evidence(error: object) -> set[str]:
    found = error.evidence.get("items", ()) if isinstance(error, UnknownOutcome) else ()
    return set(map(str, cast("Sequence[object]", found)))
