"""What a generated function makes is what the hooks make, whatever an answer holds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from textwrap import indent
from typing import Any, Final, TypeAlias, cast

import attrs
import pytest
from attrs import evolve, field, frozen

from agilekit.flyingdonut import Card, Oid, RichText
from agilekit.kanbantool import Task
from agilekit.kanbantool.decoders import DECODER as KANBAN
from agilekit.versioned import Versioned
from agilekit.wire import generated, xml
from agilekit.wire.decode import Malformed
from agilekit.wire.decode_limits import Unwanted, limited
from agilekit.wire.decoder import Decoder
from agilekit.wire.generated import WHOLE, FieldPlan, Hook, ModelPlan, Shape, text_by
from agilekit.wire.json import JSON
from agilekit.wire.model import RAW, Model, raw_field, undocumented
from agilekit.wire.rules import FAILURES
from agilekit.wire.times import from_iso
from tests.payloads.flyingdonut import FETCH_CARD
from tests.sizes import FULL

Path_: TypeAlias = tuple[str | int, ...]

SERVICES: Final = ("flyingdonut", "flow", "easybacklog", "kanbantool")
PAYLOADS: Final = Path(__file__).parent.parent / "payloads"
MUTATIONS: Final = 10_000 if FULL else 1_500
"""Of the samples of one model, in the long form."""
SAMPLES: Final = 3
"""Of one model, in one format."""
VALUES: Final[Sequence[Any]] = (
    *(None, "", " \n", "text", "5", "-0.5", "1e999", "nan", "true", "0", "00", "٣"),
    *(0, 1, -1, 7, 2.0, 1.5, 1e308, float("nan"), 10**400, True, False),
    *("2014-12-03", "2014-12-03T22:00:00Z", "2010-02-05 07:36:25", "2011-01-03 15:03:00 UTC"),
    *("0000-00-00", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "2014-12-03T22:00:00+05:00"),
    *([], {}, [None], [1, "2"], ["x"], [{}], [{"id": 1}], {"id": 1}, {"id": "x"}, {"1": {"id": 2}}),
    *({"$oid": None}, {"$oid": "5f"}, {"$oid": 5}, {"$oid": "5f", "more": 1}),
    *({"$date": None}, {"$date": "2014-12-03T22:00:00Z"}, {"$date": 0}, {"$date": "soon"}),
    *({"$date": {"$numberLong": "5"}}, {"$date": 1e300}, {"markdown": "m"}, {"html": "<p>"}),
    *({"markdown": "m", "html": None}, {"markdown": 5, "html": "<p>"}, {"total": "many"}),
    *({"value": None, "version": 0}, {"value": "5", "version": 1}, {"version": 3}, {"value": 8}),
    *({"value": 1, "version": "1"}, {"value": 1, "version": 1.0}, {"value": 1, "version": True}),
)


def models_of(service: str) -> list[type[Any]]:
    module = import_module(f"agilekit.{service}.models")
    found = (getattr(module, name) for name in module.__all__)
    return [one for one in found if isinstance(one, type) and attrs.has(one)]


def decoder_of(service: str) -> Decoder:
    return cast("Decoder", cast("Any", import_module(f"agilekit.{service}.decoders")).DECODER)


MODELS: Final = [(service, cls) for service in SERVICES for cls in models_of(service)]
of_each_model = pytest.mark.parametrize(
    ("service", "cls"), MODELS, ids=lambda one: one if isinstance(one, str) else one.__name__
)


def objects(data: JSON) -> Iterator[dict[str, JSON]]:
    """Every object in an answer, at every depth."""
    if isinstance(data, dict):
        yield data
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for part in parts:
        yield from objects(part)


@cache
def corpus(service: str, format: str) -> list[dict[str, JSON]]:
    """The objects of the samples of a service in one format, each once."""
    load: Callable[[bytes], JSON] = json.loads if format == "json" else lambda it: xml.load(it).data
    paths = sorted((PAYLOADS / service).glob(f"*.{format}"))
    return [
        *{repr(one): one for path in paths for one in objects(load(path.read_bytes()))}.values()
    ]


def samples(service: str, cls: type[Any]) -> list[dict[str, JSON]]:
    """The objects in the samples that show most of a model, in each format; one of them in its
    envelope; and one with all of its keys.
    """
    plan = plan_of(service, cls)
    keys = {one.key for one in plan.fields}
    shown = [
        one
        for format in ("json", "xml")
        for one in sorted(corpus(service, format), key=lambda one: -len(keys & one.keys()))[
            :SAMPLES
        ]
    ]
    whole: dict[str, JSON] = dict.fromkeys(sorted(keys))
    for one in reversed(shown):
        whole |= {key: value for key, value in one.items() if key in keys}
    wrapped: list[dict[str, JSON]] = [{plan.envelope: shown[0]}] if plan.envelope else []
    return [*shown, *wrapped, whole]


def plan_of(service: str, cls: type[Any]) -> ModelPlan:
    plan = plan_by(decoder_of(service), cls)
    assert plan is not None, f"{cls} is made by its hook"
    return plan


def plan_by(decoder: Any, cls: type[Any]) -> ModelPlan | None:
    return cast("ModelPlan | None", decoder._fast._planner.plan(cls, decoder._fast.hook(cls)))


@frozen
class Outcome:
    """What comes of decoding."""

    shown: str
    """The `repr` of the result, or the words of the refusal."""
    parts: object = None
    """Every part of the result, with its type."""
    raws: Sequence[int] = ()
    """Which objects are the `raw` of the entities."""

    @classmethod
    def of(cls, make: Callable[[], object]) -> Outcome:
        try:
            made = make()
        except Malformed as error:
            return cls(str(error))
        raws: list[int] = []
        return cls(repr(made), _parts(made, raws), raws)


def _parts(value: object, raws: list[int]) -> object:
    if attrs.has(type(value)):
        fields = attrs.fields(cast("type[attrs.AttrsInstance]", type(value)))
        parts = {one.name: cast("object", getattr(value, one.name)) for one in fields}
        if RAW in parts:
            raws.append(id(parts.pop(RAW)))
        return type(value), {name: _parts(part, raws) for name, part in parts.items()}
    if isinstance(value, tuple | list):
        return type(cast("object", value)), [
            _parts(one, raws) for one in cast("Sequence[object]", value)
        ]
    if isinstance(value, dict):
        parts = cast("dict[object, object]", value)
        return {name: _parts(part, raws) for name, part in parts.items()}
    return type(value), repr(value)


def by_hooks(decoder: Any, cls: type[Any], data: JSON) -> object:
    """As `Decoder.one`, without what is generated."""
    try:
        return decoder._detailed.structure(data, cls)
    except FAILURES:
        raise decoder._explained(data, cls) from None


def paths(data: JSON, prefix: Path_ = ()) -> Iterator[Path_]:
    parts: Sequence[tuple[str | int, JSON]] = ()
    if isinstance(data, dict):
        parts = [*data.items()]
    elif isinstance(data, list):
        parts = [*enumerate(data)]
    for step, part in parts:
        yield (*prefix, step)
        yield from paths(part, (*prefix, step))


def mutated(sample: Mapping[str, JSON], draw: random.Random) -> JSON:
    """A copy with one to three values replaced, gone, moved, wrapped or unwrapped."""
    if draw.random() < 0.01:
        return cast("JSON", draw.choice(VALUES))
    data = deepcopy(dict(sample))
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        found = [*paths(data)]
        if not found:
            break
        *path, last = draw.choice(found)
        holder: Any = data
        for step in path:
            holder = holder[step]
        value = cast("JSON", holder[last])
        how = draw.randrange(8)
        if how == 0:
            del holder[last]
        elif how == 1 and isinstance(value, dict) and value:
            holder[last] = draw.choice([*value.values()])
        elif how == 2:
            holder[last] = draw.choice(
                [{"value": value, "version": 2}, [value], {"$oid": value}, str(value)]
            )
        elif how == 3 and isinstance(holder, dict):
            del holder[last]
            holder[draw.choice(["id", "_id", "unknown", f"{last}2"])] = value
        else:
            holder[last] = deepcopy(draw.choice(VALUES))
    return data


def both(service: str, cls: type[Any], data: JSON) -> Outcome:
    """What comes of an answer, which must be the same either way."""
    decoder = decoder_of(service)
    fast = Outcome.of(lambda: decoder.one(cls)(data))
    assert fast == Outcome.of(lambda: by_hooks(decoder, cls, data)), data
    return fast


def compare(service: str, cls: type[Any], count: int) -> tuple[int, int]:
    """Of so many mutated samples, how many are read as something else, and how many refused."""
    draw = random.Random(f"{service} {cls.__name__}")
    found = samples(service, cls)
    before = [both(service, cls, data) for data in found]
    other = refused = 0
    for _ in range(count):
        number = draw.randrange(len(found))
        after = both(service, cls, mutated(found[number], draw))
        refused += after.parts is None
        other += after.parts is not None and after.parts != before[number].parts
    return other, refused


def test_generated_functions_make_what_the_hooks_make() -> None:
    for service, cls in MODELS:
        compare(service, cls, 12)


@pytest.mark.slow
def test_generated_functions_make_what_the_hooks_make_of_very_many_answers() -> None:
    matter = 0
    for service, cls in MODELS:
        other, refused = compare(service, cls, MUTATIONS)
        assert other > 10, cls
        assert refused > 10, cls
        matter += other + refused
    total = MUTATIONS * len(MODELS)
    assert total >= 50_000
    assert matter > total / 2


@of_each_model
def test_samples_are_made_as_the_hooks_make_them(service: str, cls: type[Any]) -> None:
    made = [both(service, cls, data) for data in samples(service, cls)]
    assert any(one.parts is not None for one in made)


class Counted:
    """Makes a model as its plan says, and counts the values that go to a hook despite a shape."""

    def __init__(self, plan: ModelPlan) -> None:
        self.by_hook: list[str] = []
        self.decode = evolve(
            plan, fields=[evolve(one, hook=self._hook(one)) for one in plan.fields], slow=self._slow
        ).decoder()

    def _hook(self, plan: FieldPlan) -> Hook:
        def hook(value: object, kind: object) -> object:
            if plan.shape is not None:
                self.by_hook.append(plan.name)
            return plan.hook(value, kind)

        return hook

    def _slow(self, data: object, _: object) -> object:
        raise AssertionError(data)


@pytest.mark.parametrize("service", SERVICES)
def test_hooks_are_hardly_asked_for_what_the_documents_show_in_json(service: str) -> None:
    shown = asked = 0
    for cls in models_of(service):
        plan = plan_of(service, cls)
        keys = {one.key for one in plan.fields}
        folder = PAYLOADS / service
        for path in sorted(folder.glob("*.json")):
            for data in objects(json.loads(path.read_bytes())):
                if len(data.keys() & keys) < 3 or data.keys() - keys:
                    continue
                counted = Counted(plan)
                counted.decode(data, cls)
                shown += len(data)
                asked += len(counted.by_hook)
    assert shown > 200
    assert asked <= shown / 10


def test_no_hook_is_asked_for_a_card_as_the_document_shows_it() -> None:
    counted = Counted(plan_of("flyingdonut", Card))
    card = counted.decode(FETCH_CARD, Card)
    assert card.title == Versioned("5th Test card", 0)
    assert card.iteration_review == Versioned(RichText(""), 0)  # the document shows it empty
    assert not counted.by_hook


@frozen(repr=False)
class Note(Model):
    id: Oid = Oid("")
    title: Versioned[str] = Versioned("")
    position: int | None = None
    raw: Mapping[str, JSON] = raw_field()


def test_the_example_of_the_module_is_what_is_generated() -> None:
    source = plan_of("flyingdonut", Note).source()
    assert indent(source, " " * 4) in (generated.__doc__ or "")


def test_nothing_is_generated_before_a_model_is_met() -> None:
    """It is compiled once, on the first use of its model."""
    program = """
