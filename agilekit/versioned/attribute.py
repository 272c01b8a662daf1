"""What an edit needs to know of an attribute: how it is written, read and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from agilekit.wire.json import JSON

__all__ = ["Attribute"]


@frozen(eq=False, repr=False)
class Attribute:
    """How one attribute is written, read and compared."""

    write: Callable[[Any], JSON]
    """Checks a value and gives its wire form. Raises InvalidInput."""
    read: Callable[[JSON], object] = field(default=lambda value: value)
    """A wire form as a read shows it."""
    comparable: Callable[[Any], object] = field(default=lambda value: value)
    """The part of a value, as a read shows it, that the server keeps as it was sent."""

    def as_read(self, value: object) -> object:
        """A value of the caller's as a read would show it. Raises InvalidInput."""
        return self.read(self.write(value))
