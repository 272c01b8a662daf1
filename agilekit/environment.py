"""Settings from ``AGILEKIT_…`` variables."""

from __future__ import annotations

import os

from agilekit.checks import check_id
from agilekit.errors import InvalidInput

__all__ = ["optional", "optional_id", "required"]


def required(name: str) -> str:
    """The variable's value. Raises InvalidInput where it is not set, or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise InvalidInput(f"the environment variable {name} is not set")
    return value


def optional(name: str) -> str | None:
    """The variable's value; None where it is not set, or empty."""
    return os.environ.get(name) or None


def optional_id(name: str) -> int | None:
    """The id that the variable holds, whatever white space is around it; None where it is not set.

    Raises InvalidInput for what is no id.
    """
    value = os.environ.get(name, "").strip()
    return check_id(f"the environment variable {name}", value) if value else None
