"""Entities in pydantic: taken as they are, written in their plain form, described as that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, cast

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from agilekit import BulkReport, Created, NotFound, Refused, Unknown, Versioned, flow, kanbantool
from agilekit.bulk import Outcome, OutcomeKind
from agilekit.easybacklog import Sprint, Story
from agilekit.export import ExportReport, Verification
from agilekit.flyingdonut import Card, RichText, Task
from agilekit.wire.json import JSON
from agilekit.wire.serializable import Serializable
from tests.each import each
from tests.wire.test_serializable import ANSWERED, entities

Schema = Mapping[str, Any]

NOON: Final = datetime(2014, 12, 3, 12, 0, tzinfo=UTC)
MADE: Final = {
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


class Answer(BaseModel):
    card: Card | None
    items: list[Card | Task]
    task: flow.Task | kanbantool.Task
    by_name: dict[str, Versioned[str]]


def schema_of(kind: Any, mode: str = "serialization") -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(mode=cast("Any", mode))


def described(schema: Schema, value: object, whole: Schema) -> bool:
    """Whether a JSON schema, as far as pydantic makes use of it here, describes a value."""
    if "$ref" in schema:
        return described(whole["$defs"][schema["$ref"].rpartition("/")[2]], value, whole)
    if "anyOf" in schema:
        return any(described(one, value, whole) for one in schema["anyOf"])
    if "const" in schema and value != schema["const"]:
        return False
    kind = MADE.get(schema.get("type", ""), object)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind not in (bool, object)):
        return False
    if schema.get("format"):
        read = datetime if schema["format"] == "date-time" else date
        return read.fromisoformat(cast("str", value)).isoformat() == value
    if isinstance(value, list):
        items = schema.get("items", {})
        return all(described(items, part, whole) for part in cast("list[object]", value))
    if isinstance(value, dict) and "properties" in schema:
        parts, given = schema["properties"], cast("dict[str, object]", value)
        return {*schema["required"]} == {*parts} == {*given} and all(
            described(parts[name], part, whole) for name, part in given.items()
        )
    if isinstance(value, dict):
        of_each = schema.get("additionalProperties", True)
        inner = cast("dict[str, object]", value).values()
        return of_each is True or all(described(of_each, part, whole) for part in inner)
    return True


@each("service, cls", ANSWERED)
def test_every_entity_is_written_in_its_plain_form_and_described_as_that(
    service: str, cls: type[Any]
) -> None:
    adapter = TypeAdapter[Any](cls)
    schema = adapter.json_schema(mode="serialization")
    for entity in entities(service, cls):
        plain = entity.to_dict()
        assert json.loads(adapter.dump_json(entity)) == adapter.dump_python(entity) == plain
        assert adapter.validate_python(entity) is entity
        assert described(schema, plain, schema)


def test_a_model_of_pydantic_holds_entities_and_writes_their_plain_form() -> None:
    card, todo = Card(title=Versioned("Paint", 3)), Task(title=Versioned("Sand", 1))
    moved = kanbantool.Task(id=3, size_estimate=2)
    answer = Answer(card=card, items=[todo, card], task=moved, by_name={"title": card.title})
    assert answer.card is card
    plain = {
        "card": card.to_dict(),
        "items": [todo.to_dict(), card.to_dict()],
        "task": moved.to_dict(),
        "by_name": {"title": {"value": "Paint", "version": 3}},
    }
    assert json.loads(answer.model_dump_json()) == answer.model_dump() == plain
    assert described(schema_of(Answer), plain, schema_of(Answer))
    assert schema_of(Answer) == schema_of(Answer, "validation")


@each(
    "kind, entity",
    [
        (Card | Task, Task()),
        (Card | Task, Card(estimate=Versioned(2, 1))),
        (Versioned[float] | Versioned[str], Versioned("Paint", 3)),
        (RichText | Versioned[float], Versioned(2, 3)),
        (Story | None, None),
        (Versioned, Versioned("Paint", 3)),
        (list[Story], [Story(id=1), Story(id=2)]),
    ],
)
def test_each_member_of_a_union_and_of_a_list_is_written_as_itself(
    kind: Any, entity: object
) -> None:
    adapter = TypeAdapter[Any](kind)
    plain = json.loads(json.dumps(entity, default=dict))
    assert json.loads(adapter.dump_json(entity)) == adapter.dump_python(entity) == plain


def test_what_is_no_json_yet_is_described_by_its_format() -> None:
    fields = schema_of(Sprint)["properties"]
    assert fields["start_on"]["anyOf"][0] == {"type": "string", "format": "date"}
    assert fields["created_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert schema_of(Sprint)["title"] == "Sprint"


def test_a_state_that_no_document_names_is_described_as_well() -> None:
    schema = schema_of(Task)
    assert described(schema, Task(state=cast("Any", Versioned("paused", 1))).to_dict(), schema)


def test_entities_of_one_name_are_described_by_their_services() -> None:
    names = {*schema_of(Answer)["$defs"]}
    assert {f"agilekit__{name}__models__Task" for name in ("flow", "flyingdonut", "kanbantool")} < (
        names
    )
    assert {"Card", "RichText", "VersionedFloatOrNone", "VersionedStr"} < names
    assert all(re.fullmatch("[A-Za-z_]+", name) for name in names)


def test_nothing_is_made_of_a_plain_form() -> None:
    adapter = TypeAdapter(Card)
    with pytest.raises(ValidationError, match="Input should be an instance of Card"):
        adapter.validate_python(Card().to_dict())
    with pytest.raises(ValidationError, match="Card is what a service has answered"):
        adapter.validate_json(json.dumps(Card().to_dict()))
    with pytest.raises(ValidationError, match="instance of Card"):
        adapter.validate_python(Task())


class Kept:
    """The outcomes of a job."""

    made: Final = (
        Created(0, {"title": "Paint"}, Card(title=Versioned("Paint", 0))),
        Refused(1, {"title": "", "due": NOON}, NotFound("no such bucket", status=404)),
        Unknown(2, {"title": "Sand"}, NotFound("no such bucket", status=404)),
    )

    def count(self, kind: OutcomeKind) -> int:
        return sum(one.outcome == kind for one in self.made)

    def possible_duplicates(self) -> tuple[()]:
        return ()

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[Card]]:
        return (one for one in self.made if kind in (one.outcome, None))


@each(
    "kind, report",
    [
        (BulkReport[Card], BulkReport(Kept(), stopped=True)),
        (BulkReport[Mapping[str, JSON]], BulkReport(Kept())),
        (Created[Card], Kept.made[0]),
        (ExportReport, ExportReport("backup", (), 1.5, NOON)),
        (Verification, Verification("backup", 1, 2, (), ())),
    ],
)
def test_reports_are_written_and_described_as_well(kind: Any, report: Serializable) -> None:
    adapter = TypeAdapter[Serializable](kind)
    schema = adapter.json_schema(mode="serialization")
    plain = report.to_dict()
    assert json.loads(adapter.dump_json(report)) == plain
    assert described(schema, plain, schema)
