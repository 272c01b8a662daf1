"""A malformed value is an error, unless a reading says that it leaves them out."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.to_thread
import attrs
import pytest

from agilekit.flow import Task as FlowTask
from agilekit.flow.decoders import DECODER as FLOW
from agilekit.kanbantool import Board, Task
from agilekit.kanbantool.decoders import DECODER
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.lenient import leniently

pytestmark = pytest.mark.anyio

TASK = DECODER.one(Task)
TASKS = DECODER.entities(Task)
BOARD = DECODER.one(Board)


def malformed_task() -> dict[str, JSON]:
    return {
        "id": 7,
        "name": "Whole",
        "due_date": "0000-00-00",
        "position": "first",
        "comments": [{"comment": {"id": 1, "content": "Kept", "user_id": "nobody"}}, "none", None],
        "subtasks": 3,
    }


def test_leaving_out_malformed_values_changes_no_class() -> None:
    """A converter knows some types by the object that names them."""
    before = {one.name: one.type for one in attrs.fields(FlowTask)}
    with leniently() as skipped:
        task = FLOW.one(FlowTask)({"task_id": 7, "assignments": "none"})
    assert (task.task_id, task.assignments, len(skipped.gaps())) == (7, (), 1)
    assert all(one.type is before[one.name] for one in attrs.fields(FlowTask))


def test_malformed_values_are_left_out_and_the_rest_is_there() -> None:
    with leniently() as skipped:
        task = TASK({"task": malformed_task()})
    assert (task.id, task.name, task.due_date, task.position) == (7, "Whole", None, None)
    assert task.comments is not None
    assert [(one.id, one.content, one.user_id) for one in task.comments] == [(1, "Kept", None)]
    assert task.subtasks is None
    assert task.raw == malformed_task()
    notes = sorted(note.partition(":")[0] for note in skipped.gaps())
    assert notes == [
        "a comment is left out",
        "comment 1 is without its user_id",
        "task 7 is without its due_date",
        "task 7 is without its position",
        "task 7 is without its subtasks",
    ]


def test_the_same_is_noted_once() -> None:
    with leniently() as skipped:
        TASK(malformed_task())
        TASK(malformed_task())
    assert len(skipped.gaps()) == 5


def test_elements_that_are_not_entities_are_left_out_of_a_list() -> None:
    with leniently() as skipped:
        assert [one.id for one in TASKS([{"id": 1}, "none", {"id": 2}, None])] == [1, 2]
    (note,) = skipped.gaps()
    assert note.startswith("a task is left out: expected an object, found str 'none'")


IDENTIFIED = DECODER.entities(Task)


def test_an_element_without_an_id_is_left_out_of_a_list_of_others() -> None:
    with leniently() as skipped:
        found = IDENTIFIED([{"id": 1}, {"name": "Nobody"}, {"id": "first", "name": "Odd"}])
    assert [one.name for one in found] == [None, "Odd"]
    left_out, without_its_id = skipped.gaps()
    assert left_out.startswith("a task is left out: Task: expected one with an id")
    assert "is without its id" in without_its_id


@pytest.mark.parametrize("about_nothing", [[{}], [{"error": "maintenance"}], [{"name": "N"}] * 2])
def test_a_list_without_any_entity_is_an_error_everywhere(about_nothing: JSON) -> None:
    with leniently(), pytest.raises(Malformed, match="expected one with an id"):
        IDENTIFIED(about_nothing)


@pytest.mark.parametrize(
    "decode", [lambda: TASK(malformed_task()), lambda: TASKS([{"id": 1}, "none"])]
)
def test_outside_a_malformed_value_is_an_error(decode: Callable[[], object]) -> None:
    with leniently():
        pass
    with pytest.raises(Malformed):
        decode()


def test_an_answer_of_another_kind_is_an_error_everywhere() -> None:
    with leniently() as skipped:
        with pytest.raises(Malformed):
            TASKS("none")
        with pytest.raises(Malformed):
            TASK("none")
    assert skipped.gaps() == []


def test_a_malformed_value_of_one_project_is_a_gap_of_no_other() -> None:
    with leniently() as skipped:
        BOARD({"id": 1, "version": "new"})
        BOARD({"id": 9, "version": "new"})
    assert [note.partition(" is")[0] for note in skipped.gaps_of("1", ["1", "2"])] == [
        "board 1",
        "board 9",
    ]
    assert [note.partition(" is")[0] for note in skipped.gaps_of("2", ["1", "2"])] == ["board 9"]


async def test_it_holds_in_the_tasks_and_threads_that_are_started_inside() -> None:
    async def in_a_thread() -> None:
        await anyio.to_thread.run_sync(TASK, malformed_task())

    with leniently() as skipped:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(in_a_thread)
    assert len(skipped.gaps()) == 5
