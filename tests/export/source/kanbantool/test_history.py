"""Kanban Tool: what the changes of a task tell, on histories whose ends are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agilekit.export.source.kanbantool.history import completed_at, in_order, stays
from agilekit.kanbantool import Change
from tests.each import each

TODO, DOING, DONE, SHIPPED = 1, 2, 3, 4


def day(number: float) -> datetime:
    return datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=number)


def change(id: int, at: float | None, what: str, stage: int | None = None) -> Change:
    made = None if at is None else day(at)
    return Change(id=id, what=what, workflow_stage_id=stage, created_at=made)


CREATED = change(1, 0, "created", TODO)
STARTED = change(2, 1, "moved", DOING)
FINISHED = change(3, 2, "moved", DONE)
ARCHIVED = change(9, 60, "archived", DONE)


@each(
    ("history", "archived", "completed"),
    [
        # Done after 2 days and archived after 60.
        ([CREATED, STARTED, FINISHED, ARCHIVED], 60, 2),
        ([CREATED, STARTED, FINISHED], None, 2),
        # What happens to it there is no entry.
        ([CREATED, STARTED, FINISHED, change(5, 7, "updated", DONE)], None, 2),
        ([CREATED, FINISHED, change(5, 3, "moved", SHIPPED), ARCHIVED], 60, 2),
        # The last entry counts, not the first.
        ([CREATED, FINISHED, change(5, 4, "moved", DOING), change(6, 6, "moved", DONE)], None, 6),
        # Made where it is done; moved there as the first thing that is told.
        ([change(1, 3, "created", DONE)], None, 3),
        ([change(1, 0, "created"), change(2, 5, "moved", DONE)], None, 5),
        # An entry that nothing tells, between two changes that show two columns.
        ([CREATED, change(5, 8, "updated", DONE)], None, 8),
        # Only that it was there is known, not since when.
        ([change(5, 8, "updated", DONE)], None, None),
        ([change(5, 8, "updated", DONE), ARCHIVED], 60, 60),
        ([change(5, 99, "created", DONE)], 60, 60),
        ([CREATED, FINISHED, change(5, 4, "moved", DOING)], None, None),
        ([], 60, 60),
        ([], None, None),
    ],
)
def test_a_task_is_completed_at_its_last_entry_into_what_is_done(
    history: list[Change], archived: float | None, completed: float | None
) -> None:
    found = completed_at(history, {DONE, SHIPPED}, None if archived is None else day(archived))
    assert found == (None if completed is None else day(completed))


def test_changes_of_one_second_stand_in_the_order_of_their_ids() -> None:
    later = change(1, 2, "moved", DONE)
    found = in_order([change(7, 1, "moved", DOING), later, change(6, 1, "created", TODO)])
    assert [one.id for one in found] == [6, 7, 1]
    assert in_order([change(4, None, "moved")]) == []


DELETED = change(4, 3, "deleted", DONE)
COMMENTED = change(5, 4, "comment_added")


@pytest.mark.parametrize(
    ("history", "on_board", "archived", "expected"),
    [
        ([CREATED, FINISHED], True, False, {}),
        ([CREATED, DELETED], False, False, {4: "ends"}),
        ([CREATED, FINISHED, ARCHIVED], False, True, {9: "ends"}),
        ([ARCHIVED, change(10, 61, "unarchived", DONE)], True, False, {9: "ends", 10: "resumes"}),
        # It is there, whatever the server calls how it came back.
        (
            [CREATED, ARCHIVED, change(10, 61, "revived", DONE)],
            True,
            False,
            {9: "ends", 10: "resumes"},
        ),
        ([CREATED, ARCHIVED], True, False, {}),
        # It is nowhere, whatever the server calls how it went.
        ([CREATED, STARTED, change(4, 3, "taken_elsewhere")], False, False, {4: "ends"}),
        ([CREATED, DELETED, COMMENTED], False, False, {4: "ends"}),
        # When it was archived stands in its row.
        ([CREATED, STARTED], False, True, {}),
        ([], False, False, {}),
    ],
)
def test_a_stay_ends_and_resumes_as_the_lists_prove(
    history: list[Change], on_board: bool, archived: bool, expected: dict[int, str]
) -> None:
    assert stays(history, on_board=on_board, archived=archived) == expected
