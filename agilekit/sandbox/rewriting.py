"""How a server changes texts before it stores them; the same ways for every service."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args
from unicodedata import normalize

from attrs import field, frozen

from agilekit.sandbox.options import check_choice, options_repr

if TYPE_CHECKING:
    from collections.abc import Collection

Way: TypeAlias = Literal["strip", "nfc", "recase", "upper", "escape", "cut"]

LENGTH: Final = 40
"""Characters that a text is cut to by default."""


def _ways(given: Collection[Way]) -> frozenset[Way]:
    return frozenset(given)


@frozen(kw_only=True, repr=False)
class Rewriting:
    """What a server makes of each text that it is sent, before it stores it.

    ``ways``, done in this order: "strip" white space at both ends, "nfc" (Unicode's composed form),
    "recase" (a capital and small letters), "upper" case, "escape" (``&amp;`` for ``&``, and so for
    ``<`` and ``>``), "cut" to ``length`` characters, 1 or more.

    Texts are titles, names, descriptions, comments and so on: not ids, numbers, dates, codes,
    colours and user names.

    Raises :class:`ValueError` for a value out of range.
    """

    ways: frozenset[Way] = field(default=frozenset(), converter=_ways)
    length: int = LENGTH

    def __attrs_post_init__(self) -> None:
        for way in self.ways:
            check_choice("rewrite", way, get_args(Way))
        if self.length < 1:
            raise ValueError(f"cut_to is 1 or more characters, not {self.length}")

    def __repr__(self) -> str:
        return options_repr(self)

    def stored(self, text: str) -> str:
        """The text as it is stored."""
        if "strip" in self.ways:
            text = text.strip()
        if "nfc" in self.ways:
            text = normalize("NFC", text)
        if "recase" in self.ways:
            text = text.capitalize()
        if "upper" in self.ways:
            text = text.upper()
        if "escape" in self.ways:
            text = escape(text, quote=False)
        return text[: self.length] if "cut" in self.ways else text
