"""What a server makes of the texts that it is sent, learned from examples.

An example is a text that was sent, and what the server shows of it in its answer to that very
request. Every way of rewriting that is known here is a candidate: no white space at the ends, a
Unicode form, a case, an escaping, and a cut after so many characters. An example rules out the
candidates that cannot have made it. Those that are left say how a text that was sent will be shown:
as the simplest of them has it. If none is left, the rewriting cannot be learned, and nothing can be
said of texts.

Before any of this, texts are made comparable: all white space is the same, and neither characters
beyond 16 bits nor control characters are compared whole, because some answers lose parts of these.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from html import escape, unescape
from itertools import product
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

from attrs import define, frozen

__all__ = ["PossibleTexts", "RewriteModel", "comparable_text"]

Step: TypeAlias = Callable[[str], str]

_UNCOMPARED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_MOST_ACCENTS: Final = 4
"""Of one letter."""
_BEYOND_16_BITS: Final = re.compile("[\U00010000-\U0010ffff]")


def comparable_text(text: str) -> str:
    """The text as it is compared: texts that differ only in what answers may lose are the same."""
    if not text.isascii():
        text = _BEYOND_16_BITS.sub(lambda found: chr(ord(found[0]) & 0xFFFF), text)
    return " ".join(_UNCOMPARED.sub("", text).split())


def _same(text: str) -> str:
    return text


def _form(name: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    return text if text.isascii() else normalize(name, text)


def _quoted(quote: str, apostrophe: str, text: str) -> str:
    return escape(text, quote=False).replace('"', quote).replace("'", apostrophe)


_STRIPS: Final[tuple[Step, ...]] = (_same, str.strip)
_FORMS: Final[tuple[Step, ...]] = (
    _same,
    partial(_form, "NFC"),
    partial(_form, "NFKC"),
    partial(_form, "NFD"),
)
_CASES: Final[tuple[Step, ...]] = (_same, str.upper, str.lower, str.capitalize, str.title)
_ESCAPES: Final[tuple[Step, ...]] = (
    _same,
    lambda text: escape(text, quote=False),
    *(partial(_quoted, "&quot;", one) for one in ("&#x27;", "&#39;", "&apos;", "'")),
    unescape,
)


@frozen
class _Rewrite:
    """Steps that are done one after the other; a cut stands before the last ones, or at the end."""

    before: tuple[Step, ...]
    after: tuple[Step, ...] = ()

    def cut(self, text: str, most: int | None = None) -> str:
        return _cut_and_finish(self.base(text), self.after, most)

    def base(self, text: str) -> str:
        """The text where it is cut."""
        for step in self.before:
            text = step(text)
        return text


def _cut_and_finish(base: str, after: tuple[Step, ...], most: int | None = None) -> str:
    text = base if most is None else base[:most]
    for step in after:
        text = step(text)
    return text


def _rewrites() -> Iterable[_Rewrite]:
    for strip, form, case, mask in product(_STRIPS, _FORMS, _CASES, _ESCAPES):
        orders: list[tuple[Step, ...]] = [(strip, form, case, mask)]
        if case is not _same and mask is not _same:
            orders.append((strip, form, mask, case))
        for order in orders:
            steps = tuple(step for step in order if step is not _same)
            # The number of characters may change after the cut, as "ß" becomes "SS".
            for last in range(len(steps), int(strip is not _same) - 1, -1):
                yield _Rewrite(steps[:last], steps[last:])


def _length(rewrite: _Rewrite) -> int:
    return len(rewrite.before) + len(rewrite.after)


class _Example:
    """A text that was sent, and what is shown of it, as it is compared.

    Many rewrites make the same of a text: what is found out for one of them serves all.
    """

    def __init__(self, sent: str, wanted: str) -> None:
        self.rewritten = _Rewritten(sent)
        self._wanted = wanted
        self._cuts: dict[tuple[str, tuple[Step, ...]], tuple[int, int | None] | None] = {}

    def cut(self, base: str, after: tuple[Step, ...]) -> tuple[int, int | None] | None:
        """After how many characters, at least and at most, a rewrite must cut to make this.

        At most is None if it need not cut; the whole is None if it cannot make this.
        """
        if (base, after) not in self._cuts:
            self._cuts[base, after] = self._find(base, after)
        return self._cuts[base, after]

    def _find(self, base: str, after: tuple[Step, ...]) -> tuple[int, int | None] | None:
        full = comparable_text(_cut_and_finish(base, after))
        if full == self._wanted:
            return len(base), None
        if not self._wanted or not (unescape in after or full.startswith(self._wanted)):
            return None

        def length(most: int) -> int:
            return len(comparable_text(_cut_and_finish(base, after, most)))

        # The longer the part, the longer what is made of it.
        lengths = range(len(base))
        first = bisect_left(lengths, len(self._wanted), key=length)
        last = bisect_right(lengths, len(self._wanted), lo=first, key=length) - 1
        # Accents make a text no longer where they become one with the letter before.
        for least in range(first, min(last, first + _MOST_ACCENTS) + 1):
            if comparable_text(_cut_and_finish(base, after, least)) == self._wanted:
                return least, last
        return None


class _Rewritten:
    """What rewrites make of a text, remembered: many begin, and many end, with the same steps."""

    def __init__(self, sent: str) -> None:
        self._bases: dict[tuple[Step, ...], str] = {(): sent}
        self._made: dict[tuple[str, tuple[Step, ...]], str] = {}

    def cut(self, rewrite: _Rewrite, most: int | None) -> str:
        """What a rewrite makes that cuts after so many characters, or not at all."""
        key = (self.base(rewrite.before)[:most], rewrite.after)
        if key not in self._made:
            self._made[key] = comparable_text(_cut_and_finish(*key))
        return self._made[key]

    def base(self, steps: tuple[Step, ...]) -> str:
        """The text after these steps."""
        if steps not in self._bases:
            self._bases[steps] = steps[-1](self.base(steps[:-1]))
        return self._bases[steps]


@define
class _Candidate:
    """A rewrite that may be the server's, and the limits between which it cuts.

    `most` is None as long as it was not seen to cut.
    """

    rewrite: _Rewrite
    least: int = 0
    most: int | None = None

    def applied(self, text: str) -> str:
        return self.rewrite.cut(text, self.most)

    def learn(self, example: _Example) -> bool:
        """Whether it can have made this of that."""
        found = example.cut(example.rewritten.base(self.rewrite.before), self.rewrite.after)
        if found is None:
            return False
        least, most = found
        self.least = max(self.least, least)
        if most is not None:
            self.most = most if self.most is None else min(self.most, most)
        return self.most is None or self.least <= self.most


@frozen
class PossibleTexts:
    """What a text may be shown as."""

    longest: Mapping[str, int]
    """The longest that may be shown, and how many characters of it are left at least."""

    def includes(self, shown: str) -> bool:
        wanted = comparable_text(shown)
        return wanted in self.longest or any(
            least <= len(wanted) and bool(wanted) and full.startswith(wanted)
            for full, least in self.longest.items()
        )


class RewriteModel:
    """What is known of how one server shows texts."""

    def __init__(self) -> None:
        self._candidates = [_Candidate(rewrite) for rewrite in sorted(_rewrites(), key=_length)]
        self._unchanged: dict[tuple[bool, ...], str] = {}
        """By what some rewrite may change, the longest text that was shown as it was sent."""
        self._unlearned: set[str] = set()
        """Of these, those that tell no more than how long a text may be."""
        self._has_changed = False

    @property
    def is_known(self) -> bool:
        """Whether any rewrite is left that made all that was seen."""
        return bool(self._candidates)

    def learn(self, sent: str, shown: str) -> None:
        """This was sent, and that is what the server certainly shows of it."""
        if sent != shown:
            self._has_changed = True
        elif self._is_no_news(sent):
            return
        self._catch_up()
        self._learn(sent, shown)

    def _is_no_news(self, text: str) -> bool:
        """Whether a text that is shown as it was sent tells nothing, or nothing yet.

        Most servers change nothing. So a text that is longer than any before with the same traits
        tells only that no cut is that short; it is learned when something hangs on it.
        """
        traits = _traits(text)
        before = self._unchanged.get(traits)
        if before is not None and len(text) <= len(before):
            return True
        self._unchanged[traits] = text
        if before is None or self._has_changed:
            return False
        self._unlearned.discard(before)
        self._unlearned.add(text)
        return True

    def _catch_up(self) -> None:
        for text in self._unlearned:
            self._learn(text, text)
        self._unlearned.clear()

    def _learn(self, sent: str, shown: str) -> None:
        example = _Example(sent, comparable_text(shown))
        self._candidates = [one for one in self._candidates if one.learn(example)]

    def expected(self, sent: str) -> str:
        """How the server shows a text, as far as is known."""
        return self._candidates[0].applied(sent) if self._candidates else sent

    def alternatives(self, pairs: Sequence[tuple[str, str]]) -> Iterable[Step]:
        """Every rewrite that may be the server's.

        pairs: texts that were sent and shown, in any order, from whose lengths a cut is guessed.
        """
        longest = max((len(shown) for _, shown in pairs), default=0)
        for one in self._candidates:
            yield one.applied
            if one.most is None and any(len(one.rewrite.base(sent)) > longest for sent, _ in pairs):
                yield partial(one.rewrite.cut, most=longest)

    def possible(self, sent: str) -> PossibleTexts:
        """Everything as which the server may show a text."""
        self._catch_up()
        longest: dict[str, int] = {}
        made = _Rewritten(sent)
        for one in self._candidates:
            text = made.cut(one.rewrite, one.most)
            # White space where it is cut does not count.
            shortest = made.cut(one.rewrite, one.least)
            longest[text] = min(len(shortest), longest.get(text, len(shortest)))
            if shortest:
                longest.setdefault(shortest, len(shortest))
        return PossibleTexts(longest)


def _traits(text: str) -> tuple[bool, ...]:
    """What of a text some rewrite may change."""
    ascii = text.isascii()
    forms = () if ascii else tuple(form(text) == text for form in _FORMS)
    cases = tuple(case(text) == text for case in _CASES)
    return (
        text.lstrip() == text,
        *cases,
        *forms,
        unescape(text) == text,
        *(mark in text for mark in "&<>\"'"),
    )
