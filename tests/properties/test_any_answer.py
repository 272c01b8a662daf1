"""Whatever a server says, a call gives a model or raises an error of this library."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agilekit import AgilekitError
from agilekit.flyingdonut import Card, Task
from tests.flyingdonut.calls import CALLS, Call
from tests.ids import short
from tests.properties.answers import any_answers, damaged, json_answers, json_values, paths
from tests.session.scripted import Say, Scripted, donut_at
from tests.sizes import examples
from tests.virtual_time import in_virtual_time

# Every example runs on loops of its own, so what the fixtures give may be shared.
quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
thorough = settings(quick, max_examples=examples(3))
calls = st.sampled_from(CALLS)
by_heading = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.heading)


async def made(call: Call, *answers: Say) -> object:
    """The result of a call, or its error. Raises whatever is neither."""
    with anyio.fail_after(60):
        async with donut_at(Scripted(*answers), retries=2, deadline=20) as donut:
            try:
                return await call.make(donut)
            except AgilekitError as error:
                str(error)
                return error


def check(call: Call, result: object) -> None:
    if isinstance(result, AgilekitError):
        return
    if call.gives_many:
        assert isinstance(result, list)
        assert all(isinstance(one, call.models) for one in cast("list[object]", result))
    else:
        assert isinstance(result, call.models)


@thorough
@given(call=calls, answers=st.lists(json_answers, min_size=1, max_size=4))
def test_any_json_becomes_a_model_or_an_error(call: Call, answers: list[Say]) -> None:
    check(call, in_virtual_time("trio", lambda: made(call, *answers)))


@thorough
@given(call=calls, answers=st.lists(any_answers, min_size=1, max_size=4))
def test_any_bytes_become_a_model_or_an_error(call: Call, answers: list[Say]) -> None:
    check(call, in_virtual_time("trio", lambda: made(call, *answers)))


@quick
@given(call=calls, answer=any_answers)
def test_any_bytes_become_a_model_or_an_error_on_asyncio_too(call: Call, answer: Say) -> None:
    async def main() -> object:
        async with donut_at(Scripted(answer), retries=0) as donut:
            try:
                return await call.make(donut)
            except AgilekitError as error:
                return error

    check(call, anyio.run(main))


@thorough
@given(data=st.data(), call=calls)
def test_a_sample_with_any_value_at_any_key_becomes_a_model_or_an_error(
    data: st.DataObject, call: Call
) -> None:
    answer = call.answer
    for path in data.draw(st.lists(st.sampled_from([*paths(call.answer)]), max_size=3)):
        answer = damaged(answer, path, value=data.draw(json_values))
    check(call, in_virtual_time("trio", lambda: made(call, Say(answer))))


def reads_of(call: Call, answer: object) -> object:
    return in_virtual_time("trio", lambda: made(call, Say(answer)))


@pytest.mark.parametrize("how", ["null", "absent"])
@by_heading
def test_no_single_null_or_absent_key_fails_a_call(call: Call, how: str) -> None:
    failed = {
        "/".join(map(str, path)): str(result)
        for path in paths(call.answer)
        if _matters(call, path)
        and isinstance(
            result := reads_of(call, damaged(call.answer, path, value=None, gone=how == "absent")),
            AgilekitError,
        )
    }
    assert failed == {}


@quick
@given(data=st.data(), call=calls)
def test_no_nulls_and_absent_keys_together_fail_a_call(data: st.DataObject, call: Call) -> None:
    answer = call.answer
    for path in data.draw(st.lists(st.sampled_from([*paths(call.answer)]), max_size=8)):
        if _matters(call, path):
            answer = damaged(answer, path, value=None, gone=data.draw(st.booleans()))
    result = reads_of(call, answer)
    assert not isinstance(result, AgilekitError)
    check(call, result)


def _matters(call: Call, path: tuple[str | int, ...]) -> bool:
    """An update is judged by the attributes that it names: without them, it cannot succeed. Nor can
    a call whose answer does not tell which entity it is about.
    """
    names = [part for part in path if isinstance(part, str)]
    of_entity = (
        names[1:] if call.heading == "Fetch Backlog Cards" and names[0] == "items" else names
    )
    if of_entity[:1] in (["_id"], ["id"]):
        return False
    return call.method != "PUT" or path[0] not in ("title", "summary", "estimate", "state")


@pytest.mark.parametrize(
    ("heading", "answer"),
    [
        ("Fetch Sprint Burndown Chart", {"timeRemaining": [8, None, None]}),
        ("Fetch Sprint Burndown Chart", {"items": [{"timeRemaining": [8, None]}]}),
        ("Fetch Sprint Burndown Chart", {"items": [None]}),
        ("Fetch Task", {"users": [None], "timeRemaining": [None]}),
        ("Fetch Card", {"tasks": [None]}),
        ("Fetch Project", {"backlogBuckets": {"value": [None], "version": 1}}),
        ("Fetch Backlog Cards", [{"id": "b", "items": [None]}]),
    ],
    ids=short,
)
def test_a_null_inside_of_an_array_does_not_fail_a_read(heading: str, answer: object) -> None:
    call = next(call for call in CALLS if call.heading == heading)
    check(call, result := reads_of(call, answer))
    assert not isinstance(result, AgilekitError)


@by_heading
def test_any_depth_becomes_a_model_or_an_error(call: Call) -> None:
    for opens, closes in ((b"[", b"]"), (b'{"value":', b"}"), (b'{"error":[', b"]}")):
        for depth in (100, 400, 700, 970, 100_000):
            for status in (200, 400, 409):
                answer = Say(opens * depth + b"1" + closes * depth, status)
                check(call, in_virtual_time("trio", partial(made, call, answer)))


@quick
@given(answer=json_values)
def test_the_items_of_a_sprint_are_cards_and_tasks_whatever_they_hold(answer: Any) -> None:
    call = next(call for call in CALLS if call.heading == "Fetch Sprint Cards")
    items = cast("list[object]", answer) if isinstance(answer, list) else [answer]
    result = reads_of(call, items)
    if isinstance(result, list):
        found = cast("list[object]", result)
        assert len(found) == sum(item is not None for item in items)
        assert all(isinstance(one, Card | Task) for one in found)
