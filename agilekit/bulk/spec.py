"""What can be created: a row for each kind of thing, and one mechanism that runs them all.

A service has a table of `CreateSpec` in its ``specs.py``. A row says what a draft of the kind
holds, how it is sent, and by what its item is recognised. `CreateSpec.within` names a container,
which makes a `Creation` of the row: what a job runs.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Hashable,
    Mapping,
    Sequence,
)
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.session.call import OnSend
from agilekit.session.session import Session
from agilekit.session.teller import Teller
from agilekit.wire.encode import Encode, encode_draft
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode, Route

__all__ = ["CreateSpec", "Creation", "Ids", "Send", "Survey", "as_array", "one_by_one"]

T = TypeVar("T")

Ids: TypeAlias = Mapping[str, str] | Mapping[str, int]


@frozen
class Send(Generic[T]):
    """How bodies are sent."""

    route: Route[object]
    """The call that creates."""
    call: Callable[[Session, Ids, list[JSON], OnSend], Awaitable[list[T]]]
    """Creates what some bodies say, in the container that the ids name. Raises CallError.

    The last is awaited whenever a request is about to leave.
    """


def _nothing_tells(_: object) -> None:
    return None


def _into(ids: Ids, listing: Route[object]) -> dict[str, str]:
    return {"into": listing.path.format(**ids)}


@frozen(kw_only=True)
class CreateSpec(Generic[T]):
    """One kind of thing that can be created.

    What a job compares of a draft and of an item is a *label*, by which the item is recognised, and
    *fields*. Both hold texts as they are; `ItemMatcher` says what of them is compared.
    """

    # What a draft holds, and how it is sent.

    name: str
    """What it is called, in the plural: ``cards``."""
    container: Sequence[str]
    """The names of the ids that name its container, the outermost first."""
    draft: type[object]
    """The TypedDict of its drafts: it says which fields there are, and which are required."""
    write: Mapping[str, Encode]
    """How each field goes over the wire."""
    omit_none: Collection[str] = ()
    """The fields for which None says the same as leaving them out."""
    send: Send[T]
    batch_size: int = 1
    """The most drafts of one request."""

    # Where its items are listed.

    listing: Route[list[T]]
    """Everything in the container."""
    container_key: Callable[[Ids, Route[list[T]]], Mapping[str, str]] = _into
    """Names the container of one server, so that a journal is not used for another one."""
    lists_all: bool = True
    """Whether the listing is sure to hold what was created."""

    # By what an item is recognised.

    item_key: Callable[[T], str]
    """The id of an item, as text."""
    sequence: Callable[[T], int]
    """The number of an item, which rises with each creation."""
    label: Callable[[T], Hashable]
    draft_label: Callable[[JSON], Hashable]
    """Of a body."""
    draft_fields: Callable[[JSON], Mapping[str, Hashable]]
    """Of a body, by field, what it says."""
    item_fields: Callable[[T], Mapping[str, Hashable]]
    """Of an item, by field, what it shows."""
    compared: Callable[[JSON], Collection[str]]
    """Of a body, the fields that the server stores as they are sent; of these, what an item does
    not show is not compared."""
    places: Collection[str] = ()
    """The fields that say where an item is: they differ once it has been moved."""
    shows_all: bool = False
    """Whether an item shows every field that it has: one that is missing was not stored."""
    texts: Collection[str] = ()
    """The fields that hold any text, so that one of them can bear a mark."""
    label_changes: Callable[[T], int | None] = _nothing_tells
    """How often the label of an item was changed, from any number on; None if nothing tells."""
    answer_shows: bool = True
    """Whether the answer to a create shows what was stored; if not, the item of an answer is what
    was sent."""

    # How a journal keeps an item.

    dump: Callable[[T], JSON]
    """An item as plain data."""
    load: Decode[T]
    """An item from its plain data."""

    def __repr__(self) -> str:
        return f"<CreateSpec of {self.name}>"

    @property
    def in_order(self) -> bool:
        """Whether a draft can be created only after those before it."""
        return self.send.route.one_writer

    @property
    def fields(self) -> Sequence[str]:
        """What a draft may hold."""
        return tuple(self.draft.__annotations__)

    @property
    def required(self) -> Sequence[str]:
        """What a draft must hold."""
        names: frozenset[str] = getattr(self.draft, "__required_keys__", frozenset())
        return tuple(name for name in self.fields if name in names)

    def encode(self, draft: object) -> dict[str, JSON]:
        """A draft as it goes over the wire. Raises InvalidInput."""
        return encode_draft(draft, self.write, required=self.required)

    def within(
        self,
        session: Session,
        ids: Ids,
        *,
        beside: Mapping[str, JSON] | None = None,
        query: Mapping[str, JSON] | None = None,
        survey: Callable[[Session, int], Awaitable[Survey[T]]] | None = None,
    ) -> Creation[T]:
        """Creates this in a container, in one job.

        beside: what every body says beside its draft.
        query: the filters of the listing, for it to hold everything.
        survey: of the whole project, through the session of the job, as in `Creation`.
        """
        session = session.for_job()

        def encode(draft: object) -> JSON:
            body = self.encode(draft)
            for name in self.omit_none:
                if name in body and body[name] is None:
                    del body[name]
            return {**(beside or {}), **body}

        def exact_listing(exact: Session) -> Callable[[], AsyncIterable[T]]:
            return lambda: exact.listing(self.listing, ids, query)

        exact = session.exact()
        return Creation(
            spec=self,
            container_key={
                "at": session.server.base_url,
                **self.container_key(ids, self.listing),
            },
            concurrency=session.concurrency,
            settle_after=session.settle_after,
            least_settle_after=session.least_settle_after,
            encode=encode,
            create=lambda bodies, on_send: self.send.call(session, ids, bodies, on_send),
            listing=lambda: session.listing(self.listing, ids, query),
            survey=None if survey is None else partial(survey, session),
            exact_listing=None if exact is None else exact_listing(exact),
            teller=session.teller(self.send.route),
        )


@frozen(kw_only=True)
class Creation(Generic[T]):
    """A row in one container: what a job runs."""

    spec: CreateSpec[T]
    container_key: Mapping[str, str]
    concurrency: int = field(default=16)
    """How many requests may be in flight at once."""
    settle_after: float = field(default=40.0)
    """Seconds from sending for which the server may still be at work on a request whose reply was
    lost."""
    least_settle_after: float = field(default=0.0)
    """The least that an option may make of these."""
    encode: Callable[[object], JSON]
    """The body of a draft. Raises InvalidInput."""
    create: Callable[[list[JSON], OnSend], Awaitable[list[T]]]
    """Sends the bodies in one request. Raises CallError."""
    listing: Callable[[], AsyncIterable[T]]
    """Everything in the container. Raises CallError."""
    exact_listing: Callable[[], AsyncIterable[T]] | None = None
    """The same in a format that shows each character as it is stored, whatever the format of the
    client; None if `listing` does so. Raises CallError."""
    survey: Callable[[int], Awaitable[Survey[T]]] | None = None
    """What there is of the kind in the whole project, above a number. Raises CallError."""
    teller: Teller = Teller()
    """Tells of the job."""

    def __repr__(self) -> str:
        place = ", ".join(f"{name} {value}" for name, value in self.container_key.items())
        return f"<Creation of {self.spec.name}: {place}>"


@frozen
class Survey(Generic[T]):
    """The whole project at one moment, because items are moved out of their container."""

    items: Sequence[T]
    """Of the kind, wherever they are."""
    numbers: Collection[int] | None = None
    """If numbers count within the project, without gaps but for what was deleted or is not shown:
    all that are shown, of whatever kind."""
    is_whole: bool = True
    """Whether there can be no other items of the kind."""

    async def __aiter__(self) -> AsyncIterator[T]:
        for item in self.items:
            yield item


def one_by_one(route: Route[T], *, envelope: str | None = None) -> Send[T]:
    """Sends each body in a request of its own.

    envelope: under what name its fields are sent.
    """

    async def send(session: Session, ids: Ids, bodies: list[JSON], on_send: OnSend) -> list[T]:
        return [
            await session.call(
                route, ids, body if envelope is None else {envelope: body}, on_send=on_send
            )
            for body in bodies
        ]

    return Send(route, send)


def as_array(route: Route[list[T]]) -> Send[T]:
    """Sends all the bodies as one array."""

    async def send(session: Session, ids: Ids, bodies: list[JSON], on_send: OnSend) -> list[T]:
        return await session.call(route, ids, bodies, on_send=on_send)

    return Send(route, send)
