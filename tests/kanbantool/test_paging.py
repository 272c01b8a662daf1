"""Listings that come in pages are read to their end, and nothing in them twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, cast

import httpx
import pytest

from agilekit import InvalidInput
from agilekit.kanbantool import Change
from tests.each import each
from tests.ids import short
from tests.kanbantool import expected
from tests.kanbantool.answers import say
from tests.kanbantool.calls import kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio


def queries(server: Scripted) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in server.requests]


def pages(server: Scripted) -> list[str]:
    return [query["page"] for query in queries(server)]


def tasks(*ids: int) -> list[dict[str, object]]:
    return [{"id": id} for id in ids]


async def test_in_json_a_page_that_is_not_full_is_the_last() -> None:
    server = Scripted(Say(tasks(9, 8)), Say(tasks(7, 6)), Say(tasks(5)))
    async with kanban_at(server) as kanban:
        found = await kanban.tasks.archived(1, per_page=2)
    assert [task.id for task in found] == [9, 8, 7, 6, 5]
    assert pages(server) == ["1", "2", "3"]


async def test_in_json_an_empty_page_is_the_last() -> None:
    server = Scripted(Say(tasks(9, 8)), Say([]))
    async with kanban_at(server) as kanban:
        found = await kanban.tasks.all(1, stage=2, per_page=2)
    assert [task.id for task in found] == [9, 8]
    assert pages(server) == ["1", "2"]


async def test_in_xml_the_pagination_says_whether_there_is_another_page() -> None:
    server = Scripted(
        Say(samples.LISTING_ARCHIVED_TASKS_XML.encode()),
        Say(samples.LISTING_ARCHIVED_TASKS_LAST_XML.encode()),
    )
    async with kanban_at(server, "xml") as kanban:
        found = await kanban.tasks.archived(1)
    assert found == [expected.TASK_IN_PART]
    assert pages(server) == ["1", "2"]


async def test_a_task_that_moved_to_the_next_page_is_given_once() -> None:
    server = Scripted(Say(tasks(9, 8)), Say(tasks(8, 7)), Say([]))
    async with kanban_at(server) as kanban:
        found = await kanban.tasks.archived(1, per_page=2)
    assert [task.id for task in found] == [9, 8, 7]


async def test_the_tasks_of_a_whole_board_come_at_once() -> None:
    server = Scripted(Say(tasks(*range(1, 400))))
    async with kanban_at(server) as kanban:
        assert len(await kanban.tasks.all(1)) == 399
        assert len(await kanban.tasks.all(1, stable=True)) == 399
    assert queries(server) == [{}, {}]


class Archive(httpx.AsyncBaseTransport):
    """An archive of which the latest tasks are unarchived while it is read."""

    def __init__(self, size: int, leaving: int) -> None:
        self._tasks: list[dict[str, object]] = tasks(*range(size, 0, -1))
        self._leaving = leaving

    @property
    def ids(self) -> list[object]:
        return [task["id"] for task in self._tasks]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        size = int(asked["per_page"])
        begin = (int(asked["page"]) - 1) * size
        response = Say(self._tasks[begin : begin + size]).response(request)
        del self._tasks[: self._leaving]
        self._leaving = 0
        return response


async def test_a_stable_reading_misses_nothing_that_is_archived_all_along() -> None:
    archive = Archive(600, leaving=30)
    async with kanban_at(archive) as kanban:
        plain = {task.id for task in await kanban.tasks.archived(1)}
    assert not set(archive.ids) <= plain

    archive = Archive(600, leaving=30)
    async with kanban_at(archive) as kanban:
        found = [task.id for task in await kanban.tasks.archived(1, stable=True)]
    assert set(archive.ids) <= set(found)
    assert len(found) == len(set(found))


async def test_a_stable_reading_of_a_stage_notices_a_task_that_takes_another_place() -> None:
    archive = Archive(600, leaving=30)
    async with kanban_at(archive) as kanban:
        found = [task.id for task in await kanban.tasks.all(1, stage=2, stable=True)]
    assert set(archive.ids) <= set(found)


@pytest.mark.parametrize("per_page", [0, -1, 176, 1.5, True, "50"])
async def test_a_page_holds_from_1_to_175_tasks(per_page: Any) -> None:
    server = Scripted(Say([]))
    async with kanban_at(server) as kanban:
        with pytest.raises(InvalidInput, match="per_page"):
            kanban.tasks.archived(1, per_page=per_page)
        with pytest.raises(InvalidInput, match="per_page"):
            kanban.tasks.all(1, stage=1, per_page=per_page)
    assert server.requests == []


async def test_pages_are_refused_if_the_service_or_the_reading_has_none() -> None:
    async with kanban_at(Scripted(Say([]))) as kanban:
        with pytest.raises(InvalidInput, match="leave out per_page"):
            kanban.tasks.all(1, per_page=50)
        with pytest.raises(InvalidInput, match="leave out per_page"):
            kanban.tasks.archived(1, per_page=50, stable=True)


def changes(*ids: int) -> list[dict[str, object]]:
    return [{"changelog": {"id": id}} for id in ids]


async def test_changes_continue_below_the_lowest_id_of_a_full_page() -> None:
    full = list(range(3000, 2000, -1))
    server = Scripted(Say(changes(*full)), Say(changes(2000, 1999)))
    async with kanban_at(server) as kanban:
        found = await kanban.boards.changes(1, user=3, offset=5, before=Change(id=3001))
    assert [change.id for change in found] == [*full, 2000, 1999]
    assert queries(server) == [
        {"user_id": "3", "before": "3001", "limit": "1000", "offset": "5"},
        {"user_id": "3", "before": "2001", "limit": "1000"},
    ]


async def test_a_limit_of_changes_is_asked_for_and_not_exceeded() -> None:
    server = Scripted(Say(changes(*range(3000, 2000, -1))), Say(changes(2000, 1999, 1998)))
    async with kanban_at(server) as kanban:
        assert len(await kanban.boards.changes(1, limit=1002)) == 1002
    assert [query["limit"] for query in queries(server)] == ["1000", "2"]


_CET: Final = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("since", "until", "sent"),
    [
        (
            datetime(2011, 11, 23, 23, 11, 59, 999999, UTC),
            datetime(2011, 11, 23, 23, 11, 0, 1, UTC),
            ("2011-11-22T23:11", "2011-11-24T23:12"),
        ),
        (
            datetime(2012, 1, 1, 0, 30, tzinfo=_CET),
            datetime(2012, 1, 1, 0, 59, 30, tzinfo=_CET),
            ("2011-12-30T23:30", "2012-01-02T00:00"),
        ),
    ],
)
async def test_a_day_more_of_changes_is_asked_for_on_each_side_since_no_document_names_the_zone(
    since: datetime, until: datetime, sent: tuple[str, str]
) -> None:
    server = Scripted(Say([]))
    async with kanban_at(server) as kanban:
        await kanban.boards.changes(1, since=since, until=until)
    [query] = queries(server)
    assert (query["from"], query["to"]) == sent


NOON: Final = datetime(2011, 11, 23, 12, tzinfo=UTC)


def happened(id: int, hours: float) -> dict[str, object]:
    """A change some hours from noon, told in another zone than UTC."""
    at = (NOON + timedelta(hours=hours)).astimezone(_CET)
    return {"changelog": {"id": id, "created_at": at.isoformat()}}


@each(
    ("asked", "ids"),
    [
        ({"since": NOON}, [9, 8, 7, 6, 5, 1]),
        ({"until": NOON + timedelta(hours=1)}, [7, 6, 5, 4, 3, 2, 1]),
        ({"since": NOON, "until": NOON + timedelta(hours=1)}, [7, 6, 5, 1]),
        ({"since": NOON, "until": NOON + timedelta(hours=1), "offset": 1}, [6, 5, 1]),
        ({"since": NOON, "until": NOON + timedelta(hours=1), "limit": 2}, [7, 6]),
        ({"since": NOON, "until": NOON + timedelta(hours=1), "offset": 2, "limit": 1}, [5]),
        ({"since": NOON, "offset": 9}, []),
        # The service tells whole seconds: what it tells of this one may have happened later in it.
        ({"since": NOON + timedelta(microseconds=900_000)}, [9, 8, 7, 6, 5, 1]),
        ({"since": NOON + timedelta(seconds=1)}, [9, 8, 7, 6, 1]),
    ],
)
@each("prefetch", [None, 2])
async def test_changes_are_exactly_those_of_the_times_that_were_asked_for(
    asked: dict[str, Any], ids: list[int], prefetch: int | None
) -> None:
    hours = {9: 26, 8: 1.01, 7: 1, 6: 0.5, 5: 0, 4: -0.01, 3: -23, 2: -25}
    answer = [*(happened(id, hour) for id, hour in hours.items()), {"changelog": {"id": 1}}]
    async with kanban_at(Scripted(Say(answer))) as kanban:
        listing = kanban.boards.changes(1, **asked)
        if prefetch is None:
            found = await listing
        else:
            async with listing.pages(prefetch=prefetch) as pages:
                found = [change async for page in pages for change in page]
    assert [change.id for change in found] == ids


async def test_an_offset_and_a_limit_count_over_pages_what_the_times_leave() -> None:
    late, early = range(3000, 2000, -1), range(2000, 1500, -1)
    pages = [happened(id, 5) for id in late], [happened(id, 0) for id in early]
    server = Scripted(*[Say(page) for page in pages])
    async with kanban_at(server) as kanban:
        found = await kanban.boards.changes(1, until=NOON, offset=100, limit=50)
    assert [change.id for change in found] == list(range(1900, 1850, -1))
    assert [query["limit"] for query in queries(server)] == ["1000", "1000"]


@each(
    "wrong",
    [
        {"since": datetime(2011, 11, 23)},  # noqa: DTZ001 - that is what is wrong
        {"until": datetime(2011, 11, 23)},  # noqa: DTZ001
        {"since": "2011-11-23T23:11"},
        {"until": datetime(2011, 11, 23).date()},  # noqa: DTZ001
        {"until": datetime.max.replace(tzinfo=UTC)},
        {"since": datetime.min.replace(tzinfo=_CET)},
        {"user": 0},
        {"user": expected.BOARD},
        {"offset": -1},
        {"offset": None},
        {"limit": 0},
        {"limit": 1.5},
        {"before": expected.TASK},
        {"before": True},
    ],
    ids=short,
)
async def test_a_filter_of_changes_that_cannot_be_right_is_refused(
    wrong: dict[str, object],
) -> None:
    async with kanban_at(Scripted(Say([]))) as kanban:
        with pytest.raises(InvalidInput):
            kanban.boards.changes(1, **cast("Any", wrong))


async def test_the_changes_of_somebody_are_those_of_the_person_and_not_of_the_permission() -> None:
    server = Scripted(say("json", [], None))
    async with kanban_at(server) as kanban:
        await kanban.boards.changes(1, user=expected.USERS[2])
        await kanban.boards.changes(1, user=cast("Any", expected.USERS[2].user))
    assert [query["user_id"] for query in queries(server)] == ["2330", "2330"]
