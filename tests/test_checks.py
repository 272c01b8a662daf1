"""Arguments that are checked before anything is sent."""

from __future__ import annotations

import pytest

from agilekit import InvalidInput
from agilekit.checks import alternatives, check_choice, check_flag, id_of
from agilekit.easybacklog import AcceptanceCriterion, Account
from agilekit.kanbantool import Board, Task
from tests.each import each


def test_an_entity_stands_for_its_id() -> None:
    assert id_of(Board(id=7), Board) == 7
    assert id_of(7, Board) == id_of("7", Board) == id_of("007", Board) == 7


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
        id_of(entity, Board)


def test_the_message_names_the_kind_in_words() -> None:
    with pytest.raises(
        InvalidInput, match=r"^acceptance_criterion must be an acceptance criterion or its id"
    ):
        id_of("x", AcceptanceCriterion)
    with pytest.raises(InvalidInput, match=r"^before must be a board or its id"):
        id_of("x", Board, name="before")
    with pytest.raises(InvalidInput, match=r"not Task$"):
        id_of(Task(id=7), Account)


@pytest.mark.parametrize("value", ["true", 1, None])
def test_a_flag_is_true_or_false(value: object) -> None:
    assert check_flag("override", True) is True
    assert check_flag("override", False) is False
    with pytest.raises(InvalidInput, match=r"^override must be true or false, not "):
        check_flag("override", value)


@pytest.mark.parametrize("value", ["XML", "", None, 5, ["xml"]])
def test_a_choice_is_one_of_some_words(value: object) -> None:
    assert check_choice("format", "xml", ("json", "xml")) == "xml"
    with pytest.raises(InvalidInput, match=r"^format must be 'json' or 'xml', not "):
        check_choice("format", value, ("json", "xml"))


def test_alternatives_are_listed_as_a_sentence_lists_them() -> None:
    assert alternatives(["json"]) == "'json'"
    assert alternatives(["json", "xml"]) == "'json' or 'xml'"
    assert alternatives(["json", "xml", "jsonp"]) == "'json', 'xml' or 'jsonp'"
