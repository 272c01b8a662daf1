"""Listings are iterated one at a time or page by page, and read no more than that."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Final

import pytest

from agilekit import InvalidInput
from agilekit.blocking import KanbanTool
from agilekit.flyingdonut import CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of, kanban_of, loop_threads
from tests.blocking.interruptions import found_in_spite_of

ARCHIVED = 400
STRIDE: Final = 40


@pytest.fixture
def sandbox() -> Sandbox:
    """One whose board has pages of archived tasks."""
    sandbox = Sandbox()
    fake = sandbox.kanbantool
    board = next(iter(fake.boards.values()))
    last = board.columns()[-1]
    for number in range(ARCHIVED):
        fake.add_task(board, f"Task {number}", stage=last, archived_at=datetime.now(UTC))
    return sandbox


def board_of(kanban: KanbanTool) -> int:
    return next(iter(kanban.boards.all())).id


def reads(sandbox: Sandbox) -> int:
    return len(sandbox.requests)


def test_a_listing_reads_a_page_when_the_one_before_is_used_up(sandbox: Sandbox) -> None:
    with kanban_of(sandbox) as kanban:
        listing = kanban.tasks.archived(board_of(kanban))
        before, tasks = reads(sandbox), iter(listing)
        assert reads(sandbox) == before
        for _ in range(175):
            next(tasks)
        assert reads(sandbox) == before + 1
        next(tasks)
        assert reads(sandbox) == before + 2
        assert len({task.id for task in listing}) >= ARCHIVED  # from its beginning again


def test_pages_are_read_ahead_inside_their_context(sandbox: Sandbox) -> None:
    with kanban_of(sandbox) as kanban:
        listing = kanban.tasks.archived(board_of(kanban))
        with listing.pages(prefetch=2) as pages:
            with pytest.raises(InvalidInput, match="open already"), pages:
                pass
            found = [task for page in pages for task in page]
        assert [task.id for task in found] == [task.id for task in listing]
        assert list(pages) == []
    assert loop_threads() == []


def test_pages_outside_of_their_context_say_what_to_write(sandbox: Sandbox) -> None:
    with kanban_of(sandbox) as kanban:
        listing = kanban.boards.all()
        with pytest.raises(InvalidInput, match=r"inside `with listing\.pages\(\)"):
            next(listing.pages())
        with pytest.raises(InvalidInput, match="prefetch"):
            listing.pages(prefetch=-1)
    assert "iterate over it" in repr(listing)
    assert "not open" in repr(listing.pages())


def test_pages_that_are_left_open_do_not_hold_up_the_client(sandbox: Sandbox) -> None:
    with kanban_of(sandbox) as kanban:
        pages = kanban.boards.all().pages().__enter__()
        next(pages)
    assert loop_threads() == []
    pages.__exit__(None, None, None)


def test_a_listing_can_be_given_where_items_are_wanted() -> None:
    sandbox = Sandbox()
    with donut_of(sandbox) as donut, kanban_of(sandbox) as kanban:
        (bucket, *_) = donut.buckets.all()
        board = kanban.boards.get(board_of(kanban))
        task = next(task for task in kanban.tasks.all(board) if task.subtasks_count)
        order = kanban.subtasks.reorder(board, task, kanban.subtasks.all(board, task))
        assert [one.id for one in order] == [one.id for one in kanban.subtasks.all(board, task)]
        titles = (CardDraft(title=card.title.value or "") for card in donut.cards.in_bucket(bucket))
        assert donut.cards.create_many(bucket, titles).created


@pytest.mark.no_cover  # it traces by itself
@pytest.mark.quick(1)
@pytest.mark.parametrize("first", range(STRIDE))
def test_who_goes_on_with_an_interrupted_listing_misses_nothing(
    sandbox: Sandbox, first: int
) -> None:
    with kanban_of(sandbox) as kanban:
        listing = kanban.tasks.archived(board_of(kanban))
        whole = [task.id for task in listing]
        for step in count(first, STRIDE):
            found, where = found_in_spite_of(step, iter(listing))
            assert [task.id for task in found] == whole, where
            with listing.pages() as pages:
                read, other = found_in_spite_of(step, pages)
            assert [task.id for page in read for task in page] == whole, other
            if where is other is None:
                break