import builtins, agilekit
seen, compiling = [], builtins.compile
def compile(source, name, *rest, **more):
    seen.append(str(name))
    return compiling(source, name, *rest, **more)
builtins.compile = compile
kanban = agilekit.KanbanTool("account", token="t")
from agilekit.kanbantool.models import Swimlane
from agilekit.kanbantool.decoders import DECODER
print([name for name in seen if "decoder of" in name])
DECODER.one(Swimlane)({}), DECODER.one(Swimlane)({})
print([name for name in seen if "decoder of" in name])
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["[]", "['<decoder of Swimlane>']"]


@frozen
class Odd:
    """A class of which there is more to do than to set its slots."""

    id: int = field(default=0, converter=int)


@frozen
class Needy:
    id: int
    made: tuple[int, ...] = field(factory=tuple)
    double: int = field(default=attrs.Factory(lambda self: self.id * 2, takes_self=True))


ODD: Final = Decoder(time=from_iso, keys=str)


def test_a_class_that_is_more_than_its_slots_is_made_by_its_hook() -> None:
    assert plan_by(ODD, Odd) is None
    assert ODD.one(Odd)({"id": 4}) == Odd(4)


def test_defaults_that_are_made_are_made_of_the_fields_before() -> None:
    assert ODD.one(Needy)({"id": 2}) == Needy(2, (), 4)
    assert ODD.one(Needy)({"id": "2", "double": 5, "made": ["1"]}) == Needy(2, (1,), 5)
    with pytest.raises(Malformed, match=r"Needy\.id"):
        ODD.one(Needy)({})


