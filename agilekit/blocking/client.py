"""What the clients of all services have in common.

Generated from `agilekit.session.client` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from agilekit.blocking.wrapped import C_co, WrappedClient
from agilekit.session.http_library import HttpLibrary
from agilekit.wire.json import JSON
from agilekit.wire.route import Method

__all__ = ["Client"]


class Client(WrappedClient[C_co]):
    """A service's client, to be entered with ``with``."""

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._client.is_open

    @property
    def base_url(self) -> str:
        """What the path of every call stands below."""
        return self._client.base_url

    @property
    def concurrency(self) -> int:
        """How many requests may be in flight at once."""
        return self._client.concurrency

    @property
    def http(self) -> HttpLibrary:
        """What sends: ``"httpx"``, ``"httpx2"`` or ``"fast"``."""
        return self._client.http

    @property
    def pace_key(self) -> Hashable:
        """Equal for clients that share one rate limiter: of one credential at one host."""
        return self._client.pace_key

    def request(
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
        return self._run(self._client.request, method, path, query=query, body=body)
