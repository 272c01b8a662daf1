"""What may be written to Flying Donut, and how it goes over the wire."""

from collections.abc import Callable, Mapping
from typing import Final, Required, TypeAlias, TypedDict, TypeVar, cast

from agilekit.errors import InvalidInput
from agilekit.flyingdonut.models import Oid, RichText, oid_of, rich_text_of
from agilekit.versioned import Attribute
from agilekit.wire.convert import is_finite, number
from agilekit.wire.json import JSON

__all__ = [
    "CARD_ATTRIBUTES",
    "TASK_ATTRIBUTES",
    "CardChanges",
    "CardDraft",
    "TaskChanges",
    "TaskDraft",
    "draft_body",
]

V = TypeVar("V")

Change: TypeAlias = V | Callable[[V | None], V]


class CardDraft(TypedDict, total=False):
    """A card to be created. Source: Flying Donut API, "Create Backlog Bucket Card"."""

    title: Required[str]
    summary: str | RichText | None
    """Markdown."""
    estimate: float | None
    """Story points."""


class CardChanges(TypedDict, total=False):
    """What an update of a card may set: a value, or a function of the current one.

    Source: Flying Donut API, "Update Card". Its sample sets the first three; the last two are
    versioned attributes of the same entity.
    """

    title: Change[str]
    summary: str | None | RichText | Callable[[RichText | None], str | RichText | None]
    """Markdown."""
    estimate: float | None | Callable[[float | None], float | None]
    """Story points."""
    iteration: str | None | Callable[[Oid | None], str | None]
    """The id of the sprint; None takes the card out of it."""
    state: Change[str]
    """The id of the bucket."""


class TaskDraft(TypedDict, total=False):
    """A task to be created. Source: Flying Donut API, "Create Card Task"."""

    title: Required[str]
    summary: str | RichText | None
    """Markdown."""
    estimate: float | None
    """Hours."""


class TaskChanges(TypedDict, total=False):
    """What an update of a task may set: a value, or a function of the current one.

    Source: Flying Donut API, "Update Task".
    """

    title: Change[str]
    summary: str | None | RichText | Callable[[RichText | None], str | RichText | None]
    """Markdown."""
    estimate: float | None | Callable[[float | None], float | None]
    """Hours."""
    state: Change[str]
    """``"todo"``, ``"in-progress"`` or ``"done"``."""


_TASK_STATES: Final = ("todo", "in-progress", "done")


def _title(value: object) -> JSON:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"title must be text that is not empty, not {value!r:.60}")
    return _sound("title", value)


def _sound(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} holds half a surrogate pair") from None
    return text


def _summary(value: object) -> JSON:
    if isinstance(value, RichText):
        html: dict[str, JSON] = {} if value.html is None else {"html": value.html}
        return {"markdown": _sound("summary", value.markdown), **html}
    if isinstance(value, str):
        return {"markdown": _sound("summary", value)}
    if value is None:
        return None
    raise InvalidInput(f"summary must be markdown text, not {value!r:.60}")


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


def _reference(value: object) -> JSON:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"expected the id of a sprint or a bucket, not {value!r:.60}")
    return {"$oid": value}


def _task_state(value: object) -> JSON:
    if isinstance(value, str) and value in _TASK_STATES:
        return value
    raise InvalidInput(f"state must be one of {', '.join(_TASK_STATES)}, not {value!r:.60}")


def _markdown(value: object) -> object:
    # The server adds html to what was sent as markdown.
    return value.markdown if isinstance(value, RichText) else value


_TEXTS: Final = {
    "title": Attribute(_title),
    "summary": Attribute(
        _summary,
        read=lambda value: None if value is None else rich_text_of(value),
        comparable=_markdown,
    ),
    "estimate": Attribute(_estimate),
}
CARD_ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    **_TEXTS,
    "iteration": Attribute(
        lambda value: None if value is None else _reference(value),
        read=lambda value: None if value is None else oid_of(value),
    ),
    "state": Attribute(_reference, read=oid_of),
}
TASK_ATTRIBUTES: Final[Mapping[str, Attribute]] = {**_TEXTS, "state": Attribute(_task_state)}


def draft_body(draft: object, *, username: str) -> JSON:
    """The body that creates a card or a task. Raises InvalidInput."""
    if not isinstance(draft, Mapping):
        raise InvalidInput(f"a draft is a mapping such as {{'title': …}}, not {draft!r:.60}")
    body: dict[str, JSON] = {"username": username}
    for name, value in cast("Mapping[object, object]", draft).items():
        if not isinstance(name, str) or name not in _TEXTS:
            raise InvalidInput(f"{name!r:.60} cannot be set; what can: {', '.join(_TEXTS)}")
        body[name] = {"value": _TEXTS[name].write(value)}
    if "title" not in body:
        raise InvalidInput("title is missing")
    return body
