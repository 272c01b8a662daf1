"""Pages of a listing, read one after another or ahead."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from agilekit import InvalidInput, Listing
from agilekit.wire.paginators import PageNumbers
from agilekit.wire.paging import Page, PageParams

pytestmark = pytest.mark.anyio


class Server:
    """Seven pages of two items each, the last of one."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self.fails_at = 0
        self.hangs_from = 100
        self.seconds = 0.002
        """That the first page takes; the second takes twice as long, and so on."""

    async def fetch(self, params: PageParams) -> Page[int]:
        number = params["page"]
        self.asked.append(number)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await anyio.sleep(self.seconds * number if number < self.hangs_from else 3600)
            if number == self.fails_at:
                raise ZeroDivisionError
        finally:
            self.at_once -= 1
        items = [item for item in (2 * number - 2, 2 * number - 1) if item < 13]
        return Page(items)

    def listing(self) -> Listing[int]:
        return Listing(self.fetch, lambda: PageNumbers[int](2, lambda item: item))


async def test_awaited_it_is_the_list_of_all_pages() -> None:
    server = Server()
    assert await server.listing() == list(range(13))
    assert server.asked == [1, 2, 3, 4, 5, 6, 7]


async def test_iterated_it_reads_a_page_when_the_one_before_is_used_up() -> None:
    server = Server()
    seen: list[int] = []
    async for item in server.listing():
        seen.append(item)
        assert server.asked[-1] == item // 2 + 1
    assert seen == list(range(13))


@pytest.mark.parametrize("prefetch", [0, 1, 3, 20])
async def test_pages_come_in_order_and_are_read_ahead_within_the_bound(prefetch: int) -> None:
    server = Server()
    async with server.listing().pages(prefetch=prefetch) as pages:
        assert [item async for page in pages for item in page] == list(range(13))
    assert server.most_at_once == min(prefetch + 1, 20 + 1)
    assert max(server.asked) <= 7 + prefetch


async def test_an_error_is_raised_at_its_page_and_as_it_is() -> None:
    server = Server()
    server.fails_at = 3
    seen: list[Any] = []

    async def read() -> None:
        async with server.listing().pages(prefetch=4) as pages:
            async for page in pages:
                seen.append(page)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(ZeroDivisionError):
        await read()
    assert seen == [[0, 1], [2, 3]]


async def test_a_page_that_could_not_be_read_is_read_again_when_it_is_asked_for_again() -> None:
    server = Server()
    server.fails_at = 3
    async with server.listing().pages(prefetch=4) as pages:
        seen = [await anext(pages), await anext(pages)]
        with pytest.raises(ZeroDivisionError):
            await anext(pages)
        server.fails_at = 0
        assert [item for page in [*seen, *[page async for page in pages]] for item in page] == list(
            range(13)
        )


async def test_a_page_that_was_not_waited_for_is_not_lost() -> None:
    server = Server()
    server.seconds = 0.1
    async with server.listing().pages(prefetch=1) as pages:
        first = await anext(pages)
        with anyio.move_on_after(0) as scope:
            await anext(pages)
        assert scope.cancelled_caught
        assert await anext(pages) == [2, 3]
        assert first == [0, 1]


async def test_leaving_early_ends_what_is_being_read() -> None:
    server = Server()
    server.hangs_from = 2
    async with server.listing().pages(prefetch=2) as pages:
        await anext(pages)
        assert server.at_once == 2
    assert server.at_once == 0
    assert [page async for page in pages] == []


async def test_the_error_of_the_body_leaves_as_it_is() -> None:
    async def read() -> None:
        async with Server().listing().pages(prefetch=2) as pages:
            await anext(pages)
            raise KeyError

    with pytest.raises(KeyError):
        await read()


async def test_a_cancelled_reader_is_cancelled() -> None:
    reached = False
    server = Server()
    server.hangs_from = 2
    with anyio.move_on_after(0.05) as scope:
        async with server.listing().pages(prefetch=2) as pages:
            await anext(pages)
            await anext(pages)
            reached = True
    assert scope.cancelled_caught
    assert not reached


async def test_pages_are_read_inside_their_context_and_entered_once() -> None:
    pages = Server().listing().pages()
    with pytest.raises(InvalidInput):
        await anext(pages)
    async with pages:
        with pytest.raises(InvalidInput):
            await pages.__aenter__()


@pytest.mark.parametrize("prefetch", [-1, 1.5, True, "2"])
async def test_a_prefetch_that_is_not_a_count_is_refused(prefetch: Any) -> None:
    with pytest.raises(InvalidInput, match="prefetch"):
        Server().listing().pages(prefetch=prefetch)


async def test_the_pages_show_where_they_are() -> None:
    server = Server()
    listing = server.listing()
    assert repr(listing) == "<Listing: await it, or iterate over it>"
    pages = listing.pages(prefetch=1)
    first = "next {'page': 1, 'per_page': 2}"
    assert repr(pages) == f"<Pages: not open, {first}>"
    async with pages:
        assert repr(pages) == f"<Pages: 0 read ahead, {first}>"
        await anext(pages)
        assert repr(pages) == "<Pages: 1 read ahead, next {'page': 2, 'per_page': 2}>"
    assert repr(pages) == "<Pages: at the end>"
