"""A table of (method, template, handler), and how a request finds its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote

from attrs import field, frozen

from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

C = TypeVar("C")


def _split(path: str) -> tuple[str, ...]:
    return tuple(path.removeprefix("/").split("/"))


@frozen
class Route(Generic[C]):
    """One documented call; ``{name}`` in the template stands for one non-empty segment."""

    method: str
    template: tuple[str, ...] = field(converter=_split)
    handler: Callable[[C], Response]

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The ids in a path, or None if it is not a path of this route."""
        if len(segments) != len(self.template):
            return None
        ids: dict[str, str] = {}
        for part, segment in zip(self.template, segments, strict=True):
            if part.startswith("{") and segment:
                ids[part.strip("{}")] = segment
            elif part != segment:
                return None
        return ids


def find(routes: Sequence[Route[C]], method: str, path: str) -> tuple[Route[C], dict[str, str]]:
    """The route of a percent-encoded path, and its ids; a 404 or 405 :class:`Refusal` if none."""
    segments = [unquote(segment) for segment in _split(path)]
    allowed: list[str] = []
    for route in routes:
        ids = route.match(segments)
        if ids is None:
            continue
        if route.method == method:
            return route, ids
        allowed.append(route.method)
    if allowed:
        raise Refusal(405, f"{method} is not a method of this path", allow=", ".join(allowed))
    raise Refusal(404, "There is nothing at this path")
