"""The forms in which a server may repeat a secret, and a reader who knows them all.

Written from what each form is, with the decoders of the standard library, and without what redacts.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode, b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

__all__ = ["FORMS", "shows"]

_LETTERS: Final = {"0": "\0", "n": "\n", "r": "\r"}
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/]{4,}")


def _base64(before: bytes, encode: Callable[[bytes], bytes] = b64encode) -> Callable[[str], str]:
    return lambda secret: encode(before + secret.encode() + b" and more").decode()


def _each(form: str) -> Callable[[str], str]:
    """Every character by its number."""
    return lambda secret: "".join(form.format(ord(character)) for character in secret)


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "itself": lambda secret: secret,
    "json": lambda secret: json.dumps(secret)[1:-1],
    "json of json": lambda secret: json.dumps(json.dumps(secret))[1:-1],
    "php": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "repr": lambda secret: repr(secret)[1:-1],
    "u escapes": _each("\\u{:04x}"),
    "U escapes": _each("\\u{:04X}"),
    "x escapes": _each("\\x{:02x}"),
    "url": lambda secret: quote(secret, safe=""),
    "percent": _each("%{:02X}"),
    "percent in lower case": _each("%{:02x}"),
    "percent of percent": lambda secret: quote(_each("%{:02X}")(secret), safe=""),
    "half percent": lambda secret: secret[:4] + _each("%{:02x}")(secret[4:]),
    "html": html.escape,
    "decimal entities": _each("&#{};"),
    "hexadecimal entities": _each("&#x{:x};"),
    "long entities": _each("&#X{:04X};"),
    "entities of entities": lambda secret: html.escape(_each("&#{};")(secret)),
    "utf-16": lambda secret: secret.encode("utf-16-le").decode(),
    "utf-16 big": lambda secret: secret.encode("utf-16-be").decode(),
    "utf-32": lambda secret: secret.encode("utf-32-le").decode(),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 of a pair": lambda secret: b64encode(b"jane.smith:" + secret.encode()).decode(),
    "base64 at 1": _base64(b"a"),
    "base64 at 2": _base64(b"ab"),
    "base64 at 3": _base64(b"abc"),
    "urlsafe at 1": _base64(b"a", urlsafe_b64encode),
    "urlsafe at 2": _base64(b"ab", urlsafe_b64encode),
    "urlsafe at 3": _base64(b"abc", urlsafe_b64encode),
    "base64 in a url": lambda secret: quote(_base64(b"?>")(secret), safe=""),
    "base64 in json": lambda secret: _base64(b"?>")(secret).replace("/", "\\/"),
    "base64 in lines": lambda secret: encodebytes(bytes(50) + secret.encode() * 3).decode(),
}


def shows(text: str, secret: str) -> bool:
    """Whether somebody who decodes a text with patience finds the secret in it."""
    return any(secret in one or _in_base64(one, secret) for one in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """The text, as it is and decoded once and again."""
    seen = [text]
    for one in seen:
        yield one
        if len(seen) < 60:
            new = [read(one) for read in _READ]
            seen += [reading for reading in dict.fromkeys(new) if reading not in seen]


def _escapes(text: str) -> str:
    escape = r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))"

    def read(found: re.Match[str]) -> str:
        if found[3]:
            return _LETTERS.get(found[3], found[3])
        return chr(int(found[1] or found[2], 16))

    return re.sub(escape, read, text, flags=re.DOTALL)


_READ: Final[tuple[Callable[[str], str], ...]] = (
    unquote,
    html.unescape,
    _escapes,
    lambda text: text.replace("\0", ""),
    lambda text: re.sub(r"[\r\n]", "", text),
)


def _in_base64(text: str, secret: str) -> bool:
    plain = text.replace("-", "+").replace("_", "/")
    for token in _TOKEN.findall(plain):
        for begin in range(4):
            cut = token[begin:]
            cut = cut[:-1] if len(cut) % 4 == 1 else cut
            if secret.encode() in b64decode(cut + "=" * (-len(cut) % 4)):
                return True
    return False
