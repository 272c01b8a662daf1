"""One connection: the client that it makes, and whether it works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, Unpack, cast

from attrs import field, frozen

from agilekit.connections.secrets import Secret
from agilekit.easybacklog import EasyBacklog
from agilekit.errors import InvalidInput
from agilekit.flow import Flow
from agilekit.flyingdonut import FlyingDonut
from agilekit.kanbantool import KanbanTool
from agilekit.session.session import Options
from agilekit.session.settings import with_variables

__all__ = ["SERVICES", "AnyClient", "Connection", "Service"]

AnyClient: TypeAlias = FlyingDonut | Flow | EasyBacklog | KanbanTool


@frozen
class Service:
    """What a service's client is made of, by the names of its arguments."""

    client: Callable[..., AnyClient]
    first: str | None
    """The setting that is its first argument, which has a name of its own in the client."""
    required: tuple[str, ...]
    settings: tuple[str, ...]
    """Those that may be left out."""
    secrets: tuple[str, ...]
    """The secrets that it may take; at least one is needed."""
    look: Callable[[Any], Awaitable[str]]
    """One cheap read, which proves that the connection works."""


_FOR_ALL: Final = (
    "base_url",
    "format",
    "override",
    "concurrency",
    "rate",
    "timeout",
    "deadline",
    "settle_after",
    "retries",
    "largest_body",
    "allow_http",
    "http",
)
_DONE: Final = "done"
_TRUTHS: Final = ("override", "allow_http")
_WHOLE_NUMBERS: Final = ("user_id", "concurrency", "retries", "largest_body")
_NUMBERS: Final = ("rate", "timeout", "deadline", "settle_after")
_MAY_BE_SECRET: Final = frozenset("@?#")
"""What sets parts of a URL apart that may hold one."""


async def _look_at_donut(donut: FlyingDonut) -> str:
    project = await donut.project.get()
    return f"the project {project.title.value or donut.project_id}"


async def _look_at_flow(flow: Flow) -> str:
    return _counted(len(await flow.projects.all()), "project")


async def _look_at_easybacklog(easy: EasyBacklog) -> str:
    return _counted(len(await easy.accounts.all()), "account")


async def _look_at_kanbantool(kanban: KanbanTool) -> str:
    return _counted(len(await kanban.boards.all()), "board")


SERVICES: Final[Mapping[str, Service]] = {
    "flyingdonut": Service(
        FlyingDonut, "project", ("project",), ("username",), ("secret",), _look_at_donut
    ),
    "flow": Service(Flow, "board", ("board",), ("user_id",), ("key",), _look_at_flow),
    "easybacklog": Service(
        EasyBacklog,
        "base_url",
        ("base_url",),
        ("user_id", "token_in"),
        ("token", "key"),
        _look_at_easybacklog,
    ),
    "kanbantool": Service(
        KanbanTool, "account", (), ("account", "token_in"), ("token",), _look_at_kanbantool
    ),
}


@frozen
class Connection:
    """One connection of a file. Making it sends nothing and looks up no secret."""

    name: str
    service: str
    """``"flyingdonut"``, ``"flow"``, ``"easybacklog"`` or ``"kanbantool"``."""
    settings: Mapping[str, object]
    """The arguments of its client that are no secrets."""
    _secrets: tuple[Secret, ...] = field(repr=False)
    done: tuple[str, ...] = ()
    """The columns or states whose cards are done, for ``export(…, done=…)``; empty: not said."""

    @classmethod
    def read(
        cls, name: str, given: Mapping[str, object], secret_of: Callable[[str, object], Secret]
    ) -> Connection:
        """From a table of the connections file. Raises InvalidInput."""
        chosen = given.get("service")
        if not isinstance(chosen, str) or chosen not in SERVICES:
            names = ", ".join(SERVICES)
            raise InvalidInput(f"service must be one of {names}, not {chosen!r:.60}")
        service = SERVICES[chosen]
        known = {*service.required, *service.settings, *_FOR_ALL}
        rest = {key: value for key, value in given.items() if key not in ("service", _DONE)}
        secrets = {key: rest.pop(key) for key in service.secrets if key in rest}
        if unknown := rest.keys() - known:
            raise InvalidInput(
                f"{', '.join(sorted(unknown))} is no setting of {chosen}; there are "
                f"{', '.join(sorted([*known, *service.secrets, _DONE]))}"
            )
        if missing := [key for key in service.required if key not in rest]:
            raise InvalidInput(f"{', '.join(missing)} is missing")
        if not secrets:
            raise InvalidInput(f"{' or '.join(service.secrets)} is missing")
        for key, value in rest.items():
            _check(key, value)
        found = tuple(secret_of(key, value) for key, value in secrets.items())
        return cls(name, chosen, rest, found, _done(given.get(_DONE, [])))

    def client(self, **options: Unpack[Options]) -> AnyClient:
        """A new client, not yet open. Looks the secret up.

        options: they go before those of the file, and those before ``AGILEKIT_HTTP``.

        Raises InvalidInput for a secret that is not there, and for settings that cannot be right.
        """
        service = SERVICES[self.service]
        try:
            arguments = self._arguments(options)
            for secret in self._secrets:
                arguments[secret.name] = secret.get()
            first = [arguments.pop(service.first)] if service.first in arguments else []
            return service.client(*first, **arguments)
        except InvalidInput as error:
            raise InvalidInput(f"connection {self.name}: {error}") from None
        except TypeError as error:
            raise InvalidInput(f"connection {self.name}: a setting is wrong: {error}") from None

    def _arguments(self, options: Options) -> dict[str, object]:
        """Those that are no secrets."""
        arguments: dict[str, object] = dict(self.settings)
        if options.get("transport") is not None:
            arguments.pop("http", None)  # it is of a library
        elif "http" not in arguments:
            options = with_variables(options)
        return {**arguments, **options}

    async def check(self, **options: Unpack[Options]) -> str:
        """Tries the connection with one read, and tells what it leads to.

        Raises InvalidInput as `client` does, and every kind of `CallError`.
        """
        async with self.client(**options) as client:
            return await SERVICES[self.service].look(client)


def _check(key: str, value: object) -> None:
    """Raises InvalidInput for a value of another type than the client takes."""
    if key in _TRUTHS:
        wanted, fits = "true or false", isinstance(value, bool)
    elif key in _WHOLE_NUMBERS:
        wanted, fits = "a whole number", isinstance(value, int) and not isinstance(value, bool)
    elif key in _NUMBERS:
        wanted = "a number"
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    else:
        wanted, fits = "text", isinstance(value, str)
    if not fits:
        raise InvalidInput(f"{key} must be {wanted}, not {value!r:.60}")
    if key == "base_url" and not _MAY_BE_SECRET.isdisjoint(str(value)):
        # The value is not repeated.
        raise InvalidInput("base_url must hold no user name, no password and no query")


def _done(given: object) -> tuple[str, ...]:
    if isinstance(given, list):
        names = cast("list[object]", given)
        if all(isinstance(name, str) and name.strip() for name in names):
            return tuple(map(str, names))
    raise InvalidInput(f"{_DONE} must be a list of names or ids, not {given!r:.60}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
