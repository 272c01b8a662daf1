"""A listing ends, whatever its server does: with its last page, or with an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import pytest

from agilekit import DecodeError, KanbanTool, Listing, PagesShifted
from agilekit.wire.paginators import BeforeId, MaybePaged, OverlappingPages, PageNumbers
from agilekit.wire.paging import Page, PageLimit, PageParams, Paginator
from tests.each import each
from tests.session.scripted import SECRET, Say, Scripted

pytestmark = pytest.mark.anyio

PAGINATORS: Final[dict[str, Callable[[], Paginator[int]]]] = {
    "at once": lambda: MaybePaged(int),
    "numbered": lambda: PageNumbers(50, int),
    "overlapping": lambda: OverlappingPages(100, int, int),
    "before": lambda: BeforeId(100, int, most=None, offset=0),
}
SIZES: Final = [1, 50, 100]
MOST: Final = 20_000


class Server:
    """Answers whatever page is asked for with as many items."""

    def __init__(self, page: Callable[[int], list[int]]) -> None:
        self.page = page
        self.asked = 0

    async def fetch(self, _: PageParams) -> Page[int]:
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
@each("paginator", PAGINATORS)
async def test_a_server_that_always_has_one_more_page_comes_to_an_end(
    paginator: str, page: Callable[[int], Callable[[int], list[int]]], size: int
) -> None:
    reading = PageLimit(PAGINATORS[paginator](), most=200)
    server, params = Server(page(size)), reading.first
    with suppress(DecodeError, PagesShifted):
        for _ in range(200):
            result = reading.take(params, await server.fetch(params))
            if result.next is None:
                return
            params = result.next
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
        await read(Listing(server.fetch, lambda: PageNumbers(1, int)))
    assert server.asked <= MOST + 2


@each("size", SIZES)
@each("paginator", PAGINATORS)
async def test_a_page_that_is_repeated_for_ever_comes_to_an_end_soon(
    paginator: str, size: int
) -> None:
    server = Server(lambda _: [*range(1000, 1000 - size, -1)])
    with suppress(PagesShifted):
        assert set(await Listing(server.fetch, PAGINATORS[paginator])) == {*server.page(1)}
    assert server.asked < 100


@pytest.mark.parametrize("per_page", [50, 100])
@pytest.mark.parametrize("paginator", ["numbered", "overlapping"])
async def test_a_long_listing_is_read_to_its_end(paginator: str, per_page: int) -> None:
    async def fetch(params: PageParams) -> Page[int]:
        size = min(params["per_page"], per_page)
        begin = (params["page"] - 1) * size
        return Page(everything[begin : begin + size])

    everything = [*range(100_000, 0, -1)]
    items = await Listing(fetch, PAGINATORS[paginator])
    assert sorted(items) == [*range(1, 100_001)]


async def test_the_archive_of_a_board_that_repeats_a_page_comes_to_an_end() -> None:
    tasks = [{"id": number, "name": "x", "updated_at": None} for number in range(1, 51)]
    server = Scripted(Say(tasks))
    async with KanbanTool("my", token=SECRET, transport=server) as kanban:
        with suppress(PagesShifted):
            assert len(await kanban.tasks.archived(1)) == 50
    assert len(server.requests) < 100
