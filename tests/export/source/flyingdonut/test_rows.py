"""The rows of Flying Donut's entities: what an answer lacks is null, whatever the model has."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agilekit.export.project import ProjectRef
from agilekit.export.source.flyingdonut.rows import Rows
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.flyingdonut import Card, Project, Sprint, Task
from agilekit.flyingdonut.decoders import DECODER
from tests.each import each
from tests.ids import short

ROWS: Final = Rows(ProjectRef("flyingdonut", "host", "p", "https://host/api"))
ANSWERS: Final[list[tuple[dict[str, Any], str | None]]] = [
    ({}, None),
    ({"*": None}, None),
    ({"*": {"value": None, "version": 3}}, None),
    ({"*": {"version": 3}}, None),
    ({"*": {"value": {}, "version": 3}}, None),
    ({"*": {"value": "", "version": 3}}, ""),
    ({"*": ""}, ""),
    ({"*": {"value": " ", "version": 3}}, " "),
    ({"*": {"value": "done", "version": 3}}, "done"),
    ({"*": "done"}, "done"),
]


def value_of(table: str, row: Row, name: str) -> object:
    return row[[column.name for column in BY_NAME[table].columns].index(name)]


@pytest.mark.parametrize(("given", "kept"), ANSWERS, ids=short)
def test_a_title_or_a_state_that_is_null_in_the_answer_is_null_in_the_row(
    given: dict[str, Any], kept: str | None
) -> None:
    def answer(name: str) -> dict[str, Any]:
        return {name: given["*"]} if given else {}

    title = answer("title")
    project = ROWS.project(DECODER.one(Project)(title))
    sprint = ROWS.sprint(DECODER.one(Sprint)(title))
    card = ROWS.card(DECODER.one(Card)(title), column_id=None, sprint_id=None)
    task = ROWS.task(DECODER.one(Task)({**title, **answer("state")}), card_id=None)
    assert [
        value_of("projects", project, "title"),
        value_of("sprints", sprint, "title"),
        value_of("cards", card, "title"),
        value_of("tasks", task, "title"),
        value_of("tasks", task, "state"),
    ] == [kept] * 5


def versioned(value: object) -> dict[str, Any]:
    return {"value": value, "version": 1}


COUNTERS: Final[list[tuple[object, str | None, int | None]]] = [
    (None, None, None),
    ({}, None, None),
    ({"total": 0}, None, None),
    ({"total": 0, "done": 0, "status": "done"}, None, None),
    ({"total": 2, "done": 1, "status": "in-progress"}, "in-progress", 0),
    ({"total": 2, "done": 2, "status": "done"}, "done", 1),
    ({"status": "done"}, "done", 1),
    ({"status": "odd", "total": 1}, "odd", 0),
    ({"total": 2, "done": 2}, "done", 1),
    ({"done": 2.0, "todo": 0.0, "inProgress": 0.0}, "done", 1),
    ({"total": 2, "done": 1}, "in-progress", 0),
    ({"total": 2, "done": 0, "inProgress": 1}, "in-progress", 0),
    ({"total": 2, "done": 0, "todo": 2}, "todo", 0),
    ({"total": 2, "done": 0}, None, 0),
    ({"total": 2}, None, None),
    ({"done": 2}, None, None),
]


@each(("counters", "state", "is_done"), COUNTERS, ids=short)
def test_a_card_is_as_done_as_its_tasks(
    counters: object, state: str | None, is_done: int | None
) -> None:
    card = DECODER.one(Card)({"taskCounters": versioned(counters)})
    row = ROWS.card(card, column_id="b", sprint_id=None)
    assert value_of("cards", row, "state") == state
    assert value_of("cards", row, "is_done") == is_done


@pytest.mark.parametrize(
    ("named", "column", "counters", "is_done"),
    [
        ({"b"}, "b", None, 1),
        ({"b"}, "c", None, 0),
        ({"b"}, None, {"total": 1, "done": 1}, 0),
        ({"done"}, "c", {"total": 1, "done": 1}, 1),
        ({"done"}, "c", {"total": 1, "done": 0, "todo": 1}, 0),
        ({"done"}, "c", None, None),
        ({"b", "done"}, "b", None, 1),
        ({"b", "done"}, "c", None, None),
        ({"in-progress", "done"}, "c", {"total": 2, "done": 1}, 1),
    ],
)
def test_users_name_the_buckets_and_states_that_are_done(
    named: set[str], column: str | None, counters: object, is_done: int | None
) -> None:
    rows = Rows(ROWS.ref, frozenset(named))
    card = DECODER.one(Card)({"taskCounters": versioned(counters)})
    row = rows.card(card, column_id=column, sprint_id=None)
    assert value_of("cards", row, "is_done") == is_done


@pytest.mark.parametrize(("shown", "kind"), [(True, "placeholder"), (False, None), (None, None)])
def test_the_placeholder_of_a_sprint_is_told_apart(shown: bool | None, kind: str | None) -> None:
    card = DECODER.one(Card)({"isStandaloneTP": shown})
    assert value_of("cards", ROWS.card(card, column_id=None, sprint_id=None), "kind") == kind


@pytest.mark.parametrize(
    ("counters", "total", "done"),
    [(None, None, None), ({"done": 2, "todo": 1, "total": 3.0}, 3, 2), ({}, None, None)],
)
def test_the_cards_that_a_sprint_counts_are_in_its_row(
    counters: object, total: int | None, done: int | None
) -> None:
    sprint = DECODER.one(Sprint)({"itemCounters": versioned(counters)})
    row = ROWS.sprint(sprint)
    assert value_of("sprints", row, "card_count") == total
    assert value_of("sprints", row, "done_card_count") == done
