"""A view of a client writes in another name, or has less time, through the same connections."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from agilekit import DeadlineExceeded, FlyingDonut, InvalidInput
from tests.versioned.server import CARD, Server
from tests.versioned.test_strategies import connect

pytestmark = pytest.mark.anyio


async def test_a_view_writes_in_another_name_through_the_same_connections() -> None:
    server = Server()
    server.authors = ["jane.smith", "omar.haddad"]
    async with connect(server) as donut:
        omar = donut.using(username="omar.haddad")
        assert omar.is_open
        card = await donut.cards.update(CARD, title="Jane's")
        card = await omar.cards.update(card, title="Omar's")
        async with anyio.create_task_group() as tasks:  # they take turns
            for number in range(10):
                one = (donut, omar)[number % 2]
                tasks.start_soon(_add, one, card)
        assert server.values["estimate"] == 15
        assert len(server.puts) == 12
        assert {"jane.smith", "omar.haddad"} == set(server.wrote)
    assert not omar.is_open


async def _add(donut: FlyingDonut, card: Any) -> None:
    await donut.cards.update(card, estimate=lambda now: (now or 0) + 1)


async def test_a_view_has_a_shorter_deadline() -> None:
    server = Server()

    async def slow(_: Any) -> Any:
        await anyio.sleep_forever()

    async with connect(server) as donut:
        server.handle_async_request = slow  # type: ignore[method-assign,assignment]
        with pytest.raises(DeadlineExceeded):
            await donut.using(deadline=0.05).cards.get(CARD)


@pytest.mark.parametrize("arguments", [{"username": " "}, {"deadline": 0}, {"deadline": "soon"}])
async def test_a_view_of_nonsense_is_refused(arguments: Any) -> None:
    async with connect(Server()) as donut:
        with pytest.raises(InvalidInput):
            donut.using(**arguments)
