"""Refusals that do not mean that nothing was created."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import httpx
import pytest

from agilekit import (
    BadRequest,
    BulkReport,
    Conflicted,
    Forbidden,
    RateLimited,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.bulk import Draft, Refused, Unknown, create_many
from agilekit.errors import ApiError
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut.batches import Stored
from tests.bulk.donut import agrees, asked, card_drafts, create_cards, there
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.ids import short
from tests.virtual_time import in_virtual_time


class InParts(httpx.AsyncBaseTransport):
    """A server that stores an array up to its first bad card, and refuses the whole."""

    def __init__(self, sandbox: Sandbox, bad: Callable[[str], bool]) -> None:
        self._sandbox = sandbox
        self._inner = sandbox.transport()
        self._bad = bad
        self.listings = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            self.listings += 1
            return await self._inner.handle_async_request(request)
        cards: list[dict[str, dict[str, str]]] = json.loads(await request.aread())
        titles = [card["title"]["value"] for card in cards]
        good = next((n for n, title in enumerate(titles) if self._bad(title)), len(titles))
        response = httpx.Response(422, json={"message": f"card {good} is not valid"})
        if good:
            stored = await self._inner.handle_async_request(_of(request, cards[:good]))
            assert stored.is_success
            if good == len(cards):
                return stored
        return response


def _of(request: httpx.Request, cards: Sequence[object]) -> httpx.Request:
    headers = {**request.headers}
    del headers["content-length"]
    return httpx.Request("POST", request.url, headers=headers, json=cards)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox("empty")


@pytest.mark.quick(2)
@pytest.mark.parametrize("alike", [1, 3])
@pytest.mark.parametrize("batch_size", [200, 50, 7])
def test_a_batch_that_is_stored_up_to_its_first_bad_draft_is_not_stored_twice(
    anyio_backend: str, sandbox: Sandbox, batch_size: int, alike: int
) -> None:
    drafts = card_drafts(200, alike=alike)
    for place in (61, 140):
        drafts[place] = {"title": f"Bad {place}", "estimate": 1}
    server = InParts(sandbox, lambda title: title.startswith("Bad"))
    report = create_cards(
        anyio_backend, sandbox, drafts, {"transport": server}, batch_size=batch_size
    )
    assert [refused.position for refused in report.refused] == [61, 140]
    assert all(isinstance(refused.error, Unprocessable) for refused in report.refused)
    assert str(report) == "198 created, 2 refused, 0 of unknown outcome"
    good = [draft for draft in drafts if not str(draft["title"]).startswith("Bad")]
    assert there(sandbox) == asked(good)
    cards = {created.item.id: created.draft["title"] for created in report.created}
    assert len(cards) == 198
    held = sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id].cards
    assert all(held[id].title.value == title for id, title in cards.items())


def create(
    backend: str,
    shelf: Shelf,
    drafts: Sequence[Draft],
    *,
    batch_size: int = 1,
    concurrency: int = 1,
    lists_all: bool = True,
    journal: Path | None = None,
) -> BulkReport[Note]:
    async def main() -> BulkReport[Note]:
        kind = shelf.kind(batch_size=batch_size, lists_all=lists_all)
        return await create_many(kind, drafts, concurrency=concurrency, journal=journal)

    return in_virtual_time(backend, main)


def refusing(*bad: str, stores: bool = False) -> Callable[[list[str]], Fate]:
    """Refuses each request that holds a bad text; it stores what stands before it, or nothing."""

    def fate(texts: list[str]) -> Fate:
        found = [place for place, text in enumerate(texts) if text in bad]
        if not found:
            return OK
        return Fate(BadRequest("not valid", status=400), found[0] if stores else 0)

    return fate


def test_a_server_that_was_seen_to_refuse_whole_batches_is_taken_at_its_word(
    anyio_backend: str,
) -> None:
    bad = {"Note 5", "Note 77", "Note 78", "Note 130"}
    shelf = Shelf(refusing(*bad))
    report = create(anyio_backend, shelf, notes(200), batch_size=50)
    assert [refused.position for refused in report.refused] == [5, 77, 78, 130]
    assert len(report.created) == 196 == len(shelf.notes)
    refusals = sum(bool(bad.intersection(texts)) for texts in shelf.requests)
    assert shelf.listings < 10 < 20 < refusals


def test_batches_that_are_too_large_are_halved_until_they_are_taken(anyio_backend: str) -> None:
    too_large = ApiError("too large", status=413)
    shelf = Shelf(lambda texts: Fate(too_large, 0) if len(texts) > 13 else OK)
    report = create(anyio_backend, shelf, notes(200), batch_size=50)
    assert str(report) == "200 created, 0 refused, 0 of unknown outcome"
    assert sorted(shelf.texts) == sorted(str(note["text"]) for note in notes(200))
    sizes = {len(texts) for texts in shelf.requests}
    assert {size for size in sizes if size > 13} == {50, 25}
    assert max(size for size in sizes if size <= 13) == 13
    assert shelf.listings < 10


@pytest.mark.parametrize("batches", ["whole", "up to the first bad one"])
def test_a_service_that_refuses_large_arrays_gets_smaller_ones(
    anyio_backend: str, batches: Stored
) -> None:
    sandbox = Sandbox("empty", batches=batches, largest_batch=20)
    drafts = card_drafts(120)
    report = create_cards(anyio_backend, sandbox, drafts)
    assert agrees(report, sandbox, drafts)
    assert there(sandbox) == asked(drafts)
    assert not report.stopped


def test_one_draft_that_is_too_large_by_itself_is_refused(anyio_backend: str) -> None:
    too_large = ApiError("too large", status=413)
    shelf = Shelf(lambda texts: Fate(too_large, 0) if "Note 2" in texts else OK)
    report = create(anyio_backend, shelf, notes(8), batch_size=4)
    assert [(one.position, one.error) for one in report.refused] == [(2, too_large)]
    assert len(report.created) == 7 == len(shelf.notes)


def test_a_server_that_stores_parts_is_looked_at_after_each_refusal(anyio_backend: str) -> None:
    shelf = Shelf(refusing("Note 5", "Note 77", "Note 78", "Note 130", stores=True))
    report = create(anyio_backend, shelf, notes(200), batch_size=50)
    assert [refused.position for refused in report.refused] == [5, 77, 78, 130]
    assert sorted(shelf.texts) == sorted(created.item.text for created in report.created)
    assert len(shelf.notes) == 196
    assert len({note.id for note in report.items}) == 196


def test_unclaimed_items_leave_a_refusal_of_a_batch_in_doubt_for_later(
    anyio_backend: str,
) -> None:
    shelf = Shelf(refusing("Note 1", "Note 5"))
    shelf.watch = lambda: shelf.put({"text": "Of somebody else"})
    report = create(anyio_backend, shelf, notes(8), batch_size=4)
    assert [refused.position for refused in report.refused] == [1, 5]
    assert len(report.created) == 6
    assert shelf.listings > 3


def test_a_batch_that_may_have_been_stored_and_is_listed_nowhere_is_unknown(
    anyio_backend: str,
) -> None:
    shelf = Shelf(refusing("Note 1", stores=True))
    report = create(anyio_backend, shelf, notes(4), batch_size=4, lists_all=False)
    assert len(report.unknown) == 4
    assert shelf.texts == ["Note 0"]
    assert len(shelf.requests) == 1


@pytest.mark.parametrize(
    "error", [Forbidden("no", status=403), RateLimited("later", status=429)], ids=short
)
def test_a_refusal_for_which_no_draft_is_to_blame_is_not_looked_into(
    anyio_backend: str, error: ApiError
) -> None:
    shelf = Shelf(Fate(error, 0))
    report = create(anyio_backend, shelf, notes(4), batch_size=4)
    assert len(report.refused) == 4
    assert shelf.listings == 1


class Unique(Shelf):
    """Takes each text once; stores the first request, and loses its answer.

    It may become visible only so many seconds later, or in other words.
    """

    def __init__(self, *, after: float = 0, rewritten: bool = False, stores: bool = True) -> None:
        super().__init__(self._judge)
        self._taken: set[str] = set()
        self._after = after
        self._rewritten = rewritten
        self._stores = stores
        self._hidden: list[tuple[float, Note]] = []

    def _judge(self, texts: list[str]) -> Fate:
        (text,) = texts
        if text in self._taken:
            return Fate(Unprocessable("Text has already been taken", status=422), 0)
        self._taken.add(text)
        if len(self.requests) > 0:
            return OK
        if self._stores:
            self.put({"text": "(censored)" if self._rewritten else text})
            if self._after:
                self._hidden.append((anyio.current_time() + self._after, self.notes.pop()))
        return Fate(LOST, 0)

    def show(self) -> None:
        for due, note in list(self._hidden):
            if anyio.current_time() >= due:
                self._hidden.remove((due, note))
                self.notes.append(note)


def test_a_draft_that_is_refused_because_it_is_there_was_created(anyio_backend: str) -> None:
    shelf = Unique(after=45)  # later than the horizon: it is sent again, and refused
    shelf.watch = shelf.show

    async def main() -> BulkReport[Note]:
        reports: list[BulkReport[Note]] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(appear)
            reports.append(await create_many(shelf.kind(), notes(1), concurrency=1))
            tasks.cancel_scope.cancel()
        return reports[0]

    async def appear() -> None:
        while True:
            await anyio.sleep(0.1)
            shelf.show()

    shelf.latency = 6
    report = in_virtual_time(anyio_backend, main)
    assert [note.text for note in report.items] == ["Note 0"] == shelf.texts
    assert len(shelf.requests) == 2


def test_a_draft_that_may_be_there_in_other_words_is_unknown_when_it_is_refused(
    anyio_backend: str,
) -> None:
    shelf = Unique(rewritten=True)
    report = create(anyio_backend, shelf, notes(3))
    (unknown,) = report.unknown
    assert unknown.position == 0
    assert isinstance(unknown.error, UnknownOutcome)
    assert unknown.error.evidence == {"items": ("1",)}
    assert "already been taken" in str(unknown.error)
    assert len(report.created) == 2
    assert len(shelf.notes) == 3


def test_a_draft_that_is_refused_while_nothing_is_there_that_it_could_be_was_refused(
    anyio_backend: str,
) -> None:
    shelf = Shelf(Fate(LOST, 0), OK, Fate(BadRequest("not valid", status=400), 0), OK)
    report = create(anyio_backend, shelf, notes(2))
    assert [(refused.position, type(refused.error)) for refused in report.refused] == [
        (0, BadRequest)
    ]
    assert shelf.texts == ["Note 1"]


def test_what_others_write_leaves_a_refusal_of_a_second_send_unknown(anyio_backend: str) -> None:
    shelf = Shelf(Fate(LOST, 0), Fate(BadRequest("not valid", status=400), 0))
    shelf.watch = lambda: shelf.put({"text": "Of somebody else"})
    (outcome,) = create(anyio_backend, shelf, notes(1))
    assert isinstance(outcome, Unknown)


def test_a_refusal_of_the_first_send_is_believed_at_once(anyio_backend: str) -> None:
    shelf = Shelf(Fate(BadRequest("not valid", status=400), 0))
    shelf.watch = lambda: shelf.put({"text": "Note 0"})
    (outcome,) = create(anyio_backend, shelf, notes(1))
    assert isinstance(outcome, Refused)
    assert shelf.listings == 1


def test_a_run_that_was_ended_counts_as_an_earlier_send(anyio_backend: str, tmp_path: Path) -> None:
    shelf, journal = Unique(rewritten=True), tmp_path / "job"

    async def ended() -> None:
        with anyio.CancelScope() as scope:
            shelf.watch = scope.cancel
            await create_many(shelf.kind(), notes(1), concurrency=1, journal=journal)

    shelf.latency = 1
    in_virtual_time(anyio_backend, ended)
    shelf.watch = lambda: None
    (outcome,) = create(anyio_backend, shelf, notes(1), journal=journal)
    assert isinstance(outcome, Unknown)
    assert shelf.texts == ["(censored)"]


def test_a_server_that_once_stored_a_part_is_looked_at_after_every_refusal_from_then_on(
    anyio_backend: str,
) -> None:
    bad, seen = BadRequest("not now", status=400), set[str]()

    def fate(texts: list[str]) -> Fate:
        if len(texts) < 4 or texts[0] in seen:
            return OK
        seen.add(texts[0])
        # The second batch is refused whole, although its first draft is taken later.
        return Fate(bad, 0 if texts[0] == "Note 4" else 2)

    shelf = Shelf(fate, latency=1)
    report = create(anyio_backend, shelf, notes(12), batch_size=4)
    assert len(report.created) == 12
    assert sorted(shelf.texts) == sorted(f"Note {n}" for n in range(12))


def test_a_conflict_of_a_batch_that_was_not_sent_before_refuses_all_of_it(
    anyio_backend: str,
) -> None:
    shelf = Shelf(Fate(Conflicted("no", status=409), 0))
    shelf.watch = lambda: shelf.put({"text": "Of somebody else"})
    report = create(anyio_backend, shelf, notes(2), batch_size=2)
    assert [type(refused.error) for refused in report.refused] == [Conflicted] * 2
    assert len(shelf.requests) == 1
