"""A client's way into the shared loop: who may call from where, and what is said to all others."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pickle import dumps
from typing import Final

import anyio
import httpx
import pytest

from agilekit import AgilekitError, InvalidInput, Reapply, UnknownOutcome
from agilekit.blocking import FlyingDonut
from agilekit.events import Attempt, Event
from agilekit.sandbox import Faults, Sandbox
from tests.blocking.clients import donut_of, loop_threads, served

OFTEN: Final = Reapply(attempts=100)


def test_threads_with_clients_of_their_own_lose_no_change_of_a_card() -> None:
    sandbox = Sandbox()
    with served(sandbox) as url:
        with donut_of(sandbox, url) as donut:
            bucket = next(iter(donut.buckets.all()))
            card = donut.cards.create(bucket, title="Counted", estimate=0)

        def add(_: int) -> None:
            with donut_of(sandbox, url, deadline=600.0) as own:
                for _ in range(2):
                    own.cards.update(card, estimate=lambda now: (now or 0) + 1, on_conflict=OFTEN)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(add, range(8)))
        with donut_of(sandbox, url) as donut:
            assert donut.cards.get(card).estimate.value == 16
    assert loop_threads() == []


def test_threads_share_one_client() -> None:
    sandbox = Sandbox()
    with donut_of(sandbox) as donut:
        card = next(iter(donut.cards.in_bucket(next(iter(donut.buckets.all())))))
        before = card.estimate.value or 0
        with ThreadPoolExecutor(8) as threads:
            for _ in range(16):
                threads.submit(donut.cards.update, card, estimate=lambda now: (now or 0) + 1)
        assert donut.cards.get(card).estimate.value == before + 16


def test_threads_that_lose_replies_add_what_is_confirmed_and_at_most_what_is_unknown() -> None:
    lost = Faults(drop_before=0.1, drop_after=0.2, seed=5, methods=frozenset({"PUT"}))
    sandbox = Sandbox(faults=lost)
    told: list[Event] = []
    with donut_of(sandbox, on_event=told.append) as donut:
        card = next(iter(donut.cards.in_bucket(next(iter(donut.buckets.all())))))
        before = int(card.estimate.value or 0)

        def add(_: int) -> bool:
            try:
                donut.cards.update(card, estimate=lambda now: (now or 0) + 1)
            except UnknownOutcome:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            confirmed = [*threads.map(add, range(24))].count(True)
        added = int(donut.cards.get(card).estimate.value or 0) - before
    assert any(isinstance(event, Attempt) and event.error for event in told)
    assert confirmed <= added <= 24


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_blocking_call_works_where_a_loop_runs_already(backend: str) -> None:
    async def cell_of_a_notebook() -> str:
        with donut_of(Sandbox()) as donut:
            return donut.project.get().id

    assert anyio.run(cell_of_a_notebook, backend=backend)


def test_a_blocking_call_inside_a_callback_says_so_instead_of_waiting_for_itself() -> None:
    sandbox = Sandbox()
    errors: list[InvalidInput] = []

    def in_the_loop(call: Callable[[], object]) -> None:
        with pytest.raises(InvalidInput, match="inside a callback") as raised:
            call()
        errors.append(raised.value)

    def on_event(_: Event) -> None:
        in_the_loop(donut.project.get)
        in_the_loop(donut.buckets.all().__iter__().__next__)
        in_the_loop(donut.buckets.all().pages().__enter__)
        in_the_loop(donut_of(sandbox).__enter__)

    with donut_of(sandbox, on_event=on_event) as donut:
        donut.project.get()
    assert len(errors) >= 4
    assert loop_threads() == []


def test_what_a_call_waits_with_is_said_to_whoever_has_not_opened_its_client() -> None:
    donut = donut_of(Sandbox())
    for _ in range(2):
        assert not donut.is_open
        with pytest.raises(InvalidInput, match="inside `with`"):
            donut.project.get()
        with pytest.raises(InvalidInput, match="inside `with`"):
            list(donut.buckets.all())
        with pytest.raises(InvalidInput, match="inside `with`"), donut.buckets.all().pages():
            pass
        with donut:
            assert donut.is_open


def test_a_client_is_not_entered_twice_and_stays_open_then() -> None:
    with donut_of(Sandbox()) as donut:
        with pytest.raises(InvalidInput, match="open already"), donut:
            pass
        with pytest.raises(InvalidInput, match="open already"), donut.using(deadline=5):
            pass
        assert donut.project.get().id == donut.project_id
    assert loop_threads() == []


def test_a_call_that_waits_in_another_thread_ends_when_its_client_is_closed() -> None:
    waits = threading.Event()

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(
            self,
            request: httpx.Request,  # noqa: ARG002 - as its base has it
        ) -> httpx.Response:
            waits.set()
            await anyio.sleep_forever()
            raise AssertionError

    with ThreadPoolExecutor(1) as threads:
        with donut_of(Sandbox(), transport=Silent()) as donut:
            call = threads.submit(donut.project.get)
            waits.wait()
        assert loop_threads() == []
        with pytest.raises(AgilekitError, match="closed"):
            call.result()


def test_a_view_is_open_as_long_as_its_client() -> None:
    donut = donut_of(Sandbox())
    view = donut.using(username="omar.haddad")
    assert type(view) is FlyingDonut
    with donut:
        assert view.project.get().id == donut.project.get().id
    assert not view.is_open


def test_a_client_shows_itself_and_is_not_pickled() -> None:
    donut = donut_of(Sandbox())
    assert repr(donut).startswith("FlyingDonut(")
    with pytest.raises(InvalidInput, match="cannot be pickled"):
        dumps(donut)


def test_an_error_of_a_call_is_raised_as_it_is() -> None:
    with donut_of(Sandbox()) as donut, pytest.raises(InvalidInput, match="at least one attribute"):
        donut.cards.update("1" * 24)


def test_the_context_of_the_thread_is_that_of_the_call() -> None:
    told = ContextVar[str]("told")
    heard: list[str] = []
    with donut_of(Sandbox(), on_event=lambda _: heard.append(told.get())) as donut:
        told.set("from here")
        donut.project.get()
    assert set(heard) == {"from here"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_clients_of_its_own_and_leaves_those_of_its_parent() -> None:
    with donut_of(Sandbox()) as donut:
        donut.project.get()
        child = os.fork()
        if child == 0:
            os._exit(_in_the_child(donut))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert donut.project.get().id == donut.project_id


def _in_the_child(donut: FlyingDonut) -> int:
    """0 if all is well there: nothing may be raised beyond the fork."""
    try:
        with donut_of(Sandbox()) as own:
            own.project.get()
        try:
            donut.project.get()
        except InvalidInput as error:
            donut.__exit__(None, None, None)
            return 0 if "forked" in str(error) and not loop_threads() else 1
    except BaseException:  # noqa: BLE001 - the tests are those of the parent
        return 2
    return 3
