"""Servers that rewrite texts, as functions: every order of the steps that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final
from unicodedata import normalize

from attrs import frozen
from hypothesis import strategies as st

__all__ = ["TEXTS", "Server", "servers"]


def _escaped(text: str) -> str:
    return escape(text, quote=False)


_STEPS: Final[dict[str, Callable[[str], str]]] = {
    "strip": str.strip,
    "nfc": lambda text: normalize("NFC", text),
    "upper": str.upper,
    "lower": str.lower,
    "recase": str.capitalize,
    "escape": _escaped,
    "escape quotes": escape,
}


@frozen
class Server:
    """Does some steps to every text, one after the other."""

    steps: Sequence[str]
    length: int = 0

    def __call__(self, text: str) -> str:
        for step in self.steps:
            text = text[: self.length] if step == "cut" else _STEPS[step](text)
        return text


TEXTS: Final = st.text(
    st.sampled_from(
        "abIi17 .-&<\"'ß\u0130\u0131\u00e9e\u0301\u0308\u05e9\u05dc\u200f\ufb01\U0001f389"
    ),
    min_size=1,
    max_size=14,
)
"""With letters that change in number with their case, accents, HTML, right to left, emoji."""


def servers(*steps: str, most: int = 4) -> st.SearchStrategy[Server]:
    """Any order of some of these steps, and of a cut after 3 to 9 characters."""
    names = st.lists(st.sampled_from([*(steps or _STEPS), "cut"]), unique=True, max_size=most)
    return st.builds(Server, names, st.integers(3, 9))
