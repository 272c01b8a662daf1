"""The report of a job, its outcomes and what a job runs show their state in one line."""

from __future__ import annotations

import pytest

from agilekit import (
    BadRequest,
    BulkReport,
    JournalError,
    PossibleDuplicate,
    Unauthorized,
    Versioned,
)
from agilekit.bulk import Created, Refused, Unknown, create_many
from agilekit.bulk.store import MemoryStore
from agilekit.errors import AgilekitError
from tests.bulk.shelf import Shelf, notes


@pytest.mark.anyio
async def test_a_report_shows_its_counts() -> None:
    report = await create_many(Shelf().kind(), notes(3))
    assert repr(report) == "<BulkReport: 3 created, 0 refused, 0 of unknown outcome>"


@pytest.mark.parametrize(
    ("stopped", "reason", "shown"),
    [
        (True, None, ", stopped>"),
        (True, Unauthorized("no", status=401), ", stopped (Unauthorized)>"),
        (False, JournalError("full"), " (JournalError)>"),
    ],
)
def test_a_report_shows_whether_and_why_the_job_stopped(
    stopped: bool, reason: AgilekitError | None, shown: str
) -> None:
    report = BulkReport(MemoryStore(Shelf().kind().spec).outcomes(), stopped, reason)
    assert repr(report) == f"<BulkReport: 0 created, 0 refused, 0 of unknown outcome{shown}"


def test_an_outcome_shows_only_the_beginning_of_its_draft_and_item() -> None:
    draft = {"text": "x" * 1_000_000}
    created = Created(3, draft, item="y" * 1_000_000)
    assert repr(created).startswith("Created(position=3, draft={'text': 'xxx")
    assert len(repr(created)) < 200
    refused = Refused(4, draft, BadRequest("no", status=400))
    assert repr(refused).endswith("error=BadRequest('no'))")
    assert len(repr(refused)) < 200


def test_a_report_in_its_plain_form_says_of_each_draft_what_became_of_it() -> None:
    spec = Shelf().kind().spec
    report = BulkReport(MemoryStore(spec).outcomes(), stopped=True, reason=Unauthorized("no"))
    assert report.to_dict() == {
        "stopped": True,
        "reason": {"type": "Unauthorized", "message": "0 no"},
        "outcomes": [],
        "possible_duplicates": [],
    }
    assert [*report] == []  # the outcomes, and not the keys of its plain form
    assert dict(report) == report.to_dict()


def test_an_outcome_in_its_plain_form_says_which_one_it_is() -> None:
    error, draft = BadRequest("no", status=400), {"text": b"?", "size": 1}
    plain_draft, plain_error = {"text": "b'?'", "size": 1}, {"type": "BadRequest"}
    assert Created(0, draft, Versioned("a", 1), ("size",)).to_dict() == {
        "position": 0,
        "draft": plain_draft,
        "item": {"value": "a", "version": 1},
        "unstored": ["size"],
        "outcome": "created",
    }
    for outcome, name in (
        (Refused(1, draft, error), "refused"),
        (Unknown(1, draft, error), "unknown"),
    ):
        assert outcome.to_dict() == {
            "position": 1,
            "draft": plain_draft,
            "error": {**plain_error, "message": "400 no"},
            "outcome": name,
        }
    assert PossibleDuplicate(1, "5f").to_dict() == {"position": 1, "item_id": "5f"}


def test_what_a_job_runs_shows_its_kind_and_container() -> None:
    creation = Shelf().kind()
    assert repr(creation.spec) == "<CreateSpec of notes>"
    assert repr(creation) == "<Creation of notes: at shelf>"
