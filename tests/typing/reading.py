"""A listing, read in each way that there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar, assert_type

from agilekit import Listing

T = TypeVar("T")


async def items(listing: Listing[T]) -> list[T]:
    """The items, which are the same at once, one by one and page by page; there are some."""
    found = assert_type(await listing, list[T])
    assert found
    one_by_one = [
        assert_type(item, T) async for item in assert_type(aiter(listing), AsyncIterator[T])
    ]
    by_page: list[T] = []
    async with listing.pages(prefetch=1) as pages:
        async for page in pages:
            by_page += assert_type(page, list[T])
    assert one_by_one == by_page == found
    return found
