"""The journal of a job: what it holds, and what the next run of the job makes of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

import anyio
import anyio.to_thread
import pytest
from attrs import evolve

from agilekit import (
    Attempt,
    BadRequest,
    BulkReport,
    FlyingDonut,
    Forbidden,
    InvalidInput,
    JournalError,
    NotFound,
    UnknownAfterServerError,
    UnknownOutcome,
)
from agilekit.bulk import Draft, Refused, Unknown, create_many
from agilekit.bulk.journal import Journal, Snapshot, State, read
from agilekit.flyingdonut.params import CardDraft, TaskDraft
from agilekit.sandbox import Sandbox
from agilekit.session.call import OnSend
from agilekit.wire.json import JSON
from tests.bulk.donut import bucket_of, connect
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

OPENING: Final = """
import sys, anyio
from agilekit import JournalError
from agilekit.bulk.journal import Journal

async def main():
    try:
        await Journal.open(sys.argv[1], {"at": "shelf"})
    except JournalError as error:
        print(error)

anyio.run(main)
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "import.journal"


async def create(
    shelf: Shelf, drafts: Sequence[object], journal: Path, *, batch_size: int = 2
) -> BulkReport[Note]:
    kind = shelf.kind(batch_size=batch_size)
    given = cast("Sequence[Draft]", drafts)
    return await create_many(kind, given, concurrency=2, journal=journal)


def states(journal: Path) -> dict[int, State]:
    """What another program finds there, also while the journal is in use."""
    copy = journal.with_name("copy")
    copy.mkdir(exist_ok=True)
    for file in journal.parent.glob(f"{journal.name}*"):
        shutil.copy(file, copy)
    return {row.position: row.state for row in read(str(copy / journal.name), [])}


async def test_the_intent_is_on_disk_before_the_request_and_the_outcome_after(
    journal: Path,
) -> None:
    shelf = Shelf()
    seen: list[dict[int, State]] = []
    shelf.watch = lambda: seen.append(states(journal))
    await create_many(shelf.kind(batch_size=2), notes(6), concurrency=1, journal=journal)
    for request, found in enumerate(seen):
        before, now = range(2 * request), range(2 * request, 2 * request + 2)
        assert found == dict.fromkeys(before, State.CREATED) | dict.fromkeys(now, State.SENT)
    assert states(journal) == dict.fromkeys(range(6), State.CREATED)


async def test_a_second_run_sends_nothing_and_reports_the_same(journal: Path) -> None:
    shelf = Shelf(Fate(BadRequest("no", status=400), applied=0), OK)
    drafts = [*notes(3), {"size": 3}, "no mapping", {("a",): {1}}, {"text": "\ud800", "x": 1}]
    first = await create(shelf, drafts, journal, batch_size=1)
    sent = len(shelf.requests)
    second = await create(shelf, drafts, journal, batch_size=1)
    assert str(first) == str(second) == "2 created, 5 refused, 0 of unknown outcome"
    assert len(first) == len(second) == 7
    assert len(shelf.requests) == sent == 3
    for one, other in zip(first, second, strict=True):
        assert (type(one), one.position, one.draft) == (type(other), other.position, other.draft)
        if isinstance(one, Refused):
            assert isinstance(other, Refused)
            assert (type(one.error), str(one.error)) == (type(other.error), str(other.error))
    assert first.created == second.created


async def test_what_the_caller_notes_is_kept_before_anything_is_sent(journal: Path) -> None:
    shelf = Shelf()
    seen: list[str | None] = []

    def look() -> None:
        copy = journal.with_name("copy")
        states(journal)
        seen.append(Snapshot.open(copy / journal.name).contents.values.get("named"))

    shelf.watch = look
    for name in ("Ready", "Soon"):
        drafts = notes(1 + len(seen))
        await create_many(shelf.kind(batch_size=2), drafts, journal=journal, notes={"named": name})
    assert seen == ["Ready", "Soon"]
    # Another run forgets nothing.
    await create_many(shelf.kind(batch_size=2), drafts, journal=journal)
    assert Snapshot.open(journal).contents.values["named"] == "Soon"


