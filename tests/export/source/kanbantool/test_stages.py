"""Kanban Tool: the order of a board's stages, and which of them are done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agilekit.export.done import DoneRule
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.kanbantool.stages import card_limit, columns_of, done_columns, in_order
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.kanbantool import WorkflowStage
from agilekit.kanbantool.decoders import DECODER
from agilekit.sandbox import Sandbox
from agilekit.wire.json import JSON
from tests.export.source.kanbantool.test_reader import Answer, Server, client, rows_of

_STAGE = DECODER.one(WorkflowStage)


def stage(id: int, name: str | None, *, under: int | None = None, **more: JSON) -> WorkflowStage:
    raw: dict[str, JSON] = {"id": id, "name": name, "parent_id": under, "position": 1, **more}
    return _STAGE(raw)


# As a recorded board of 2013 has them: only the order in the answer tells left from right.
RECORDED = [
    stage(40, None),
    stage(44, "Backlog", under=40),
    stage(41, "Ready", under=40),
    stage(42, "Doing", under=40),
    stage(43, "Done", under=40),
]
# Doing is divided; positions count within what is divided, and the answer mixes the levels.
DIVIDED = [
    stage(1, None, position=1),
    stage(5, "Review", under=3, position=2),
    stage(4, "Done", under=1, position=3),
    stage(2, "To do", under=1, position=1),
    stage(3, "Doing", under=1, position=2),
    stage(6, "Coding", under=3, position=1),
]


def test_stages_are_ordered_depth_first_by_position_and_as_in_the_answer() -> None:
    assert [one.id for one in in_order(RECORDED)] == [40, 44, 41, 42, 43]
    assert [one.name for one in columns_of(RECORDED)] == ["Backlog", "Ready", "Doing", "Done"]
    assert [one.id for one in in_order(DIVIDED)] == [1, 2, 3, 6, 5, 4]
    assert [one.name for one in columns_of(DIVIDED)] == ["To do", "Coding", "Review", "Done"]


@pytest.mark.parametrize(
    ("stages", "names", "done"),
    [
        (RECORDED, (), {43}),
        (DIVIDED, (), {4}),
        ([], (), set[int]()),
        # What is divided stands for its parts.
        (DIVIDED, ("doing",), {3, 5, 6}),
        (DIVIDED, ("Review", "4"), {5, 4}),
        (DIVIDED, ("Shipped",), {4}),
    ],
)
def test_the_last_column_is_done_unless_others_are_named(
    stages: list[WorkflowStage], names: tuple[str, ...], done: set[int]
) -> None:
    assert done_columns(stages, DoneRule(names)) == done


def typed(*kinds: tuple[str | None, bool | None]) -> list[WorkflowStage]:
    return [
        stage(number, f"Stage {number}", position=number, lane_type=kind, archive_enabled=archive)
        for number, (kind, archive) in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    ("stages", "done"),
    [
        (typed(("todo", False), ("done", True), ("done", True), ("in_progress", False)), {2, 3}),
        (typed((None, False), (None, True), (None, False)), {2}),
        # What all of them are tells nothing.
        (typed((None, True), (None, True)), {2}),
        (typed((None, None), (None, None)), {2}),
        (typed(("in_progress", None), ("in_progress", True)), {2}),
    ],
)
def test_what_a_newer_server_says_of_its_stages_goes_first(
    stages: list[WorkflowStage], done: set[int]
) -> None:
    assert done_columns(stages, DoneRule()) == done


def test_the_limit_of_a_stage_has_two_names() -> None:
    assert card_limit(stage(1, "Doing", limit=3)) == 3
    assert card_limit(stage(1, "Doing", wip_limit=4)) == 4
    assert card_limit(stage(1, "Doing", wip_limit="4")) == 4
    assert card_limit(stage(1, "Doing", limit=None, wip_limit=None)) is None
    assert card_limit(stage(1, "Doing", wip_limit="many")) is None


@pytest.mark.anyio
async def test_a_newer_server_tells_limits_and_a_card_archived_late_was_done_before() -> None:
    sandbox = Sandbox("empty")
    account, begin = sandbox.kanbantool, datetime(2026, 3, 2, 9, tzinfo=UTC)
    board = account.add_board("Newer", columns=["To do", "Doing", "Done"])

    def change(path: str, answer: Answer) -> Answer:
        if path == f"/boards/{board.id}":
            for one in answer["board"]["workflow_stages"]:
                one["wip_limit"], one["limit"] = 4, None
        return answer

    async with client(sandbox, Server(sandbox, change)) as kanban:
        account.clock = lambda: begin
        task = await kanban.tasks.create(board.id, name="A card")
        account.clock = lambda: begin + timedelta(days=2)
        await kanban.tasks.move(board.id, task.id, stage=board.columns()[-1].id)
        account.clock = lambda: begin + timedelta(days=60)
        await kanban.tasks.archive(board.id, task.id)
        reader = KanbanToolReader(kanban, ReadLimiter(4))
        found = next(one for one in await reader.projects() if one.title == "Newer")
        data = await reader.read(found, ignore_read)
    stages = [row for row in rows_of(data, "columns") if row["kind"] == "stage"]
    assert {row["card_limit"] for row in stages} == {4}
    (card,) = rows_of(data, "cards")
    done, archived = (
        datetime.fromisoformat(str(card[f"{what}_at"])) for what in ("completed", "archived")
    )
    assert (done, archived) == (begin + timedelta(days=2), begin + timedelta(days=60))
