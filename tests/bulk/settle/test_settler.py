"""What is lost is looked for, how often, how long and where; then it is told, or sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import anyio
import pytest
from attrs import evolve

from agilekit import (
    BadRequest,
    Conflicted,
    Forbidden,
    RateLimited,
    ServerError,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.bulk import Created, Creation, Refused, Survey, Unknown
from agilekit.bulk.settle.settler import Settler
from agilekit.bulk.signal import Signal
from agilekit.bulk.store import Entry, MemoryStore, PriorState, Result
from agilekit.errors import AnswerTooLarge, CallError, ConnectionLost, UnknownAfterServerError
from tests.bulk.entries import entries, matcher
from tests.bulk.shelf import LOST, Note, Shelf
from tests.ids import short
from tests.virtual_time import in_virtual_time

ABOVE: Final = 10
"""The highest number that was there before the job."""
BAD: Final = BadRequest("not valid", status=400)
GONE: Final = ConnectionLost("gone")


class Job:
    """A settler, and what it tells the job around it."""

    def __init__(
        self,
        *there: Note,
        creation: Creation[Note] | None = None,
        batch_size: int = 8,
        high_water_mark: int | None = ABOVE,
    ) -> None:
        self.shelf: Final = Shelf(notes=there)
        self.looks: Final[list[float]] = []
        self.ends: Final[dict[int, Result[Note]]] = {}
        self.again: Final[list[Entry]] = []
        self.is_sending = False
        self.changed: Final = Signal()
        self.creation: Final = creation or self.shelf.kind()
        store = MemoryStore(self.creation.spec)
        self.settler: Final = Settler(
            self.creation,
            store,
            matcher(("a", "a")),
            settle_after=40,
            batch_size=batch_size,
            record=self._record,
            resend=self.again.extend,
            is_sending=lambda: self.is_sending,
            on_look=lambda: self.looks.append(anyio.current_time()),
            changed=self.changed,
        )
        if high_water_mark is not None:
            self.settler.high_water_mark = high_water_mark

    def _record(self, ends: Sequence[Result[Note]]) -> None:
        for end in ends:
            assert end.outcome.position not in self.ends
            assert end.outcome.position == end.entry.position
            self.ends[end.outcome.position] = end

    def lose(self, *batch: Entry, error: UnknownOutcome = LOST) -> None:
        self.settler.lose(batch, error, left=anyio.current_time())

    async def settle(self) -> None:
        """Until nothing is lost."""
        await self.settler.run(lambda: not self.settler.lost)

    @property
    def evidence(self) -> dict[int, tuple[str, ...]]:
        """By position, the items that the unknown may have become."""
        found: dict[int, tuple[str, ...]] = {}
        for position, end in self.ends.items():
            if isinstance(end.outcome, Unknown):
                assert isinstance(end.outcome.error, UnknownOutcome)
                items = end.outcome.error.evidence.get("items")
                assert isinstance(items, tuple)
                # The evidence is of any kind.
                found[position] = tuple(map(str, items))  # pyright: ignore[reportUnknownArgumentType]
        return found


@pytest.fixture
def timed(anyio_backend: str) -> Callable[[Callable[[], Awaitable[None]]], None]:
    return lambda main: in_virtual_time(anyio_backend, main)


Timed = Callable[[Callable[[], Awaitable[None]]], None]


def test_at_first_nothing_is_known_and_nothing_held() -> None:
    settler = Job(high_water_mark=None).settler
    assert (settler.high_water_mark, settler.is_of_project) == (0, False)
    assert (settler.refuses_whole, settler.on_hold) == (False, False)
    assert settler.is_idle


# How often, and how long.


def test_the_pauses_grow_up_to_ten_seconds_and_the_last_look_is_at_the_end_of_the_horizon(
    timed: Timed,
) -> None:
    async def main() -> None:
        job, (draft,) = Job(), entries("Paint")
        job.lose(draft)
        await job.settle()
        assert job.looks == pytest.approx([0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5, 40])
        assert (job.again, job.ends) == ([draft], {})

    timed(main)


def test_two_looks_are_half_a_second_apart_at_least(timed: Timed) -> None:
    async def main() -> None:
        job, (one, other) = Job(), entries("Paint", "Oil")
        job.lose(one)
        job.settler.resume(other, PriorState("lost", age=4.3))
        await job.settle()
        assert job.looks == pytest.approx([0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5, 36, 40])
        assert job.again == [other, one]

    timed(main)


def test_a_look_that_takes_long_is_followed_by_as_long_a_pause(timed: Timed) -> None:
    async def main() -> None:
        job, (draft,) = Job(creation=slow(6)), entries("Paint")
        job.lose(draft)
        await job.settle()
        assert job.looks == pytest.approx([0.5, 12.5, 28.5, 40])

    timed(main)


def slow(seconds: float) -> Creation[Note]:
    """An empty container that takes so long to be read."""

    shelf = Shelf()

    async def listing() -> AsyncIterator[Note]:
        await anyio.sleep(seconds)
        for note in shelf.notes:
            yield note

    return evolve(shelf.kind(), listing=listing)


def test_what_is_lost_after_everything_was_found_is_looked_for_at_once(timed: Timed) -> None:
    async def main() -> None:
        job, (one, other) = Job(Note(11, "Paint"), Note(12, "Oil")), entries("Paint", "Oil")
        is_over = False
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settler.run, lambda: is_over)
            job.settler.resume(one, PriorState("lost"))
            await anyio.sleep(100)
            assert job.settler.is_idle
            job.lose(other)
            assert not job.settler.is_idle
            await anyio.sleep(10)
            is_over = True
            job.changed.notify()
        assert job.looks == pytest.approx([0.5, 100.5])
        assert sorted(job.ends) == [0, 1]

    timed(main)


def test_a_refusal_is_looked_into_at_once_even_during_a_long_pause(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(), entries("Paint", "Oil", "Wash")
        job.lose(drafts[0])
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(20)
            assert not job.settler.has_refused
            job.settler.doubt(drafts[1:], BAD)
            assert job.settler.has_refused
            assert [one.settle_by for one in drafts[1:]] == [anyio.current_time()] * 2
        assert job.looks == pytest.approx([0.5, 1.5, 3.5, 7.5, 15.5, 20, 30, 40])
        assert job.again == [*drafts[1:], drafts[0]]

    timed(main)


def test_while_a_refusal_hangs_on_what_is_being_sent_it_is_looked_into_each_half_second(
    timed: Timed,
) -> None:
    async def main() -> None:
        job, (refused, other) = Job(), entries("Paint", "Paint")
        job.settler.start_request([other])
        job.settler.doubt([refused], BAD)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(2.2)
            assert job.ends == {}
            job.settler.end_request([other])
        assert job.looks == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])
        assert job.ends[0].outcome == Refused(0, refused.draft, BAD)

    timed(main)


# What is known of a draft that is lost.


def test_a_lost_draft_is_one_of_this_run_that_was_sent_once_more(timed: Timed) -> None:
    async def main() -> None:
        job, (draft,) = Job(), entries("Paint")
        draft.by_earlier_run, draft.refusal, draft.times_lost = True, BAD, 2
        await anyio.sleep(5)
        job.settler.lose([draft], LOST, left=3)
        assert draft.error is LOST
        assert draft.refusal is None
        assert draft.was_lost
        assert (draft.by_earlier_run, draft.times_lost, draft.settle_by) == (False, 3, 43)
        job.settler.lose([draft], UnknownAfterServerError("no", status=500), left=4)
        assert (draft.times_lost, draft.settle_by) == (4, 43)
        job.settler.lose([draft], UnknownAfterServerError("no", status=502), left=4)
        assert draft.settle_by == 44

    timed(main)


def test_one_of_an_earlier_run_counts_from_when_that_has_sent_it(timed: Timed) -> None:
    async def main() -> None:
        job, (draft,) = Job(), entries("Paint")
        await anyio.sleep(5)
        job.settler.resume(draft, PriorState("lost", sent_at=1234.5, age=30))
        assert (draft.sent_at, draft.settle_by, draft.high_water_mark) == (1234.5, 15, ABOVE)
        assert (draft.was_lost, draft.by_earlier_run, draft.times_lost) == (True, True, 0)

    timed(main)


# What is sent while the container is read.


@pytest.mark.parametrize("when", ["before the look", "during the look", "before another"])
def test_an_item_of_a_draft_that_is_being_sent_is_given_to_no_other_of_its_text(
    timed: Timed, when: str
) -> None:
    async def main() -> None:
        async def listing() -> AsyncIterator[Note]:
            if len(job.looks) == 1 and when != "before the look":
                job.settler.start_request([other] if when == "during the look" else [third])
            await anyio.sleep(0.1)
            yield Note(11, "Same")

        job = Job(creation=evolve(Shelf().kind(), listing=listing))
        lost, other, third = entries("Same", "Same", "Another")
        if when != "during the look":
            job.settler.start_request([other])
        job.lose(lost)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(1)
            assert len(job.looks) == 1
            assert job.ends == {}
            job.settler.end_request([other])
        assert len(job.looks) == 2
        assert job.ends[0].outcome == Created(0, lost.draft, Note(11, "Same"))

    timed(main)


# The container cannot be read.


@pytest.mark.parametrize(
    "error", [ServerError("down", status=500), RateLimited("later", status=429), GONE], ids=short
)
def test_it_is_read_again_until_the_end_of_the_horizon_and_five_times_at_least(
    timed: Timed, error: CallError
) -> None:
    async def main() -> None:
        job, (draft,) = Job(), entries("Paint")
        job.shelf.unreadable = error
        job.lose(draft)
        await job.settle()
        assert len(job.looks) == 8
        assert job.looks[-1] == pytest.approx(40)
        assert job.ends[0].outcome == Unknown(0, draft.draft, error)
        assert job.again == []
        job, (draft,) = Job(), entries("Paint")
        job.shelf.unreadable = error
        job.settler.resume(draft, PriorState("lost", age=3600))
        await job.settle()
        assert len(job.looks) == 5
        assert job.ends[0].outcome == Unknown(0, draft.draft, error)

    timed(main)


@pytest.mark.parametrize(
    "error", [Forbidden("no", status=403), AnswerTooLarge("too large")], ids=short
)
def test_it_is_not_read_again_if_that_would_not_help(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        job, drafts = Job(), entries("Paint", "Oil")
        job.shelf.unreadable = error
        job.lose(*drafts)
        await job.settle()
        assert len(job.looks) == 1
        assert [end.outcome for end in job.ends.values()] == [
            Unknown(one.position, one.draft, error) for one in drafts
        ]

    timed(main)


def test_only_failures_in_a_row_count(timed: Timed) -> None:
    async def main() -> None:
        job, (draft,) = Job(), entries("Paint")
        job.settler.resume(draft, PriorState("lost", age=3600))
        # Its label is being sent, so that a look that succeeds settles nothing.
        (other,) = entries("Paint")
        job.settler.start_request([other])
        job.shelf.unreadable = GONE
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(10)
            assert len(job.looks) == 4
            job.shelf.unreadable = None
            await anyio.sleep(10)
            assert len(job.looks) == 5
            job.shelf.unreadable = GONE
            await anyio.sleep(35)
            assert len(job.looks) == 8
            assert job.ends == {}
        assert len(job.looks) == 10
        assert job.ends[0].outcome == Unknown(0, draft.draft, GONE)

    timed(main)


def test_a_container_that_does_not_list_everything_is_not_read(timed: Timed) -> None:
    async def main() -> None:
        shelf = Shelf()
        job, drafts = Job(creation=shelf.kind(lists_all=False)), entries("Paint", "Oil")
        job.lose(*drafts)
        await job.settle()
        assert shelf.listings == 0
        assert job.evidence == {0: (), 1: ()}

    timed(main)


@pytest.mark.parametrize(
    ("texts", "exactly"), [(["Paint"], False), (["Paint", "Oil \U0001f389"], True)]
)
def test_characters_that_a_format_loses_are_looked_for_in_one_that_keeps_them(
    timed: Timed, texts: Sequence[str], exactly: bool
) -> None:
    async def main() -> None:
        exact, usual = (Shelf(notes=[Note(11, "Paint"), Note(12, "Oil \U0001f389")]) for _ in "ab")
        creation = evolve(usual.kind(), exact_listing=exact.kind().listing)
        job = Job(creation=creation)
        job.lose(*entries(*texts))
        await job.settle()
        assert (exact.listings, usual.listings) == ((1, 0) if exactly else (0, 1))
        assert all(isinstance(end.outcome, Created) for end in job.ends.values())

    timed(main)


# What is missing.


def test_it_is_sent_again_in_ever_smaller_batches(timed: Timed) -> None:
    async def main() -> None:
        job, (draft,) = Job(batch_size=100), entries("Paint")
        sizes: list[int | None] = []
        for _ in range(5):
            job.lose(draft)
            await job.settle()
            assert job.again.pop() is draft
            sizes.append(draft.batch_limit)
        assert sizes == [25, 6, 1, 1, 1]

    timed(main)


@pytest.mark.parametrize("unclaimed_item", [False, True])
def test_after_ten_tries_it_is_refused_unless_an_unclaimed_item_is_there(
    timed: Timed, unclaimed_item: bool
) -> None:
    async def main() -> None:
        there = [Note(11, "Of somebody else")] if unclaimed_item else []
        job, (draft,) = Job(*there), entries("Paint")
        for _ in range(9):
            job.lose(draft)
            await job.settle()
            assert job.again.pop() is draft
        job.lose(draft)
        await job.settle()
        assert job.again == []
        if unclaimed_item:
            assert job.evidence == {0: ("11",)}
        else:
            assert job.ends[0].outcome == Refused(0, draft.draft, LOST)
            assert not job.ends[0].final

    timed(main)


# What was refused.


@pytest.mark.parametrize(("size", "half"), [(2, 1), (4, 2), (5, 3)])
def test_what_is_missing_of_a_refused_batch_is_sent_again_in_halves(
    timed: Timed, size: int, half: int
) -> None:
    async def main() -> None:
        job, batch = Job(Note(11, "Of somebody else")), entries("a", "b", "c", "d", "e")[:size]
        job.settler.doubt(batch, BAD)
        await job.settle()
        assert job.again == batch
        assert {one.batch_limit for one in batch} == {half}
        assert job.looks == [0]

    timed(main)


@pytest.mark.parametrize(
    ("there", "doubted", "evidence"),
    [
        ([], False, None),
        ([], True, None),
        ([Note(11, "Of somebody else")], False, None),
        ([Note(11, "Of somebody else")], True, ("11",)),
        ([Note(11, "Paint it")], False, ("11",)),
    ],
)
@pytest.mark.parametrize("error", [BAD, Conflicted("no", status=409)], ids=short)
def test_one_that_is_missing_is_refused_unless_it_may_be_what_is_there(
    timed: Timed,
    there: Sequence[Note],
    doubted: bool,
    evidence: tuple[str, ...] | None,
    error: CallError,
) -> None:
    async def main() -> None:
        job, (draft,) = Job(*there), entries("Paint")
        draft.was_lost = doubted
        job.settler.doubt([draft], error)
        await job.settle()
        assert job.again == []
        if evidence is None:
            assert job.ends[0].outcome == Refused(0, draft.draft, error)
        else:
            assert job.evidence == {0: evidence}

    timed(main)


def test_a_refusal_that_blames_no_draft_is_that_of_the_whole_batch(timed: Timed) -> None:
    async def main() -> None:
        job, batch = Job(), entries("a", "b")
        conflict = Conflicted("no", status=409)
        job.settler.doubt(batch, conflict)
        await job.settle()
        assert [end.outcome for end in job.ends.values()] == [
            Refused(one.position, one.draft, conflict) for one in batch
        ]

    timed(main)


async def refuse(job: Job, batch: Sequence[Entry]) -> None:
    job.settler.doubt(batch, Unprocessable("not valid", status=422))
    await job.settle()


def test_a_server_refuses_whole_batches_once_it_takes_the_first_draft_of_one(timed: Timed) -> None:
    async def main() -> None:
        job, batch = Job(), entries("a1", "b2", "c3", "d4")
        job.settler.accepted(entries("e5"))
        await refuse(job, batch)
        job.settler.accepted(batch[1:])
        assert not job.settler.refuses_whole
        job.settler.accepted(batch[:1])
        assert job.settler.refuses_whole
        job.settler.accepted(entries("f6")[:0])
        assert job.settler.refuses_whole

    timed(main)


@pytest.mark.parametrize(
    ("there", "size"),
    [([Note(11, "Of somebody else")], 4), ([Note(11, "a1")], 4), ([Note(11, "c3")], 4), ([], 1)],
)
def test_but_not_if_it_may_have_stored_some_or_the_first_was_sent_on_its_own(
    timed: Timed, there: Sequence[Note], size: int
) -> None:
    async def main() -> None:
        job, batch = Job(*there), entries("a1", "b2", "c3", "d4")[:size]
        await refuse(job, batch)
        job.settler.accepted(batch)
        assert not job.settler.refuses_whole

    timed(main)


def test_and_not_while_one_of_them_may_still_be_there(timed: Timed) -> None:
    async def main() -> None:
        job, batch = Job(), entries("a1", "b2")
        (other,) = entries("b2")
        job.settler.start_request([other])
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(refuse, job, batch)
            await anyio.sleep(0.2)
            assert job.again == batch[:1]
            job.settler.accepted(batch[:1])
            assert not job.settler.refuses_whole
            job.settler.end_request([other])

    timed(main)


def test_a_server_that_once_stored_a_part_does_not_refuse_whole_batches(timed: Timed) -> None:
    async def main() -> None:
        job, first = Job(), entries("a1", "b2", "c3")
        second = entries("e5", "f6")
        for place, draft in enumerate(second):
            draft.position = 5 + place
        await refuse(job, first)
        job.settler.accepted(first)
        assert job.settler.refuses_whole
        job.shelf.notes.append(Note(11, "e5"))
        await refuse(job, second)
        assert isinstance(job.ends[5].outcome, Created)
        assert job.settler.refuses_whole is False
        job.settler.accepted(first)
        assert not job.settler.refuses_whole

    timed(main)


def test_that_a_batch_was_lost_without_a_trace_says_nothing_of_refusals(timed: Timed) -> None:
    async def main() -> None:
        job, batch = Job(Note(11, "Of somebody else")), entries("a1", "b2")
        await refuse(job, batch)
        job.shelf.notes.clear()
        job.lose(*batch)
        await job.settle()
        job.settler.accepted(batch)
        assert not job.settler.refuses_whole

    timed(main)


def test_a_refused_draft_of_its_own_that_is_there_is_not_a_part_of_a_batch(timed: Timed) -> None:
    async def main() -> None:
        job, batch = Job(), entries("a1", "b2")
        (alone,) = entries("e5")
        alone.position = 5
        await refuse(job, batch)
        job.shelf.notes.append(Note(11, "e5"))
        await refuse(job, [alone])
        assert isinstance(job.ends[5].outcome, Created)
        job.settler.accepted(batch)
        assert job.settler.refuses_whole

    timed(main)


# What may have been moved.


def project(
    *items: Note, numbers: Sequence[int] | None = None
) -> tuple[Creation[Note], list[float]]:
    """An empty container in a project of some items, and when the project was looked through."""
    surveys: list[float] = []

    async def survey(high_water_mark: int) -> Survey[Note]:
        assert high_water_mark == ABOVE
        surveys.append(anyio.current_time())
        return Survey(items, numbers=numbers)

    return evolve(Shelf().kind(), survey=survey), surveys


def test_nothing_is_sent_while_the_project_is_searched_for_what_an_earlier_run_has_sent(
    timed: Timed,
) -> None:
    async def main() -> None:
        creation, surveys = project(Note(11, "Paint"))
        job, (draft,) = Job(creation=creation), entries("Paint")
        job.settler.is_of_project = True
        job.is_sending = True
        job.settler.resume(draft, PriorState("lost", age=3600))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(5)
            assert job.settler.on_hold
            job.changed.notify()
            await anyio.sleep(5)
            assert surveys == []
            job.is_sending = False
            job.changed.notify()
        assert job.settler.on_hold is False
        assert surveys == pytest.approx([10])
        assert job.ends[0].outcome == Created(0, draft.draft, Note(11, "Paint"))

    timed(main)


def test_the_job_is_told_when_it_may_send_again(timed: Timed) -> None:
    async def main() -> None:
        creation, _ = project()
        job, (draft,) = Job(creation=creation), entries("Paint")
        job.settler.resume(draft, PriorState("lost", age=3600))
        job.is_sending = True
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(5)
            job.is_sending = False
            job.changed.notify()
            with anyio.fail_after(1):
                while job.settler.on_hold:
                    await job.changed.wait()

    timed(main)


def test_for_what_this_run_has_sent_nothing_is_held(timed: Timed) -> None:
    async def main() -> None:
        creation, surveys = project(Note(11, "Paint"))
        listed = evolve(creation, listing=Shelf(notes=[Note(12, "PAINT")]).kind().listing)
        job, (draft,) = Job(creation=listed), entries("Paint")
        job.is_sending = True
        job.settler.is_of_project = True
        job.settler.lose([draft], LOST, left=-100)
        with anyio.fail_after(1):
            await job.settle()
        assert surveys == pytest.approx([0.5])
        assert job.ends[0].outcome == Created(0, draft.draft, Note(11, "Paint"))

    timed(main)


def test_what_is_elsewhere_proves_nothing_if_it_may_have_been_there_before(timed: Timed) -> None:
    async def main() -> None:
        creation, _ = project(Note(11, "Paint"))
        job, (draft,) = Job(creation=creation), entries("Paint")
        job.settler.resume(draft, PriorState("lost", age=3600))
        await job.settle()
        assert job.evidence == {0: ("11",)}

    timed(main)


def test_what_is_elsewhere_is_given_to_none_while_another_of_its_text_may_still_come(
    timed: Timed,
) -> None:
    async def main() -> None:
        creation, surveys = project(Note(11, "Paint the door"))
        job, (old, new) = Job(creation=creation), entries("Paint the door", "Paint the door")
        job.settler.is_of_project = True
        job.settler.resume(old, PriorState("lost", age=3600))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.settle)
            await anyio.sleep(0.2)
            job.lose(new)
        assert surveys[0] == pytest.approx(40.2)
        assert len(surveys) == 2
        assert job.again == [new]
        assert job.ends[0].outcome == Created(0, old.draft, Note(11, "Paint the door"))

    timed(main)


def test_numbers_that_are_shown_nowhere_are_named(timed: Timed) -> None:
    async def main() -> None:
        creation, _ = project(numbers=[11, 14])
        job, (draft,) = Job(creation=creation), entries("Paint")
        job.settler.resume(draft, PriorState("lost", sent_at=0.0, age=3600))
        await job.settle()
        outcome = job.ends[0].outcome
        assert isinstance(outcome, Unknown)
        assert isinstance(outcome.error, UnknownOutcome)
        assert outcome.error.evidence == {"items": (), "numbers": (12, 13)}
        assert outcome.error.sent_at == datetime(1970, 1, 1, tzinfo=UTC)

    timed(main)
