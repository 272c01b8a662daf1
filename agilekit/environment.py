"""What makes a client: its settings, by name, and the ``AGILEKIT_…`` variables that hold them."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from typing import Final, Literal, TypeAlias, get_args

from attrs import field, frozen

from agilekit.errors import InvalidInput

__all__ = ["TOKEN_IN", "Settings", "TokenIn", "optional", "required"]

TokenIn: TypeAlias = Literal["header", "query"]
"""Where a request carries a token."""
TOKEN_IN: Final[tuple[TokenIn, ...]] = get_args(TokenIn)


def _accept(_given: Container[str]) -> None:
    """No rule goes beyond what is required."""


@frozen(eq=False, repr=False)
class Settings:
    """The settings of one service's client, as a variable and a file of connections name them.

    Not listed are those that every client has: the base URL, the format and `Options`.
    """

    service: str
    """The name of the service, in lower case."""
    first: str = field(kw_only=True)
    """The setting that is the client's first argument, whatever it is called there."""
    required: tuple[str, ...] = field(kw_only=True)
    optional: tuple[str, ...] = field(kw_only=True)
    secrets: tuple[str, ...] = field(kw_only=True)
    """At least one of them is needed."""
    formats: tuple[str, ...] = field(kw_only=True)
    check: Callable[[Container[str]], None] = field(default=_accept, repr=False, kw_only=True)
    """Raises InvalidInput if these settings, all that are given, do not go together."""

    def variable(self, setting: str) -> str:
        """``AGILEKIT_<SERVICE>_<SETTING>``"""
        if setting not in ("base_url", *self.required, *self.optional, *self.secrets):
            raise KeyError(setting)
        return f"AGILEKIT_{self.service}_{setting}".upper()

    def require(self, setting: str) -> str:
        """What its variable holds. Raises InvalidInput if it is not set, or empty."""
        return required(self.variable(setting))

    def get(self, setting: str) -> str | None:
        """What its variable holds; None if it is not set, or empty."""
        return optional(self.variable(setting))


def required(name: str) -> str:
    """The variable's value. Raises InvalidInput if it is not set, or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise InvalidInput(f"the environment variable {name} is not set")
    return value


def optional(name: str) -> str | None:
    """The variable's value; None if it is not set, or empty."""
    return os.environ.get(name) or None
