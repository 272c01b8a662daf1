"""What the document leaves open about updates and what they answer, as options."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from attrs import field, frozen

from agilekit.sandbox.options import check_choice, options_repr
from agilekit.sandbox.rewriting import Rewriting, Way

if TYPE_CHECKING:
    from collections.abc import Collection

Normalisation: TypeAlias = Literal["strip", "recase", "cut", "round", "deck"]
Answers: TypeAlias = Literal["all", "no id", "no values", "nothing", "empty"]
Conflicts: TypeAlias = Literal["all", "wrapped", "nothing"]
Scope: TypeAlias = Literal["whole", "attribute"]

TITLES: Final[frozenset[Way]] = frozenset({"strip", "recase", "cut"})
"""What may be done to titles only, in place of all texts."""
DECK: Final = (0, 0.5, 1, 2, 3, 5, 8, 13, 20, 40, 100)
"""The cards of planning poker."""


def _normalisations(given: bool | Collection[Normalisation]) -> frozenset[Normalisation]:
    if isinstance(given, bool):
        return frozenset({"strip", "round"} if given else ())
    return frozenset(given)


@frozen(kw_only=True, repr=False)
class Locking:
    """See :class:`agilekit.sandbox.Sandbox`, whose arguments these are."""

    status: int = 409
    scope: Scope = "whole"
    normalise: frozenset[Normalisation] = field(default=frozenset(), converter=_normalisations)
    ignore: frozenset[str] = frozenset()
    answers_show: Answers = "all"
    conflicts_show: Conflicts = "all"
    read_lag: float = 0.0
    version_steps: tuple[int, int] = (1, 1)
    version_seed: int = 0

    def __attrs_post_init__(self) -> None:
        if self.status != 200 and not 400 <= self.status <= 499:
            raise ValueError(f"conflict_status is 200 or from 400 to 499, not {self.status}")
        check_choice("conflict_scope", self.scope, get_args(Scope))
        check_choice("answers_show", self.answers_show, get_args(Answers))
        check_choice("conflicts_show", self.conflicts_show, get_args(Conflicts))
        for name in self.normalise:
            check_choice("normalise", name, get_args(Normalisation))
        if not 0 <= self.read_lag < math.inf:
            raise ValueError(f"read_lag is in seconds, 0 or more, not {self.read_lag!r}")
        first, last = self.version_steps
        if not 1 <= first <= last:
            raise ValueError(f"version_steps are from 1 or more to no fewer, not {first} to {last}")

    def __repr__(self) -> str:
        return options_repr(self)

    def title(self, text: str) -> str:
        """A title as it is stored."""
        return Rewriting(ways=TITLES & self.normalise).stored(text)

    def estimate(self, number: float) -> float:
        """An estimate as it is stored; of two cards as near, the deck takes the larger."""
        if "deck" in self.normalise:
            return min(reversed(DECK), key=lambda card: abs(card - number))
        return round(number, 1) if "round" in self.normalise else number
