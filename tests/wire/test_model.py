"""What identifies an entity, and how it shows itself in one line."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

from agilekit.easybacklog import Story
from agilekit.flow import Member as FlowMember
from agilekit.flow import Task as FlowTask
from agilekit.flyingdonut import Card
from agilekit.flyingdonut.decoders import DECODER
from agilekit.kanbantool import TimeTracker
from agilekit.versioned import Versioned
from agilekit.wire.json import JSON
from agilekit.wire.model import Model, identifies, identity_name, identity_of, raw_field


@attrs.frozen(repr=False)
class Member(Model):
    member_id: int | str = attrs.field(default=0, metadata=identifies())
    name: str = ""
    raw: Mapping[str, JSON] = raw_field()


@attrs.frozen
class Part:
    position: int = 0


@pytest.mark.parametrize(
    ("id", "shown"), [(5, "5"), ("5a", "5a"), (0, None), (-1, None), ("", None), (" ", None)]
)
def test_an_id_identifies_unless_it_is_empty_or_not_above_zero(
    id: int | str, shown: str | None
) -> None:
    assert identity_of(Member(id)) == shown


def test_the_field_that_identifies_is_id_or_the_one_that_says_so() -> None:
    assert identity_name(Card) == "id"
    assert identity_name(Member) == "member_id"
    assert identity_name(Part) is None
    assert identity_name(dict) is None
    assert identity_of(Part(1)) is None


@pytest.mark.parametrize(
    ("entity", "line"),
    [
        (Member(3, "Jane"), "Member(member_id=3, name='Jane')"),
        (TimeTracker(id=7), "TimeTracker(id=7)"),
        (Story(id=1, i_want_to="pay"), "Story(id=1, i_want_to='pay')"),
        (FlowTask(task_id=2, task_text="Evolve"), "FlowTask(task_id=2, task_text='Evolve')"),
        (Card(title=Versioned("Mine", 4)), "Card(id='', title='Mine')"),
        (
            FlowMember(user_id=2, board_name="acme", user_name="Jane"),
            "Member(user_id=2, user_name='Jane')",
        ),
    ],
)
def test_an_entity_shows_what_identifies_it_and_its_title(entity: Model, line: str) -> None:
    assert repr(entity) == line.replace("FlowTask", "Task")


def test_an_entity_shows_itself_in_one_short_line_however_much_it_holds() -> None:
    card = DECODER.one(Card)(
        {
            "_id": {"$oid": "5f"},
            "title": {"value": "A title\nof many lines " * 100, "version": 1},
            "summary": {"value": {"markdown": "text " * 1000}, "version": 1},
        }
    )
    assert len(repr(card)) < 120
    assert "\n" not in repr(card)
    assert repr(card).startswith("Card(id='5f', title='A title")
