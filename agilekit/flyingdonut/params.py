"""What calls to Flying Donut take: ids, drafts and changes, and how these go over the wire."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, Required, TypeAlias, TypedDict, TypeVar, get_args

from agilekit.errors import InvalidInput
from agilekit.flyingdonut.decoders import oid_of, rich_text_of
from agilekit.flyingdonut.models import (
    Bucket,
    Card,
    Oid,
    Project,
    RichText,
    Sprint,
    Task,
    TaskState,
)
from agilekit.versioned import Attribute
from agilekit.wire.convert import is_finite, number
from agilekit.wire.fields import Write
from agilekit.wire.json import JSON

__all__ = [
    "CARD_ATTRIBUTES",
    "CARD_DRAFT",
    "TASK_ATTRIBUTES",
    "TASK_DRAFT",
    "CardChanges",
    "CardDraft",
    "TaskChanges",
    "TaskDraft",
    "id_of",
]

V = TypeVar("V")

Change: TypeAlias = V | Callable[[V], V]
Hours: TypeAlias = float | timedelta | None


class CardDraft(TypedDict, total=False):
    """A card to be created. Source: Flying Donut API, "Create Backlog Bucket Card"."""

    title: Required[str]
    summary: str | RichText | None
    """Markdown."""
    estimate: float | None
    """Story points."""


class CardChanges(TypedDict, total=False):
    """What an update of a card may set: a value, or a function of the current one.

    Source: Flying Donut API, "Update Card". Its sample sets the first three. The last two are
    versioned attributes of the same entity, and not documented as writable: `Cards.move` sets both.
    """

    title: Change[str]
    summary: str | None | RichText | Callable[[RichText | None], str | RichText | None]
    """Markdown."""
    estimate: float | None | Callable[[float | None], float | None]
    """Story points."""
    iteration: Sprint | str | None | Callable[[Oid | None], Sprint | str | None]
    """The sprint or its id. None, which takes the card out of it, only together with a `state`."""
    state: Bucket | str | None | Callable[[Oid | None], Bucket | str | None]
    """The bucket or its id. None, which is in no bucket, only together with an `iteration`."""


class TaskDraft(TypedDict, total=False):
    """A task to be created. Source: Flying Donut API, "Create Card Task"."""

    title: Required[str]
    summary: str | RichText | None
    """Markdown."""
    estimate: Hours
    """Hours, as a number or a `timedelta`."""


class TaskChanges(TypedDict, total=False):
    """What an update of a task may set: a value, or a function of the current one.

    Source: Flying Donut API, "Update Task".
    """

    title: Change[str]
    summary: str | None | RichText | Callable[[RichText | None], str | RichText | None]
    """Markdown."""
    estimate: Hours | Callable[[float | None], Hours]
    """Hours, as a number or a `timedelta`; a function is given a number."""
    state: Change[TaskState]


_TASK_STATES: Final = get_args(TaskState)
_HOUR: Final = timedelta(hours=1)
_ENTITIES: Final = (Bucket, Card, Project, Sprint, Task)


def id_of(entity: object, kind: type[Bucket | Card | Sprint | Task]) -> str:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for another entity."""
    if isinstance(entity, kind):
        return entity.id
    name = kind.__name__.lower()
    if isinstance(entity, _ENTITIES):
        raise InvalidInput(f"expected a {name} or its id, not a {type(entity).__name__.lower()}")
    if not isinstance(entity, str):
        raise InvalidInput(f"expected a {name} or its id, not {entity!r:.60}")
    return Oid(entity)


def _title(value: object) -> JSON:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"title must be text that is not empty, not {value!r:.60}")
    return _sound("title", value)


def _sound(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise InvalidInput(f"{name} must be text, not {text!r:.60}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} holds half a surrogate pair") from None
    return text


def _summary(value: object) -> JSON:
    if isinstance(value, RichText):
        html: dict[str, JSON] = {} if value.html is None else {"html": _sound("html", value.html)}
        return {"markdown": _sound("summary", value.markdown), **html}
    if isinstance(value, str):
        return {"markdown": _sound("summary", value)}
    if value is None:
        return None
    raise InvalidInput(f"summary must be markdown text, not {value!r:.60}")


def _points(value: object) -> JSON:
    if isinstance(value, timedelta):
        raise InvalidInput(f"estimate of a card is story points, not a time such as {value!r:.60}")
    return _estimate(value)


# Source: Flying Donut API, "Create Card Task" and "Update Task": hours, with decimals for minutes.
def _hours(value: object) -> JSON:
    return _estimate(_in_hours(value))


def _in_hours(value: object) -> object:
    if not isinstance(value, timedelta):
        return value
    hours = value / _HOUR
    return int(hours) if hours.is_integer() else hours


def _estimate(value: object) -> JSON:
    if value is None:
        return None
    if isinstance(value, str):  # the document's own samples write "5"
        try:
            value = number(value)
        except ValueError:
            raise InvalidInput(f"estimate must be a number, not {value!r:.60}") from None
    if isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value):
        return value
    raise InvalidInput(f"estimate must be a finite number or None, not {value!r:.60}")


def _sprint(value: object) -> JSON:
    return None if value is None else _reference(value, Sprint)


def _bucket(value: object) -> JSON:
    return None if value is None else _reference(value, Bucket)


def _reference(value: object, kind: type[Bucket | Sprint]) -> JSON:
    found = id_of(value, kind)
    if not found.strip():
        raise InvalidInput(f"expected a {kind.__name__.lower()} or its id, not {found!r:.60}")
    return {"$oid": found}


def _read_reference(value: JSON) -> Oid | None:
    return None if value is None else oid_of(value)


def _task_state(value: object) -> JSON:
    if isinstance(value, str) and value in _TASK_STATES:
        return value
    raise InvalidInput(f"state must be one of {', '.join(_TASK_STATES)}, not {value!r:.60}")


def _read_text(value: JSON) -> RichText | None:
    return None if value is None else rich_text_of(value)


def _markdown(value: object) -> object:
    # The server adds html to what was sent as markdown.
    return value.markdown if isinstance(value, RichText) else value


_TEXTS: Final = {
    "title": Attribute(_title),
    "summary": Attribute(
        _summary,
        read=_read_text,
        comparable=_markdown,
    ),
}
CARD_ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    **_TEXTS,
    "estimate": Attribute(_points),
    "iteration": Attribute(_sprint, read=_read_reference),
    "state": Attribute(_bucket, read=_read_reference),
}
TASK_ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    **_TEXTS,
    "estimate": Attribute(_hours),
    "state": Attribute(_task_state),
}
_DRAFT: Final = ("title", "summary", "estimate")


def _drafted(attributes: Mapping[str, Attribute], name: str) -> Write:
    def write(value: object) -> JSON:
        try:
            return {"value": attributes[name].write(value)}
        except InvalidInput as error:  # an attribute names itself, and so does the table
            raise ValueError(str(error).removeprefix(f"{name} ")) from None

    return write


CARD_DRAFT: Final[Mapping[str, Write]] = {name: _drafted(CARD_ATTRIBUTES, name) for name in _DRAFT}
TASK_DRAFT: Final[Mapping[str, Write]] = {name: _drafted(TASK_ATTRIBUTES, name) for name in _DRAFT}
