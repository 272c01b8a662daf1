"""An answer that is the one before is not decoded again, where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from agilekit import DecodeError
from agilekit.session.client import Client
from agilekit.session.repeated_answers import RepeatedAnswers
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.decode import Malformed
from agilekit.wire.dialect import Dialect
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.scripted import SECRET, Say, Scripted

pytestmark = pytest.mark.anyio

SMALL: Final[JSON] = [{"id": 1}]
LARGE: Final[JSON] = [{"id": n, "text": "x" * 100} for n in range(1200)]
CHANGED: Final[JSON] = [{"id": n + 1, "text": "x" * 100} for n in range(1200)]
WRONG: Final[JSON] = "wrong" * 20_000


class Plain(Client):
    """A client without a service."""

    def __init__(self, session: Session) -> None:
        self._session = session


class Decodings:
    """What each answer was decoded to, with a wrong one refused."""

    def __init__(self) -> None:
        self.count = 0

    def decode(self, data: JSON) -> JSON:
        self.count += 1
        if data == WRONG:
            raise Malformed("not a list")
        return data

    async def read(self, *bodies: JSON, paths: Sequence[str] = ("/a",)) -> list[JSON]:
        """Reads the paths by turns, as often as there are bodies."""
        credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
        session = Session(
            "https://host/api",
            credential,
            Dialect(),
            transport=Scripted(*map(Say, bodies)),
        )
        routes = [Route("Read", "GET", path, self.decode) for path in paths]
        async with Plain(session):
            return [
                await session.call(routes[index % len(routes)], {}) for index in range(len(bodies))
            ]


async def test_an_answer_that_is_the_one_before_is_decoded_once() -> None:
    decodings = Decodings()
    with RepeatedAnswers().used():
        first, second = await decodings.read(LARGE, LARGE)
    assert first is second
    assert (first, decodings.count) == (LARGE, 1)


async def test_an_answer_that_differs_in_anything_is_decoded() -> None:
    decodings = Decodings()
    with RepeatedAnswers().used():
        assert await decodings.read(LARGE, CHANGED, LARGE) == [LARGE, CHANGED, LARGE]
    assert decodings.count == 3


async def test_only_answers_to_the_same_request_are_the_same() -> None:
    decodings = Decodings()
    with RepeatedAnswers().used():
        await decodings.read(LARGE, LARGE, LARGE, LARGE, paths=("/a", "/b"))
    assert decodings.count == 2


async def test_what_is_small_and_what_nobody_remembers_is_decoded_each_time() -> None:
    decodings = Decodings()
    with RepeatedAnswers().used():
        await decodings.read(SMALL, SMALL)
    await decodings.read(LARGE, LARGE)
    assert decodings.count == 4


async def test_an_answer_that_could_not_be_decoded_is_refused_again() -> None:
    decodings = Decodings()
    with RepeatedAnswers().used():
        for _ in range(2):
            with pytest.raises(DecodeError):
                await decodings.read(WRONG)
    assert decodings.count == 2
