"""What an answer of Flying Donut is decoded to.

An attribute comes as ``{"value": …, "version": …}`` and becomes a `Versioned`; an id as
``{"$oid": …}``, a time as ``{"$date": …}``, a text as ``{"markdown": …, "html": …}``. The samples
show null, ``{}`` or a wrapper around null if there is nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from agilekit.flyingdonut.models import (
    Bucket,
    BucketCards,
    Card,
    Oid,
    RichText,
    SprintItem,
    Task,
    TaskState,
)
from agilekit.versioned import Versioned
from agilekit.wire.decode import Malformed, to_str
from agilekit.wire.decoder import Decoder
from agilekit.wire.generated import TEXT, Hook, Shape, Wrapper
from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr
from agilekit.wire.times import from_date_wrapper, from_iso

__all__ = [
    "DECODER",
    "attribute_of",
    "backlog",
    "is_unversioned",
    "oid_of",
    "parts_with",
    "rich_text_of",
    "sprint_items",
]

# Titles and states of tasks: the service never shows null for one.
_NEVER_NULL: Final = (str, TaskState)


def oid_of(value: JSON, _: object = None) -> Oid:
    """An id of the wire: ``{"$oid": …}``, or its text. Raises ValueError."""
    found = value.get("$oid") if isinstance(value, dict) else value
    if found is None:
        return Oid("")
    if not isinstance(found, str):
        raise ValueError(f"expected an id, found {short_repr(value)}")
    return Oid(found)


def rich_text_of(value: JSON, _: object = None) -> RichText:
    """A text of the wire. Raises ValueError."""
    # The samples show "" if there is no text, and an object if there is one.
    if isinstance(value, str):
        return RichText(value)
    if not isinstance(value, dict):
        raise ValueError(f"expected a text, found {short_repr(value)}")
    markdown, html = value.get("markdown"), value.get("html")
    if not isinstance(markdown, str | None) or not isinstance(html, str | None):
        raise ValueError(f"expected a text, found {short_repr(value)}")
    return RichText(markdown or "", html)


def _bucket(value: JSON, _: object) -> Bucket:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {short_repr(value)}")
    # What the calls for buckets name "bucket", a project names "title".
    title, id = value.get("bucket", value.get("title")), value.get("id")
    return Bucket(
        id=Oid("") if id is None else oid_of(id),
        title=None if title is None else to_str(title),
        raw=value,
    )


def version_of(attribute: JSON) -> int | None:
    """The version that an attribute bears; None for one that bears none, or what counts nothing."""
    version = attribute.get("version") if isinstance(attribute, dict) else None
    if isinstance(version, float):  # JSON may write 7 as 7.0
        return int(version) if version.is_integer() else None
    return version if isinstance(version, int) and not isinstance(version, bool) else None


def is_unversioned(attribute: JSON) -> bool:
    """Whether it bears no version that can be sent back."""
    version = version_of(attribute)
    return version is None or version < 0


def attribute_of(data: JSON) -> Versioned[object]:
    """An attribute that no model has, its value as it came."""
    if is_unversioned(data) or not isinstance(data, dict):
        return Versioned(data)
    return Versioned(data.get("value"), version_of(data))


def parts_with(names: Iterable[str], data: JSON) -> Sequence[JSON]:
    """The parts of an answer that show one of these attributes: the answer, or what it wraps.

    Source: nothing documents the body of a conflict, only that it includes the current values.
    """
    names = tuple(names)
    wrapped = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    parts = [
        part
        for part in (data, *wrapped)
        if isinstance(part, dict) and any(not is_unversioned(part.get(name)) for name in names)
    ]
    return parts or [data]


def _versioned(make: Hook, kind: object) -> Hook:
    if kind in _NEVER_NULL:
        make = _empty_for_null(make)
    absent: Final = Versioned[object]("" if kind in _NEVER_NULL else None)

    def structure(value: JSON, _: object) -> Versioned[object]:
        if value is None:
            return absent
        if isinstance(value, dict) and ("value" in value or "version" in value):
            return Versioned(make(value.get("value"), None), version_of(value))
        return Versioned(make(value, None))  # its value, without a version

    return structure


def _empty_for_null(make: Hook) -> Hook:
    def structure(value: JSON, kind: object) -> object:
        made: object = make(value, kind)
        return "" if made is None else made

    return structure


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


DECODER: Final = Decoder(
    time=from_date_wrapper,
    keys=_camel,
    nulls=({}, {"$oid": None}, {"$date": None}),
    hooks={
        Oid: oid_of,
        RichText: rich_text_of,
        Bucket: _bucket,
        TaskState: lambda value, _: to_str(value),
    },
    generics={Versioned: _versioned},
    usual_shapes={
        Oid: Shape('type({it}) is dict and type(oid := {it}["$oid"]) is str', "oid", can_fail=True),
        RichText: Shape(
            "type({it}) is str or type({it}) is dict"
            ' and type(markdown := {it}["markdown"]) is str and type(html := {it}["html"]) is str',
            "RichText({it}) if type({it}) is str else RichText(markdown, html)",
            {"RichText": RichText},
            can_fail=True,
        ),
        TaskState: TEXT,
        datetime: Shape(
            "type({it}) is dict",
            'from_iso({it}["$date"])',
            {"from_iso": from_iso},
            can_fail=True,
        ),
    },
    wrappers={
        Versioned: Wrapper(
            Versioned,
            'type(value) is dict and type(version := value["version"]) is int',
            'value["value"]',
            {"value": "inner", "version": "version"},
        )
    },
)

_ONLY_CARDS_HAVE: Final = frozenset(
    ("isStandaloneTP", "iteration", "iterationReview", "taskCounters", "totalComments")
)
_ONLY_TASKS_HAVE: Final = frozenset(("users", "timeRemaining", "timeEntriesTotal"))


_BUCKETS: Final = DECODER.entities(BucketCards)
_CARD: Final = DECODER.entity(Card)
_TASK: Final = DECODER.entity(Task)


def backlog(data: JSON) -> list[BucketCards]:
    """The buckets of the backlog, of which each card identifies itself."""
    found = _BUCKETS(data)
    if not all(card.id for bucket in found for card in bucket.cards):
        raise Malformed("a bucket shows a card without an id")
    return found


# Source: Flying Donut API, "Fetch Sprint Cards": the array mixes cards and tasks.
def sprint_items(data: JSON) -> list[SprintItem]:
    """Cards and tasks, told apart by the attributes that only one of them has."""
    if not isinstance(data, list):
        raise Malformed(f"expected an array, found {short_repr(data)}")
    found = [item for item in data if item is not None]  # a null among them is nothing
    return [_TASK(item) if _is_task(item) else _CARD(item) for item in found]


def _is_task(data: JSON) -> bool:
    if not isinstance(data, dict) or not _ONLY_CARDS_HAVE.isdisjoint(data):
        return False  # what is not an object fails as a card does
    if not _ONLY_TASKS_HAVE.isdisjoint(data):
        return True
    state = data.get("state")
    # A card's state is the id of its bucket, a task's is a word.
    return isinstance(state, dict) and isinstance(state.get("value"), str)
