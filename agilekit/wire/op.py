"""One documented call of a service, as a constant in that service's ``routes.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.wire.json import JSON

__all__ = ["Decode", "Method", "Op"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]
Decode: TypeAlias = Callable[[JSON], T]


@frozen
class Op(Generic[T_co]):
    """A documented call, with everything that is the same each time it is made."""

    heading: str
    """Its heading in the service's document."""
    method: Method
    path: str
    """Below the base URL, with the document's own names in braces."""
    decode: Decode[T_co]
    """Makes the result of the answer's plain data. Raises `agilekit.wire.convert.Malformed`."""
    safe_write: bool = field(default=False, kw_only=True)
    """Whether sending the write twice does no more than sending it once."""

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def safe(self) -> bool:
        """Whether it may be sent again when nobody knows whether it arrived."""
        return self.safe_write or not self.writes
