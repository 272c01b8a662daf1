"""The plain form of entities: JSON values, whatever a service has answered."""

from __future__ import annotations

import inspect
import json
import math
import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import import_module
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit import InvalidInput, NotFound, Versioned
from agilekit.easybacklog import Backlog, Sprint, Statistics, Story, Theme
from agilekit.flow import Change, IdleTimes, TaskMetrics
from agilekit.flow import Task as FlowTask
from agilekit.flyingdonut import Bucket, BucketCards, Card, Oid, Project, RichText
from agilekit.kanbantool import Board
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.model import RAW
from agilekit.wire.serializable import Serializable
from tests.each import each
from tests.wire.test_generated import MODELS, SERVICES, corpus, decoder_of, mutated, samples

ANSWERED: Final = [*MODELS, ("easybacklog", Statistics)]
MUTATIONS: Final = 20
"""Of each model."""
NOON: Final = datetime(2014, 12, 3, 12, 0, 0, 5000, tzinfo=UTC)
json_values: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def entities(service: str, cls: type[Any]) -> Iterator[Serializable]:
    """Made of the samples in JSON and in XML, and of others that are a little different."""
    draw = random.Random(f"{service} {cls.__name__}")
    found = samples(service, cls)
    return made_of(
        [*found, *(mutated(draw.choice(found), draw) for _ in range(MUTATIONS))], service, cls
    )


def made_of(data: Iterable[JSON], service: str, cls: type[Any]) -> Iterator[Serializable]:
    """What is made of each object that a model can be made of."""
    make = decoder_of(service).one(cls)
    for one in data:
        with suppress(Malformed):
            yield make(one)


def is_plain(value: JSON) -> bool:
    """Whether it is of the types that JSON gives, and of no class derived from them."""
    match value:
        case list():
            return type(value) is list and all(map(is_plain, value))
        case dict():
            keys = all(type(key) is str for key in value)
            return type(value) is dict and keys and all(map(is_plain, value.values()))
        case float():
            return math.isfinite(value)
        case _:
            return type(value) in {str, int, bool, type(None)}


@each("service, cls", ANSWERED)
def test_the_plain_form_of_every_entity_is_json(service: str, cls: type[Any]) -> None:
    everything = [*corpus(service, "json"), *corpus(service, "xml")]
    made = [*made_of(everything, service, cls), *entities(service, cls)]
    assert len(made) > len(everything) / 2
    for entity in made:
        for plain in (entity.to_dict(), entity.to_dict(raw=True)):
            assert is_plain(plain)
            text = json.dumps(plain, allow_nan=False, ensure_ascii=False).encode()
            assert json.loads(text) == plain
        assert {**entity} == dict(entity) == entity.to_dict()


def test_everything_that_a_service_answers_has_a_plain_form() -> None:
    packages = [import_module(f"agilekit.{service}") for service in SERVICES]
    public = [getattr(package, name) for package in packages for name in package.__all__]
    entities = [one for one in public if isinstance(one, type) and attrs.has(one)]
    assert len(entities) > 50
    assert [one for one in entities if not issubclass(one, Serializable)] == []


@each("service, cls", ANSWERED)
def test_the_plain_form_has_the_fields_by_their_names(service: str, cls: type[Any]) -> None:
    fields = [one.name for one in attrs.fields(cls)]
    assert [*cls().to_dict()] == [name for name in fields if name != RAW]
    assert [*cls().to_dict(raw=True)] == fields


