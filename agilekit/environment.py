"""Settings from ``AGILEKIT_…`` variables."""

from __future__ import annotations

import os

from agilekit.errors import InvalidInput

__all__ = ["optional", "required"]


def required(name: str) -> str:
    """The variable's value. Raises InvalidInput where it is not set, or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise InvalidInput(f"the environment variable {name} is not set")
    return value


def optional(name: str) -> str | None:
    """The variable's value; None where it is not set, or empty."""
    return os.environ.get(name) or None
