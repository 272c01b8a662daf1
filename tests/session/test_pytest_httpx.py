"""pytest-httpx sees every request of a client, as it does those of httpx itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.session.scripted import SECRET
from tests.session.test_mocks_of_httpx import CARD, PROJECT, URL, donut

if TYPE_CHECKING:
    from pytest_httpx import HTTPXMock

pytest.importorskip("pytest_httpx", reason="pytest-httpx for this pytest needs httpx 0.28")
pytestmark = pytest.mark.anyio


async def test_pytest_httpx_answers_and_sees_what_was_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=URL, json=PROJECT)
    httpx_mock.add_response(url=f"{URL}/backlog/buckets/b/items", method="POST", json=CARD)
    async with donut() as client:
        assert (await client.project.get()).title.value == "From a mock"
        assert (await client.cards.create("b", title="T")).id == "c"
    get, post = httpx_mock.get_requests()
    assert (get.headers["authorization"], get.content) == (f"secret {SECRET}", b"")
    assert b'"T"' in post.content
