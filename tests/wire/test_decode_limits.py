"""What decodes asks again and again whether anybody still waits for the result, and stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from agilekit.wire import json, xml
from agilekit.wire.decode_limits import Unwanted, limited
from tests.session.hostile import IN_JSON, IN_XML
from tests.sizes import FULL

SIZE: Final = 1 << 20
EVERY: Final = 1 << 19
"""Bytes: the most that may be decoded from one question to the next."""
IN_ONE: Final = {
    *("a long text", "a long odd text", "escapes", "backslashes", "braces in a text"),
    *("a long fraction", "white space", "numbers behind a number"),
}
"""JSON of a single part, which the decoder written in C takes as a whole, in no time."""
BODIES: Final[dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]]] = {
    **{f"JSON: {name}": (json.load, IN_JSON[name]) for name in IN_JSON.keys() - IN_ONE},
    **{f"XML: {name}": (xml.load, IN_XML[name]) for name in IN_XML},
}


class Caller:
    """Somebody who waits for the result until they have been asked so many times."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.asked = 0

    def is_gone(self) -> bool:
        self.asked += 1
        return self.asked > self.patience


def questions(load: Callable[[bytes], object], body: bytes, *, patience: float = 1e9) -> int | None:
    """How often the caller was asked; None if the answer was refused, which is an end as well."""
    caller = Caller(patience)
    with limited(caller.is_gone, entities=SIZE):
        try:
            load(body)
        except ValueError:
            return None
    return caller.asked


def test_a_caller_is_asked_after_each_piece_and_the_work_ends_when_they_are_gone() -> None:
    read = 0
    for name, (load, made) in sorted(BODIES.items())[:: 1 if FULL else 4]:
        body = made(SIZE)
        asked = questions(load, body)
        if asked is None:
            continue
        read += 1
        assert asked >= len(body) // EVERY, name
        with pytest.raises(Unwanted):
            questions(load, body, patience=asked - 1)
    assert read > 5  # the others are refused
