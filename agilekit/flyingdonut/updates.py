"""Updates of cards and tasks: between their wire form and the versioned edit.

An update sends each attribute with its version. Only one thing is said of a conflict: the update
fails, and the answer includes the current values. So the values decide, and the status only if it
can mean nothing else:

| status | what the edit takes it for |
|---|---|
| 202 | unknown: it is made later |
| 207 | accepted, but perhaps not every attribute |
| any other 2xx | accepted |
| 301, 307, 308 | the error of the status: the request was not made there |
| any other 3xx | unknown: it may follow a write that was made |
| 401, 403, 404, 429 | the error of the status: it says nothing of versions |
| 409, 412 | a conflict |
| any other 4xx | a conflict if the values in the answer show one, or else the error of the status |
| 5xx | the error of the status |

Source: Flying Donut API, "Update Card" and "Update Task".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar, cast

import attrs
from attrs import evolve, frozen

from agilekit.errors import CallError, InvalidInput, UnknownOutcome
from agilekit.flyingdonut.decoders import attribute_of, is_unversioned, parts_with
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.params import CARD_ATTRIBUTES, TASK_ATTRIBUTES, id_of
from agilekit.flyingdonut.routes import FETCH_CARD, FETCH_TASK, UPDATE_CARD, UPDATE_TASK
from agilekit.flyingdonut.scope import Scope
from agilekit.versioned import Applied, Attribute, OnConflict, Reply, Target, Versioned
from agilekit.wire import json
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.merge import merge_raw
from agilekit.wire.response import Answer
from agilekit.wire.route import Route

__all__ = ["CARD_UPDATES", "TASK_UPDATES", "UpdateSpec", "update"]

E = TypeVar("E", Card, Task)

_AUTHOR: Final = "username"
_CONFLICT: Final = (409, 412)
_ACCEPTED: Final = 202
_MULTI_STATUS: Final = 207
# Any other redirect may follow a write that was made.
_REDIRECTS_OF_THE_REQUEST: Final = (301, 307, 308)
# Refusals of the caller or of the address, which say nothing of versions.
_NO_CONFLICT: Final = (401, 403, 404, 429)


@frozen
class UpdateSpec(Generic[E]):
    """What updates of cards and updates of tasks differ in."""

    model: type[E]
    id_name: str
    """What the document calls the id in the path."""
    attributes: Mapping[str, Attribute]
    """The keywords of an update."""
    fetch: Route[E]
    put: Route[E]


CARD_UPDATES: Final = UpdateSpec(Card, "itemId", CARD_ATTRIBUTES, FETCH_CARD, UPDATE_CARD)
TASK_UPDATES: Final = UpdateSpec(Task, "taskId", TASK_ATTRIBUTES, FETCH_TASK, UPDATE_TASK)


async def update(
    scope: Scope,
    spec: UpdateSpec[E],
    entity: E | str,
    changes: Mapping[str, object],
    on_conflict: OnConflict,
    *,
    base: Mapping[str, int] | None,
    extra: Mapping[str, JSON] | None,
) -> E:
    """Makes `changes` and returns the entity as it is afterwards."""
    id = id_of(entity, spec.model)
    read = None if isinstance(entity, str) else entity
    extra = _checked_extra({} if extra is None else extra, read, spec.attributes)
    scope = evolve(scope, session=scope.session.for_edit())
    known = _KnownEntity(scope, spec, id, read, extra.keys())
    changes = {**changes, **extra}
    bases = _bases({} if base is None else base, known.values(changes))
    target = Target(
        path=known.path,
        attributes={**spec.attributes, **dict.fromkeys(extra, _EXTRA)},
        write=known.write,
        read=known.read,
        deadline=known.deadline,
        settle_after=scope.session.settle_after,
        teller=scope.session.teller(spec.put),
    )
    return known.after(await scope.edits().apply(target, changes, bases, on_conflict))


def _checked_extra(
    extra: Mapping[str, JSON], entity: Card | Task | None, attributes: Mapping[str, Attribute]
) -> Mapping[str, JSON]:
    """Attributes that have no keyword, by their names on the wire. Raises InvalidInput."""
    _check_mapping("extra", extra)
    for name in extra:
        if name == _AUTHOR:  # it stands beside the attributes in the body
            raise InvalidInput("extra: username is who makes the update, and no attribute")
        if name in attributes:
            raise InvalidInput(f"{name} is a keyword of update, so it does not belong in extra")
        if entity is None or is_unversioned(entity.raw.get(name)):
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
        if isinstance(version, float) or is_unversioned({"version": version}):
            raise InvalidInput(f"base: the version of {name} is a whole number from 0")
        if name not in read or read[name].version != version:
            bases[name] = version
    return bases


class _KnownEntity(Generic[E]):
    """A card or a task, by everything that the server has said of it."""

    def __init__(
        self,
        scope: Scope,
        spec: UpdateSpec[E],
        id: str,
        entity: E | None,
        extra: Iterable[str],
    ) -> None:
        self._session = scope.session
        self._username = scope.author()
        self._spec: Final[UpdateSpec[E]] = spec
        self._id = id
        self._ids = scope.ids(**{spec.id_name: id})
        self._entity: E | None = entity
        self._extra = frozenset(extra)
        self.path: Final = scope.session.server.request(spec.put, self._ids).path
        self.deadline: Final = scope.session.deadline_from_now()

    async def write(self, attributes: Mapping[str, tuple[JSON, int]], *, safe: bool) -> Reply:
        """Sends one update; what its answer is taken for is the table at the top."""
        body: dict[str, JSON] = {_AUTHOR: self._username}
        for name, (value, version) in attributes.items():
            body[name] = {"value": value, "version": version}
        answer = await self._send(body, safe=safe)
        found, of_another = self._found(answer, attributes)
        status = answer.response.status
        if status == _ACCEPTED:
            raise self._unknown("accepted, to be made later", answer)
        if answer.accepted:
            return Reply(
                accepted=True,
                found=found,
                lost=answer.lost,
                refusal=None,
                attempts=answer.attempts,
                in_part=status == _MULTI_STATUS,
                of_another=of_another,
            )
        refusal = answer.refusal()
        if 300 <= status < 400 and status not in _REDIRECTS_OF_THE_REQUEST:
            raise self._unknown(f"the answer does not tell: {status}", answer) from refusal
        if not 400 <= status < 500 or status in _NO_CONFLICT:
            raise refusal
        return Reply(
            accepted=False,
            found=found,
            lost=answer.lost,
            refusal=refusal,
            attempts=answer.attempts,
            says_conflict=status in _CONFLICT,
        )

    async def _send(self, body: JSON, *, safe: bool) -> Answer:
        began_open = self._session.is_open
        try:
            return await self._session.answer(
                self._spec.put, self._ids, body, deadline=self.deadline, safe=safe
            )
        except InvalidInput as error:
            if not began_open or self._session.is_open:
                raise
            # The client was closed while the request was under way.
            raise UnknownOutcome(
                "the client was closed before an answer came",
                method=self._spec.put.method,
                path=self.path,
            ) from error

    def _unknown(self, reason: str, answer: Answer) -> UnknownOutcome:
        return UnknownOutcome(
            f"nothing tells whether the update was made: {reason}",
            method=self._spec.put.method,
            path=answer.request.path,
            attempts=answer.attempts,
        )

    async def read(self) -> Mapping[str, Versioned[object]]:
        """What the server shows now."""
        entity = await self._session.call(self._spec.fetch, self._ids, deadline=self.deadline)
        self._saw(entity)
        return self._shown(entity)

    def values(self, names: Iterable[str]) -> Mapping[str, Versioned[object]]:
        """What the caller had read."""
        known = {} if self._entity is None else self._shown(self._entity)
        return {name: known[name] for name in names if name in known}

    def after(self, applied: Applied) -> E:
        """The entity with all that was learned of it."""
        if self._entity is None:  # forced, and never shown by the server
            raise AssertionError("an update ends with an answer that shows its attributes")
        values = {name: one for name, one in applied.values.items() if name not in self._extra}
        return _changed(self._entity, {**values, "replaced": applied.replaced})

    def _found(
        self, answer: Answer, names: Iterable[str]
    ) -> tuple[dict[str, Versioned[object]], bool]:
        """The values in an answer, and whether they are of another entity."""
        try:
            parts = parts_with(names, answer.document().data)
            entities = [self._spec.put.decode(part) for part in parts]
        except (CallError, Malformed):
            return {}, False  # it shows nothing that can be read
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
        # Ids are hexadecimal digits, and the caller's may be in capitals.
        return bool(entity.id) and entity.id.casefold() != self._id.casefold()

    def _shown(self, entity: E) -> dict[str, Versioned[object]]:
        shown: dict[str, Versioned[object]] = {
            name: value for name, value, _ in _fields(entity) if isinstance(value, Versioned)
        }
        extra = {name: attribute_of(entity.raw.get(name)) for name in self._extra}
        return {name: _without_force(value) for name, value in shown.items()} | extra

    def _saw(self, entity: E) -> None:
        """Lays what an answer shows over what is known: an update answers with a part of it."""
        if self._entity is not None:
            news = {name: value for name, value, absent in _fields(entity) if value != absent}
            raw = merge_raw(entity.raw, self._entity.raw)
            entity = _changed(self._entity, {**news, "raw": raw})
        self._entity = entity


def _without_force(value: Versioned[object]) -> Versioned[object]:
    """A value whose version can be sent back: -1 would replace whatever is there."""
    return Versioned(value.value) if (value.version or 0) < 0 else value


def _has_version(shown: Mapping[str, Versioned[object]], name: str) -> bool:
    return name in shown and shown[name].version is not None


def _plain(value: object) -> JSON:
    try:
        json.dump(cast("JSON", value))
    except (TypeError, ValueError):
        raise InvalidInput(f"extra: {value!r:.60} cannot be sent as JSON") from None
    return cast("JSON", value)


_EXTRA: Final = Attribute(_plain)


def _changed(entity: E, values: Mapping[str, Any]) -> E:
    return attrs.evolve(entity, **values)


def _fields(entity: Card | Task) -> Iterator[tuple[str, object, object]]:
    """Each field's name, its value, and the value that says that it was absent."""
    for one in attrs.fields(type(entity)):
        yield one.name, getattr(entity, one.name), one.default
