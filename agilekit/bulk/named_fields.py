"""The rows of services whose items name their fields as the drafts do.

There the model of an item, made of a draft's body, reads numbers, dates and ids as it does in an
answer, so that the two can be compared field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Protocol, TypeVar

from agilekit.bulk.spec import CreateSpec, Send
from agilekit.wire.encode import Encode
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode, Route

__all__ = ["spec_of_named_fields"]


class _Item(Protocol):
    @property
    def raw(self) -> Mapping[str, JSON]: ...


E = TypeVar("E", bound=_Item)


def spec_of_named_fields(
    *,
    name: str,
    container: Sequence[str],
    draft: type[object],
    write: Mapping[str, Encode],
    send: Send[E],
    listing: Route[list[E]],
    load: Decode[E],
    key: Callable[[E], int],
    label: Collection[str],
    omit_none: Collection[str] = (),
    not_compared: Collection[str] = (),
    needs: Mapping[str, str] | None = None,
    texts: Collection[str] = (),
    places: Collection[str] = (),
    shows_all: bool = False,
    answer_shows: bool = True,
    lists_all: bool = True,
) -> CreateSpec[E]:
    """A row whose label and fields are attributes of the item.

    key: its id, a number that rises with each creation.
    label: the attributes that it is known by.
    not_compared: those that the server may store otherwise, or change afterwards.
    needs: by field, the one without which it is not stored.
    texts: those that hold any text.
    places: those that say where it is.
    """

    def label_of(item: E) -> Hashable:
        return tuple(getattr(item, one) for one in label)

    def draft_fields(body: JSON) -> dict[str, Hashable]:
        said, named = load(body), body if isinstance(body, dict) else {}
        return {one: getattr(said, one) for one in write if one in named}

    def compared(body: JSON) -> list[str]:
        named = body if isinstance(body, dict) else {}
        lacks = [one for one, other in (needs or {}).items() if named.get(other) is None]
        return [one for one in write if one not in {*not_compared, *lacks, *label}]

    def item_fields(item: E) -> dict[str, Hashable]:
        return {one: getattr(item, one) for one in write if one in item.raw}

    return CreateSpec(
        name=name,
        container=container,
        draft=draft,
        write=write,
        omit_none=omit_none,
        send=send,
        listing=listing,
        lists_all=lists_all,
        item_key=lambda item: str(key(item)),
        sequence=key,
        label=label_of,
        draft_label=lambda body: label_of(load(body)),
        draft_fields=draft_fields,
        item_fields=item_fields,
        compared=compared,
        shows_all=shows_all,
        answer_shows=answer_shows,
        texts=texts,
        places=places,
        dump=lambda item: dict(item.raw),
        load=load,
    )
