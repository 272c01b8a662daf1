"""How a server behaves."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

from tests.bulk.unruly.state import Versions

__all__ = ["Manners"]


@frozen(kw_only=True)
class Manners:
    """What goes wrong with a request, in odds from 0 to 1, and what the server makes of it.

    The odds that exclude each other are `lost_before`, `lost_after`, `late` and `failed_after`.
    """

    seed: int = 0
    latency: float = 0.02
    """Seconds to an answer, about."""
    lost_before: float = 0.0
    """The connection breaks, and nothing is made of a create."""
    lost_after: float = 0.0
    """The connection breaks, although the create is made."""
    late: float = 0.0
    """The create is made long after its connection is gone."""
    late_after: tuple[float, float] = (0.3, 35.0)
    """How many seconds later, from and to."""
    late_status: Literal[502, 504] | None = None
    """What a gateway answers meanwhile; None breaks the connection."""
    failed_after: float = 0.0
    """500, although the create is made."""
    lost_reads: float = 0.0
    parts: bool = False
    """Whether what comes before the bad draft of a refused batch is stored."""
    answers: Literal["in order", "reversed", "shuffled"] = "in order"
    """The order of the items in the answer to a batch."""
    ways: tuple[str, ...] = field(default=())
    """What becomes of texts: see WAYS."""
    drops: Literal["summary", "estimate"] | None = None
    """The field that is not stored, without a word."""
    versions: Versions = "from 0"
    """What is new has; each change of an attribute adds 1."""
    works_on: tuple[float, float] = (0.0, 10.0)
    """For how many seconds, from and to, the server works on requests of a client that is gone."""
