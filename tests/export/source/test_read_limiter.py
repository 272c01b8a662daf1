"""Reads of one client: so many at once, and made again if the server answers with 500."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest

from agilekit import ApiError, Forbidden, ServerError
from agilekit.export.source.read_limiter import ReadLimiter

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr(anyio, "sleep", at_once)


def failing(*errors: ApiError) -> Iterator[ApiError]:
    yield from errors


async def outcome_of(*errors: ApiError) -> tuple[str, int]:
    """What a read gives that first fails with these errors, and how often it is made."""
    left, made = failing(*errors), 0

    async def read() -> str:
        nonlocal made
        made += 1
        for error in left:
            raise error
        return "read"

    try:
        return await ReadLimiter(1).run(read), made
    except ApiError as error:
        return str(error.status), made


async def test_a_read_that_is_answered_with_500_is_made_again() -> None:
    assert await outcome_of(*[ServerError("oh", status=500)] * 9) == ("read", 10)


async def test_a_read_that_is_always_answered_with_500_fails_after_ten_attempts() -> None:
    assert await outcome_of(*[ServerError("oh", status=500)] * 10) == ("500", 10)


@pytest.mark.parametrize("error", [ServerError("oh", status=503), Forbidden("no", status=403)])
async def test_any_other_error_ends_a_read_at_once(error: ApiError) -> None:
    assert await outcome_of(error) == (str(error.status), 1)


async def test_only_so_many_reads_are_under_way_at_once() -> None:
    under_way, most = 0, 0

    async def read() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await anyio.lowlevel.checkpoint()
        under_way -= 1

    await ReadLimiter(3).run_all([read] * 20)
    assert most == 3
