"""One request of a job: what is noted before it, and what becomes of its drafts after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import anyio
import pytest
from attrs import evolve

from agilekit import (
    BadRequest,
    Conflicted,
    Forbidden,
    NotFound,
    NotSent,
    RateLimited,
    Unauthorized,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.bulk import Created, Creation, Refused
from agilekit.bulk.circuit_breaker import CircuitBreaker
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.sender import Sender
from agilekit.bulk.settle.settler import Settler
from agilekit.bulk.shutdown import Shutdown
from agilekit.bulk.signal import Signal
from agilekit.bulk.store import Entry, MemoryStore, Result
from agilekit.errors import CallError, Redirected
from agilekit.session.call import OnSend
from agilekit.wire.json import JSON
from tests.bulk.entries import entries
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf
from tests.each import each
from tests.ids import short
from tests.virtual_time import in_virtual_time

Timed = Callable[[Callable[[], Awaitable[None]]], None]
Answer = Callable[[list[JSON], OnSend], Awaitable[list[Note]]]

BAD: Final = BadRequest("not valid", status=400)


@pytest.fixture
def timed(anyio_backend: str) -> Timed:
    return lambda main: in_virtual_time(anyio_backend, main)


class JournalOutcomes(MemoryStore[Note]):
    """Counts what is noted."""

    def __init__(self, creation: Creation[Note]) -> None:
        super().__init__(creation.spec)
        self.notes: list[tuple[str, str]] = []
        self.intents: list[float] = []
        """When."""
        self.intended: list[list[int]] = []
        """The positions of which drafts."""

    async def note(self, name: str, value: str) -> None:
        self.notes.append((name, value))
        await super().note(name, value)

    # A sender gives no more than this: the base takes drafts of any kind.
    async def intend(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, drafts: Sequence[Entry]
    ) -> None:
        self.intents.append(anyio.current_time())
        self.intended.append([draft.position for draft in drafts])


class Job:
    """A sender, with a settler that does not look."""

    def __init__(
        self,
        *fates: Fate,
        answer: Answer | None = None,
        goes_first: bool = False,
        again: bool = False,
        highest_number: int | None = 10,
    ) -> None:
        self.shelf: Final = Shelf(*fates, notes=[Note(10, "of before")])
        kind = self.shelf.kind()
        creation = kind if answer is None else evolve(kind, create=answer)
        self.kept: Final = JournalOutcomes(creation)
        self.matcher: Final = ItemMatcher(creation.spec)
        self.end: Final[dict[int, Result[Note]]] = {}
        self.told = 0
        self.shutdown: Final = Shutdown(lambda: None)
        self.changed: Final = Signal()
        self.unrecorded: Exception | None = None
        if again:
            # As a run before has left it: `note` could be awaited only later.
            self.kept._values["resent"] = ""  # pyright: ignore[reportPrivateUsage]
        self.sender: Final = Sender(
            creation,
            self.kept,
            self.matcher,
            batch_size=4,
            goes_first=goes_first,
            breaker=CircuitBreaker(),
            shutdown=self.shutdown,
            record=self._record,
            changed=self.changed,
        )
        self.settler: Final = Settler(
            creation,
            self.kept,
            self.matcher,
            settle_after=40,
            batch_size=4,
            record=self._record,
            resend=self.sender.to_resend.extend,
            is_sending=lambda: False,
            on_look=lambda: None,
            changed=Signal(),
        )
        self.settler.high_water_mark = 10
        if highest_number is not None:
            self.sender.highest_number = highest_number

    def _record(self, ends: Sequence[Result[Note]]) -> None:
        if self.unrecorded is not None:
            raise self.unrecorded
        self.end.update((end.entry.position, end) for end in ends)

    async def send(self, batch: Sequence[Entry]) -> None:
        try:
            await self.sender.send(batch, self.settler)
        finally:
            assert not self.sender.requests
            assert self.sender.first_is_under_way is False
            assert self.settler.is_idle == (not self.settler.lost)

    @property
    def refused(self) -> dict[int, object]:
        """By position, why."""
        outcomes = [end.outcome for end in self.end.values()]
        return {one.position: one.error for one in outcomes if isinstance(one, Refused)}


def test_at_first_nothing_is_sent_and_nothing_known(timed: Timed) -> None:
    async def main() -> None:
        sender = Job(highest_number=None).sender
        assert (sender.highest_number, sender.goes_first, sender.first_is_under_way) == (
            0,
            False,
            False,
        )
        assert (sender.has_resent, sender.resent_by_earlier_run) == (False, False)

    timed(main)


# What is sent again.


@pytest.mark.parametrize(
    ("beside", "sizes"),
    [
        ([None] * 5, [4, 1]),
        ([None, 3, None, None, None], [3, 2]),
        ([2, None, None, None, None], [2, 3]),
        ([None, 1, 1, None], [1, 1, 1, 1]),
        ([None, 1, None], [1, 1, 1]),
        ([9, 9, 9, 9, 9], [4, 1]),
        ([3, 2, 4, 4, 4, 4], [2, 4]),
    ],
)
def test_a_batch_is_as_long_as_each_of_its_drafts_may_bear(
    beside: Sequence[int | None], sizes: Sequence[int], timed: Timed
) -> None:
    async def main() -> None:
        job, drafts = Job(), entries(*map(str, range(len(beside))))
        for draft, most in zip(drafts, beside, strict=True):
            draft.batch_limit = most
        job.sender.to_resend.extend(drafts)
        taken = [job.sender.take_resends() for _ in sizes]
        assert [one for batch in taken for one in batch] == drafts
        assert [len(batch) for batch in taken] == sizes
        assert job.sender.take_resends() == []

    timed(main)


def test_what_was_taken_again_is_known_by_its_position(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(), entries(*"abcdef")
        assert not job.sender.has_resent
        for draft in drafts:
            job.sender.to_resend.append(draft)
        job.sender.take_resends()
        assert job.sender.resent == dict(enumerate(drafts[:4]))
        assert job.sender.has_resent
        job.sender.take_resends()
        assert job.sender.resent == dict(enumerate(drafts))

    timed(main)


def test_that_something_is_sent_again_is_noted_once_for_all_runs(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(), entries(*"abcdef")
        await job.send(drafts[:2])
        assert job.kept.notes == []
        job.sender.to_resend.extend(drafts[2:])
        await job.send(job.sender.take_resends())
        assert job.kept.notes == [("resent", "")]
        await job.send(drafts[2:3])
        assert len(job.kept.notes) == 1
        job = Job(again=True)
        assert job.sender.has_resent
        assert job.sender.resent_by_earlier_run
        job.sender.to_resend.extend(drafts)
        await job.send(job.sender.take_resends())
        assert job.kept.notes == []

    timed(main)


# What is created.


def test_each_draft_becomes_its_item_and_the_server_is_known_by_it(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await on_send()
            return [Note(21, "B"), Note(20, "A")]

        job, drafts = Job(answer=answer), entries("a", "b")
        await job.send(drafts)
        assert [end.outcome for end in job.end.values()] == [
            Created(0, drafts[0].draft, Note(20, "A")),
            Created(1, drafts[1].draft, Note(21, "B")),
        ]
        assert job.matcher.label(entries("c")[0]) == "C"
        assert [draft.high_water_mark for draft in drafts] == [10, 10]
        assert job.sender.highest_number == 21
        assert job.kept.notes == []
        assert (job.settler.high_water_mark, job.settler.is_of_project) == (10, False)
        (other,) = entries("d")
        await job.send([other])
        assert other.high_water_mark == 21

    timed(main)


def test_what_an_answer_does_not_hold_is_lost(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await anyio.sleep(3)
            await on_send()
            await anyio.sleep(4)
            return [Note(8, "b")]

        job, drafts = Job(answer=answer), entries("a", "b")
        await job.send(drafts)
        assert list(job.end) == [1]
        (lost,) = job.settler.lost
        assert lost is drafts[0]
        assert lost.settle_by == pytest.approx(43)
        assert isinstance(lost.error, UnknownOutcome)
        assert str(lost.error) == "the answer holds no item that was made of this draft"
        assert job.sender.highest_number == 10

    timed(main)


def test_the_first_request_goes_ahead_and_shows_where_the_new_items_begin(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(goes_first=True), entries(*"abcd")
        job.shelf.put({"text": "of somebody else"})
        ahead: list[tuple[bool, bool]] = []
        job.shelf.watch = lambda: ahead.append(
            (job.sender.goes_first, job.sender.first_is_under_way)
        )
        await job.send(drafts[:2])
        await job.send(drafts[2:])
        assert ahead == [(False, True), (False, False)]
        assert (job.settler.high_water_mark, job.settler.is_of_project) == (11, True)
        assert job.kept.notes == [("watermark", "11"), ("watermark of", "project")]

    timed(main)


def test_another_that_ends_meanwhile_does_not_go_ahead(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await anyio.sleep(5 if len(bodies) == 2 else 1)
            return []

        job, drafts = Job(answer=answer, goes_first=True), entries(*"abc")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.sender.send, drafts[:2], job.settler)
            await anyio.sleep(0.1)
            tasks.start_soon(job.sender.send, drafts[2:], job.settler)
            await anyio.sleep(2)
            assert job.sender.first_is_under_way
        assert not job.sender.first_is_under_way
        # An answer without any item shows nothing.
        assert (job.settler.high_water_mark, job.settler.is_of_project) == (10, False)
        assert len(job.settler.lost) == 3

    timed(main)


def test_an_answer_without_items_shows_no_number(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            return []

        job = Job(answer=answer, highest_number=None)
        assert job.sender.highest_number == 0
        await job.send(entries("a"))
        assert job.sender.highest_number == 0

    timed(main)


def test_numbers_that_were_known_already_show_nothing_new(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            return [Note(5, "a")]

        job = Job(answer=answer, goes_first=True)
        await job.send(entries("a"))
        assert (job.settler.high_water_mark, job.sender.highest_number) == (10, 10)

    timed(main)


def test_a_server_that_takes_the_first_of_a_refused_batch_refuses_whole_ones(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(Fate(BAD, 0), OK), entries("a1", "b2")
        await job.send(drafts)
        await job.settler.run(lambda: not job.settler.lost)
        await job.send(job.sender.take_resends())
        assert job.settler.refuses_whole

    timed(main)


# When it leaves.


@pytest.mark.parametrize(
    ("turns", "intents"), [([0.5], [0]), ([1], [0]), ([2], [0, 2]), ([2, 0.5, 3], [0, 2, 5.5])]
)
def test_a_request_that_waits_long_for_its_turn_is_noted_again_when_it_is_sent(
    timed: Timed, turns: Sequence[float], intents: Sequence[float]
) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            for turn in turns:
                await anyio.sleep(turn)
                await on_send()
            raise LOST

        job = Job(answer=answer)
        await job.send(entries("a", "b"))
        assert job.kept.intents == pytest.approx(intents)
        assert job.kept.intended == [[0, 1]] * len(intents)
        assert job.settler.lost[0].settle_by == pytest.approx(sum(turns) + 40)

    timed(main)


@pytest.mark.parametrize("nothing", [False, True])
def test_what_was_on_its_way_when_the_job_is_cancelled_is_open(timed: Timed, nothing: bool) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            came_to_nothing = await on_send()
            if nothing:
                assert came_to_nothing is not None
                came_to_nothing()
            await anyio.sleep(60)
            return []

        job, drafts = Job(answer=answer), entries("a", "b")
        drafts[1].was_lost, drafts[1].error = True, LOST
        with anyio.move_on_after(1):
            await job.send(drafts)
        if nothing:
            assert (job.sender.unanswered, list(job.sender.to_resend)) == ([], drafts)
            assert isinstance(drafts[0].error, NotSent)
        else:
            assert (job.sender.unanswered, list(job.sender.to_resend)) == (drafts, [])
        assert drafts[1].error is LOST

    timed(main)


def test_everything_that_was_on_its_way_is_open(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await on_send()
            await anyio.sleep(60)
            return []

        job, drafts = Job(answer=answer), entries("a", "b")
        with anyio.move_on_after(1):
            async with anyio.create_task_group() as tasks:
                for draft in drafts:
                    tasks.start_soon(job.sender.send, [draft], job.settler)
        assert sorted(job.sender.unanswered, key=lambda one: one.position) == drafts

    timed(main)


def test_one_that_is_given_up_before_it_leaves_was_not_sent(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await anyio.sleep(60)
            await on_send()
            return []

        job, drafts = Job(answer=answer), entries("a")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.send, drafts)
            await anyio.sleep(1)
            (request,) = job.sender.requests
            request.give_up()
            await job.changed.wait()
        assert list(job.sender.to_resend) == drafts
        assert str(drafts[0].error) == "the job ended before it was sent"
        assert anyio.current_time() == pytest.approx(1)

    timed(main)


@pytest.mark.parametrize("fate", [OK, Fate(BAD, 0)])
def test_what_is_answered_and_cannot_be_recorded_is_neither_open_nor_sent_again(
    timed: Timed, fate: Fate
) -> None:
    async def main() -> None:
        job = Job(fate)
        job.unrecorded = OSError("full")
        with pytest.raises(OSError, match="full"):
            await job.send(entries("a"))
        assert (job.sender.unanswered, list(job.sender.to_resend)) == ([], [])

    timed(main)


def test_a_job_that_has_stopped_sends_nothing(timed: Timed) -> None:
    async def main() -> None:
        job, drafts = Job(goes_first=True), entries("a", "b")
        drafts[1].was_lost, drafts[1].error = True, LOST
        job.shutdown.stop(BAD)
        await job.send(drafts)
        assert list(job.sender.to_resend) == drafts
        assert isinstance(drafts[0].error, NotSent)
        assert str(drafts[0].error) == "the job ended before it was sent"
        assert drafts[1].error is LOST
        assert (job.shelf.requests, job.kept.intents) == ([], [])
        assert job.sender.goes_first

    timed(main)


def test_no_drafts_make_no_request(timed: Timed) -> None:
    async def main() -> None:
        job = Job(goes_first=True)
        await job.send([])
        assert (job.shelf.requests, job.kept.intents) == ([], [])
        assert job.sender.goes_first

    timed(main)


# What is lost, or refused.


def test_what_gets_no_clear_answer_is_lost_from_when_it_left(timed: Timed) -> None:
    async def main() -> None:
        async def answer(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            await anyio.sleep(3)
            await on_send()
            await anyio.sleep(5)
            raise LOST

        job, drafts = Job(answer=answer), entries("a", "b")
        await job.send(drafts)
        assert job.settler.lost == drafts
        assert {draft.settle_by for draft in drafts} == {43}
        assert all(draft.error is LOST for draft in drafts)
        assert job.end == {}
        assert not job.shutdown.stopped

    timed(main)


@pytest.mark.parametrize("error", [LOST, NotSent("refused")], ids=short)
def test_ten_failures_of_the_service_in_a_row_stop_the_job(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        job = Job(Fate(error, 0))
        for _ in range(9):
            await job.send(entries("a"))
        assert not job.shutdown.stopped
        await job.send(entries("a"))
        assert (job.shutdown.stopped, job.shutdown.reason) == (True, error)

    timed(main)


def test_those_that_were_in_flight_together_count_once(timed: Timed) -> None:
    async def main() -> None:
        job = Job(Fate(LOST, 0))
        job.shelf.latency = 1
        async with anyio.create_task_group() as tasks:
            for draft in entries(*map(str, range(30))):
                tasks.start_soon(job.sender.send, [draft], job.settler)
        assert not job.shutdown.stopped

    timed(main)


def test_a_refusal_that_blames_the_job_stops_it(timed: Timed) -> None:
    async def main() -> None:
        error = Unauthorized("no", status=401)
        job = Job(Fate(error, 0))
        await job.send(entries("a"))
        assert (job.shutdown.stopped, job.shutdown.reason) == (True, error)
        assert job.refused == {0: error}

    timed(main)


@pytest.mark.parametrize(
    "error", [BAD, Unprocessable("no", status=422), Conflicted("no", status=409)], ids=short
)
def test_a_refused_batch_may_be_there_in_part(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        job, drafts = Job(Fate(error, 0)), entries("a", "b")
        await job.send(drafts)
        assert job.settler.lost == drafts
        assert [draft.refusal for draft in drafts] == [error, error]
        assert all(draft.refused_with == drafts for draft in drafts)
        assert job.refused == {}

    timed(main)


UNREAD: Sequence[CallError] = [
    Unauthorized("no", status=401),
    Forbidden("no", status=403),
    NotFound("gone", status=404),
    RateLimited("later", status=429),
    Redirected("there", status=301),
    NotSent("refused"),
]


@each("error", UNREAD, ids=short)
def test_a_refusal_that_speaks_of_no_draft_is_that_of_all(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        job = Job(Fate(error, 0))
        await job.send(entries("a", "b"))
        assert job.refused == {0: error, 1: error}
        assert job.settler.lost == []

    timed(main)


@pytest.mark.parametrize(("size", "half"), [(2, 1), (3, 2), (4, 2)])
def test_where_whole_batches_are_refused_the_halves_are_sent_at_once(
    timed: Timed, size: int, half: int
) -> None:
    async def main() -> None:
        job, drafts = Job(Fate(BAD, 0)), entries(*"abcd")[:size]
        job.settler.refuses_whole = True
        await job.send(drafts)
        assert list(job.sender.to_resend) == drafts
        assert {draft.batch_limit for draft in drafts} == {half}
        assert job.settler.lost == []
        assert job.refused == {}

    timed(main)


def test_but_not_of_one_draft_nor_if_no_draft_is_to_blame(timed: Timed) -> None:
    async def main() -> None:
        conflict = Conflicted("no", status=409)
        for error, size in ((BAD, 1), (conflict, 2)):
            job = Job(Fate(error, 0))
            job.settler.refuses_whole = True
            await job.send(entries("a", "b")[:size])
            assert job.refused == dict.fromkeys(range(size), error)
            assert list(job.sender.to_resend) == []

    timed(main)


def test_what_was_sent_before_without_a_clear_answer_is_looked_for_if_it_is_refused(
    timed: Timed,
) -> None:
    async def main() -> None:
        conflict = Conflicted("no", status=409)
        job, drafts = Job(Fate(conflict, 0)), entries("a", "b", "c")
        job.settler.refuses_whole = True
        drafts[1].was_lost = True
        await job.send(drafts)
        assert job.settler.lost == [drafts[1]]
        assert drafts[1].refusal is conflict
        assert job.refused == {0: conflict, 2: conflict}
        not_sent = NotSent("refused")
        job, drafts = Job(Fate(not_sent, 0)), entries("a")
        drafts[0].was_lost = True
        await job.send(drafts)
        assert job.settler.lost == []
        assert job.refused == {0: not_sent}

    timed(main)
