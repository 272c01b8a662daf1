"""What the generated classes have in common: each stands for an object of the async library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import copy
from types import TracebackType
from typing import Any, Generic, NoReturn, ParamSpec, Self, SupportsIndex, TypeVar

from agilekit.blocking.listing import Listing
from agilekit.blocking.portal import Portal
from agilekit.session import client, listing

__all__ = ["WrappedClient", "WrappedResource", "async_client", "wrapped"]

C_co = TypeVar("C_co", bound=client.Client, covariant=True)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
W = TypeVar("W", bound="WrappedClient[Any]")


class WrappedClient(Generic[C_co]):
    """A client: it is entered and left, and has resources."""

    def __init__(self, client: C_co) -> None:
        self._client = client
        self._portal = Portal()

    def __enter__(self) -> Self:
        self._portal.__enter__()
        try:
            self._run(self._client.__aenter__)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._close(kind, error, trace)
        except BaseException:  # such as Ctrl-C: what it has left to do is done
            try:
                self._close(kind, error, trace)
            finally:
                self._portal.__exit__(kind, error, trace)
            raise

    def __copy__(self) -> Self:
        return wrapped(type(self), copy(self._client), self._portal)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        self._client.__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return repr(self._client)

    def _run(
        self, function: Callable[P, Awaitable[T]], *arguments: P.args, **keywords: P.kwargs
    ) -> T:
        return self._portal.run(function, *arguments, **keywords)

    def _close(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A forked process leaves the connections to the one that opened them.
        if self._client.is_open and self._portal.is_open and not self._portal.is_inherited:
            self._run(self._client.__aexit__, kind, error, trace)
        self._portal.__exit__(kind, error, trace)


class WrappedResource(Generic[R]):
    """What a client's methods are grouped by."""

    def __init__(self, resource: R, portal: Portal) -> None:
        self._resource = resource
        self._portal = portal

    def _run(
        self, function: Callable[P, Awaitable[T]], *arguments: P.args, **keywords: P.kwargs
    ) -> T:
        return self._portal.run(function, *arguments, **keywords)

    def _list(self, listing: listing.Listing[T]) -> Listing[T]:
        return Listing(listing, self._portal)


def wrapped(cls: type[W], client: client.Client, portal: Portal | None = None) -> W:
    """One that stands for a client. portal: that of the client which it is a view of."""
    made = object.__new__(cls)
    vars(made).update(_client=client, _portal=portal or Portal())
    return made


def async_client(given: WrappedClient[client.Client]) -> client.Client:
    """The client that a blocking one stands for."""
    found: client.Client = vars(given)["_client"]
    return found