@frozen
class Inner:
    number: int = 0


@attrs.resolve_types
@frozen
class Outer:
    inner: Inner | None = field(default=None, metadata=undocumented())
    count: int | None = None
    ratio: float | None = None
    sure: bool | None = None
    text: str | None = None
    inners: tuple[Inner | None, ...] = ()


def test_an_undocumented_part_never_fails_a_read() -> None:
    assert ODD.one(Outer)({"inner": {"number": 5}}) == Outer(Inner(5))
    assert ODD.one(Outer)({"inner": {"number": "many"}, "count": 2}) == Outer(None, 2)


@pytest.mark.parametrize("null", [-1, -1.0, 0.0, "", "none", {"none": True}])
def test_what_stands_for_null_is_null_in_every_field(null: Any) -> None:
    decoder = Decoder(time=from_iso, keys=str, nulls=(null,))
    names = [one.name for one in attrs.fields(Outer) if one.name != "inners"]
    values: Sequence[Any] = (null, -1, 0, 1, True, False, 0.0, "", "none", {"none": True}, {})
    answers: list[Any] = [{name: value} for value in values for name in names]
    for data in answers:
        fast = Outcome.of(partial(decoder.one(Outer), data))
        assert fast == Outcome.of(partial(by_hooks, decoder, Outer, data)), data


