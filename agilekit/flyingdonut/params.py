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
from agilekit.wire.encode import Encode, non_empty, nullable, number, one_of, string
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


_ENTITIES: Final = (Bucket, Card, Project, Sprint, Task)
_HOUR: Final = timedelta(hours=1)


def id_of(entity: object, kind: type[Bucket | Card | Sprint | Task]) -> str:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for anything else."""
    try:
        return _parse_id(entity, kind)
    except ValueError as error:
        raise InvalidInput(f"{kind.__name__.lower()} {error}") from None


def _parse_id(entity: object, kind: type[Bucket | Card | Sprint | Task]) -> Oid:
    if isinstance(entity, kind):
        return entity.id
    if isinstance(entity, str):
        return Oid(entity)
    is_other = isinstance(entity, _ENTITIES)
    shown = f"a {type(entity).__name__.lower()}" if is_other else f"{entity!r:.60}"
    raise ValueError(f"must be a {kind.__name__.lower()} or its id, not {shown}")


# Each of these gives the wire form of a value, or raises ValueError with what is wrong.
def _summary(value: object) -> JSON:
    if isinstance(value, RichText):
        html: dict[str, JSON] = {} if value.html is None else {"html": string(value.html)}
        return {"markdown": string(value.markdown), **html}
    if isinstance(value, str):
        return {"markdown": string(value)}
    raise ValueError(f"must be markdown text, not {value!r:.60}")


def _points(value: object) -> JSON:
    if isinstance(value, timedelta):
        raise ValueError(f"of a card is story points, not a time such as {value!r:.60}")
    return number(value)


# Source: Flying Donut API, "Create Card Task" and "Update Task": hours, with decimals for minutes.
def _hours(value: object) -> JSON:
    if not isinstance(value, timedelta):
        return number(value)
    hours = value / _HOUR
    return int(hours) if hours.is_integer() else hours


def _reference(kind: type[Bucket | Sprint]) -> Encode:
    def write(value: object) -> JSON:
        id = _parse_id(value, kind)
        if not id.strip():
            raise ValueError(f"must be a {kind.__name__.lower()} or its id, not {id!r:.60}")
        return {"$oid": id}

    return write


def _read_reference(value: JSON) -> Oid | None:
    return None if value is None else oid_of(value)


def _read_text(value: JSON) -> RichText | None:
    return None if value is None else rich_text_of(value)


def _markdown(value: object) -> object:
    # The server adds html to what was sent as markdown.
    return value.markdown if isinstance(value, RichText) else value


def _named(name: str, write: Encode) -> Encode:
    """The same, but it raises InvalidInput, which names the attribute."""

    def write_or_refuse(value: object) -> JSON:
        try:
            return write(value)
        except ValueError as error:
            raise InvalidInput(f"{name} {error}") from None

    return write_or_refuse


def _new(write: Encode) -> Encode:
    """The same for an entity that is created: its attributes bear no versions."""
    return lambda value: {"value": write(value)}


CARD_DRAFT: Final[Mapping[str, Encode]] = {
    "title": _new(non_empty),
    "summary": _new(nullable(_summary)),
    "estimate": _new(nullable(_points)),
}
TASK_DRAFT: Final[Mapping[str, Encode]] = {
    **CARD_DRAFT,
    "estimate": _new(nullable(_hours)),
}

_TEXTS: Final = {
    "title": Attribute(_named("title", non_empty)),
    "summary": Attribute(
        _named("summary", nullable(_summary)), read=_read_text, comparable=_markdown
    ),
}
CARD_ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    **_TEXTS,
    "estimate": Attribute(_named("estimate", nullable(_points))),
    "iteration": Attribute(_named("iteration", nullable(_reference(Sprint))), read=_read_reference),
    "state": Attribute(_named("state", nullable(_reference(Bucket))), read=_read_reference),
}
TASK_ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    **_TEXTS,
    "estimate": Attribute(_named("estimate", nullable(_hours))),
    "state": Attribute(_named("state", one_of(*get_args(TaskState)))),
}