async def test_where_there_can_be_no_more_threads_a_journal_is_not_opened(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)
    with pytest.raises(JournalError, match="can't start new thread"):
        await Journal.open(journal, {"at": "shelf"})


async def test_the_report_is_that_of_a_job_without_a_journal(journal: Path) -> None:
    drafts = [*notes(3), {"text": "Sized", "size": 2}]
    with_one = await create(Shelf(), drafts, journal)
    without = await create_many(Shelf().kind(batch_size=2), drafts, concurrency=2)
    assert with_one.outcomes == without.outcomes


async def test_what_an_unknown_draft_may_have_become_is_kept(journal: Path) -> None:
    shelf = Shelf(Fate(LOST), settle_after=0.1)
    shelf.watch = lambda: shelf.put({"text": "Note 0"})
    (outcome,) = await create(shelf, notes(1), journal)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, UnknownOutcome)
    assert outcome.error.evidence == {"items": ["1", "2"]}


async def test_the_time_of_sending_of_an_unknown_draft_is_kept(journal: Path) -> None:
    sent_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    attempt = Attempt("POST", "/notes", 1, 0.5, None, "lost", True, sent_at)
    shelf = Shelf(Fate(UnknownOutcome("lost", attempts=[attempt])), settle_after=0.1)
    shelf.watch = lambda: shelf.put({"text": "Note 0"})
    (outcome,) = await create(shelf, notes(1), journal)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, UnknownOutcome)
    assert outcome.error.sent_at == sent_at


def test_the_time_of_sending_of_a_draft_that_never_came_is_kept(
    anyio_backend: str, journal: Path
) -> None:
    sent_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    error = UnknownAfterServerError("failed", status=500, sent_at=sent_at)
    shelf = Shelf(Fate(error, applied=0))
    report = in_virtual_time(anyio_backend, lambda: create(shelf, notes(1), journal))
    (outcome,) = report.refused
    assert isinstance(outcome.error, UnknownAfterServerError)
    assert (outcome.error.status, outcome.error.sent_at) == (500, sent_at)


def test_what_was_unknown_is_settled_by_a_later_run(anyio_backend: str, journal: Path) -> None:
    shelf = Shelf(Fate(LOST), OK)
    shelf.watch = lambda: setattr(shelf, "unreadable", Forbidden("no", status=403))
    first = in_virtual_time(anyio_backend, lambda: create(shelf, notes(1), journal))
    assert len(first.unknown) == 1
    shelf.unreadable = None
    second = in_virtual_time(anyio_backend, lambda: create(shelf, notes(1), journal))
    assert len(second.created) == 1 == len(shelf.requests)


async def test_a_draft_that_has_changed_is_named_and_nothing_is_sent(journal: Path) -> None:
    shelf = Shelf()
    await create(shelf, notes(6), journal)
    sent = len(shelf.requests)
    for changed in ({"text": "Another"}, {"text": "Note 4", "size": 1}, {"text": ""}, 5):
        drafts = [*notes(4), changed, *notes(9)[5:]]
        with pytest.raises(JournalError, match=r"draft 4 is not the one that .*import\.journal"):
            await create(shelf, drafts, journal)
    assert len(shelf.requests) == sent
    assert len((await create(shelf, notes(6), journal)).created) == 6


async def test_nothing_behind_a_draft_that_has_changed_is_sent_or_written(journal: Path) -> None:
    shelf = Shelf()
    await create(shelf, notes(20), journal)
    wrong = [*notes(19), *notes(400)[20:]]
    for _ in range(10):
        with pytest.raises(JournalError, match="draft 19"):
            await create_many(shelf.kind(), wrong, concurrency=16, journal=journal)
    assert len(states(journal)) == 20 == len(shelf.notes)


