"""Updates of cards and tasks: between their wire form and the versioned edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar, cast

import attrs

from agilekit.errors import CallError, InvalidInput, UnknownOutcome
from agilekit.flyingdonut.models import Card, Task, version_of
from agilekit.flyingdonut.scope import Scope, id_of
from agilekit.versioned import Applied, Attribute, OnConflict, Reply, Target, Versioned
from agilekit.wire import json
from agilekit.wire.convert import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.op import Op
from agilekit.wire.response import Answer

__all__ = ["update"]

E = TypeVar("E", bound=Card | Task)

_AUTHOR: Final = "username"
_CONFLICT: Final = (409, 412)
_FOR_LATER: Final = 202
_IN_PART: Final = 207
# Redirects to where the request would have to be sent. Others may follow a write that was made.
_ELSEWHERE: Final = (301, 307, 308)
# Refusals of the caller or of the address, which say nothing of versions.
_NO_CONFLICT: Final = (401, 403, 404, 429)


async def update(
    scope: Scope,
    kind: type[Card | Task],
    entity: E | str,
    changes: Mapping[str, object],
    on_conflict: OnConflict,
    *,
    base: Mapping[str, int] | None,
    extra: Mapping[str, JSON] | None,
    attributes: Mapping[str, Attribute],
    fetch: Op[E],
    put: Op[E],
    id_name: str,
) -> E:
    """Places `changes` and returns the entity as it is afterwards."""
    id = id_of(entity, kind)
    ids = scope.ids(**{id_name: id})
    known = None if isinstance(entity, str) else entity
    extra = _checked_extra({} if extra is None else extra, known, attributes)
    seen = _Seen(scope, id, ids, fetch, put, known, extra.keys())
    changes = {**changes, **extra}
    placed = await scope.edits.apply(
        Target(
            path=scope.session.server.request(put, ids).path,
            attributes={**attributes, **dict.fromkeys(extra, _EXTRA)},
            write=seen.write,
            read=seen.read,
            deadline=seen.until,
            settle_after=scope.session.settle_after,
            emit=scope.session.emit,
        ),
        changes,
        _bases({} if base is None else base, seen.values(changes)),
        on_conflict,
    )
    return seen.after(placed)


def _checked_extra(
    extra: Mapping[str, JSON], entity: Card | Task | None, attributes: Mapping[str, Attribute]
) -> Mapping[str, JSON]:
    """Attributes that have no keyword, by their names on the wire. Raises InvalidInput."""
    _check_mapping("extra", extra)
    for name in extra:
        if name == _AUTHOR:
            raise InvalidInput("extra: username is who makes the update, and no attribute")
        if name in attributes:
            raise InvalidInput(f"{name} is a keyword of update, so it does not belong in extra")
        if entity is None or _is_unversioned(entity.raw.get(name)):
            raise InvalidInput(
                f"extra: {name!r:.60} is sent with the version that the entity's raw shows, and "
                "there is none"
            )
    return extra


def _check_mapping(name: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{name} is a mapping by attribute, not a {type(given).__name__}")


def _bases(
    versions: Mapping[str, int], read: Mapping[str, Versioned[object]]
) -> dict[str, Versioned[object] | int]:
    """What the caller had read; a version is only a number unless the entity has its value."""
    bases: dict[str, Versioned[object] | int] = dict(read)
    _check_mapping("base", versions)
    for name, version in versions.items():
        if isinstance(version, float) or _is_unversioned({"version": version}):
            raise InvalidInput(f"base: the version of {name} is a whole number from 0")
        if name not in read or read[name].version != version:
            bases[name] = version
    return bases


class _Seen(Generic[E]):
    """The entity, by everything that the server has said of it."""

    def __init__(
        self,
        scope: Scope,
        id: str,
        ids: Mapping[str, str],
        fetch: Op[E],
        put: Op[E],
        entity: E | None,
        extra: Iterable[str],
    ) -> None:
        self._session = scope.session
        self._username = scope.author()
        self._id = id
        self._ids = ids
        self._fetch = fetch
        self._put = put
        self._entity = entity
        self._extra = frozenset(extra)
        self.until = scope.session.until()

    async def write(self, attributes: Mapping[str, tuple[JSON, int]], *, safe: bool) -> Reply:
        body: dict[str, JSON] = {_AUTHOR: self._username}
        for name, (value, version) in attributes.items():
            body[name] = {"value": value, "version": version}
        answer = await self._send(body, safe=safe)
        found, of_another = self._found(answer, attributes)
        status = answer.response.status
        if status == _FOR_LATER:
            raise self._unknown("accepted, to be made later", answer)
        if answer.accepted:
            in_part = status == _IN_PART
            return Reply(
                True,
                found,
                answer.lost,
                None,
                answer.attempts,
                in_part=in_part,
                of_another=of_another,
            )
        refusal = answer.refusal()
        if _tells_nothing(status):
            raise self._unknown(f"the answer does not tell: {status}", answer) from refusal
        if not 400 <= status < 500 or status in _NO_CONFLICT:
            raise refusal
        says_conflict = status in _CONFLICT
        return Reply(False, found, answer.lost, refusal, answer.attempts, says_conflict)

    async def _send(self, body: JSON, *, safe: bool) -> Answer:
        began_open = self._session.is_open
        try:
            return await self._session.answer(
                self._put, self._ids, body, until=self.until, safe=safe
            )
        except InvalidInput as error:
            if not began_open or self._session.is_open:
                raise
            path = self._session.server.request(self._put, self._ids).path
            raise UnknownOutcome(
                "the client was closed before an answer came", method=self._put.method, path=path
            ) from error

    def _unknown(self, reason: str, answer: Answer) -> UnknownOutcome:
        return UnknownOutcome(
            f"nothing tells whether the update was made: {reason}",
            method=self._put.method,
            path=answer.request.path,
            attempts=answer.attempts,
        )

    async def read(self) -> Mapping[str, Versioned[object]]:
        entity = await self._session.call(self._fetch, self._ids, until=self.until)
        self._saw(entity)
        return self._shown(entity)

    def values(self, names: Iterable[str]) -> Mapping[str, Versioned[object]]:
        """What the caller had read."""
        known = {} if self._entity is None else self._shown(self._entity)
        return {name: known[name] for name in names if name in known}

    def after(self, placed: Applied) -> E:
        """The entity with all that was learned of it."""
        if self._entity is None:  # forced, and never shown by the server
            raise AssertionError("an update ends with an answer that shows its attributes")
        values = {name: one for name, one in placed.values.items() if name not in self._extra}
        return _changed(self._entity, {**values, "replaced": placed.replaced})

    def _found(
        self, answer: Answer, names: Iterable[str]
    ) -> tuple[dict[str, Versioned[object]], bool]:
        """The values in an answer, and whether they are of another entity."""
        try:
            parts = _holders_of(answer.document().data, names)
            entities = [self._put.decode(part) for part in parts]
        except (CallError, Malformed):
            return {}, False
        own = [entity for entity in entities if not self._is_another(entity)]
        named = [entity for entity in own if entity.id]
        if len(candidates := named or own) != 1:
            return {}, not own  # of several, nothing tells which is the current one
        [entity] = candidates
        if answer.accepted and not entity.id:
            return {}, False  # nothing says whose values these are
        shown = self._shown(entity)
        found = {name: shown[name] for name in names if _has_version(shown, name)}
        if found:
            self._saw(entity)
        return found, False

    def _is_another(self, entity: E) -> bool:
        return bool(entity.id) and entity.id.casefold() != self._id.casefold()

    def _shown(self, entity: E) -> dict[str, Versioned[object]]:
        shown: dict[str, Versioned[object]] = {
            name: value for name, value, _ in _fields(entity) if isinstance(value, Versioned)
        }
        extra = {name: _of_raw(entity.raw.get(name)) for name in self._extra}
        return {name: _countable(value) for name, value in shown.items()} | extra

    def _saw(self, entity: E) -> None:
        # An update answers with a part of the entity: what it leaves out stays as it was read.
        if self._entity is not None:
            news = {name: value for name, value, absent in _fields(entity) if value != absent}
            raw = {**self._entity.raw, **entity.raw}
            entity = _changed(self._entity, {**news, "raw": raw})
        self._entity = entity


def _tells_nothing(status: int) -> bool:
    return 300 <= status < 400 and status not in _ELSEWHERE


def _holders_of(data: JSON, names: Iterable[str]) -> Sequence[JSON]:
    """The parts of an answer that show one of the attributes: the answer, or what it wraps.

    Source: nothing documents the body of a conflict, only that it includes the current values.
    """
    wrapped = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    holders = [
        part
        for part in (data, *wrapped)
        if isinstance(part, dict) and any(not _is_unversioned(part.get(name)) for name in names)
    ]
    return holders or [data]


def _is_unversioned(data: JSON) -> bool:
    version = version_of(data)
    return version is None or version < 0


def _countable(value: Versioned[object]) -> Versioned[object]:
    # Sent back, -1 would replace whatever is there.
    return Versioned(value.value) if (value.version or 0) < 0 else value


def _of_raw(data: JSON) -> Versioned[object]:
    if _is_unversioned(data):
        return Versioned(data)
    return Versioned(cast("dict[str, JSON]", data).get("value"), version_of(data))


def _has_version(shown: Mapping[str, Versioned[object]], name: str) -> bool:
    return name in shown and shown[name].version is not None


def _written(value: object) -> JSON:
    try:
        json.dump(cast("JSON", value))
    except (TypeError, ValueError):
        raise InvalidInput(f"extra: {value!r:.60} cannot be sent as JSON") from None
    return cast("JSON", value)


_EXTRA: Final = Attribute(_written)


def _changed(entity: E, values: Mapping[str, Any]) -> E:
    return attrs.evolve(entity, **values)


def _fields(entity: Card | Task) -> Iterator[tuple[str, object, object]]:
    """Each field's name, its value, and the value that says that it was absent."""
    for one in attrs.fields(type(entity)):
        yield one.name, getattr(entity, one.name), one.default
