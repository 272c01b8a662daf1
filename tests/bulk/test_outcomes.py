"""What became of a draft is said with its reason, and whether another run would find the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from agilekit import Attempt, BadRequest, Forbidden, NotSent, ServerError, Unprocessable
from agilekit.bulk import Refused, Unknown
from agilekit.bulk.outcomes import blames_draft, refused, unknown, unsent, why_unknown
from agilekit.bulk.store import Entry
from agilekit.errors import (
    ApiError,
    CallError,
    JournalError,
    UnknownAfterServerError,
    UnknownOutcome,
)

DRAFT = {"text": "Paint"}


@pytest.fixture
def entry() -> Entry:
    return Entry(7, DRAFT, {"text": "Paint"})


@pytest.mark.parametrize(
    ("error", "blames"),
    [
        (BadRequest("no", status=400), True),
        (Unprocessable("no", status=422), True),
        (ApiError("too large", status=413), True),
        (ApiError("no", status=412), False),
        (ApiError("no", status=414), False),
        (Forbidden("no", status=403), False),
        (ServerError("no", status=500), False),
        (NotSent("no"), False),
        (UnknownOutcome("no"), False),
    ],
)
def test_a_refusal_is_final_if_it_may_be_due_to_what_the_draft_says(
    entry: Entry, error: CallError, blames: bool
) -> None:
    assert blames_draft(error) == blames
    end = refused(entry, error)
    assert end.entry is entry
    assert end.outcome == Refused(7, DRAFT, error)
    assert end.final == blames


def test_what_became_nothing_may_be_sent_by_another_run(entry: Entry) -> None:
    entry.error = NotSent("the job ended before it was sent")
    end = unsent(entry)
    assert (end.entry, end.outcome, end.final) == (entry, Refused(7, DRAFT, entry.error), False)


def test_what_is_unknown_says_why(entry: Entry) -> None:
    error = JournalError("full")
    end = unknown(entry, error)
    assert (end.entry, end.outcome, end.final) == (entry, Unknown(7, DRAFT, error), True)


NO_ANSWER = "its request got no clear answer, and "


@pytest.mark.parametrize(
    ("items", "numbers", "refusal", "message", "evidence"),
    [
        pytest.param(
            ["11", "12"],
            [],
            None,
            f"{NO_ANSWER}items are there that it may have become",
            {"items": ("11", "12")},
            id="items",
        ),
        pytest.param(
            [],
            [4, 5],
            None,
            f"{NO_ANSWER}there are numbers that items have used up which are shown nowhere",
            {"items": (), "numbers": (4, 5)},
            id="numbers",
        ),
        pytest.param(
            ["11"],
            [4],
            None,
            f"{NO_ANSWER}items are there that it may have become",
            {"items": ("11",), "numbers": (4,)},
            id="both",
        ),
        pytest.param(
            [], [], None, f"{NO_ANSWER}what it created is listed nowhere", {"items": ()}, id="none"
        ),
        pytest.param(
            ["11"],
            [],
            Unprocessable("Name has already been taken", status=422),
            "it was refused, and items are there that it may have become: "
            "422 Name has already been taken",
            {"items": ("11",)},
            id="refused",
        ),
    ],
)
def test_a_doubt_names_what_it_rests_on(
    entry: Entry,
    items: Sequence[str],
    numbers: Sequence[int],
    refusal: CallError | None,
    message: str,
    evidence: dict[str, object],
) -> None:
    entry.refusal = refusal
    error = why_unknown(entry, items, numbers)
    assert str(error) == message
    assert dict(error.evidence) == evidence
    assert error.sent_at is None
    assert error.attempts == ()


def test_a_doubt_knows_when_and_how_often_the_draft_was_sent(entry: Entry) -> None:
    attempts = (Attempt("POST", "/notes", 1, 0.5, 502, None, maybe_received=True),)
    entry.sent_at, entry.error = 1_777_777_777.0, UnknownAfterServerError("no", attempts=attempts)
    error = why_unknown(entry, [])
    assert error.sent_at == datetime(2026, 5, 3, 3, 9, 37, tzinfo=UTC)
    assert error.attempts == attempts
    entry.error = JournalError("not of a call")
    assert why_unknown(entry, []).attempts == ()


def test_a_doubt_knows_when_the_request_left_that_got_no_answer(entry: Entry) -> None:
    left = datetime(2026, 5, 3, 3, 9, 38, tzinfo=UTC)
    entry.sent_at, entry.error = 1_777_777_777.0, UnknownOutcome("no answer", sent_at=left)
    assert why_unknown(entry, []).sent_at == left
    entry.sent_at, entry.error = None, BadRequest("no", status=400)
    assert why_unknown(entry, []).sent_at is None
