"""The rows of Flying Donut's entities: what an answer lacks is null, whatever the model has."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agilekit.export.flyingdonut_rows import Rows
from agilekit.export.model import BY_NAME, Found, Row
from agilekit.flyingdonut import Card, Project, Sprint, Task
from agilekit.flyingdonut.models import MODELS

ROWS: Final = Rows(Found("flyingdonut", "host", "p", "https://host/api"))
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


@pytest.mark.parametrize(("given", "kept"), ANSWERS, ids=repr)
def test_a_title_or_a_state_that_is_null_in_the_answer_is_null_in_the_row(
    given: dict[str, Any], kept: str | None
) -> None:
    def answer(name: str) -> dict[str, Any]:
        return {name: given["*"]} if given else {}

    title = answer("title")
    project = ROWS.project(MODELS.one(Project)(title))
    sprint = ROWS.sprint(MODELS.one(Sprint)(title))
    card = ROWS.card(MODELS.one(Card)(title), column_id=None, sprint_id=None)
    task = ROWS.task(MODELS.one(Task)({**title, **answer("state")}), card_id=None)
    assert [
        value_of("projects", project, "title"),
        value_of("sprints", sprint, "title"),
        value_of("cards", card, "title"),
        value_of("tasks", task, "title"),
        value_of("tasks", task, "state"),
    ] == [kept] * 5
