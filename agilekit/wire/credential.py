"""What proves who is calling, in a header or in the query."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Final, Self, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from attrs import evolve, field, frozen

from agilekit.errors import InvalidInput
from agilekit.wire.redaction import Redactor

__all__ = ["Credential", "Pairs"]

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Headers or parameters: names and values."""

_SECRET: Final = re.compile(r"[!-~]+")


@frozen
class Credential:
    """What proves to a server who is calling. It is shown nowhere."""

    headers: Pairs = field(repr=False)
    redactor: Redactor
    """Takes it out of messages."""
    query: Pairs = field(default=(), repr=False)
    """Stands in for the headers, but for a write only if there are none."""

    @classmethod
    def in_header(cls, name: str, scheme: str, secret: object, *, what: str) -> Self:
        """``name: scheme secret``. Raises InvalidInput for a secret that fits in no header."""
        valid = _validate_secret(secret, what)
        return cls(((name, f"{scheme} {valid}".lstrip()),), Redactor((valid,)))

    @classmethod
    def basic(cls, user: str, password: object, *, what: str) -> Self:
        """HTTP's Basic authentication. Raises InvalidInput as `in_header` does."""
        valid = _validate_secret(password, what)
        pair = b64encode(f"{user}:{valid}".encode()).decode()
        return cls((("Authorization", f"Basic {pair}"),), Redactor((valid, pair)))

    def in_query(self, name: str, secret: str, *, writes: bool) -> Self:
        """The same secret as a parameter of the query; of writes too, if `writes`."""
        return evolve(self, query=((name, secret),), headers=() if writes else self.headers)

    @property
    def fingerprint(self) -> int:
        """Tells credentials apart without showing them."""
        return hash(self.redactor)

    def headers_of(self, *, writes: bool) -> Pairs:
        """The headers that a read needs, or a write."""
        return self.headers if writes or not self.query else ()

    def signed(self, url: str, *, writes: bool) -> str:
        """The URL of a read or a write, with the parameters that it needs, unless it has them."""
        if not self.query or (writes and self.headers):
            return url
        missing = [pair for pair in self.query if pair not in parse_qsl(urlsplit(url).query)]
        if not missing:
            return url
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(missing)}"


def _validate_secret(secret: object, what: str) -> str:
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        raise InvalidInput(f"the {what} must be printable ASCII text without spaces")
    return secret
