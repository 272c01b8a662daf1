"""Kanban Tool: exports while cards move lose none without a gap, whatever the server counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Final, Literal, TypeAlias, cast

import pytest
from attrs import define, field

from agilekit.export.project import ProjectData
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.sandbox import Sandbox
from agilekit.sandbox.kanbantool import Board, Task
from tests.export.source.kanbantool.test_reader import Answer, Server, client, rows_of
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

SEEDS: Final = range(12 if FULL else 3)

Counts: TypeAlias = Literal["both", "version", "changes", "changes, no version", "nothing"]
COUNTS: Final[tuple[Counts, ...]] = (
    "both",
    "version",
    "changes",
    "changes, no version",
    "nothing",
)


@define
class Busy:
    """A board on which others archive, restore, move and delete cards before each request."""

    counts: Counts
    random: Random
    often: float
    sandbox: Sandbox = field(factory=lambda: Sandbox("empty"))
    board: Board = field(init=False)
    stays: set[int] = field(init=False)
    """The cards that nobody deletes."""
    _log: Answer = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        account = self.sandbox.kanbantool
        self.board = account.add_board("Busy")
        last = self.board.columns()[-1]
        for number in range(16):
            archived = datetime(2026, 3, 2, 9, number, tzinfo=UTC) if number % 2 else None
            account.add_task(self.board, f"Card {number}", stage=last, archived_at=archived)
        self.stays = {*[*self.board.tasks][:12]}

    def before(self, _path: str) -> None:
        if self.random.random() < self.often:
            restless = [*self.board.tasks.values()][-8 if self.random.random() < 0.3 else 0 :]
            self._move(self.random.choice(restless[:5]))

    def _move(self, task: Task) -> None:
        account = self.sandbox.kanbantool
        if task.archived_at is not None:
            account.unarchive(task)
        elif task.id in self.stays or self.random.random() < 0.5:
            account.archive(task)
        else:
            account.log(task, "deleted", "deleted", by=account.user)
            del self.board.tasks[task.id]

    def change(self, path: str, answer: Answer) -> Answer:
        if path.endswith("/changelog") and "changes" not in self.counts and self.counts != "both":
            self._log = answer if self._log is None else self._log
            return self._log[: len(answer)]
        return self._versioned(answer)

    def _versioned(self, answer: object) -> Answer:
        if self.counts in ("both", "version"):
            return answer
        if isinstance(answer, list):
            return [self._versioned(one) for one in cast("list[object]", answer)]
        if isinstance(answer, dict) and "board" in answer:
            shown = cast("dict[str, dict[str, object]]", answer)["board"]
            board = {name: one for name, one in shown.items() if name != "version"}
            if self.counts != "changes, no version":
                board["version"] = 7
            return {"board": board}
        return cast("Answer", answer)

    async def read(self, before: Callable[[str], object] | None = None) -> ProjectData:
        server = Server(self.sandbox, self.change, before or self.before)
        async with client(self.sandbox, server) as kanban:
            reader = KanbanToolReader(kanban, ReadLimiter(4))
            found = next(one for one in await reader.projects() if one.title == "Busy")
            return await reader.read(found, ignore_read)


@pytest.mark.quick(3)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("counts", COUNTS)
async def test_no_card_is_lost_without_a_gap_while_cards_move(counts: Counts, seed: int) -> None:
    busy = Busy(counts, Random(seed), often=(0.1, 0.3, 0.9)[seed % 3])
    data = await busy.read()
    ids = [row["id"] for row in rows_of(data, "cards")]
    assert len(ids) == len({*ids})
    assert busy.stays <= {int(str(id)) for id in ids} or data.gaps
    # The changelog proves where everything went.
    if "changes" in counts or counts == "both":
        assert busy.stays <= {int(str(id)) for id in ids}
        assert data.gaps == ()


@pytest.mark.quick(4)
@pytest.mark.parametrize("rounds", [1, 9])
@pytest.mark.parametrize("counts", COUNTS)
async def test_a_card_that_is_never_where_a_list_is_read_is_there_or_a_gap_tells(
    counts: Counts, rounds: int
) -> None:
    busy, asked = Busy(counts, Random(0), often=0), 0
    account = busy.sandbox.kanbantool
    card = next(one for one in busy.board.tasks.values() if one.archived_at)

    def dodge(path: str) -> None:
        """Out of the archive before that is read, and back before the tasks are read again."""
        nonlocal asked
        if path == f"/boards/{busy.board.id}/tasks":
            asked += 1
            step, place = divmod(asked - 2, 3)
            if 0 <= step < rounds and place == 0:
                account.unarchive(card)
            elif 0 <= step < rounds and place == 1:
                account.archive(card)

    data = await busy.read(dodge)
    is_there = str(card.id) in {row["id"] for row in rows_of(data, "cards")}
    assert is_there or data.gaps
    assert is_there or rounds > 1


@pytest.mark.parametrize("counts", COUNTS)
async def test_there_is_no_gap_if_nothing_moves(counts: Counts) -> None:
    busy = Busy(counts, Random(0), often=0)
    data = await busy.read()
    assert {row["id"] for row in rows_of(data, "cards")} == {str(id) for id in busy.board.tasks}
    assert data.gaps == ()
