"""Odd values are errors, but where a reading says that it leaves them out."""

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


def odd_task() -> dict[str, JSON]:
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
    with leniently() as odd:
        task = FLOW.one(FlowTask)({"task_id": 7, "assignments": "none"})
    assert (task.task_id, task.assignments, len(odd.gaps())) == (7, (), 1)
    assert all(one.type is before[one.name] for one in attrs.fields(FlowTask))


def test_malformed_values_are_left_out_and_the_rest_is_there() -> None:
    with leniently() as odd:
        task = TASK({"task": odd_task()})
    assert (task.id, task.name, task.due_date, task.position) == (7, "Whole", None, None)
    assert task.comments is not None
    assert [(one.id, one.content, one.user_id) for one in task.comments] == [(1, "Kept", None)]
    assert task.subtasks is None
    assert task.raw == odd_task()
    notes = sorted(note.partition(":")[0] for note in odd.gaps())
    assert notes == [
        "a comment is left out",
        "comment 1 is without its user_id",
        "task 7 is without its due_date",
        "task 7 is without its position",
        "task 7 is without its subtasks",
    ]


def test_the_same_is_noted_once() -> None:
    with leniently() as odd:
        TASK(odd_task())
        TASK(odd_task())
    assert len(odd.gaps()) == 5


def test_elements_that_are_not_entities_are_left_out_of_a_list() -> None:
    with leniently() as odd:
        assert [one.id for one in TASKS([{"id": 1}, "none", {"id": 2}, None])] == [1, 2]
    (note,) = odd.gaps()
    assert note.startswith("a task is left out: expected an object, found str 'none'")


IDENTIFIED = DECODER.entities(Task)


def test_an_element_without_an_id_is_left_out_of_a_list_of_others() -> None:
    with leniently() as odd:
        found = IDENTIFIED([{"id": 1}, {"name": "Nobody"}, {"id": "first", "name": "Odd"}])
    assert [one.name for one in found] == [None, "Odd"]
    left_out, without_its_id = odd.gaps()
    assert left_out.startswith("a task is left out: Task: expected one with an id")
    assert "is without its id" in without_its_id


@pytest.mark.parametrize("about_nothing", [[{}], [{"error": "maintenance"}], [{"name": "N"}] * 2])
def test_a_list_without_any_entity_is_an_error_everywhere(about_nothing: JSON) -> None:
    with leniently(), pytest.raises(Malformed, match="expected one with an id"):
        IDENTIFIED(about_nothing)


@pytest.mark.parametrize("decode", [lambda: TASK(odd_task()), lambda: TASKS([{"id": 1}, "none"])])
def test_outside_a_malformed_value_is_an_error(decode: Callable[[], object]) -> None:
    with leniently():
        pass
    with pytest.raises(Malformed):
        decode()


def test_an_answer_of_another_kind_is_an_error_everywhere() -> None:
    with leniently() as odd:
        with pytest.raises(Malformed):
            TASKS("none")
        with pytest.raises(Malformed):
            TASK("none")
    assert odd.gaps() == []


def test_a_malformed_value_of_one_project_is_a_gap_of_no_other() -> None:
    with leniently() as odd:
        BOARD({"id": 1, "version": "new"})
        BOARD({"id": 9, "version": "new"})
    assert [note.partition(" is")[0] for note in odd.gaps_of("1", ["1", "2"])] == [
        "board 1",
        "board 9",
    ]
    assert [note.partition(" is")[0] for note in odd.gaps_of("2", ["1", "2"])] == ["board 9"]


async def test_it_holds_in_the_tasks_and_threads_that_are_started_inside() -> None:
    async def in_a_thread() -> None:
        await anyio.to_thread.run_sync(TASK, odd_task())

    with leniently() as odd:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(in_a_thread)
    assert len(odd.gaps()) == 5
