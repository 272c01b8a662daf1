"""What a server makes of the texts that it is sent, learned from pairs that are certain.

A pair is a text that was sent, and what the server shows of it in its answer to that very request.
Every way of rewriting that is known here is a candidate: a Unicode form, a case, an escaping, and
a cut after so many characters. A pair rules out the candidates that cannot have made it. What is
left says how a text that was sent will be shown: as the simplest candidate has it. Where no
candidate is left, the rewriting cannot be learned, and nothing can be said of texts.

Two things are the same text before any of this: white space is one, and neither characters beyond
16 bits nor control characters are compared whole, because some answers lose parts of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from html import escape, unescape
from itertools import product
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

from attrs import define, frozen

__all__ = ["Possible", "Rewriting", "plain"]

Step: TypeAlias = Callable[[str], str]

_UNCOMPARED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_BEYOND_16_BITS: Final = re.compile("[\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """The text as it is compared: texts with the same plain form are the same."""
    if not text.isascii():
        text = _BEYOND_16_BITS.sub(lambda found: chr(ord(found[0]) & 0xFFFF), text)
    return " ".join(_UNCOMPARED.sub("", text).split())


def _same(text: str) -> str:
    return text


def _form(name: Literal["NFC", "NFD", "NFKC"]) -> Step:
    return lambda text: text if text.isascii() else normalize(name, text)


def _quoted(quote: str, apostrophe: str) -> Step:
    return lambda text: escape(text, quote=False).replace('"', quote).replace("'", apostrophe)


_FORMS: Final = (_same, _form("NFC"), _form("NFKC"), _form("NFD"))
_CASES: Final = (_same, str.upper, str.lower, str.capitalize, str.title)
_ESCAPES: Final = (
    _same,
    lambda text: escape(text, quote=False),
    *(_quoted("&quot;", one) for one in ("&#x27;", "&#39;", "&apos;", "'")),
    unescape,
)


@frozen
class _Way:
    """Steps that are done one after the other; a cut stands before the last ones, or at the end."""

    before: Sequence[Step]
    after: Sequence[Step] = ()

    def cut(self, text: str, most: int | None = None) -> str:
        text = self._before(text)
        if most is not None:
            text = text[:most]
        for step in self.after:
            text = step(text)
        return text

    def length(self, text: str) -> int:
        """How long the text is where it is cut."""
        return len(self._before(text))

    def _before(self, text: str) -> str:
        text = text.strip()
        for step in self.before:
            text = step(text)
        return text


def _ways() -> Iterable[_Way]:
    for form, case, mask in product(_FORMS, _CASES, _ESCAPES):
        steps = [step for step in (form, case, mask) if step is not _same]
        yield _Way(steps)
        if mask is not _same:
            yield _Way(steps[:-1], (mask,))
            if case is not _same:
                yield _Way([*steps[:-2], mask, case])


_WAYS: Final = tuple(sorted(_ways(), key=lambda way: len(way.before) + len(way.after)))


@define
class _Candidate:
    """A way, and between how many characters it cuts; None is that it was not seen to cut."""

    way: _Way
    least: int = 0
    most: int | None = None

    def made(self, text: str) -> str:
        return self.way.cut(text, self.most)

    def learn(self, sent: str, shown: str) -> bool:
        """Whether it can have made this of that."""
        length = self.way.length(sent)
        wanted = plain(shown)
        if plain(self.way.cut(sent)) == wanted:
            self.least = max(self.least, length)
            return self.most is None or self.least <= self.most
        ends = self._ends(sent, wanted, length) if wanted else None
        if ends is None:
            return False
        self.least = max(self.least, ends[0])
        self.most = ends[1] if self.most is None else min(self.most, ends[1])
        return self.least <= self.most

    def _ends(self, sent: str, wanted: str, length: int) -> tuple[int, int] | None:
        """After how many characters, at least and at most, it must cut to make this."""
        low, high = 0, length
        while low < high:  # the longer the part, the longer what is made of it
            middle = (low + high) // 2
            if len(plain(self.way.cut(sent, middle))) < len(wanted):
                low = middle + 1
            else:
                high = middle
        first = last = low
        if plain(self.way.cut(sent, first)) != wanted:
            return None
        while last < length and plain(self.way.cut(sent, last + 1)) == wanted:
            last += 1
        return (first, last) if first < length else None


@frozen
class Possible:
    """What a text may be shown as."""

    texts: Collection[str]
    cut: Mapping[str, int]
    """Texts that may be cut, after no fewer characters than these."""

    def includes(self, shown: str) -> bool:
        wanted = plain(shown)
        return wanted in self.texts or any(
            least <= len(wanted) and bool(wanted) and full.startswith(wanted)
            for full, least in self.cut.items()
        )


class Rewriting:
    """What is known of how one server shows texts."""

    def __init__(self) -> None:
        self._candidates = [_Candidate(way) for way in _WAYS]
        self._unchanged: set[tuple[bool, ...]] = set()
        self._longest_unchanged = 0
        self.has_learned: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there is a way that made all that was seen."""
        return bool(self._candidates)

    def learn(self, sent: str, shown: str) -> None:
        """This was sent, and that is what the server certainly shows of it."""
        self.has_learned = True
        if sent == shown:
            traits = _traits(sent)
            if traits in self._unchanged and len(sent) <= self._longest_unchanged:
                return  # nothing that is not known
            self._unchanged.add(traits)
            self._longest_unchanged = max(self._longest_unchanged, len(sent))
        self._candidates = [one for one in self._candidates if one.learn(sent, shown)]

    def expected(self, sent: str) -> str:
        """How the server shows a text, as far as is known."""
        return self._candidates[0].made(sent) if self._candidates else sent

    def alternatives(self, pairs: Sequence[tuple[str, str]]) -> Iterable[Step]:
        """Every way in which the server may rewrite.

        pairs: texts that were sent and shown, in any order, from whose lengths a cut is guessed.
        """
        longest = max((len(shown) for _, shown in pairs), default=0)
        for one in self._candidates:
            yield one.made
            if one.most is None and any(one.way.length(sent) > longest for sent, _ in pairs):
                yield partial(one.way.cut, most=longest)

    def possible(self, sent: str) -> Possible:
        """Everything as which the server may show a text."""
        cut: dict[str, int] = {}
        for one in self._candidates:
            if one.most is None:
                full = plain(one.way.cut(sent))
                cut[full] = min(one.least, cut.get(full, one.least))
        return Possible({plain(one.made(sent)) for one in self._candidates}, cut)


def _traits(text: str) -> tuple[bool, ...]:
    """What of a text some way may change."""
    ascii = text.isascii()
    forms = () if ascii else tuple(form(text) == text for form in _FORMS)
    cases = tuple(case(text) == text for case in _CASES)
    return (*cases, *forms, *(mark in text for mark in "&<>\"'"))
