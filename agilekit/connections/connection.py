"""One connection: its settings, the client that they make, and whether that works.

A table of the file is checked when it is read: its keys by the `Settings` of the service and by the
options of every client, its values by their types. Whatever else can be wrong, the client itself
finds, in the same words; it is then said with the file and the name of the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Unpack, cast, get_args

from attrs import field, frozen

from agilekit.checks import alternatives, check_id
from agilekit.connections.messages import in_toml, is_out_of_range, shown
from agilekit.connections.secrets import Secret
from agilekit.environment import TOKEN_IN, Settings
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES, AnyClient
from agilekit.session.http_library import HttpLibrary
from agilekit.session.options import Options, with_variables
from agilekit.suggestions import did_you_mean

__all__ = ["Connection"]

# A transport and a hook are objects of a program, which no file can hold.
_OPTIONS: Final = Options.__annotations__.keys() - {"transport", "on_event"}
_OF_EVERY_CLIENT: Final = frozenset({"base_url", "format", "override", *_OPTIONS})
_DONE: Final = "done"
_FLAGS: Final = ("override", "allow_http")
_WHOLE_NUMBERS: Final = ("concurrency", "retries", "largest_body")
_NUMBERS: Final = ("rate", "timeout", "deadline", "settle_after")
_HTTP: Final[tuple[str, ...]] = get_args(HttpLibrary)
_MADE_UP: Final = "-"
_MAY_BE_SECRET: Final = frozenset("@?#")
"""What sets parts of a URL apart that may hold one."""


@frozen
class Connection:
    """One connection of a file. Making it sends nothing and looks up no secret."""

    name: str
    service: str
    """``"flyingdonut"``, ``"flow"``, ``"easybacklog"`` or ``"kanbantool"``."""
    settings: Mapping[str, object]
    """The arguments of its client that are not secrets."""
    _secrets: tuple[Secret, ...] = field(repr=False)
    done: tuple[str, ...] = ()
    """The columns or states whose cards are done, for ``export(…, done=…)``; empty: not said."""
    _file: str = field(default="", repr=False)

    @classmethod
    def read(
        cls,
        name: str,
        given: Mapping[str, object],
        secret_of: Callable[[str, object], Secret],
        *,
        file: str = "",
    ) -> Connection:
        """From a table of the connections file. Raises InvalidInput."""
        chosen = given.get("service")
        if not isinstance(chosen, str) or chosen not in SERVICES:
            wrong = "; it is missing" if chosen is None else f", not {shown(chosen)}"
            meant = did_you_mean(chosen, SERVICES)
            raise InvalidInput(f"service must be {alternatives(SERVICES)}{wrong}{meant}")
        takes = SERVICES[chosen].settings
        known = {*takes.required, *takes.optional, *_OF_EVERY_CLIENT}
        rest = {key: value for key, value in given.items() if key not in ("service", _DONE)}
        secrets = {key: rest.pop(key) for key in takes.secrets if key in rest}
        if unknown := sorted(rest.keys() - known):
            keys = sorted([*known, *takes.secrets, _DONE])
            raise InvalidInput(
                f"unknown key {', '.join(unknown)}; {chosen} takes {', '.join(keys)}"
                f"{did_you_mean(unknown[0], keys)}"
            )
        if missing := [key for key in takes.required if key not in rest]:
            raise InvalidInput(f"{', '.join(missing)} is missing")
        if not secrets:
            raise InvalidInput(f"{' or '.join(takes.secrets)} is missing")
        takes.check({*rest, *secrets})
        for key, value in rest.items():
            _check(key, value, takes)
        found = tuple(secret_of(key, value) for key, value in secrets.items())
        return cls(name, chosen, rest, found, _done(given.get(_DONE, [])), file)

    @property
    def file(self) -> str:
        """The file that it stands in; empty if it was made in memory."""
        return self._file

    @property
    def credential_key(self) -> tuple[str, ...]:
        """Equal for connections with the same secret, which it does not show.

        If a secret cannot be looked up here, for those that look it up in the same place. It means
        nothing in another process.
        """
        return tuple(secret.key for secret in self._secrets)

    def without_secret(self) -> AnyClient:
        """A client with a made-up secret, which shows where the connection leads.

        Raises InvalidInput for settings that cannot be right.
        """
        try:
            return self._new_client({}, lambda _: _MADE_UP)
        except (InvalidInput, TypeError) as error:
            raise self._named_here(error) from None

    def client(self, **options: Unpack[Options]) -> AnyClient:
        """A new client, not yet open. Looks the secret up.

        options: they go before those of the file, and those before ``AGILEKIT_HTTP``.

        Raises InvalidInput for a secret that is not there, and for settings that cannot be right.
        """
        try:
            return self._new_client(options)
        except InvalidInput as error:
            # What only the caller's options make wrong is not said to be the file's.
            if options and not self._fails_by_itself():
                raise
            told = self._named_here(error)
        except TypeError as error:
            told = self._named_here(error)
        raise told

    def _named_here(self, error: InvalidInput | TypeError) -> InvalidInput:
        """The same error, of this connection and its file."""
        what = in_toml(str(error))
        if isinstance(error, TypeError):  # of a setting whose type `_check` does not know
            what = f"a setting is wrong: {error}"
        message = f"connection {self.name}: {what}"
        return InvalidInput(f"{self._file}: {message}" if self._file else message)

    def _fails_by_itself(self) -> bool:
        """Whether it makes no client without the caller's options either."""
        try:
            self._new_client({})
        except InvalidInput:
            return True
        return False

    def _new_client(
        self, options: Options, secret_of: Callable[[Secret], str] = Secret.get
    ) -> AnyClient:
        service = SERVICES[self.service]
        arguments = self._arguments(options)
        for secret in self._secrets:
            arguments[secret.name] = secret_of(secret)
        first = service.settings.first
        positional = [arguments.pop(first)] if first in arguments else []
        client: AnyClient = service.client(*positional, **arguments)
        return client

    def _arguments(self, options: Options) -> dict[str, object]:
        """Those that are not secrets."""
        arguments: dict[str, object] = dict(self.settings)
        if options.get("transport") is not None:
            arguments.pop("http", None)  # a transport is of a library already
        elif "http" not in arguments:
            options = with_variables(options)
        return {**arguments, **options}

    async def check(self, **options: Unpack[Options]) -> str:
        """Tries the connection with one read, and says what it leads to.

        Raises InvalidInput as `client` does, and every kind of `CallError`.
        """
        async with self.client(**options) as client:
            found: str = await SERVICES[self.service].probe(client)
            return found


