"""Updates of cards and tasks: between their wire form and the versioned edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

import attrs

from agilekit.errors import CallError
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.scope import Scope, id_of
from agilekit.versioned import Attribute, OnConflict, Placed, Reply, Target, Versioned
from agilekit.wire.convert import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.op import Op
from agilekit.wire.response import Answer

__all__ = ["update"]

E = TypeVar("E", bound=Card | Task)

_CONFLICT: Final = (409, 412)
# Refusals of the caller or of the address, which say nothing of versions.
_NO_CONFLICT: Final = (401, 403, 404, 429)


async def update(
    scope: Scope,
    kind: type[Card | Task],
    entity: E | str,
    changes: Mapping[str, object],
    on_conflict: OnConflict,
    *,
    attributes: Mapping[str, Attribute],
    fetch: Op[E],
    put: Op[E],
    id_name: str,
) -> E:
    """Places `changes` and returns the entity as it is afterwards."""
    ids = scope.ids(**{id_name: id_of(entity, kind)})
    seen = _Seen(scope, ids, fetch, put, None if isinstance(entity, str) else entity)
    placed = await scope.edits.place(
        Target(
            path=scope.session.server.request(put, ids).path,
            attributes=attributes,
            write=seen.write,
            read=seen.read,
            until=seen.until,
            emit=scope.session.emit,
        ),
        changes,
        seen.values(changes),
        on_conflict,
    )
    return seen.after(placed)


class _Seen(Generic[E]):
    """The entity, by everything that the server has said of it."""

    def __init__(
        self, scope: Scope, ids: Mapping[str, str], fetch: Op[E], put: Op[E], entity: E | None
    ) -> None:
        self._session = scope.session
        self._username = scope.author()
        self._ids = ids
        self._fetch = fetch
        self._put = put
        self._entity = entity
        self.until = scope.session.until()

    async def write(self, attributes: Mapping[str, tuple[JSON, int]]) -> Reply:
        body: dict[str, JSON] = {"username": self._username}
        for name, (value, version) in attributes.items():
            body[name] = {"value": value, "version": version}
        answer = await self._session.answer(self._put, self._ids, body, until=self.until)
        found = self._found(answer, attributes)
        if answer.accepted:
            return Reply(True, found, answer.lost, None, answer.attempts)
        refusal = answer.refusal()
        status = answer.response.status
        may_conflict = 400 <= status < 500 and status not in _NO_CONFLICT
        if not may_conflict or not (found or status in _CONFLICT):
            raise refusal
        return Reply(False, found, answer.lost, refusal, answer.attempts)

    async def read(self) -> Mapping[str, Versioned[object]]:
        entity = await self._session.call(self._fetch, self._ids, until=self.until)
        self._saw(entity)
        return _versioned(entity)

    def values(self, names: Iterable[str]) -> Mapping[str, Versioned[object]]:
        """What the caller had read."""
        known = {} if self._entity is None else _versioned(self._entity)
        return {name: known[name] for name in names if name in known}

    def after(self, placed: Placed) -> E:
        """The entity with all that was learned of it."""
        if self._entity is None:  # forced, and never shown by the server
            raise AssertionError("an update ends with an answer that shows its attributes")
        return _changed(self._entity, placed)

    def _found(self, answer: Answer, names: Iterable[str]) -> dict[str, Versioned[object]]:
        try:
            data = _holder_of(answer.document().data, names)
            entity = None if data is None else self._put.decode(data)
        except (CallError, Malformed):
            return {}
        if entity is None:
            return {}
        self._saw(entity)
        shown = _versioned(entity)
        return {name: shown[name] for name in names if shown[name].version is not None}

    def _saw(self, entity: E) -> None:
        # An update answers with a part of the entity: what it leaves out stays as it was read.
        if self._entity is not None:
            news = {
                name: value
                for name, value, absent in _fields(entity)
                if value != absent or name == "raw"
            }
            entity = _changed(self._entity, news)
        self._entity = entity


def _holder_of(data: JSON, names: Iterable[str]) -> JSON:
    """The part of an answer that shows one of the attributes: the answer, or what it wraps.

    Source: nothing documents the body of a conflict, only that it includes the current values.
    """
    wrapped = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for part in (data, *wrapped):
        if isinstance(part, dict) and any(_is_versioned(part.get(name)) for name in names):
            return part
    return None


def _is_versioned(data: JSON) -> bool:
    return isinstance(data, dict) and "version" in data


def _changed(entity: E, values: Mapping[str, Any]) -> E:
    return attrs.evolve(entity, **values)


def _fields(entity: Card | Task) -> Iterator[tuple[str, object, object]]:
    """Each field's name, its value, and the value that says that it was absent."""
    for one in attrs.fields(type(entity)):
        yield one.name, getattr(entity, one.name), one.default


def _versioned(entity: Card | Task) -> dict[str, Versioned[object]]:
    return {name: value for name, value, _ in _fields(entity) if isinstance(value, Versioned)}
