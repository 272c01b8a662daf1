"""Whether two texts are so similar that one may have been made of the other.

Similar is what makes a person who sees both ask: the same letters and digits, whatever the case,
the accents and the punctuation between them; one inside the other; or mostly the same words. Texts
with different numbers are not similar: a job of *Box 1* to *Box 500* is nothing unusual.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from typing import Final
from unicodedata import normalize

from attrs import frozen

from agilekit.bulk.identity.rewrites import comparable_text

__all__ = ["Skeleton"]

_NUMBER: Final = re.compile(r"\d+")
_LEAST: Final = 3
"""Characters that a part must have to tell anything."""
_ALIKE: Final = 0.7
_MOST: Final = 10_000
"""Letters and digits that are compared: texts that begin with so many of the same are similar."""
_LONGEST: Final = 200
"""Of these, those whose likeness is measured."""


@frozen
class Skeleton:
    """What is left of a text when everything is taken away that a server may change."""

    letters: str
    """Letters and digits, without case and accents."""
    numbers: tuple[str, ...]

    @staticmethod
    @lru_cache(maxsize=4096)  # each unclaimed item is compared with each missing draft
    def of(text: str) -> Skeleton:
        bare = comparable_text(unescape(unescape(text)))
        if not bare.isascii():
            bare = normalize("NFKD", bare)
            bare = bare.upper()  # so that a dotless i becomes the same as one with a dot
        letters = "".join(one for one in bare.casefold() if one.isalnum())
        letters = letters[:_MOST]
        return Skeleton(letters, tuple(_NUMBER.findall(letters)))

    def is_similar(self, other: Skeleton) -> bool:
        """Whether one may have been made of the other."""
        mine, theirs = self.letters, other.letters
        if mine == theirs:
            return True
        short, long = sorted((mine, theirs), key=lambda text: (len(text), text))
        if len(short) >= _LEAST and _holds(long, short):
            return True
        if self.numbers != other.numbers or len(short) < _LEAST:
            return False
        # The quick ratio is never below the real one, which is costly.
        matcher = SequenceMatcher(None, short[:_LONGEST], long[:_LONGEST], autojunk=False)
        return matcher.real_quick_ratio() >= _ALIKE <= matcher.ratio()


def _holds(long: str, short: str) -> bool:
    """Whether one is inside the other, with its numbers whole."""
    at = long.find(short)
    while at >= 0:
        before, after = long[at - 1 : at], long[at + len(short) : at + len(short) + 1]
        if not (before.isdigit() and short[0].isdigit()) and not (
            after.isdigit() and short[-1].isdigit()
        ):
            return True
        at = long.find(short, at + 1)
    return False