def _check(key: str, value: object, takes: Settings) -> None:
    """Raises InvalidInput for a value of another type than the client takes."""
    choices = {"format": takes.formats, "token_in": TOKEN_IN, "http": _HTTP}.get(key)
    if choices is not None and value not in choices:
        meant = did_you_mean(value, choices)
        raise InvalidInput(f"{key} must be {alternatives(choices)}, not {shown(value)}{meant}")
    if key == "user_id":
        check_id(key, value)
        return
    if key in _FLAGS:
        wanted, fits = "true or false", isinstance(value, bool)
    elif key in _WHOLE_NUMBERS:
        wanted, fits = "a whole number", isinstance(value, int) and not isinstance(value, bool)
    elif key in _NUMBERS:
        wanted = "a number"
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    else:
        wanted, fits = "text", isinstance(value, str)
    if not fits or is_out_of_range(value):
        raise InvalidInput(f"{key} must be {wanted}, not {shown(value)}")
    if key == "base_url" and not _MAY_BE_SECRET.isdisjoint(str(value)):
        # The value is not repeated.
        raise InvalidInput("base_url must hold no user name, no password and no query")


def _done(given: object) -> tuple[str, ...]:
    what = shown(given)
    names = cast("list[object]", given if isinstance(given, list) else [None])
    if all(isinstance(name, str) and name.strip() for name in names):
        return tuple(map(str, names))
    raise InvalidInput(f"{_DONE} must be a list of names or ids, not {what}")
