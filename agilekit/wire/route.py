"""One documented call of a service, as a constant in that service's ``routes.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.wire.json import JSON

__all__ = ["Decode", "Method", "Route", "no_result"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]
Decode: TypeAlias = Callable[[JSON], T]
"""Makes a value of an answer's plain data."""


def no_result(_: JSON) -> None:
    """Decodes the answer of a call that answers nothing, or nothing that matters."""


@frozen(eq=False)
class Route(Generic[T_co]):
    """A documented call, with everything that is the same each time it is made."""

    heading: str
    """Its heading in the service's document."""
    method: Method
    path: str
    """Below the base URL, with the document's own names in braces."""
    decode: Decode[T_co]
    """Makes the result of the answer's plain data. Raises `agilekit.wire.decode.Malformed`."""
    safe_write: bool = field(default=False, kw_only=True)
    """Whether sending the write twice does no more than sending it once."""
    json_only: bool = field(default=False, kw_only=True)
    """Whether the service answers it in JSON only."""
    empty_is_404: bool = field(default=False, kw_only=True)
    """Whether a listing without items is answered with 404."""
    one_writer: bool = field(default=False, kw_only=True)
    """Whether the service makes mistakes when it gets several of these for one container at once,
    so that they are sent one by one."""
    entity_id: str | None = field(default=None, kw_only=True)
    """The name of the id of the entity that it has to answer with."""
    secret_id: str | None = field(default=None, kw_only=True)
    """The name of an id that must not show in messages."""
    is_documented: bool = field(default=True, kw_only=True)
    """Whether the library knows the call. If not, its path may hold ids, and its answer may be
    empty."""

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def safe(self) -> bool:
        """Whether it may be sent again when nothing tells whether it arrived."""
        return self.safe_write or not self.writes
