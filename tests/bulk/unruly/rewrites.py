"""What servers were seen to make of a text before they store it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Final
from unicodedata import normalize

__all__ = ["WAYS", "rewritten"]

_CENSORED: Final = re.compile("storm", re.IGNORECASE)

WAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "stripped": str.strip,
    "nfc": lambda text: normalize("NFC", text),
    "censored": lambda text: _CENSORED.sub("*****", text),
    "upper": str.upper,
    "lower": str.lower,
    "capitalised": str.capitalize,
    "prefixed": lambda text: f"[web] {text}",
    "escaped": lambda text: escape(text, quote=False),
    "16 bits": lambda text: "".join(chr(ord(one) & 0xFFFF) for one in text),
    "questioned": lambda text: "".join("?" if ord(one) > 0xFFFF else one for one in text),
    "cut to 40": lambda text: text[:40],
    "cut to 20": lambda text: text[:20],
}
"""Done in this order, where there are several."""


def rewritten(text: str, ways: tuple[str, ...]) -> str:
    """The text as it is stored; one that is empty stays so."""
    for name, way in WAYS.items():
        if text and name in ways:
            text = way(text)
    return text