def test_two_shapes_of_one_name_are_told() -> None:
    shapes: dict[object, Shape] = {int: text_by(int), str: text_by(str)}
    mixed = Decoder(time=from_iso, keys=str, usual_shapes=shapes)

    @frozen
    class Both:
        number: int = 0
        text: str = ""

    with pytest.raises(TypeError, match="Both: make means two things"):
        mixed.one(Both)({})


def test_a_hook_of_a_service_is_asked_for_every_value_unless_a_shape_says_otherwise() -> None:
    def of_hook(value: object, _: object) -> int:
        return 7

    by_hook = Decoder(time=from_iso, keys=str, hooks={int: of_hook})
    by_shape = Decoder(time=from_iso, keys=str, hooks={int: of_hook}, usual_shapes={int: WHOLE})
    assert by_hook.one(Needy)({"id": 1}).id == 7
    assert by_shape.one(Needy)({"id": 1}).id == 1


def test_what_is_generated_asks_whether_it_is_wanted_and_counts_what_it_makes() -> None:
    asked: list[None] = []

    def is_over() -> bool:
        asked.append(None)
        return len(asked) > 3

    tasks = KANBAN.entities(Task)
    answer: JSON = [{"id": 1, "comments": [{"id": 1}]}, {"id": 2}, {"id": 3}]
    with limited(lambda: False, entities=4):
        assert len(tasks(answer)) == 3
    with limited(lambda: False, entities=3), pytest.raises(Malformed, match="too many entities"):
        tasks(answer)
    with limited(is_over, entities=4), pytest.raises(Unwanted):
        tasks(answer)