async def test_an_input_that_is_shorter_is_refused(journal: Path) -> None:
    shelf = Shelf()
    await create(shelf, notes(6), journal)
    with pytest.raises(JournalError, match=r"ends after 5 drafts.*holds draft 5"):
        await create(shelf, notes(5), journal)


async def test_drafts_that_are_gone_and_became_nothing_are_forgotten(journal: Path) -> None:
    refused = Fate(NotFound("no such shelf", status=404), applied=0)
    await create(Shelf(refused), [*notes(1200), {"size": 1}], journal)
    report = await create(Shelf(), notes(3), journal)
    assert str(report) == "3 created, 0 refused, 0 of unknown outcome"
    assert [outcome.position for outcome in report] == [0, 1, 2]
    assert states(journal) == dict.fromkeys(range(3), State.CREATED)


async def test_a_journal_of_which_nothing_can_have_been_created_is_started_over(
    journal: Path,
) -> None:
    missing = NotFound("no such shelf", status=404)
    wrong, right = Shelf(Fate(missing, applied=0)), Shelf(notes=[Note(9, "Old")])
    unreadable = Shelf()
    unreadable.unreadable = missing
    with pytest.raises(NotFound):
        await create_many(unreadable.kind(name="nowhere"), notes(2), journal=journal)
    await create_many(wrong.kind(name="elsewhere"), [*notes(2), {"size": 1}], journal=journal)
    assert len(states(journal)) == 3
    report = await create(right, notes(2), journal)
    assert [created.item.id for created in report.created] == [10, 11]
    assert str(report) == str(await create(right, notes(2), journal))
    assert str(report) == "2 created, 0 refused, 0 of unknown outcome"


@pytest.mark.parametrize("fate", [Fate(LOST), OK])
async def test_a_journal_of_which_something_may_have_been_created_is_never_started_over(
    journal: Path, fate: Fate
) -> None:
    shelf = Shelf(fate, latency=0.01)
    with anyio.CancelScope() as scope:
        shelf.watch = scope.cancel
        await create(shelf, notes(1), journal)
    before = states(journal)
    with pytest.raises(JournalError, match=r"another job: .*Use another journal for this job"):
        await create_many(Shelf().kind(name="elsewhere"), notes(1), journal=journal)
    assert states(journal) == before == {0: State.SENT}


async def test_an_input_that_has_grown_is_continued(journal: Path) -> None:
    shelf = Shelf()
    await create(shelf, notes(3), journal)
    report = await create(shelf, notes(8), journal)
    assert shelf.texts == [f"Note {n}" for n in range(8)]
    assert [created.item.id for created in report.created] == list(range(1, 9))


async def test_a_refused_draft_that_was_corrected_is_created(journal: Path) -> None:
    refused = Fate(BadRequest("no", status=400), applied=0)
    shelf = Shelf(lambda texts: refused if "Bad" in texts else OK)
    first = await create(shelf, [*notes(2), {"text": "Bad"}, {"size": 1}], journal)
    assert [outcome.position for outcome in first.refused] == [2, 3]
    second = await create(shelf, [*notes(2), {"text": "Good"}, {"text": "Better"}], journal)
    assert sorted(shelf.texts) == ["Better", "Good", "Note 0", "Note 1"]
    assert str(second) == "4 created, 0 refused, 0 of unknown outcome"


async def test_a_draft_that_stays_invalid_is_reported_as_it_is_now(journal: Path) -> None:
    await create(Shelf(), [{"size": 1}], journal)
    (outcome,) = await create(Shelf(), [{"size": 2}], journal)
    assert isinstance(outcome, Refused)
    assert outcome.draft == {"size": 2}
    assert "'size': 2" in str(outcome.error)


