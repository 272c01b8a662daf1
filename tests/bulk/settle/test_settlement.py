"""Creates without a clear answer: what looking into the container tells of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import anyio
import pytest
from attrs import frozen

from agilekit import BadRequest, BulkReport, Forbidden, ServerError, UnknownOutcome
from agilekit.bulk import Created, Creation, Draft, Refused, Unknown, create_many
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.settle.settlement import Settlement, doubt_missing, settle
from agilekit.bulk.store import Entry, MemoryStore, Result
from agilekit.errors import ConnectionLost
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.each import each
from tests.virtual_time import in_virtual_time

MARK: Final = 10
"""The highest id that was there before the job."""


@frozen
class Case:
    drafts: Sequence[Draft]
    there: Sequence[Note]
    becomes: Mapping[int, int | None]
    """By position the id of the note, or None where it became nothing; who is left out is
    doubtful."""


SAME: Final = {"text": "Same"}
CASES: Final = {
    "as many items as drafts fit": Case(
        [SAME] * 2, [Note(11, "Same"), Note(12, "Same")], {0: 11, 1: 12}
    ),
    "fewer fit": Case([SAME] * 3, [Note(11, "Same")], {0: 11, 1: None, 2: None}),
    "none is there": Case([SAME], [], {0: None}),
    "more fit": Case([SAME], [Note(11, "Same"), Note(12, "Same")], {}),
    "none fits, but another of the label": Case(
        [{"text": "Same", "size": 3}], [Note(11, "Same", 4)], {}
    ),
    "one fits, and another of the label is left over": Case(
        [{"text": "Same", "size": 3}, {"text": "Same", "size": 5}],
        [Note(11, "Same", 3), Note(12, "Same", 4)],
        {0: 11},
    ),
    "one that says more takes what fits both": Case(
        [SAME, {"text": "Same", "size": 3}],
        [Note(11, "Same", 3), Note(12, "Same")],
        {0: 12, 1: 11},
    ),
    "one that says less does not take what another fits alone": Case(
        [SAME, {"text": "Same", "size": 3}], [Note(11, "Same", 3)], {0: None, 1: 11}
    ),
    "items of other labels": Case(
        [SAME], [Note(11, "Another"), Note(12, "Same"), Note(13, "Same again")], {0: 12}
    ),
    "items that were there before": Case([SAME], [Note(9, "Same"), Note(10, "Same")], {0: None}),
    "a label of each its own": Case(
        notes(3), [Note(12, "Note 2"), Note(11, "Note 0")], {0: 11, 1: None, 2: 12}
    ),
}


async def look(
    creation: Creation[Note],
    lost: Sequence[Entry],
    store: MemoryStore[Note] | None = None,
    *,
    being_sent: Sequence[Entry] = (),
) -> Settlement[Note]:
    spec = creation.spec
    matcher = ItemMatcher(spec)
    settlement = await settle(
        spec,
        creation.listing(),
        store or MemoryStore(spec),
        matcher,
        lost,
        high_water_mark=MARK,
        being_sent=lambda: being_sent,
    )
    await doubt_missing(matcher, settlement)
    return settlement


@pytest.mark.anyio
@each("case", CASES.values(), ids=CASES)
async def test_each_row_of_the_table(case: Case) -> None:
    kind = Shelf(notes=case.there).kind()
    lost = [Entry(place, draft, kind.encode(draft)) for place, draft in enumerate(case.drafts)]
    settlement = await look(kind, lost)
    found: dict[int, int | None] = {sent.position: note.id for sent, note in settlement.created}
    found |= {sent.position: None for sent in settlement.missing}
    assert found == case.becomes
    doubtful = {sent.position for sent, _ in settlement.doubtful}
    assert doubtful == set(range(len(case.drafts))) - case.becomes.keys()


@pytest.mark.anyio
async def test_an_item_of_another_draft_of_the_job_is_taken_by_no_other() -> None:
    kind = Shelf(notes=[Note(11, "Same")]).kind()
    first, second = (Entry(place, SAME, kind.encode(SAME)) for place in range(2))
    store = MemoryStore(kind.spec)
    store.record([Result(first, Created(0, SAME, Note(11, "Same")))])
    settlement = await look(kind, [second], store)
    assert settlement.missing == [second]


@pytest.mark.anyio
async def test_the_doubtful_know_what_they_may_have_become() -> None:
    kind = Shelf(notes=[Note(11, "Same"), Note(12, "Same")]).kind()
    lost = [Entry(0, SAME, kind.encode(SAME))]
    ((_, names),) = (await look(kind, lost)).doubtful
    assert names == ["11", "12"]


@pytest.mark.anyio
async def test_of_equal_drafts_the_one_that_was_sent_first_is_found_first() -> None:
    kind, ahead = Shelf(notes=[Note(11, "Same")]).kind(), anyio.current_time() + 60
    late, early = (Entry(place, SAME, kind.encode(SAME)) for place in range(2))
    late.settle_by, early.settle_by = ahead, ahead - 30
    settlement = await look(kind, [late, early])
    assert [sent for sent, _ in settlement.created] == [early]
    assert settlement.waiting == [late]


@pytest.mark.anyio
async def test_what_is_left_of_a_label_waits_as_long_as_the_latest_of_it() -> None:
    kind, ahead = Shelf(notes=[Note(11, "Same", 3)]).kind(), anyio.current_time() + 60
    drafts: Sequence[Draft] = (SAME, {"text": "Same", "size": 3})
    less, more = (Entry(place, draft, kind.encode(draft)) for place, draft in enumerate(drafts))
    less.settle_by, more.settle_by = ahead - 120, ahead
    settlement = await look(kind, [less, more])
    assert [sent for sent, _ in settlement.created] == [more]
    assert settlement.waiting == [less]
    assert less.settle_by == ahead


@pytest.mark.anyio
async def test_nothing_is_told_of_a_label_that_is_being_sent() -> None:
    kind = Shelf(notes=[Note(11, "Same"), Note(12, "Another")]).kind()
    lost, other = Entry(0, SAME, kind.encode(SAME)), {"text": "Another"}
    sure, sending = Entry(1, other, kind.encode(other)), Entry(2, SAME, kind.encode(SAME))
    settlement = await look(kind, [lost, sure], being_sent=[sending])
    assert settlement.waiting == [lost]
    assert [sent for sent, _ in settlement.created] == [sure]


class Job:
    """Creates notes, one request after the other."""

    def __init__(self, backend: str) -> None:
        self._backend = backend

    def __call__(
        self, shelf: Shelf, drafts: Sequence[Draft], *, batch_size: int = 1, lists_all: bool = True
    ) -> BulkReport[Note]:
        async def main() -> BulkReport[Note]:
            kind = shelf.kind(batch_size=batch_size, lists_all=lists_all)
            return await create_many(kind, drafts, concurrency=1)

        return in_virtual_time(self._backend, main)


@pytest.fixture
def job(anyio_backend: str) -> Job:
    return Job(anyio_backend)


def test_a_create_that_was_made_is_found_and_not_sent_again(job: Job) -> None:
    shelf = Shelf(Fate(LOST), OK)
    report = job(shelf, notes(3))
    assert shelf.texts == ["Note 0", "Note 1", "Note 2"]
    assert [created.item.id for created in report.created] == [1, 2, 3]
    assert len(shelf.requests) == 3


def test_a_create_that_was_not_made_is_sent_again(job: Job) -> None:
    shelf = Shelf(Fate(LOST, applied=0), OK)
    report = job(shelf, notes(3))
    assert shelf.requests == [["Note 0"], ["Note 1"], ["Note 2"], ["Note 0"]]
    assert [created.item.text for created in report.created] == ["Note 0", "Note 1", "Note 2"]


@pytest.mark.parametrize("applied", range(5))
def test_a_batch_of_which_a_part_was_made_is_settled_item_by_item(job: Job, applied: int) -> None:
    shelf = Shelf(Fate(LOST, applied), OK)
    drafts = [*notes(2), *notes(2)]
    report = job(shelf, drafts, batch_size=4)
    assert sorted(shelf.texts) == ["Note 0", "Note 0", "Note 1", "Note 1"]
    assert len({note.id for note in report.items}) == 4
    assert [created.item.text for created in report.created] == [draft["text"] for draft in drafts]


def test_what_others_write_meanwhile_is_not_touched(job: Job) -> None:
    shelf = Shelf(Fate(LOST), OK)
    shelf.watch = lambda: shelf.put({"text": "Of somebody else"})
    report = job(shelf, notes(3))
    assert len(report.created) == 3
    assert shelf.texts.count("Of somebody else") == 3


def test_an_equal_item_of_somebody_else_leaves_the_outcome_unknown(job: Job) -> None:
    shelf = Shelf(Fate(LOST))
    shelf.watch = lambda: shelf.put({"text": "Note 0"})
    (outcome,) = job(shelf, notes(1))
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, UnknownOutcome)
    assert outcome.error.evidence == {"items": ("1", "2")}
    assert len(shelf.requests) == 1


def test_an_equal_item_from_before_the_job_is_not_taken_for_that_of_a_draft(job: Job) -> None:
    shelf = Shelf(Fate(LOST, applied=0), OK, notes=[Note(7, "Note 0")])
    report = job(shelf, notes(1))
    assert [note.id for note in report.items] == [8]


@pytest.mark.parametrize("error", [ServerError("down", status=500), ConnectionLost("gone")])
def test_a_container_that_cannot_be_read_for_long_leaves_the_outcome_unknown(
    job: Job, error: ServerError | ConnectionLost
) -> None:
    shelf = Shelf(Fate(LOST))
    shelf.watch = lambda: setattr(shelf, "unreadable", error)
    (outcome,) = job(shelf, notes(1))
    assert isinstance(outcome, Unknown)
    assert outcome.error is error
    assert shelf.listings > 3


def test_a_container_that_may_not_be_read_is_not_asked_again(job: Job) -> None:
    shelf = Shelf(Fate(LOST))
    shelf.watch = lambda: setattr(shelf, "unreadable", Forbidden("no", status=403))
    (outcome,) = job(shelf, notes(1))
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, Forbidden)
    assert shelf.listings == 2


def test_a_container_that_does_not_list_everything_leaves_the_outcome_unknown(job: Job) -> None:
    shelf = Shelf(Fate(LOST), OK)
    first, second = job(shelf, notes(2), lists_all=False)
    assert isinstance(first, Unknown)
    assert isinstance(second, Created)
    assert shelf.listings == 0


def test_what_is_lost_again_and_again_is_refused_in_the_end(job: Job) -> None:
    shelf = Shelf(Fate(LOST, applied=0))
    (outcome,) = job(shelf, notes(1))
    assert isinstance(outcome, Refused)
    assert outcome.error is LOST
    assert 3 < len(shelf.requests) < 30


def test_a_draft_at_which_the_server_fails_spoils_none_of_its_batch(job: Job) -> None:
    shelf = Shelf(lambda texts: Fate(LOST, applied=0) if "Note 17" in texts else OK)
    report = job(shelf, notes(50), batch_size=50)
    assert [refused.position for refused in report.refused] == [17]
    assert sorted(shelf.texts) == sorted(f"Note {n}" for n in range(50) if n != 17)


def test_a_batch_that_is_refused_is_halved_however_long_it_is(job: Job) -> None:
    bad = Fate(BadRequest("no", status=400), applied=0)
    shelf = Shelf(lambda texts: bad if "Note 1999" in texts else OK)
    report = job(shelf, notes(2000), batch_size=2000)
    assert [refused.position for refused in report.refused] == [1999]
    assert len(report.created) == 1999
    assert len(shelf.requests) < 30
