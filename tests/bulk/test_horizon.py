"""How long a job looks for what may still come, and what it does meanwhile."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import anyio
import pytest

from agilekit import BulkReport, InvalidInput
from agilekit.bulk import create_many
from agilekit.bulk.journal import State, read
from agilekit.errors import UnknownAfterServerError
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import POST, card_drafts, create_cards, there
from tests.bulk.late import LateShelf
from tests.bulk.shelf import Note, Shelf, notes
from tests.virtual_time import in_virtual_time

NEVER: Final[dict[str, float | None]] = {"Note 0": None}


def create(
    backend: str,
    late: LateShelf,
    count: int = 1,
    *,
    in_order: bool = False,
    least: float = 0,
    settle_after: float | None = None,
    journal: Path | None = None,
) -> tuple[BulkReport[Note], float]:
    """The report, and the seconds that it took."""

    async def main() -> tuple[BulkReport[Note], float]:
        creation = late.creation(in_order=in_order, least=least)
        began = anyio.current_time()
        report = await create_many(
            creation, notes(count), concurrency=2, settle_after=settle_after, journal=journal
        )
        return report, anyio.current_time() - began

    return in_virtual_time(backend, main)


@pytest.mark.parametrize("delay", [0.1, 3, 12, 35, 39.9])
def test_what_arrives_within_the_horizon_is_found_and_not_sent_again(
    anyio_backend: str, delay: float
) -> None:
    late = LateShelf({"Note 0": delay})
    report, seconds = create(anyio_backend, late)
    assert [note.text for note in report.items] == late.shelf.texts == ["Note 0"]
    assert len(late.times["Note 0"]) == 1
    assert delay <= seconds <= delay + 10


def test_what_never_arrives_is_sent_again_after_the_horizon_and_not_before(
    anyio_backend: str,
) -> None:
    late = LateShelf(NEVER)
    report, _ = create(anyio_backend, late)
    first, second = late.times["Note 0"]
    assert 40 <= second - first < 41
    assert len(report.items) == 1


def test_it_is_looked_for_at_once_and_then_after_growing_pauses(anyio_backend: str) -> None:
    late = LateShelf(NEVER)
    create(anyio_backend, late)
    looks = [look for look in late.looks if 0 < look < late.times["Note 0"][1]]
    pauses = [after - before for before, after in zip([0, *looks], looks, strict=False)]
    assert looks[0] < 1
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[-2] > 5
    assert len(looks) <= 10


def test_a_500_of_the_service_is_waited_for_a_quarter_as_long(anyio_backend: str) -> None:
    for status, seconds in ((500, 10), (502, 40), (503, 40), (504, 40)):
        late = LateShelf(NEVER, UnknownAfterServerError("failed", status=status))
        create(anyio_backend, late)
        first, second = late.times["Note 0"]
        assert seconds <= second - first < seconds + 1


def test_the_horizon_is_an_option_that_cannot_fall_below_what_the_timeout_allows(
    anyio_backend: str,
) -> None:
    for asked, least, seconds in ((100, 0, 100), (3, 0, 3), (3, 40, 40), (None, 0, 40)):
        late = LateShelf(NEVER)
        create(anyio_backend, late, least=least, settle_after=asked)
        first, second = late.times["Note 0"]
        assert seconds <= second - first < seconds + 1


@pytest.mark.anyio
@pytest.mark.parametrize("settle_after", [0, -1, float("nan"), "40", True])
async def test_a_horizon_that_is_not_valid_is_refused_before_anything_is_sent(
    settle_after: float,
) -> None:
    shelf = Shelf()
    with pytest.raises(InvalidInput, match="settle_after"):
        await create_many(shelf.kind(), notes(1), concurrency=1, settle_after=settle_after)
    assert (shelf.requests, shelf.listings) == ([], 0)


def test_the_client_says_how_long_unless_the_job_does(anyio_backend: str) -> None:
    def until_sent_again(client: float, job: float | None) -> float:
        sandbox = Sandbox("empty")
        sent: list[float] = []

        def note(_: object) -> None:
            if len(sent) < sandbox.count("POST"):
                sent.append(anyio.current_time())
            sandbox.faults = Faults()

        sandbox.faults = Faults(drop_before=1, methods=POST)
        create_cards(
            anyio_backend,
            sandbox,
            card_drafts(1),
            {"timeout": 1, "settle_after": client},
            settle_after=job,
            on_progress=note,
        )
        assert sandbox.count("POST") == 2 == len(sent)
        return sent[1] - sent[0]

    for client, job, seconds in ((60, None, 60), (60, 20, 20), (20, 60, 60), (60, 1, 11)):
        assert until_sent_again(client, job) == pytest.approx(seconds, abs=1)


def test_it_counts_from_when_the_request_left_however_long_its_turn_took(
    anyio_backend: str,
) -> None:
    late = LateShelf({"Note 0": 39}, turn=100)
    report, _ = create(anyio_backend, late)
    assert late.shelf.texts == ["Note 0"]
    assert len(report.created) == 1 == len(late.times["Note 0"])


def test_the_deadline_of_a_call_ends_no_settling(anyio_backend: str) -> None:
    sandbox = Sandbox("empty")
    sandbox.faults = Faults(commit_late=1, commit_after=(30, 30), methods=POST)
    report = create_cards(anyio_backend, sandbox, card_drafts(3), {"deadline": 5})
    assert len(report.created) == 3 == there(sandbox).total()


def test_the_other_drafts_go_on_meanwhile(anyio_backend: str) -> None:
    late = LateShelf({"Note 3": 35})
    create(anyio_backend, late, 500)
    assert max(times[0] for times in late.times.values()) < 1
    assert len(late.shelf.texts) == 500


def test_where_the_order_matters_those_behind_wait(anyio_backend: str) -> None:
    late = LateShelf({"Note 3": 20, "Note 5": None})
    report, _ = create(anyio_backend, late, 8, in_order=True)
    assert late.shelf.texts == [f"Note {n}" for n in range(8)]
    assert len(report.created) == 8
    assert late.times["Note 4"][0] >= 20


def test_equal_drafts_of_which_some_come_late_are_as_many_as_were_asked(
    anyio_backend: str,
) -> None:
    sandbox = Sandbox("empty")
    sandbox.faults = Faults(
        latency=0.5, commit_late=0.5, commit_after=(0, 39), seed=11, methods=POST
    )
    drafts = card_drafts(60, alike=60)
    report = create_cards(anyio_backend, sandbox, drafts, {"concurrency": 3}, batch_size=1)
    assert len({card.id for card in report.items}) == 60 == there(sandbox).total()


# The journal keeps when a draft was sent.


def killed(backend: str, journal: Path, late: LateShelf) -> None:
    """A job that is cancelled while its one request is under way."""

    async def main() -> None:
        with anyio.CancelScope() as scope:
            late.shelf.watch = scope.cancel
            creation = late.shelf.kind()
            late.shelf.latency = 1
            await create_many(creation, notes(1), concurrency=1, journal=journal)
        late.shelf.watch = lambda: None
        late.shelf.latency = 0

    in_virtual_time(backend, main)


def sql(journal: Path, *statements: str) -> None:
    with closing(sqlite3.connect(journal)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


OLD_SCHEMA: Final = (
    "ALTER TABLE drafts DROP COLUMN sent_at",
    "ALTER TABLE drafts DROP COLUMN unstored",
    "ALTER TABLE drafts DROP COLUMN checksum",
    "PRAGMA user_version = 1",
)


def test_a_journal_holds_the_time_of_sending(anyio_backend: str, tmp_path: Path) -> None:
    before, journal = time.time(), tmp_path / "job"
    killed(anyio_backend, journal, LateShelf({}))
    (row,) = read(str(journal), [])
    assert row.state is State.SENT
    assert row.sent_at is not None
    assert before - 1 <= row.sent_at <= time.time() + 1


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("statements", "seconds"),
    [
        ((), 40),
        (("UPDATE drafts SET checksum = NULL, sent_at = sent_at - 30",), 10),
        (("UPDATE drafts SET checksum = NULL, sent_at = sent_at - 3600",), 0),
        (("UPDATE drafts SET checksum = NULL, sent_at = sent_at + 3600",), 40),
        (("UPDATE drafts SET checksum = NULL, sent_at = NULL",), 40),
        (("UPDATE drafts SET checksum = NULL, sent_at = 'yesterday'",), 40),
        (OLD_SCHEMA, 40),
    ],
)
def test_what_was_in_flight_is_missing_so_long_after_the_job_is_resumed(
    anyio_backend: str, tmp_path: Path, statements: tuple[str, ...], seconds: float
) -> None:
    late, journal = LateShelf({}), tmp_path / "job"
    killed(anyio_backend, journal, late)
    sql(journal, *statements)
    report, took = create(anyio_backend, late, journal=journal)
    assert took == pytest.approx(seconds, abs=2)
    assert [note.text for note in report.items] == late.shelf.texts == ["Note 0"]


def test_a_journal_of_the_schema_before_is_brought_up_to_date(
    anyio_backend: str, tmp_path: Path
) -> None:
    late, journal = LateShelf({}), tmp_path / "job"
    create(anyio_backend, late, 3, journal=journal)
    sql(journal, *OLD_SCHEMA)
    report, _ = create(anyio_backend, late, 5, journal=journal)
    assert len(report.created) == 5 == len(late.shelf.texts)
    assert [row.position for row in read(str(journal), [])] == list(range(5))


def test_a_request_that_waits_for_its_turn_is_noted_when_it_leaves(
    anyio_backend: str, tmp_path: Path
) -> None:
    journal, late = tmp_path / "job", LateShelf({"Note 0": 1}, turn=100)

    async def main() -> None:
        with anyio.move_on_after(100.5):
            await create_many(late.creation(), notes(1), concurrency=1, journal=journal)

    before = time.time()
    in_virtual_time(anyio_backend, main)
    (row,) = read(str(journal), [])
    assert row.sent_at is not None
    assert row.sent_at >= before + 99
