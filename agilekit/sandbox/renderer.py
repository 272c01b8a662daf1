"""How an answer is written, as JSON or as the XML of Rails.

A handler says once what it answers, as a :data:`Value`; the format is chosen afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from attrs import field, frozen

if TYPE_CHECKING:
    from agilekit.sandbox.messages import Json

    Scalar: TypeAlias = "str | int | float | Decimal | datetime | date"
    Value: TypeAlias = "Scalar | Null | Typed | Yaml | Hash | Items | Mapping[str, Value] | None"

Ruby: TypeAlias = Literal["1.9", "2.7"]

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str, illegal: str = "*") -> str:
    """The text with another for each character that XML cannot hold."""
    return _ILLEGAL.sub(illegal, text)


def sixteen_bits(text: str) -> str:
    """The text with the lower 16 bits of each character; some are half surrogates then."""
    return text if text.isascii() else "".join(chr(ord(one) & 0xFFFF) for one in text)


@frozen
class Null:
    """A null whose type XML shows, such as ``integer``; a bare None has no type there."""

    kind: str


@frozen
class Typed:
    """A text that has a type in XML, such as ``date``."""

    kind: str
    text: str


@frozen
class Yaml:
    """A whole number whose type Rails does not know on a new Ruby: XML has it as YAML there."""

    number: int


@frozen
class Hash:
    """What Rails writes from a hash and not from a record, all that is inside included.

    In XML its nulls bear no type, and its whole numbers that of their class on a new Ruby.
    """

    value: Value


@frozen
class Items:
    """An array. ``name`` is that of each child in XML."""

    name: str
    values: Sequence[Value]
    beside: Mapping[str, Mapping[str, str]] = field(factory=dict[str, Mapping[str, str]])
    """What only XML writes, after the children: without types, and with its names as they are."""


@frozen(kw_only=True)
class Renderer:
    """How one service writes values."""

    decimals_as_text: bool = False
    """Whether JSON has ``"1.0"`` rather than ``1.0``."""
    zulu: bool = True
    """Whether a time in UTC ends in ``Z`` rather than in ``+00:00``."""
    sixteen_bits: bool = False
    """Whether JSON keeps 16 bits of each character only."""
    illegal: str = "*"
    """What XML has for a character that it cannot hold."""
    ruby: Ruby = "1.9"
    """Which Ruby writes the XML: since 2.4 it has types that Rails 3.2 does not know."""

    def json(self, value: Value) -> Json:
        match value:
            case Null() | None:
                return None
            case Typed():
                return value.text
            case Yaml():
                return value.number
            case Hash():
                return self.json(value.value)
            case Items():
                return [self.json(one) for one in value.values]
            case Decimal():
                return str(value) if self.decimals_as_text else float(value)
            case date():
                return self._moment(value)
            case str():
                return sixteen_bits(value) if self.sixteen_bits else value
            case int() | float():
                return value
            case _:
                return {name: self.json(one) for name, one in value.items()}

    def xml(self, root: str, value: Value) -> bytes:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self._element(root, value)}\n'.encode()

    def _element(self, name: str, value: Value, *, of_hash: bool = False) -> str:
        tag = name.replace("_", "-")
        match value:
            case Hash():
                return self._element(name, value.value, of_hash=True)
            case Null() if not of_hash:
                return f'<{tag} type={quoteattr(value.kind)} nil="true"/>'
            case Null() | None:
                return f'<{tag} nil="true"/>'
            case Typed():
                return f"<{tag} type={quoteattr(value.kind)}>{escape(value.text)}</{tag}>"
            case Yaml() if self.ruby == "2.7":
                return f'<{tag} type="yaml">--- {value.number}\n</{tag}>'
            case Yaml():
                return self._element(name, value.number, of_hash=of_hash)
            case Items():
                every = (self._element(value.name, one, of_hash=of_hash) for one in value.values)
                inside = "".join(every) + "".join(self._plain(*one) for one in value.beside.items())
                return f'<{tag} type="array">{inside}</{tag}>' if inside else _empty_array(tag)
            case Mapping():
                inside = "".join(self._element(*one, of_hash=of_hash) for one in value.items())
                return f"<{tag}>{inside}</{tag}>"
            case _:
                kind, text = self._typed(value, of_hash=of_hash)
                attribute = f' type="{kind}"' if kind else ""
                if not text:
                    return f"<{tag}/>"
                return f"<{tag}{attribute}>{escape(legal(text, self.illegal))}</{tag}>"

    def _typed(self, value: str | float | Decimal | date, *, of_hash: bool) -> tuple[str, str]:
        match value:
            case bool():
                return "boolean", "true" if value else "false"
            case int():
                return "Integer" if of_hash and self.ruby == "2.7" else "integer", str(value)
            case float():
                return "float", str(value)
            case Decimal():
                return "decimal", str(value)
            case datetime():
                return "datetime", self._moment(value)
            case date():
                return "date", self._moment(value)
            case _:
                return "", value

    def _plain(self, name: str, texts: Mapping[str, str]) -> str:
        escaped = ((one, escape(legal(text, self.illegal))) for one, text in texts.items())
        return f"<{name}>{''.join(f'<{one}>{text}</{one}>' for one, text in escaped)}</{name}>"

    def _moment(self, value: date) -> str:
        text = value.isoformat()
        return text.replace("+00:00", "Z") if self.zulu else text


def _empty_array(tag: str) -> str:
    return f'<{tag} type="array"/>'
