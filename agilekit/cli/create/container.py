"""``--into``: the container of the drafts, by its ids, its name, or a path.

Ids are taken as they are, without a request. A name is looked up once, at the beginning; from there
on the job knows only the ids, and its journal belongs to them. What the journal keeps besides is
which ids the name led to when the job began:

| the name now leads to | the journal knows it | the journal does not |
|---|---|---|
| the same container | the job continues | the job continues |
| another container | refused: the journal belongs to the first | refused by the journal itself |
| none, or several | the job continues in the first, with a note | refused: it lists what there is |

So a container that was renamed neither stops its job nor gets a second one, and a name that has
passed to another container never leads an old job there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast

from attrs import field, frozen

from agilekit.bulk.journal import Snapshot, State
from agilekit.cli.event_loop import run
from agilekit.errors import InvalidInput, JournalError
from agilekit.lookup import (
    HIERARCHIES,
    ItemKind,
    ItemReader,
    as_printed,
    by_ids,
    resolve,
    written,
)
from agilekit.services import AnyClient, Service

__all__ = ["Container", "given_container", "looked_up"]

_MAY_EXIST: Final = frozenset({State.SENT, State.CREATED, State.UNKNOWN})


@frozen
class Container:
    """Where the drafts go."""

    ids: Sequence[str | int] = ()
    shown: str = ""
    """What it turned out to be, if that had to be looked up."""
    notes: Mapping[str, str] = field(factory=dict[str, str])
    """What the journal keeps of how it was named."""


def given_container(service: Service[Any], kind: str, given: str | None) -> Container | None:
    """The container, if its ids were given; None if a name has to be looked up.

    Raises InvalidInput if something is given where nothing is needed, or the other way round.
    """
    into = service.kinds[kind].spec.container
    if not into and given is None:
        return Container()
    if not into:
        raise InvalidInput(f"--kind {kind} needs no --into, not {given!r:.60}")
    if given is None or not given.strip():
        what = "/".join(name.upper() for name in into)
        raise InvalidInput(f"--kind {kind} needs --into {what}")
    item = by_ids(HIERARCHIES[service.name], given, _kind_of(service, kind))
    return None if item is None else Container(item.address)


def looked_up(
    service: Service[Any], kind: str, given: str, client: AnyClient, journal: str | None
) -> Container:
    """The container that a name or a path leads to.

    client: not yet open.
    journal: where the job is kept, if it is.

    Raises InvalidInput for what leads to none or to several, JournalError for what leads to another
    one than the journal's, CallError if there cannot be looked.
    """

    async def look() -> Container:
        async with client:
            return await _look(service, kind, given, client, journal)

    return run(look)


async def _look(
    service: Service[Any], kind: str, given: str, client: AnyClient, journal: str | None
) -> Container:
    reader = ItemReader(client, HIERARCHIES[service.name])
    note = f"into {kind} {as_printed(given)}"
    known = None if journal is None else _known(journal, client, note)
    try:
        item = await resolve(reader, given, [_kind_of(service, kind)])
    except InvalidInput as error:
        if known is None:
            raise
        return Container(known, f"{_shown(known)}, as the journal says; now {error}")
    if known is not None and known != tuple(item.address):
        raise JournalError(
            f"{given!r:.60} led to {_shown(known)} when the journal {journal} was begun, and leads "
            f"to {_shown(item.address)} now: give --into {_shown(known)} to continue, or another "
            "--journal"
        )
    shown = f"the {item.kind.one} {written(item, reader.hierarchy.parse_id)}"
    return Container(
        item.address,
        f"{shown} ({_shown(item.address)})",
        {note: json.dumps(item.address)},
    )


def _known(journal: str, client: AnyClient, note: str) -> tuple[str | int, ...] | None:
    """Where a name led when the journal was begun, if anything may have been created there."""
    try:
        contents = Snapshot.open(journal).contents
    except JournalError:  # there is none; whatever else is wrong with it, the job says
        return None
    if contents.container.get("at") != client.base_url or _MAY_EXIST.isdisjoint(contents.counts):
        return None
    with suppress(ValueError, RecursionError):
        found: object = json.loads(contents.values.get(note, ""))
        ids = cast("list[object]", found) if isinstance(found, list) else []
        if ids and all(isinstance(one, str | int) for one in ids):
            return tuple(cast("list[str | int]", ids))
    return None


def _kind_of(service: Service[Any], kind: str) -> ItemKind[Any]:
    """What the container of some kind of drafts is."""
    return HIERARCHIES[service.name].kind_of_one(service.kinds[kind].spec.container[-1])


def _shown(ids: Sequence[str | int]) -> str:
    return "/".join(map(str, ids))