@each(
    "entity, field, plain",
    [
        (Versioned("Paint", 3), "value", "Paint"),
        (Card(title=Versioned("Paint", 3)), "title", {"value": "Paint", "version": 3}),
        (Card(), "title", {"value": "", "version": None}),
        (Card(), "estimate", {"value": None, "version": None}),
        (Card(id=Oid("5f")), "id", "5f"),
        (Story(score=2.5), "score", 2.5),
        (Story(position=10**30), "position", 10**30),
        (Story(score=math.nan), "score", None),
        (Story(score=-math.inf), "score", None),
        (Story(color="\ud83d"), "color", "\ufffd"),
        (Story(color="😀"), "color", "😀"),
        (Story(created_at=NOON), "created_at", "2014-12-03T12:00:00.005000+00:00"),
        (
            Story(created_at=NOON.astimezone(timezone(timedelta(hours=-5)))),
            "created_at",
            "2014-12-03T07:00:00.005000-05:00",
        ),
        (Sprint(start_on=date(2014, 12, 3)), "start_on", "2014-12-03"),
        (Theme(stories=(Story(id=1),)), "stories", [Story(id=1).to_dict()]),
        (Backlog(), "themes", None),
        (Statistics(), "velocity_completed", []),
        (TaskMetrics(phase_times={7: 60}), "phase_times", {"7": 60}),
        (TaskMetrics(idle_times=IdleTimes(1, 2)), "idle_times", {"ready": 1, "blocked": 2}),
        (FlowTask(assignments=(1, 2)), "assignments", [1, 2]),
        (Change(change_content={"\ud83d": "\udc00"}), "change_content", {"\ufffd": "\ufffd"}),
        (
            Project(summary=Versioned(RichText("a", "<p>a</p>"), 1)),
            "summary",
            {"value": {"markdown": "a", "html": "<p>a</p>"}, "version": 1},
        ),
        (
            Project(backlog_buckets=Versioned((Bucket(id=Oid("5f")),), 1)),
            "backlog_buckets",
            {"value": [{"id": "5f", "title": None}], "version": 1},
        ),
        (
            Card(replaced={"title": Versioned("Sand", 2)}),
            "replaced",
            {"title": {"value": "Sand", "version": 2}},
        ),
    ],
)
def test_each_value_has_the_form_that_the_table_says(
    entity: Serializable, field: str, plain: JSON
) -> None:
    assert entity.to_dict()[field] == entity[field] == plain
    assert is_plain(entity.to_dict())


@given(data=json_values)
def test_what_came_as_it_is_stays_as_it_is(data: JSON) -> None:
    project = Project(integrations=data, raw={"integrations": data})
    assert project.to_dict()["integrations"] == data
    assert project.to_dict(raw=True)["raw"] == {"integrations": data}


@given(text=st.text(st.characters(categories=["Cs", "L"])))
def test_every_text_can_be_written_in_utf_8(text: str) -> None:
    plain = Board(name=text).to_dict()
    json.dumps(plain, ensure_ascii=False).encode()
    try:
        text.encode()
    except UnicodeEncodeError:
        assert "\ufffd" in str(plain["name"])
    else:
        assert plain["name"] == text


def test_what_only_a_caller_can_have_put_there_is_its_text() -> None:
    card: Versioned[object] = Versioned(NotFound("no such card", status=404, path="/cards/5"))
    assert card["value"] == {"type": "NotFound", "message": " /cards/5: 404 no such card"}
    assert Versioned(b"\xff")["value"] == "b'\\xff'"


def test_raw_is_there_if_it_is_asked_for_of_the_parts_as_well() -> None:
    card = Card(id=Oid("5f"), raw={"_id": {"$oid": "5f"}})
    bucket = BucketCards(cards=(card,), raw={"bucket": "Ideas"})
    assert "raw" not in json.dumps(bucket.to_dict())
    plain: Any = bucket.to_dict(raw=True)
    assert plain["raw"] == {"bucket": "Ideas"}
    assert plain["cards"][0]["raw"] == {"_id": {"$oid": "5f"}}


def test_a_plain_form_can_be_changed_without_changing_the_entity() -> None:
    project = Project(integrations={"chat": ["one"]}, raw={"more": ["one"]})
    plain: Any = project.to_dict(raw=True)
    plain["integrations"]["chat"].append("two")
    plain["raw"]["more"].append("two")
    assert (project.integrations, project.raw) == ({"chat": ["one"]}, {"more": ["one"]})


def test_an_entity_is_no_sequence_and_has_no_items_but_its_fields() -> None:
    title: Any = Versioned("Paint", 3)
    with pytest.raises(TypeError, match="not iterable"):
        _value, _version = title
    with pytest.raises(TypeError, match="not iterable"):
        _ = "value" in title
    for wrong in ("raw", "to_dict", 0):
        with pytest.raises(KeyError):
            title[wrong]


def test_every_attribute_can_be_looked_at_where_there_is_no_pydantic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "agilekit.wire.pydantic_schema", None)
    names = {name for name, _ in inspect.getmembers(RichText("Paint"))}
    assert {"markdown", "to_dict"} <= names
    assert "__pydantic_serializer__" not in names


def test_an_answer_that_is_nested_too_deeply_is_refused() -> None:
    deep: JSON = None
    for _ in range(sys.getrecursionlimit()):
        deep = [deep]
    project = Project(integrations=deep)
    with pytest.raises(InvalidInput, match="nested too deeply"):
        project.to_dict()
    with pytest.raises(InvalidInput, match="nested too deeply"):
        dict(project)


def test_an_entity_is_no_larger_for_it() -> None:
    @attrs.frozen
    class Alone:
        markdown: str = ""
        html: str | None = None

    assert sys.getsizeof(RichText()) == sys.getsizeof(Alone())
    assert not hasattr(RichText(), "__dict__")