async def test_what_was_refused_for_the_credential_is_sent_by_the_next_run(journal: Path) -> None:
    shelf = Shelf(*[Fate(Forbidden("no", status=403), applied=0)] * 3, OK)
    first = await create(shelf, notes(3), journal, batch_size=1)
    assert [type(refused.error) for refused in first.refused] == [Forbidden] * 3
    second = await create(shelf, notes(3), journal, batch_size=1)
    assert len(second.created) == 3


async def test_a_job_is_known_by_its_container_and_its_server(journal: Path) -> None:
    sandbox = Sandbox("empty")
    drafts: list[CardDraft] = [{"title": "Card"}]
    tasks: list[TaskDraft] = [{"title": "Card"}]
    async with connect(sandbox) as donut:
        card, *_ = (await donut.cards.create_many(bucket_of(sandbox), drafts)).items
        await donut.cards.create_many(bucket_of(sandbox), drafts, journal=journal)
        before = len(sandbox.requests)
        with pytest.raises(JournalError, match="another job"):
            await donut.cards.create_many("66b1d2a05eed0a6100000009", drafts, journal=journal)
        with pytest.raises(JournalError, match="another job"):
            await donut.tasks.create_many(card, tasks, journal=journal)
    service = sandbox.flyingdonut
    async with FlyingDonut(
        service.project_id,
        secret=service.secret,
        username=service.username,
        base_url=f"https://example.org{service.base_path}",
        transport=sandbox.transport(),
    ) as donut:
        with pytest.raises(JournalError, match="another job"):
            await donut.cards.create_many(bucket_of(sandbox), drafts, journal=journal)
    assert len(sandbox.requests) == before


@pytest.mark.slow
async def test_a_second_program_is_told_that_the_journal_is_in_use(journal: Path) -> None:
    shelf, under_way = Shelf(latency=600), anyio.Event()
    shelf.watch = under_way.set
    told = ""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(create, shelf, notes(1), journal)
        await under_way.wait()
        found = await anyio.run_process([sys.executable, "-c", OPENING, str(journal)])
        told = found.stdout.decode()
        with pytest.raises(JournalError, match="in use"):
            await create(shelf, notes(1), journal)
        tasks.cancel_scope.cancel()
    what, _, to_do = told.partition(": ")
    assert what == f"the journal {journal} is in use by another job"
    assert to_do == "wait for its end, or use another journal\n"
    assert (await anyio.run_process([sys.executable, "-c", OPENING, str(journal)])).stdout == b""


async def test_a_job_that_is_cancelled_is_continued(journal: Path) -> None:
    shelf = Shelf(latency=0.01, settle_after=0.1)
    with anyio.CancelScope() as scope:
        shelf.watch = lambda: scope.cancel() if len(shelf.requests) == 7 else None
        await create(shelf, notes(40), journal)
    assert scope.cancelled_caught
    found = states(journal)
    assert list(found.values()).count(State.CREATED) == len(shelf.notes) > 0
    assert State.SENT in found.values()
    report = await create(shelf, notes(40), journal)
    assert sorted(shelf.texts) == sorted(f"Note {n}" for n in range(40))
    assert [created.item.text for created in report.created] == [f"Note {n}" for n in range(40)]


async def test_an_answer_that_came_is_written_although_the_job_is_cancelled(journal: Path) -> None:
    with anyio.CancelScope() as scope:

        async def answer(bodies: list[JSON], _: OnSend) -> list[Note]:
            scope.cancel()
            return [Note(1, "Note 0")]

        kind = evolve(Shelf().kind(), create=answer)
        await create_many(kind, notes(1), concurrency=1, journal=journal)
    assert states(journal) == {0: State.CREATED}


@pytest.mark.parametrize("path", [5, b"import.journal", ["import.journal"]])
async def test_what_is_not_a_path_is_refused(path: object) -> None:
    with pytest.raises(InvalidInput, match="journal"):
        await create_many(Shelf().kind(), notes(1), concurrency=1, journal=cast("str", path))
