"""What the models make of values that are not quite as documented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import attrs
import pytest

from agilekit.flyingdonut import Burndown, Card, Project, RichText, Sprint, Task
from agilekit.flyingdonut.decoders import DECODER
from agilekit.versioned import Versioned
from agilekit.wire.decode import Malformed
from agilekit.wire.decoder import Decoder
from agilekit.wire.json import JSON
from agilekit.wire.model import raw_field
from agilekit.wire.times import from_iso

NOTHING = Versioned[float | None]()


def card(**attributes: JSON) -> Card:
    return DECODER.one(Card)(attributes)


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        ({"value": "5", "version": 1}, Versioned(5, 1)),
        ({"value": "0.5", "version": 1}, Versioned(0.5, 1)),
        ({"value": "", "version": 1}, Versioned[float | None](None, 1)),
        ({"value": None, "version": 1}, Versioned[float | None](None, 1)),
        ({"value": 8}, Versioned(8, None)),
        ({"version": 3}, Versioned[float | None](None, 3)),
        (8, Versioned(8, None)),
        (None, NOTHING),
    ],
)
def test_an_estimate_may_come_in_many_forms(wire: JSON, read: Versioned[float | None]) -> None:
    assert card(estimate=wire).estimate == read


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        ("", RichText("")),
        ("text", RichText("text")),
        ({"markdown": "text"}, RichText("text")),
        ({"markdown": "text", "html": "<p>"}, RichText("text", "<p>")),
        ({"markdown": None}, RichText("")),
        ({}, None),
    ],
)
def test_a_summary_may_be_bare_text_or_markdown_with_html(
    wire: JSON, read: RichText | None
) -> None:
    assert card(summary={"value": wire, "version": 0}).summary == Versioned(read, 0)


def test_a_card_may_bring_its_tasks_and_further_attributes_along() -> None:
    found = card(tasks=[{"_id": {"$oid": "1"}}], value={"value": 3, "version": 1})
    assert [task.id for task in found.tasks] == ["1"]
    assert found.value == Versioned(3, 1)


@pytest.mark.parametrize("kind", [Card, Task, Sprint, Project, Burndown])
def test_a_model_of_nothing_has_only_defaults(kind: type[Any]) -> None:
    empty = DECODER.one(kind)({})
    assert empty == kind()
    assert empty.raw == {}


@pytest.mark.parametrize("kind", [Card, Task, Sprint, Project, Burndown])
def test_a_model_cannot_be_changed_and_takes_no_further_attributes(kind: type[Any]) -> None:
    entity = kind()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        entity.id = "2"
    with pytest.raises(AttributeError):
        object.__setattr__(entity, "colour", "red")


@pytest.mark.parametrize(
    ("attributes", "place"),
    [
        ({"cid": "many"}, "Card.cid"),
        ({"cid": True}, "Card.cid"),
        ({"cid": 1.5}, "Card.cid"),
        ({"estimate": {"value": "many", "version": 0}}, "Card.estimate"),
        ({"title": {"value": ["T"], "version": 0}}, "Card.title"),
        ({"_id": 5}, "Card.id"),
        ({"tasks": {}}, "Card.tasks"),
        ({"tasks": [5]}, "Card.tasks"),
        ({"summary": {"value": {"markdown": 5}}}, "Card.summary"),
        ({"isStandaloneTP": "perhaps"}, "Card.is_standalone_tp"),
    ],
)
def test_a_value_of_another_type_is_an_error_that_names_its_key(
    attributes: dict[str, object], place: str
) -> None:
    with pytest.raises(Malformed, match=place):
        card(**cast("dict[str, JSON]", attributes))


def test_a_model_is_made_of_an_object_and_a_list_of_an_array() -> None:
    with pytest.raises(Malformed, match="expected an object, found null"):
        DECODER.one(Card)(None)
    with pytest.raises(Malformed, match="expected an array, found dict"):
        DECODER.entities(Card)({})


@attrs.frozen
class Note:
    content: str | None = None
    raw: Mapping[str, JSON] = raw_field()


@attrs.frozen
class Page:
    id: int | None = None
    due: date | None = None
    notes: tuple[Note, ...] = ()
    raw: Mapping[str, JSON] = raw_field()


ENVELOPED = Decoder(time=from_iso, keys=str, envelopes={Page: "page", Note: "note"})
LOOSE = Decoder(time=from_iso, keys=str, loose=True)


def test_an_entity_may_lie_in_an_envelope_each_by_itself() -> None:
    wire: JSON = [
        {"page": {"id": 1, "notes": [{"note": {"content": "a"}}, {"content": "b"}]}},
        {"id": 2},
    ]
    first, second = ENVELOPED.entities(Page)(wire)
    assert first == Page(1, None, (Note("a"), Note("b")))
    assert first.raw["id"] == 1
    assert second == Page(2)


def test_what_only_looks_like_an_envelope_is_not_one() -> None:
    assert ENVELOPED.one(Page)({"page": {"id": 1}, "id": 2}) == Page(2)
    with pytest.raises(Malformed):
        ENVELOPED.one(Page)({"page": 1})


def test_a_date_is_read_and_an_empty_one_is_none() -> None:
    assert ENVELOPED.one(Page)({"due": "2011-02-07"}).due == date(2011, 2, 7)
    assert ENVELOPED.one(Page)({"due": ""}).due is None


@pytest.mark.parametrize(
    "notes",
    [
        [{"content": "a"}, {"content": "b"}],
        {"1": {"content": "a"}, "2": {"content": "b"}},
        {"note": [{"content": "a"}, {"content": "b"}]},
        {"count": "2", "note": [{"content": "a"}, {"content": "b"}]},
    ],
)
def test_a_loose_array_may_come_as_an_object_of_its_members(notes: JSON) -> None:
    assert LOOSE.one(Page)({"notes": notes}).notes == (Note("a"), Note("b"))


@pytest.mark.parametrize("notes", [[], {}, "", "\n  "])
def test_a_loose_array_may_be_empty_in_every_form(notes: JSON) -> None:
    assert LOOSE.one(Page)({"notes": notes}).notes == ()


def test_an_array_that_is_not_loose_is_an_array() -> None:
    with pytest.raises(Malformed):
        ENVELOPED.one(Page)({"notes": {}})
    with pytest.raises(Malformed):
        ENVELOPED.entities(Page)({})
    with pytest.raises(Malformed):
        LOOSE.entities(Page)("text")


def test_an_answer_without_an_entity_may_be_none() -> None:
    assert ENVELOPED.entity_or_none(Page)(None) is None
    assert ENVELOPED.entity_or_none(Page)({"id": 1}) == Page(1)


@attrs.frozen
class Chapter:
    page: Page | None = None


def test_an_entity_that_is_an_empty_element_in_xml_is_none() -> None:
    assert ENVELOPED.one(Chapter)({"page": ""}) == Chapter()
    assert ENVELOPED.one(Chapter)({"page": "\n  "}) == Chapter()
    with pytest.raises(Malformed):
        ENVELOPED.one(Chapter)({"page": "text"})


@pytest.mark.parametrize("value", [True, 5, ["a"], {"verdict": "good"}])
def test_a_value_that_no_document_shows_never_fails_a_read(value: JSON) -> None:
    read = card(iterationReview={"value": value, "version": 1}, title={"value": "T", "version": 1})
    assert read.title.value == "T"
    assert read.raw["iterationReview"] == {"value": value, "version": 1}
    sprint = DECODER.one(Sprint)({"itemCounters": {"value": value, "version": 1}})
    assert sprint.raw["itemCounters"] == {"value": value, "version": 1}


@pytest.mark.parametrize(
    ("version", "read"), [(1.0, 1), (1, 1), (1.5, None), (True, None), ("1", None), ([], None)]
)
def test_a_version_of_another_kind_never_fails_a_read(version: JSON, read: int | None) -> None:
    assert card(estimate={"value": 5, "version": version}).estimate == Versioned(5, read)
