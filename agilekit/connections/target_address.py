"""Where an export is written, by a name of the file of connections.

::

    [targets.warehouse]
    to = "postgresql://agile@db.example.com/agile?schema=agile"
    password = { env = "WAREHOUSE_PASSWORD" }
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import field, frozen

from agilekit.connections.messages import in_toml
from agilekit.connections.secrets import Secret
from agilekit.errors import InvalidInput
from agilekit.suggestions import did_you_mean

__all__ = ["TargetAddress"]

_KEYS: Final = ("to", "password")
_WITH_PASSWORD: Final = ("postgresql://", "postgres://")
_BESIDE: Final = 'password = { env = "NAME" } beside it'
_ELSEWHERE: Final = "it into the configuration of fsspec"
_HOLDS_PASSWORD: Final = re.compile(r"://[^@/]*:[^@]*@|[?&](?:ssl)?password=")


@frozen
class TargetAddress:
    """One target of a file. Making it looks up no secret."""

    name: str
    to: str
    """A path or URL as ``export(…, to=…)`` takes it, without its password. A relative path of the
    file begins at its folder."""
    _password: Secret | None = field(repr=False)
    file: str = field(default="", repr=False)
    """The file that names it."""

    @classmethod
    def read(
        cls,
        name: str,
        given: Mapping[str, object],
        secret_of: Callable[[str, object], Secret],
        *,
        file: str = "",
    ) -> TargetAddress:
        """From a table of the file. Raises InvalidInput."""
        if unknown := sorted(given.keys() - {*_KEYS}):
            raise InvalidInput(f"unknown key {unknown[0]}{did_you_mean(unknown[0], _KEYS)}")
        to = given.get("to")
        if not isinstance(to, str) or not to:
            raise InvalidInput("to must be the path or the URL of an export")
        if _HOLDS_PASSWORD.search(to):
            takes_one = to.startswith(_WITH_PASSWORD)
            raise InvalidInput(
                "to holds a password, where others may read it: take it out, and write "
                f"{_BESIDE if takes_one else _ELSEWHERE}"
            )
        if "password" not in given:
            return cls(name, _from_the_file(to, file), None, file)
        if not to.startswith(_WITH_PASSWORD):
            raise InvalidInput(f"password is for {_WITH_PASSWORD[0]}")
        return cls(name, to, secret_of("password", given["password"]), file)

    @property
    def has_password(self) -> bool:
        """Whether the file says where its password is."""
        return self._password is not None

    def with_password(self) -> str:
        """The path or URL for ``export(…, to=…)``, which then may hold a secret.

        Raises InvalidInput if the secret is not where the file says.
        """
        if self._password is None:
            return self.to
        try:
            password = quote(self._password.get(), safe="")
        except InvalidInput as error:
            where = f"{self.file}: " if self.file else ""
            raise InvalidInput(f"{where}targets.{self.name}: {in_toml(str(error))}") from None
        return f"{self.to}{'&' if '?' in self.to else '?'}password={password}"


def _from_the_file(to: str, file: str) -> str:
    """The same path from the working folder; a URL stays as it is."""
    return to if "://" in to else str(Path(file).parent / to)
