"""What a job knows before it sends anything, and what it notes for a later run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Final

import anyio
import pytest
from attrs import evolve

from agilekit import Forbidden, InvalidInput, JournalError, RateLimited, ServerError
from agilekit.bulk import Created, Creation, Draft, Mark, Survey
from agilekit.bulk.baseline import Baseline, check_mark, note_first_answer, take_baseline
from agilekit.bulk.identity.marks import JobMark
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.store import Entry, MemoryStore, Result
from agilekit.easybacklog import specs as easy
from agilekit.errors import AnswerTooLarge, CallError, ConnectionLost, DecodeError
from agilekit.kanbantool import specs as kanban
from agilekit.kanbantool.models import Task
from agilekit.sandbox import Sandbox
from agilekit.session.session import Session
from agilekit.wire.json import JSON
from tests.bulk.entries import entries
from tests.bulk.shelf import Note, Shelf
from tests.contract.clients import kanban_tool
from tests.ids import short
from tests.virtual_time import in_virtual_time

Timed = Callable[[Callable[[], Awaitable[None]]], None]

JOB: Final = "k3f9x2ab"


@pytest.fixture
def timed(anyio_backend: str) -> Timed:
    return lambda main: in_virtual_time(anyio_backend, main)


def _fields(note: Note) -> Mapping[str, Hashable]:
    return {"text": note.text, "size": note.size}


class Job:
    """A container, and what is kept of a job through all its runs."""

    def __init__(self, *there: Note, lists_all: bool = True) -> None:
        self.shelf: Final = Shelf(notes=there)
        kind = self.shelf.kind(lists_all=lists_all)
        self.creation: Creation[Note] = evolve(kind, spec=evolve(kind.spec, item_fields=_fields))
        self.store: Final = MemoryStore(self.creation.spec)
        self.matcher = ItemMatcher(self.creation.spec)

    async def begin(self, mark: Mark | None = None) -> Baseline[Note]:
        """Of one more run."""
        self.matcher = ItemMatcher(self.creation.spec)
        return await take_baseline(self.creation, self.store, self.matcher, mark, settle_after=40)


# Where the new items begin.


def test_the_new_items_are_above_the_highest_that_is_there_whatever_the_order(
    timed: Timed,
) -> None:
    async def main() -> None:
        job = Job(Note(3, "a"), Note(17, "b"), Note(5, "c"))
        assert await job.begin() == Baseline(17)
        job.shelf.put({"text": "d"})
        assert await job.begin() == Baseline(17, is_first_run=False)
        assert job.shelf.listings == 1

    timed(main)


def test_nothing_is_below_the_first_of_an_empty_container(timed: Timed) -> None:
    async def main() -> None:
        assert (await Job().begin()).high_water_mark == 0

    timed(main)


def test_a_container_that_does_not_list_everything_is_not_read(timed: Timed) -> None:
    async def main() -> None:
        job = Job(Note(17, "b"), lists_all=False)
        assert await job.begin() == Baseline(0)
        assert job.shelf.listings == 0

    timed(main)


def test_the_first_answer_tells_it_of_the_whole_project(timed: Timed) -> None:
    async def main() -> None:
        job = Job(Note(17, "b"))
        assert not (await job.begin()).is_of_project
        await note_first_answer(job.store, 20)
        assert await job.begin() == Baseline(20, is_first_run=False, is_of_project=True)

    timed(main)


def test_a_note_that_is_not_a_number_is_damage(timed: Timed) -> None:
    async def main() -> None:
        job = Job()
        await job.begin()
        await job.store.note("watermark", "x" * 100)
        with pytest.raises(JournalError) as caught:
            await job.begin()
        assert str(caught.value) == (f"the journal is damaged: its high-water mark is {'x' * 20}")

    timed(main)


FAILURES: Final[Sequence[tuple[CallError, bool]]] = [
    (ServerError("down", status=503), True),
    (ConnectionLost("gone"), True),
    (DecodeError("not JSON"), True),
    (AnswerTooLarge("too large"), False),
    (Forbidden("no", status=403), False),
    (RateLimited("later", status=429), False),
]


@pytest.mark.quick(2)
@pytest.mark.parametrize(("error", "again"), FAILURES, ids=short)
def test_a_container_that_cannot_be_read_is_read_five_times_if_that_may_help(
    timed: Timed, error: CallError, again: bool
) -> None:
    async def main() -> None:
        job = Job(Note(17, "b"))
        job.shelf.unreadable = error
        with pytest.raises(type(error)) as caught:
            await job.begin()
        assert caught.value is error
        assert job.shelf.listings == (5 if again else 1)
        assert 0 < anyio.current_time() < 7.5 if again else anyio.current_time() == 0
        assert job.store.noted("watermark") is None

    timed(main)


def test_a_container_that_can_be_read_again_is_read(timed: Timed) -> None:
    async def main() -> None:
        job = Job(Note(17, "b"))
        job.shelf.unreadable = ConnectionLost("gone")
        async with anyio.create_task_group() as tasks:

            async def mend() -> None:
                while job.shelf.listings < 3:  # noqa: ASYNC110 - nothing tells of a listing
                    await anyio.sleep(0.001)
                job.shelf.unreadable = None

            tasks.start_soon(mend)
            assert (await job.begin()).high_water_mark == 17
        assert job.shelf.listings == 4

    timed(main)


# What an earlier run has learned.


def test_what_the_server_made_of_an_earlier_runs_drafts_is_known_again(timed: Timed) -> None:
    async def main() -> None:
        job = Job()
        await job.begin()
        shouted: Sequence[Draft] = ({"text": "Paint"}, {"text": "Oil"})
        odd: Draft = {"draft": "an entity"}
        for place, draft in enumerate((*shouted, odd)):
            (one,) = entries("x")
            one.position, one.draft = place, draft
            shown = Note(11 + place, str(draft.get("text", "z")).upper())
            job.store.record([Result(one, Created(place, draft, shown))])
        await job.begin()
        (wash,) = entries("Wash")
        assert job.matcher.label(wash) == "WASH"

    timed(main)


def test_the_last_500_tell_enough(timed: Timed) -> None:
    async def main() -> None:
        job = Job()
        await job.begin()
        for place in range(501):
            draft: Draft = {"text": "Paint"}
            shown = Note(11 + place, "of another time" if place == 0 else "PAINT")
            one = Entry(place, draft, None)
            job.store.record([Result(one, Created(place, draft, shown))])
        await job.begin()
        (wash,) = entries("Wash")
        assert job.matcher.label(wash) == "WASH"

    timed(main)


def test_what_it_made_of_marks_is_known_again_too(timed: Timed) -> None:
    async def main() -> None:
        job, draft = Job(), {"text": "Paint"}
        await job.begin(Mark("text", job=JOB))
        shown = Note(11, f"[AK-{JOB.upper()}-7] PAINT")
        job.store.record([Result(Entry(7, draft, None), Created(7, draft, shown))])
        await job.begin(Mark("text"))
        (wash,) = entries("Wash")
        assert job.matcher.by_mark
        assert job.matcher.label(wash) == "WASH"

    timed(main)


async def learned_again(drafts: Sequence[Draft], shown: Sequence[JSON]) -> ItemMatcher[Task]:
    """By a job of tasks of Kanban Tool, of what an earlier run has created."""
    spec = kanban.TASKS
    store, known = MemoryStore(spec), ItemMatcher(spec)
    await store.note("watermark", "0")
    for place, (draft, data) in enumerate(zip(drafts, shown, strict=True)):
        item = spec.load(data)
        store.record([Result(Entry(place, draft, None), Created(place, draft, item))])
    async with kanban_tool(Sandbox("empty")) as client:
        session: Session = vars(client)["_session"]
        creation = spec.within(session, {"board_id": 1})
        await take_baseline(creation, store, known, None, settle_after=40)
    return known


@pytest.mark.anyio
async def test_what_leaves_the_place_to_the_server_shows_no_place_that_it_does_not_keep() -> None:
    draft: Draft = {"name": "Paint", "swimlane_id": None}
    known = await learned_again([draft], [{"id": 1, "name": "Paint", "swimlane_id": 7}])
    said = known.fields(Entry(1, {}, {"name": "Oil", "swimlane_id": 3}))
    assert said == {("swimlane_id", 3)}


# Marks.


def test_a_mark_is_of_one_job_and_noted(timed: Timed) -> None:
    async def main() -> None:
        job = Job()
        await job.begin(Mark("text"))
        mark = job.matcher.mark
        assert mark is not None
        assert mark.field == "text"
        assert len(mark.job) == 8
        for wanted in (Mark("text"), Mark("text", job=mark.job)):
            await job.begin(wanted)
            assert job.matcher.mark == mark
        other = Job()
        await other.begin(Mark("text"))
        assert other.matcher.mark is not None
        assert other.matcher.mark.job != mark.job

    timed(main)


def test_without_marks_there_are_none(timed: Timed) -> None:
    async def main() -> None:
        job = Job()
        for _ in range(2):
            await job.begin()
            assert job.matcher.mark is None

    timed(main)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (None, Mark("text"), "this job was started without marks: leave out mark="),
        (Mark("text"), None, "this job was started with marks in text: give mark='text'"),
        (Mark("text"), Mark("size"), "this job was started with marks in text: give mark='text'"),
        (
            Mark("text", job=JOB),
            Mark("text", job="zzzzzzzz"),
            "this job was started with marks in text: give mark='text'",
        ),
    ],
)
def test_a_job_keeps_to_its_marks(
    timed: Timed, first: Mark | None, then: Mark | None, said: str
) -> None:
    async def main() -> None:
        job = Job()
        with anyio.move_on_after(100):
            await job.begin(first)
        with pytest.raises(JournalError) as caught:
            await job.begin(then)
        assert str(caught.value) == said

    timed(main)


@pytest.mark.parametrize("moved", [False, True])
def test_a_job_whose_journal_is_lost_finds_its_items_once_none_can_come_any_more(
    timed: Timed, moved: bool
) -> None:
    async def main() -> None:
        job = Job(
            Note(3, f"[ak-{JOB}-1] b"),
            Note(5, f"[ak-{JOB}-0] a"),
            Note(4, f"[ak-{JOB}-0] a, too"),
            Note(6, "[ak-zzzzzzzz-3] of another job"),
            Note(7, "of somebody else"),
        )
        if moved:

            async def survey(high_water_mark: int) -> Survey[Note]:
                assert high_water_mark == 0
                return Survey([Note(9, f"[ak-{JOB}-2] c"), Note(2, f"[ak-{JOB}-1] b, once more")])

            job.creation = evolve(job.creation, survey=survey)
        baseline = await job.begin(Mark("text", job=JOB))
        found = {position: note.id for position, note in baseline.found.items()}
        assert found == ({0: 4, 1: 2, 2: 9} if moved else {0: 4, 1: 3})
        assert anyio.current_time() == pytest.approx(40)
        assert (baseline.high_water_mark, baseline.is_first_run) == (7, True)
        assert job.matcher.mark == JobMark("text", JOB)
        again = await job.begin(Mark("text"))
        assert again.found == {}
        assert anyio.current_time() == pytest.approx(40)

    timed(main)


def test_the_marks_are_looked_for_again_if_the_container_cannot_be_read(timed: Timed) -> None:
    async def main() -> None:
        job = Job(Note(3, f"[ak-{JOB}-1] b"))
        failures = 1

        async def listing() -> AsyncIterator[Note]:
            nonlocal failures
            if failures:
                failures -= 1
                raise ConnectionLost("gone")
            for note in job.shelf.notes:
                yield note

        job.creation = evolve(job.creation, listing=listing)
        assert [*(await job.begin(Mark("text", job=JOB))).found] == [1]

    timed(main)


def test_a_mark_is_in_a_field_of_text() -> None:
    assert check_mark(None, kanban.TASKS) is None
    assert check_mark("name", kanban.TASKS) == Mark("name")
    assert check_mark(Mark("name", job=JOB), kanban.TASKS) == Mark("name", job=JOB)
    with pytest.raises(InvalidInput) as caught:
        check_mark("size", easy.CRITERIA)
    assert str(caught.value) == (
        "mark names a text field of the criteria, not 'size'; these are: criterion"
    )
    with pytest.raises(InvalidInput, match=r"i_want_to, so_i_can, comments$"):
        check_mark("x" * 100, easy.STORIES)
    with pytest.raises(InvalidInput, match=r"of the timers, not 'name'; these are: none$"):
        check_mark("name", kanban.TIMERS)
