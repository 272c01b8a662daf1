"""A secret is taken out of whatever becomes a message, in every form that it may have there.

An answer is never changed: what it says of an entity is the user's. A message is redacted once,
where it is made, as text: after JSON, XML and the encoding of a body were decoded. In the place of
each character of a secret, here a slash, may stand:

================================  ================================================
itself                            ``/``
JSON, JavaScript, `repr`          ``\\/``, ``\\u002f``, ``\\x2f``; escaped again
URLs                              ``%2F``, ``%2f``; quoted again: ``%252F``
HTML and XML                      ``&#47;``, ``&#x2f;``, ``&sol;``; escaped again
UTF-16 or UTF-32, read as UTF-8   zero bytes between this character and the next
================================  ================================================

In base64 three bytes are four characters, so a secret inside of other data (``user:secret``) has
one of three forms, by where it begins. They are found in both alphabets, and across lines.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from html.entities import html5
from typing import Final, Self, TypeAlias

from attrs import field, frozen

from agilekit.wire.json import JSON

__all__ = ["STARS", "Redactor"]

STARS: Final = "*" * 8

_Forms: TypeAlias = Sequence[tuple[str, str]]
"""What may stand for one character: its first character, and a pattern of the others.

No pattern repeats without bound, so that no text can make a search slow.
"""

_SHORTEST: Final = 8
_BETWEEN: Final = r"(?:\x00|%00|\\{1,6}(?:0|u0000|x00)){0,3}"
_BETWEEN_BASE64: Final = r"(?:[\x00\r\n]|%00|\\{1,6}(?:0|u0000|x00|r|n)){0,3}"
_NOT_WHOLE: Final = (0, 2, 3)
"""How many characters of base64 also hold bits of the 0, 1 or 2 bytes before a secret."""
_URLSAFE: Final = {"+": "-", "/": "_"}


@frozen
class Redactor:
    """Knows secrets, in printable ASCII, and shows them nowhere."""

    _secrets: tuple[str, ...] = field(default=(), repr=False)

    def knowing(self, secret: str | None) -> Self:
        """One that knows a further secret, if there is one."""
        return self if secret is None else type(self)((*self._secrets, secret))

    def finds(self, text: str) -> bool:
        """Whether a text shows a secret."""
        return bool(self._secrets and _pattern(self._secrets).search(text))

    def text(self, text: str) -> str:
        """A text without the secrets, but for one so short that it may be a mere word."""
        secrets = tuple(secret for secret in self._secrets if len(secret) >= _SHORTEST)
        if not secrets:
            return text
        # Again, because a secret that holds stars may be made of what stands beside new ones.
        while (shorter := _pattern(secrets).sub(STARS, text)) != text:
            text = shorter
        return text

    def data(self, data: JSON) -> JSON:
        """Plain data without the secrets: every text and key in it, at any depth."""
        whole: list[JSON] = [data]
        left: list[JSON] = [whole]
        while left:  # not by recursion, because no depth is too large for an answer
            holder = left.pop()
            if isinstance(holder, list):
                holder[:] = map(self._copied, holder)
                left += holder
            elif isinstance(holder, dict):
                holder |= {name: self._copied(part) for name, part in holder.items()}
                left += holder.values()
        return whole[0]

    def _copied(self, data: JSON) -> JSON:
        """A list or an object as another one, whose parts are still the same."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, list):
            return [*data]
        if isinstance(data, dict):
            return {self.text(name): part for name, part in data.items()}
        if data is None or isinstance(data, bool):
            return data
        shown = self.text(repr(data))
        return data if shown == repr(data) else shown


@lru_cache(maxsize=256)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str]:
    """Finds every form of the secrets, at first the longest: one may be a part of another."""
    forms = [form for secret in sorted(secrets, key=len, reverse=True) for form in _forms(secret)]
    # A search is fast if it knows with which characters a match begins.
    begins = sorted({begin for first, _, _ in forms for begin, _ in first})
    whole = "|".join(_joined(first, others, between) for first, others, between in forms)
    return re.compile(f"[{''.join(map(re.escape, begins))}](?:{whole})")


def _joined(first: _Forms, others: Iterable[_Forms], between: str) -> str:
    """The pattern of one form, behind its first character, which is matched already."""
    parts = ["|".join(f"(?<={re.escape(begin)}){rest}" for begin, rest in first)]
    parts += ["|".join(f"{re.escape(begin)}{rest}" for begin, rest in one) for one in others]
    return between.join(f"(?:{part})" for part in parts)


def _forms(secret: str) -> Iterator[tuple[_Forms, Sequence[_Forms], str]]:
    """Each form, as its first character, the others, and what may stand between two of them."""
    first, *others = map(_written, secret)
    yield first, others, _BETWEEN
    if len(secret) >= _SHORTEST:
        for form in _in_base64(secret):
            first, *others = map(_written_in_base64, form)
            yield first, others, _BETWEEN_BASE64


def _in_base64(secret: str) -> Iterator[str]:
    """What is certain of base64 that holds the secret behind 0, 1 or 2 bytes of a group."""
    for before, not_whole in enumerate(_NOT_WHOLE):
        form = b64encode(bytes(before) + secret.encode()).decode()
        yield form[not_whole : (before + len(secret)) * 8 // 6]


def _written_in_base64(character: str) -> _Forms:
    if character not in _URLSAFE:
        return [(character, "")]
    return [*_written(character), (_URLSAFE[character], "")]


@cache
def _written(character: str) -> _Forms:
    """What may stand for a character."""
    code = ord(character)
    names = [rf"#0{{0,6}}{code}", rf"#(?i:x0{{0,6}}{code:x})", *_entities().get(character, ())]
    forms = [
        (character, ""),
        ("\\", rf"\\{{0,6}}(?:{re.escape(character)}|(?i:u00{code:02x}|x{code:02x}))"),
        ("%", rf"(?:25){{0,3}}(?i:{code:02x})"),
        ("&", rf"(?:amp;){{0,3}}(?:{'|'.join(names)});?"),
    ]
    # Dashes are underscores in the keys that are made of the names in XML.
    return [*forms, ("_", "")] if character == "-" else forms


@cache
def _entities() -> dict[str, list[str]]:
    """The names of each character in HTML, without the semicolon, the longest first."""
    names: dict[str, list[str]] = {}
    for name in sorted({name.rstrip(";") for name in html5}, key=len, reverse=True):
        names.setdefault(html5.get(f"{name};", ""), []).append(name)
    return names
