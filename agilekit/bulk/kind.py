"""How one kind of thing is created many at a time: a service has a row of this for each."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Hashable, Mapping
from typing import Generic, TypeVar

from attrs import frozen

from agilekit.wire.json import JSON
from agilekit.wire.op import Decode

__all__ = ["Kind"]

T = TypeVar("T")


@frozen(kw_only=True)
class Kind(Generic[T]):
    """One kind of thing, in one container."""

    place: Mapping[str, str]
    """Names the container, so that a journal is not used for another one."""
    check: Callable[[object], JSON]
    """The body of a draft. Raises InvalidInput."""
    create: Callable[[list[JSON]], Awaitable[list[T]]]
    """Sends the bodies in one request. Raises CallError."""
    batch_size: int = 1
    """The most bodies of one request."""
    listing: Callable[[], AsyncIterable[T]]
    """Everything in the container. Raises CallError."""
    lists_all: bool = True
    """Whether the listing is sure to hold what was created."""
    identity: Callable[[T], str]
    mark: Callable[[T], int]
    """Rises with each creation."""
    label: Callable[[T], Hashable]
    """What of an item has to be that of its draft: the text that it is known by."""
    label_of: Callable[[JSON], Hashable]
    """The same, of a body."""
    says: Callable[[JSON], Mapping[str, Hashable]]
    """What a body says beside its label, by attribute, as far as the server leaves it as it was."""
    shows: Callable[[T], Mapping[str, Hashable]]
    """The same, of an item; what an item does not show is not compared."""
    in_order: bool = False
    """Whether a draft can be created only after those before it."""
    dump: Callable[[T], JSON]
    """An item as plain data."""
    load: Decode[T]
    """An item from its plain data."""
