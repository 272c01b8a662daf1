"""A listing ends, whatever its server does: with its last page, or with an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import pytest

from agilekit import DecodeError, KanbanTool, Listing, PagesShifted
from agilekit.wire.paging import AtOnce, Before, Ending, Numbered, Overlapping, Page, Reader, Step
from tests.each import each
from tests.session.scripted import SECRET, Say, Scripted

pytestmark = pytest.mark.anyio

READERS: Final[dict[str, Callable[[], Reader[int]]]] = {
    "at once": lambda: AtOnce(int),
    "numbered": lambda: Numbered(50, int),
    "overlapping": lambda: Overlapping(100, int, int),
    "before": lambda: Before(100, int, most=None, offset=0),
}
SIZES: Final = [1, 50, 100]
MOST: Final = 20_000


class Server:
    """Answers whatever page is asked for with as many items."""

    def __init__(self, page: Callable[[int], list[int]]) -> None:
        self.page = page
        self.asked = 0

    async def fetch(self, _: Step) -> Page[int]:
        self.asked += 1
        assert self.asked <= MOST + 20
        return Page(self.page(self.asked))


def other_items(size: int) -> Callable[[int], list[int]]:
    """Items that were on no page before, each with a lower id than the one before."""
    return lambda asked: [-number for number in range(asked * size, (asked + 1) * size)]


def shifted(size: int) -> Callable[[int], list[int]]:
    """One item more at a time."""
    return lambda asked: [-number for number in range(asked, asked + size)]


@each("size", SIZES)
@each("page", [other_items, shifted])
@each("reader", READERS)
async def test_a_server_that_always_has_one_more_page_comes_to_an_end(
    reader: str, page: Callable[[int], Callable[[int], list[int]]], size: int
) -> None:
    reading = Ending(READERS[reader](), most=200)
    server, step = Server(page(size)), reading.first
    with suppress(DecodeError, PagesShifted):
        for _ in range(200):
            turn = reading.turn(step, await server.fetch(step))
            if turn.next is None:
                return
            step = turn.next
        pytest.fail("it goes on")


async def read_ahead(listing: Listing[int]) -> None:
    async with listing.pages(prefetch=1) as pages:
        async for _ in pages:
            pass


async def read_at_once(listing: Listing[int]) -> None:
    await listing


@pytest.mark.quick(2)
@pytest.mark.parametrize("read", [read_ahead, read_at_once])
async def test_a_listing_without_end_says_so(
    read: Callable[[Listing[int]], Awaitable[None]],
) -> None:
    server = Server(other_items(1))
    with pytest.raises(DecodeError, match="the listing has no end: behind 20,000 pages"):
        await read(Listing(server.fetch, lambda: Numbered(1, int)))
    assert server.asked <= MOST + 2


@each("size", SIZES)
@each("reader", READERS)
async def test_a_page_that_is_repeated_for_ever_comes_to_an_end_soon(
    reader: str, size: int
) -> None:
    server = Server(lambda _: [*range(1000, 1000 - size, -1)])
    with suppress(PagesShifted):
        assert set(await Listing(server.fetch, READERS[reader])) == {*server.page(1)}
    assert server.asked < 100


@pytest.mark.parametrize("per_page", [50, 100])
@pytest.mark.parametrize("reader", ["numbered", "overlapping"])
async def test_a_long_listing_is_read_to_its_end(reader: str, per_page: int) -> None:
    async def fetch(step: Step) -> Page[int]:
        size = min(step["per_page"], per_page)
        begin = (step["page"] - 1) * size
        return Page(everything[begin : begin + size])

    everything = [*range(100_000, 0, -1)]
    items = await Listing(fetch, READERS[reader])
    assert sorted(items) == [*range(1, 100_001)]


async def test_the_archive_of_a_board_that_repeats_a_page_comes_to_an_end() -> None:
    tasks = [{"id": number, "name": "x", "updated_at": None} for number in range(1, 51)]
    server = Scripted(Say(tasks))
    async with KanbanTool("my", token=SECRET, transport=server) as kanban:
        with suppress(PagesShifted):
            assert len(await kanban.tasks.archived(1)) == 50
    assert len(server.requests) < 100
