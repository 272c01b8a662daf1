"""Arguments that are checked before anything is sent."""

from __future__ import annotations

import pytest

from agilekit import InvalidInput
from agilekit.checks import number_of
from agilekit.easybacklog import AcceptanceCriterion, Account
from agilekit.kanbantool import Board, Task
from tests.each import each


def test_an_entity_stands_for_its_id() -> None:
    assert number_of(Board(id=7), Board) == 7
    assert number_of(7, Board) == number_of("7", Board) == number_of("007", Board) == 7


@each(
    "entity",
    [
        Task(id=7),
        Account(id=7),
        Board(),
        "7.0",
        "-7",
        " 7",
        "\u0667",
        "9" * 19,
        "",
        "54744060c955ca8169c61ee6",
        0,
        -1,
        True,
        7.0,
        None,
    ],
)
def test_anything_else_is_refused(entity: object) -> None:
    with pytest.raises(
        InvalidInput, match=r"^board must be a board or its id, a number above 0, not "
    ):
        number_of(entity, Board)


def test_the_message_names_the_kind_in_words() -> None:
    with pytest.raises(
        InvalidInput, match=r"^acceptance_criterion must be an acceptance criterion or its id"
    ):
        number_of("x", AcceptanceCriterion)
    with pytest.raises(InvalidInput, match=r"^before must be a board or its id"):
        number_of("x", Board, name="before")
    with pytest.raises(InvalidInput, match=r"not Task$"):
        number_of(Task(id=7), Account)
