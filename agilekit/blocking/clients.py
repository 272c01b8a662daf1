"""The clients of all services: any of them, of a connection, and as an export is given them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, Unpack, cast, overload

from agilekit import services
from agilekit.blocking import wrapped
from agilekit.blocking.easybacklog import EasyBacklog
from agilekit.blocking.flow import Flow
from agilekit.blocking.flyingdonut import FlyingDonut
from agilekit.blocking.kanbantool import KanbanTool
from agilekit.blocking.portal import run
from agilekit.connections import Connection
from agilekit.session.options import Options

__all__ = ["AnyClient", "async_client", "async_clients", "check_connection", "client_of"]

AnyClient: TypeAlias = FlyingDonut | Flow | EasyBacklog | KanbanTool

_CLASSES: Final[Mapping[str, type[AnyClient]]] = {
    "flyingdonut": FlyingDonut,
    "flow": Flow,
    "easybacklog": EasyBacklog,
    "kanbantool": KanbanTool,
}


def client_of(connection: Connection, **options: Unpack[Options]) -> AnyClient:
    """A new client of a connection, as `Connection.client` gives an async one.

    Raises InvalidInput as that does.
    """
    return wrapped.wrapped(_CLASSES[connection.service], connection.client(**options))


def check_connection(connection: Connection, **options: Unpack[Options]) -> str:
    """Tries a connection with one read, and says what it leads to, as `Connection.check` does.

    Raises InvalidInput as `client_of` does, and every kind of `CallError`.
    """
    return run(connection.check, **options)


def async_client(given: AnyClient) -> services.AnyClient:
    """What the async library is given for a client; for anything else, that."""
    is_one = isinstance(cast("object", given), wrapped.WrappedClient)
    return cast("services.AnyClient", wrapped.async_client(given) if is_one else given)


@overload
def async_clients(
    given: Sequence[AnyClient] | Mapping[str, AnyClient],
) -> Sequence[services.AnyClient] | Mapping[str, services.AnyClient]: ...
@overload
def async_clients(
    given: Sequence[AnyClient] | Mapping[str, AnyClient | Connection],
) -> Sequence[services.AnyClient] | Mapping[str, services.AnyClient | Connection]: ...
def async_clients(given: object) -> object:
    """Each of some clients as `async_client` gives it; anything else, as it is."""
    if isinstance(given, Mapping):
        named = cast("Mapping[str, AnyClient]", given)
        return {name: async_client(one) for name, one in named.items()}
    if isinstance(given, Sequence) and not isinstance(given, str):
        return [async_client(one) for one in cast("Sequence[AnyClient]", given)]
    return given
