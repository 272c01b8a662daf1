"""Each scheme reads everything once, and the overlapping one also while the pages shift."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, islice, pairwise

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.errors import DecodeError, PagesShifted
from agilekit.wire.json import JSON
from agilekit.wire.paginators import BeforeId, MaybePaged, OverlappingPages, PageNumbers
from agilekit.wire.paging import (
    FilteredPages,
    Page,
    PageLimit,
    PageParams,
    PageResult,
    Paginator,
    SinglePage,
)
from tests.each import each
from tests.sizes import examples


@define
class Archive:
    """A list of (id, when), the latest first, that others change while it is read."""

    items: list[tuple[int, int]]
    tells_pages: bool = False
    asked: list[PageParams] = field(factory=list[PageParams])
    clock: Iterator[int] = field(factory=lambda: count(1_000_000))

    @classmethod
    def of(cls, size: int, *, tells_pages: bool = False) -> Archive:
        return cls([(number, number) for number in range(size, 0, -1)], tells_pages)

    def page(self, params: PageParams) -> Page[tuple[int, int]]:
        self.asked.append(params)
        size = params["per_page"]
        begin = (params["page"] - 1) * size
        pages = -(-len(self.items) // size)
        following = str(params["page"] + 1) if params["page"] < pages else ""
        pagination: Mapping[str, JSON] = {"total_pages": str(pages), "next_page": following}
        return Page(self.items[begin : begin + size], pagination if self.tells_pages else {})

    def archive(self, number: int) -> None:
        self.items.insert(0, (number, next(self.clock)))

    def restore(self, place: int) -> int:
        return self.items.pop(place)[0]


def numbered(size: int = 175) -> PageNumbers[tuple[int, int]]:
    return PageNumbers(size, lambda item: item[0])


def overlapping(size: int = 175) -> OverlappingPages[tuple[int, int]]:
    return OverlappingPages(size, lambda item: item[0], lambda item: item)


def read(
    archive: Archive,
    paginator: Paginator[tuple[int, int]],
    between: Callable[[], None] = lambda: None,
) -> list[int]:
    """Every id that a reading gives, with something happening between two pages."""
    found: list[int] = []
    params: PageParams | None = paginator.first
    while params is not None:
        result = paginator.take(params, archive.page(params))
        found += [number for number, _ in result.items]
        params = result.next
        between()
    return found


def test_one_page_is_all_there_is() -> None:
    paginator = SinglePage[int]()
    assert paginator.first == {}
    result = paginator.take({}, Page([1, 1, 2]))
    assert (result.items, result.next) == ([1, 1, 2], None)


@each("tells_pages", [False, True])
@each("size", [0, 1, 174, 175, 176, 350, 1000])
def test_numbered_pages_give_everything_in_as_few_requests_as_can_be(
    size: int, *, tells_pages: bool
) -> None:
    archive = Archive.of(size, tells_pages=tells_pages)
    assert read(archive, numbered()) == list(range(size, 0, -1))
    # Without a pagination, only a page that is not full tells that it is the last.
    full = size and size % 175 == 0 and not tells_pages
    assert len(archive.asked) == max(1, -(-size // 175)) + (1 if full else 0)


def test_a_thousand_tasks_are_read_in_six_requests() -> None:
    archive = Archive.of(1000)
    read(archive, numbered())
    assert [dict(params) for params in archive.asked] == [
        {"page": page, "per_page": 175} for page in range(1, 7)
    ]


def test_numbered_pages_that_shift_give_nothing_twice() -> None:
    archive = Archive.of(30)
    added = count(100)
    found = read(archive, numbered(4), lambda: archive.archive(next(added)))
    assert len(found) == len(set(found))


def test_a_server_that_knows_no_pages_is_read_once() -> None:
    paginator = numbered(3)
    everything = [(1, 1), (2, 2), (3, 3)]
    result = paginator.take(paginator.first, Page(everything))
    assert result.next is not None
    again = paginator.take(result.next, Page(everything))
    assert (again.items, again.next) == ([], None)
    assert numbered(2).take({"page": 1, "per_page": 2}, Page(everything)).next is None


def test_what_is_said_of_the_pages_is_believed_beyond_their_length() -> None:
    paginator = numbered(10)
    pagination: dict[str, JSON] = {"next_page": "2", "total_pages": "2"}
    result = paginator.take(paginator.first, Page([(1, 1)], pagination))
    assert result.next == {"page": 2, "per_page": 10}
    assert paginator.guess({"page": 2, "per_page": 10}) is None


@pytest.mark.parametrize("size", [0, 1, 174, 175, 176, 300, 1000, 20_000])
def test_overlapping_pages_give_everything_once_while_nothing_changes(size: int) -> None:
    archive = Archive.of(size)
    assert read(archive, overlapping()) == list(range(size, 0, -1))
    # Not many more pages than without the overlap.
    assert len(archive.asked) <= 2 + size / 175 * 1.5


@pytest.mark.parametrize(("size", "requests"), [(1000, 8), (3000, 23), (5000, 37)])
def test_overlapping_pages_reach_as_far_as_can_be(size: int, requests: int) -> None:
    archive = Archive.of(size)
    read(archive, overlapping())
    assert len(archive.asked) == requests


def test_every_guess_of_an_overlapping_reading_comes_true_while_nothing_changes() -> None:
    archive, paginator = Archive.of(3000), overlapping()
    params: PageParams | None = paginator.first
    while params is not None:
        guess = paginator.guess(params)
        params = paginator.take(params, archive.page(params)).next
        assert params in (guess, None)


@settings(deadline=None, max_examples=examples(3))
@given(
    size=st.integers(0, 400),
    largest=st.integers(60, 120),
    changes=st.lists(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=30), max_size=12),
)
def test_what_stays_archived_throughout_is_given_once_however_the_pages_shift(
    size: int, largest: int, changes: list[list[tuple[bool, float]]]
) -> None:
    archive = Archive.of(size)
    stayed = set(range(1, size + 1))
    script = iter(changes)
    restored: list[int] = []
    added = count(10_000)

    def between() -> None:
        for adds, where in next(script, list[tuple[bool, float]]()):
            if adds:
                archive.archive(restored.pop() if restored and where < 0.5 else next(added))
            elif archive.items:
                number = archive.restore(int(where * (len(archive.items) - 1)))
                stayed.discard(number)
                restored.append(number)

    found = read(archive, overlapping(largest), between)
    assert len(found) == len(set(found))
    assert stayed <= set(found)


def test_a_gap_is_noticed_and_read_again() -> None:
    archive = Archive.of(500)
    gone: list[int] = []

    def between() -> None:
        if len(archive.asked) == 1:
            gone.extend(archive.restore(0) for _ in range(120))

    found = read(archive, overlapping(), between)
    assert sorted(found) == list(range(1, 501))
    begins = [(params["page"] - 1) * params["per_page"] for params in archive.asked]
    assert begins[2] < begins[1]
    assert len(gone) == 120


def test_a_gap_is_closed_by_a_page_that_was_read_long_before_too() -> None:
    archive = Archive.of(1000)

    def between() -> None:
        if len(archive.asked) == 4:  # all of the last page, and much before it
            for _ in range(240):
                archive.restore(300)

    found = read(archive, overlapping(), between)
    assert {number for number, _ in archive.items} <= set(found)
    begins = begins_of(archive.asked)
    assert begins[4] > begins[5] > begins[6] > begins[7] < begins[8]
    assert begins.count(0) == 1  # the way back ends where something is known


def begins_of(asked_for: Sequence[PageParams]) -> list[int]:
    return [(params["page"] - 1) * params["per_page"] for params in asked_for]


def strangers(params: PageParams) -> Page[tuple[int, int]]:
    """A full page of items that were never seen before."""
    return Page([(number, number) for number in islice(STRANGERS, params["per_page"])])


STRANGERS = count(1_000_000)


@pytest.mark.parametrize("read_before", [0, 1, 2, 20])
def test_pages_that_shift_faster_than_they_are_read_are_an_error(read_before: int) -> None:
    archive, paginator = Archive.of(5000), overlapping()
    params: PageParams | None = paginator.first
    for _ in range(read_before):
        assert params is not None
        params = paginator.take(params, archive.page(params)).next
    in_vain = 0
    with pytest.raises(PagesShifted) as caught:  # noqa: PT012 - the number of pages counts
        while params is not None:
            in_vain += 1
            params = paginator.take(params, strangers(params)).next
    # The first page of all follows none, and counts as well.
    assert in_vain == 41 - (read_before == 1)
    assert str(caught.value) == "the pages change faster than they can be read"


def test_a_gap_is_looked_for_further_up_and_twice_as_far_each_time() -> None:
    archive, paginator = Archive.of(5000), overlapping()
    params: PageParams | None = paginator.first
    asked: list[PageParams] = []
    while len(asked) < 24:
        assert params is not None
        asked.append(params)
        params = paginator.take(
            params, archive.page(params) if len(asked) <= 20 else strangers(params)
        ).next
    begins = begins_of(asked[20:])
    first, second, third = (before - after for before, after in pairwise(begins))
    assert 50 <= first < 75
    assert 100 <= second < 150
    assert 175 <= third < 200  # a page has no more


def changelog(params: PageParams, size: int) -> Page[int]:
    ids = [number for number in range(size, 0, -1) if number < params.get("before", size + 1)]
    return Page(ids[params.get("offset", 0) :][: params["limit"]])


@pytest.mark.parametrize(
    ("most", "offset", "expected", "limits"),
    [
        (None, 0, list(range(25, 0, -1)), [10, 10, 10]),
        (None, 3, list(range(22, 0, -1)), [10, 10, 10]),
        (12, 0, list(range(25, 13, -1)), [10, 2]),
        (11, 0, list(range(25, 14, -1)), [10, 1]),
        (10, 0, list(range(25, 15, -1)), [10]),
        (4, 2, [23, 22, 21, 20], [4]),
    ],
)
def test_pages_before_an_id_go_down_to_the_end_or_as_far_as_is_wanted(
    most: int | None, offset: int, expected: list[int], limits: list[int]
) -> None:
    paginator = BeforeId[int](10, lambda item: item, most=most, offset=offset)
    found: list[int] = []
    asked: list[PageParams] = []
    params: PageParams | None = paginator.first
    while params is not None:
        asked.append(params)
        assert paginator.guess(params) is None
        result = paginator.take(params, changelog(params, 25))
        found += result.items
        params = result.next
    assert found == expected
    assert [params["limit"] for params in asked] == limits
    assert [params.get("offset") for params in asked] == [offset or None] + [None] * (
        len(asked) - 1
    )


def ids_of(
    paginator: BeforeId[int], answer: Callable[[PageParams], list[int]]
) -> tuple[list[int], list[PageParams]]:
    found: list[int] = []
    asked: list[PageParams] = []
    params: PageParams | None = paginator.first
    while params is not None:
        asked.append(params)
        result = paginator.take(params, Page(answer(params)))
        found += result.items
        params = result.next
    return found, asked


def by_offset(log: list[int], cap: int = 1000) -> Callable[[PageParams], list[int]]:
    """A server that passes over ``before``."""

    def answer(params: PageParams) -> list[int]:
        begin = params.get("offset", 0)
        return log[begin : begin + min(params["limit"], cap)]

    return answer


@each("size", [0, 9, 10, 11, 25, 30])
@each("offset", [0, 3])
def test_a_changelog_that_knows_no_before_is_read_on_by_offset(size: int, offset: int) -> None:
    log = list(range(size, 0, -1))
    found, _ = ids_of(BeforeId(10, lambda item: item, most=None, offset=offset), by_offset(log))
    assert found == log[offset:]


def test_what_is_added_while_a_changelog_is_read_by_offset_hides_nothing() -> None:
    log, added = list(range(60, 0, -1)), count(100)

    def answer(params: PageParams) -> list[int]:
        log.insert(0, next(added))
        return by_offset(log)(params)

    found, _ = ids_of(BeforeId(10, lambda item: item, most=None, offset=0), answer)
    assert {*range(1, 61)} <= {*found}
    assert len(found) == len({*found})


@each("cap", [50, 100])
@each("size", [49, 50, 51, 100, 250])
@each("knows_before", [False, True])
def test_a_changelog_in_pages_that_are_shorter_than_asked_for_is_read_to_its_end(
    cap: int, size: int, *, knows_before: bool
) -> None:
    log = list(range(size, 0, -1))

    def answer(params: PageParams) -> list[int]:
        if knows_before:
            return changelog({**params, "limit": min(cap, params["limit"])}, size).items
        return by_offset(log, cap)(params)

    found, asked = ids_of(BeforeId(1000, lambda item: item, most=None, offset=0), answer)
    assert found == log
    assert len(asked) <= size // cap + 3


def test_a_changelog_that_shows_only_its_first_page_is_not_called_whole() -> None:
    paginator = BeforeId[int](3, lambda item: item, most=None, offset=0)
    with pytest.raises(PagesShifted, match="shows the first 3 items, and no others"):
        ids_of(paginator, lambda params: [9, 8, 7][: params["limit"]])
    # As many as are wanted are whole.
    assert ids_of(BeforeId(3, lambda item: item, most=3, offset=0), lambda _: [9, 8, 7])[0] == [
        9,
        8,
        7,
    ]
    # Fifty may be all there are, of a server that knows neither.
    fifty = list(range(50, 0, -1))
    paginator = BeforeId[int](1000, lambda item: item, most=None, offset=0)
    assert ids_of(paginator, lambda _: fifty)[0] == fifty


@define
class Capped(Archive):
    """It holds so many on a page at most, or always."""

    cap: int = 50
    always: bool = False

    def page(self, params: PageParams) -> Page[tuple[int, int]]:
        size = self.cap if self.always else min(self.cap, params["per_page"])
        page = Archive.page(self, {**params, "per_page": size})
        self.asked[-1] = params
        return page


@each("always", [False, True])
@each("cap", [50, 100])
@each("size", [0, 1, 49, 50, 51, 99, 100, 149, 150, 151, 420])
def test_pages_that_are_shorter_than_asked_for_are_read_to_the_end(
    size: int, cap: int, *, always: bool
) -> None:
    for paginator in (numbered(), overlapping()):
        archive = Capped([(n, n) for n in range(size, 0, -1)], cap=cap, always=always)
        assert sorted(read(archive, paginator)) == list(range(1, size + 1))


@pytest.mark.parametrize("size", [50, 100])
def test_a_short_page_of_fifty_or_a_hundred_is_followed_by_one_more_request(size: int) -> None:
    for paginator in (numbered(), overlapping()):
        archive = Archive.of(size)
        assert sorted(read(archive, paginator)) == list(range(1, size + 1))
        assert len(archive.asked) == 2


def test_pages_of_a_size_of_their_own_are_read_until_two_readings_agree() -> None:
    archive = Capped([(n, n) for n in range(170, 0, -1)], always=True)

    def between() -> None:
        if len(archive.asked) == 4:
            archive.restore(0)  # the first of the next page moves to the one that was read

    assert {*range(1, 170)} <= {*read(archive, overlapping(), between)}
    restless = Capped([(n, n) for n in range(170, 0, -1)], always=True)
    with pytest.raises(PagesShifted):
        read(restless, overlapping(), lambda: restless.archive(restless.restore(0)))


@pytest.mark.parametrize(
    ("size", "requests"), [(0, 1), (49, 1), (50, 2), (51, 2), (100, 3), (175, 4)]
)
def test_a_list_that_comes_at_once_is_read_on_if_it_may_be_a_page(size: int, requests: int) -> None:
    items, asked = list(range(size)), 0
    paginator, found = MaybePaged[int](lambda item: item), list[int]()
    params: PageParams | None = paginator.first
    while params is not None:
        begin = 50 * (params.get("page", 1) - 1)
        result = paginator.take(params, Page(items[begin : begin + 50]))
        found, params, asked = [*found, *result.items], result.next, asked + 1
    assert (found, asked) == (items, requests)
    # One that knows no pages gives the same again.
    whole = MaybePaged[int](lambda item: item)
    following: PageParams = {"page": 2, "per_page": 50}
    assert whole.take(whole.first, Page(list(range(50)))).next == following
    assert whole.take(following, Page(list(range(50)))) == PageResult([], None)


FILTERED: list[tuple[int | None, int, list[list[int]], int]] = [
    (None, 0, [[2], [4], [6, 8], [10]], 4),
    (None, 2, [[], [], [6, 8], [10]], 4),
    (None, 9, [[], [], [], []], 4),
    (3, 0, [[2], [4], [6]], 3),
    (3, 1, [[], [4], [6, 8]], 3),
    (4, 0, [[2], [4], [6, 8]], 3),
    (9, 4, [[], [], [], [10]], 4),
]


@pytest.mark.parametrize(("most", "offset", "given", "requests"), FILTERED)
def test_filtered_pages_give_what_is_wanted_behind_an_offset_up_to_a_number(
    most: int | None, offset: int, given: list[list[int]], requests: int
) -> None:
    items = [1, 2, 3, 4, 5, 7, 6, 8, 9, 10]
    inner = PageNumbers[int](3, lambda item: item)
    paginator = FilteredPages(inner, lambda item: item % 2 == 0, most=most, offset=offset)
    params: PageParams | None = paginator.first
    found: list[list[int]] = []
    while params is not None:
        assert paginator.guess(params) == inner.guess(params)
        begin = (params["page"] - 1) * 3
        result = paginator.take(params, Page(items[begin : begin + 3]))
        found.append(result.items)
        params = result.next
    assert found == given
    assert len(found) == requests


def test_a_listing_may_have_as_many_pages_as_the_limit_but_not_more() -> None:
    def read_within(most: int) -> list[int]:
        paginator = PageLimit(PageNumbers[int](3, lambda item: item), most=most)
        params: PageParams | None = paginator.first
        assert paginator.guess(paginator.first) == {"page": 2, "per_page": 3}
        found: list[int] = []
        while params is not None:
            begin = (params["page"] - 1) * 3
            result = paginator.take(params, Page(list(range(8))[begin : begin + 3]))
            found, params = [*found, *result.items], result.next
        return found

    assert read_within(3) == list(range(8))
    with pytest.raises(DecodeError, match="behind 2 pages there is one more"):
        read_within(2)
