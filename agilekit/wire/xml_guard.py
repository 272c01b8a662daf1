"""Nothing in a document of XML can make it larger than it is.

A declaration of entities or of attributes, which may have a default value, is refused, and so are
nesting, elements and tags beyond any that a service has use for. A document is read piece by
piece, so that other threads run meanwhile, and that a call which is over stops.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final
from xml.parsers import expat

from agilekit.wire.decode_limits import check_wanted

__all__ = ["DEEPEST", "TOO_MANY", "WEB_PAGE", "check_size", "guarded_parser", "pieces"]

DEEPEST: Final = 64
TOO_MANY: Final = "it has too many elements"
WEB_PAGE: Final = "html"
"""The name of the root of what is no answer, in lower case."""

_PIECE: Final = 1 << 17  # bytes
_LONGEST_TAG: Final = 1 << 21  # bytes, with its attributes; also of a comment
_MOST_COMMENTS: Final = 1 << 16  # comments and the like


def check_size(body: bytes, most: int) -> None:
    """Raises ValueError if it has more tags than so many elements can have."""
    if body.count(b"<") - body.count(b"</") > most + _MOST_COMMENTS:
        raise ValueError(TOO_MANY)


def guarded_parser() -> expat.XMLParserType:
    """A parser that refuses all declarations which may add to a document."""
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _declares_entities
    parser.AttlistDeclHandler = _declares_attributes
    return parser


def pieces(body: bytes, parser: expat.XMLParserType) -> Generator[bytes]:
    """The document, until one of its tags is longer than any that a service has use for."""
    for start in range(0, len(body), _PIECE):
        check_wanted()
        yield body[start : start + _PIECE]
        if start - parser.CurrentByteIndex > _LONGEST_TAG:
            raise ValueError("one of its tags is too long")


def _declares_entities(*_: object) -> None:
    raise ValueError("it declares entities")


def _declares_attributes(*_: object) -> None:
    raise ValueError("it declares attributes")
