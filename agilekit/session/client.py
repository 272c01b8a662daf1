"""What the clients of all services have in common."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from copy import copy
from types import TracebackType
from typing import Any, Final, NoReturn, Self, SupportsIndex, cast, get_args
from urllib.parse import unquote

from agilekit.checks import alternatives, check_id
from agilekit.environment import optional
from agilekit.errors import InvalidInput
from agilekit.session.http_library import HttpLibrary
from agilekit.session.session import Session
from agilekit.wire import json
from agilekit.wire.json import JSON
from agilekit.wire.route import Method, Route
from agilekit.wire.urls import quoted_path

__all__ = ["Client", "user_id_in"]

_METHODS: Final[tuple[Method, ...]] = get_args(Method)


class Client:
    """A service's client, to be entered with ``async with``."""

    _session: Session
    _below: str = ""
    """What every documented path begins with, below the base URL."""

    async def __aenter__(self) -> Self:
        await self._session.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.__aexit__(kind, error, trace)

    def __copy__(self) -> Self:
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        return made

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise InvalidInput(
            "a client cannot be pickled: it holds a secret and its connections. Let the other "
            "process make its own, from the name of a connection: agilekit.connections.load()[name]"
            ".client(), or agilekit.export.shards for an export"
        )

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._session.is_open

    @property
    def base_url(self) -> str:
        """What the path of every call stands below."""
        return self._session.server.base_url

    @property
    def concurrency(self) -> int:
        """How many requests may be in flight at once."""
        return self._session.concurrency

    @property
    def http(self) -> HttpLibrary:
        """What sends: ``"httpx"``, ``"httpx2"`` or ``"fast"``."""
        return self._session.http

    @property
    def pace_key(self) -> Hashable:
        """Equal for clients that share one rate limiter: of one credential at one host."""
        return self._session.pace_key

    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
    ) -> JSON:
        """Makes a call that the library has no method for, and returns its answer as plain data.

        method: ``"GET"``, ``"POST"``, ``"PUT"`` or ``"DELETE"``, in capitals.
        path: as the documented ones are written, beginning with ``/``: of Flying Donut below the
        project, of the others below `base_url`; without the ``.json`` or ``.xml`` that a service
        wants at its end.
        query: parameters of the URL, as plain data.
        body: plain data, which is written as the service takes everything else: as JSON for Flying
        Donut, as form fields for the others, so that there it has to be a mapping.

        The answer is what its JSON or XML holds, or None if it is empty. Everything else is as with
        any call: the credential, retries, pace, deadline, events, and which errors are raised. A
        GET is resent as reads are. Anything else is resent only if it was certainly not received;
        UnknownOutcome is raised if nothing tells whether it was made.

        Raises InvalidInput before anything is sent: for another method, and for a path that could
        lead elsewhere or holds a query, a fragment, or the secret.
        """
        route = self._undocumented(method, path)
        parameters, written = _plain(query or {}), _plain(body)
        if not isinstance(parameters, dict):
            raise InvalidInput(f"query must be a mapping such as {{'limit': 5}}, not {query!r:.60}")
        takes_body = method != "GET" and self._session.dialect.takes(method, written)
        if body is not None and not takes_body:
            raise InvalidInput(f"a {method} cannot have the body {body!r:.60} here")
        return await self._session.call(route, {}, written, query=parameters)

    def _view(self, resources: tuple[type[Any], ...], shared: object, **changed: object) -> Self:
        """The same client with other attributes, and with its resources made anew.

        resources: the classes of its resources. shared: what each of them is made of.
        """
        view = copy(self)
        vars(view).update(changed)
        for name, resource in vars(self).items():
            if isinstance(resource, resources):
                vars(view)[name] = type(resource)(shared)
        return view

    def _undocumented(self, method: object, path: object) -> Route[JSON]:
        for known in _METHODS:
            if method == known:
                full = f"{self._below}{quoted_path(path)}"
                if self._session.shows_secret(unquote(full)):
                    raise InvalidInput("the path holds the secret, which would show in messages")
                return Route("request", known, full, _as_it_is, is_documented=False)
        raise InvalidInput(f"method must be {alternatives(_METHODS)}, not {method!r:.60}")


def _plain(data: object) -> JSON:
    try:
        return json.load(json.dump(cast("JSON", data)))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"query and body must be plain data: {error}") from None


def _as_it_is(data: JSON) -> JSON:
    return data


def user_id_in(variable: str) -> int | None:
    """The id in an environment variable, whatever white space is around it; None if there is
    none. Raises InvalidInput for what is not a valid id.
    """
    value = (optional(variable) or "").strip()
    return check_id(f"the environment variable {variable}", value) if value else None
