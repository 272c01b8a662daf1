"""What becomes of an array of creates that is refused, as options."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Batches
from tests.sandbox.flyingdonut.caller import Caller

pytestmark = pytest.mark.anyio

Kind: TypeAlias = Literal["items", "tasks"]
kinds = pytest.mark.parametrize("kind", ["items", "tasks"])


def path_of(caller: Caller, kind: Kind) -> str:
    """Where cards, or the tasks of a card, are created."""
    return caller.new_card if kind == "items" else f"/items/{caller.project.add_card('C').id}/tasks"


async def stored(caller: Caller, path: str) -> list[str]:
    return [item["title"]["value"] for item in (await caller.get(path)).json()]


def drafts(caller: Caller, *titles: str) -> list[dict[str, object]]:
    return [caller.draft(title) for title in titles]


@kinds
async def test_by_default_nothing_of_a_refused_array_is_stored(kind: Kind) -> None:
    caller = Caller(Sandbox("empty"))
    path = path_of(caller, kind)
    before = await stored(caller, path)
    answer = await caller.post(path, drafts(caller, "A", "", "B"))
    assert answer.status_code == 400
    assert await stored(caller, path) == before


@kinds
async def test_an_array_may_be_stored_up_to_its_first_bad_draft(kind: Kind) -> None:
    caller = Caller(Sandbox("empty", batches="up to the first bad one"))
    path = path_of(caller, kind)
    before = await stored(caller, path)
    answer = await caller.post(path, drafts(caller, "A", "B", " ", "C", "", "D"))
    assert answer.status_code == 400
    assert answer.json() == {"error": "Element 2: title must be text and not empty"}
    assert await stored(caller, path) == [*before, "A", "B"]


@kinds
async def test_what_is_before_a_draft_of_a_stranger_is_stored_too(kind: Kind) -> None:
    caller = Caller(Sandbox("empty", batches="up to the first bad one"))
    path = path_of(caller, kind)
    stranger = {**caller.draft("B"), "username": "nobody"}
    answer = await caller.post(path, [caller.draft("A"), stranger])
    assert answer.status_code == 403
    assert (await stored(caller, path))[-1] == "A"


@kinds
async def test_a_good_array_and_a_single_bad_draft_are_as_ever(kind: Kind) -> None:
    caller = Caller(Sandbox("empty", batches="up to the first bad one", largest_batch=2))
    path = path_of(caller, kind)
    answer = await caller.post(path, drafts(caller, "A", "B"))
    assert answer.status_code == 200
    assert [it["title"]["value"] for it in answer.json()] == ["A", "B"]
    assert (await caller.post(path, caller.draft(""))).status_code == 400
    assert (await caller.post(path, [])).json() == []
    assert (await stored(caller, path))[-2:] == ["A", "B"]


@kinds
@pytest.mark.parametrize("batches", ["whole", "up to the first bad one"])
async def test_an_array_of_too_many_is_413_and_nothing_of_it_is_stored(
    kind: Kind, batches: Any
) -> None:
    caller = Caller(Sandbox("empty", batches=batches, largest_batch=2))
    path = path_of(caller, kind)
    before = await stored(caller, path)
    answer = await caller.post(path, drafts(caller, "A", "B", "C"))
    assert answer.status_code == 413
    assert answer.json() == {"error": "An array may hold 2 drafts, not 3"}
    assert await stored(caller, path) == before


async def test_it_can_be_assigned_at_any_time(caller: Caller) -> None:
    caller.sandbox.flyingdonut.batches = Batches(stored="up to the first bad one", largest=3)
    await caller.post(caller.new_card, drafts(caller, "A", "", "B"))
    assert await stored(caller, caller.new_card) == ["A"]
    answer = await caller.post(caller.new_card, drafts(caller, *"ABCD"))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"batches": "half"}, "batches is 'half', not whole or up to the first bad one"),
        ({"largest_batch": 0}, "largest_batch is 1 or more, not 0"),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Sandbox("empty", **options)
