"""A change is made long after its client was told nothing, by what is there at that time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeAlias, cast

import anyio
import httpx
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.faults import FaultSequence
from agilekit.sandbox.messages import Request
from tests.sandbox.flyingdonut.caller import Caller, at
from tests.virtual_time import in_virtual_time

LATE = Faults(commit_late=1, commit_after=(10, 10))
Write: TypeAlias = Callable[[Sandbox, httpx.AsyncClient], Awaitable[object]]


async def lost(write: Awaitable[object]) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await write


def test_the_change_is_made_at_its_time_and_not_before(anyio_backend: str) -> None:
    async def main() -> list[int]:
        caller = Caller(Sandbox("empty", faults=LATE))
        await lost(caller.post(caller.new_card, caller.draft("Card")))
        caller.sandbox.faults = Faults()
        seen: list[int] = []
        for wait in (0, 9.99, 0.02):
            await anyio.sleep(wait)
            seen.append(len((await caller.get(caller.new_card)).json()))
        return seen

    assert in_virtual_time(anyio_backend, main) == [0, 0, 1]


def test_a_late_commit_is_checked_against_the_versions_of_its_time(anyio_backend: str) -> None:
    async def main() -> tuple[object, object]:
        caller = Caller(Sandbox("empty", faults=LATE))
        overtaken, free = caller.project.add_card("A"), caller.project.add_card("B")
        for card in (overtaken, free):
            await lost(caller.put(f"/items/{card.id}", title=at("Late", 0)))
        caller.sandbox.faults = Faults()
        await anyio.sleep(5)
        answer = await caller.put(f"/items/{overtaken.id}", title=at("Between", 0))
        assert answer.status_code == 200
        await anyio.sleep(5)
        found = [(await caller.get(f"/items/{card.id}")).json() for card in (overtaken, free)]
        statuses = [commit.status for commit in caller.sandbox.late_commits]
        return [card["title"] for card in found], statuses

    titles, statuses = in_virtual_time(anyio_backend, main)
    assert titles == [at("Between", 1), at("Late", 1)]
    assert statuses == [409, 200]


def test_a_late_commit_with_version_minus_one_replaces_what_came_between(
    anyio_backend: str,
) -> None:
    async def main() -> object:
        caller = Caller(Sandbox("empty", faults=LATE))
        card = caller.project.add_card("A")
        await lost(caller.put(f"/items/{card.id}", title=at("Late", -1)))
        caller.sandbox.faults = Faults()
        await caller.put(f"/items/{card.id}", title=at("Between", 0))
        await anyio.sleep(10)
        return (await caller.get(f"/items/{card.id}")).json()["title"]

    assert in_virtual_time(anyio_backend, main) == at("Late", 2)


def test_late_commits_are_made_in_the_order_of_their_times(anyio_backend: str) -> None:
    async def main() -> list[str]:
        caller = Caller(Sandbox("empty"))
        for title, delay in (("Third", 30), ("First", 10), ("Second", 20)):
            caller.sandbox.faults = Faults(commit_late=1, commit_after=(delay, delay))
            await lost(caller.post(caller.new_card, caller.draft(title)))
        await anyio.sleep(100)
        caller.sandbox.faults = Faults()
        await caller.get()
        times = [round(commit.due) for commit in caller.sandbox.late_commits]
        assert times == [10, 20, 30]
        return caller.titles()

    assert in_virtual_time(anyio_backend, main) == ["First", "Second", "Third"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_may_have_given_up(anyio_backend: str, status: Literal[502, 503, 504]) -> None:
    faults = Faults(commit_late=1, commit_after=(1, 1), commit_status=status)

    async def main() -> None:
        caller = Caller(Sandbox("empty", faults=faults))
        answer = await caller.post(caller.new_card, caller.draft("Card"))
        assert answer.status_code == status
        assert answer.text.startswith("<html>")
        assert caller.titles() == []
        await anyio.sleep(1)
        caller.sandbox.commit_due()
        assert caller.titles() == ["Card"]

    in_virtual_time(anyio_backend, main)


def test_a_request_and_its_late_commit_are_separate_records(anyio_backend: str) -> None:
    async def main() -> None:
        caller = Caller(Sandbox("empty", faults=LATE))
        await anyio.sleep(3)
        await lost(caller.post(caller.new_card, caller.draft("Card")))
        sandbox = caller.sandbox
        (request,) = sandbox.requests
        assert (request.method, request.status, request.fault) == ("POST", None, "commit_late")
        assert (sandbox.pending, sandbox.late_commits) == (1, [])
        await anyio.sleep(10)
        sandbox.commit_due()
        (commit,) = sandbox.late_commits
        assert (commit.method, commit.path, commit.status) == ("POST", request.path, 200)
        assert (sandbox.pending, sandbox.count()) == (0, 1)

    in_virtual_time(anyio_backend, main)


def test_what_is_still_to_come_can_be_settled_at_once(anyio_backend: str) -> None:
    async def main() -> None:
        caller = Caller(Sandbox("empty", faults=LATE))
        await lost(caller.post(caller.new_card, caller.draft("Card")))
        caller.sandbox.commit_due()
        assert caller.titles() == []
        caller.sandbox.settle()
        assert caller.titles() == ["Card"]
        await anyio.sleep(100)
        await caller.get()
        assert caller.titles() == ["Card"]

    in_virtual_time(anyio_backend, main)


def test_outside_of_an_event_loop_no_time_passes_and_settling_is_asked_for() -> None:
    sandbox = Sandbox("empty", faults=LATE)
    donut = sandbox.flyingdonut
    project = donut.projects[donut.project_id]
    path = f"{donut.base_path}/projects/{project.id}/backlog/buckets/{next(iter(project.buckets))}"
    body = b'{"username": "jane.smith", "title": {"value": "Card"}}'
    headers = {"authorization": f"secret {donut.secret}"}
    answer = sandbox.handle(Request("POST", f"{path}/items", "", headers, body))
    assert answer.delivery == "dropped"
    sandbox.commit_due()
    assert (len(project.cards), sandbox.pending) == (0, 1)
    sandbox.settle()
    assert (len(project.cards), sandbox.pending) == (1, 0)


def test_in_another_event_loop_the_time_goes_on_from_where_it_was(anyio_backend: str) -> None:
    caller = Caller(Sandbox("empty", faults=LATE))

    async def first() -> None:
        await anyio.sleep(1000)
        await lost(caller.post(caller.new_card, caller.draft("Card")))
        await anyio.sleep(4)
        caller.sandbox.commit_due()

    async def second() -> list[int]:
        caller.sandbox.commit_due()
        seen: list[int] = []
        for wait in (5.9, 0.2):
            await anyio.sleep(wait)
            caller.sandbox.commit_due()
            seen.append(len(caller.titles()))
        return seen

    in_virtual_time(anyio_backend, first)
    assert in_virtual_time(anyio_backend, second) == [0, 1]


@pytest.mark.anyio
async def test_the_delays_are_between_their_bounds_and_repeat_with_the_seed() -> None:
    def delays(seed: int) -> list[float]:
        draw = FaultSequence(Faults(commit_late=1, seed=seed))
        return [draw.commit_delay() for _ in range(200)]

    assert delays(1) == delays(1) != delays(2)
    assert 0.3 <= min(delays(1)) < 3
    assert 32 < max(delays(1)) <= 35


def test_a_seed_draws_the_same_faults_as_in_earlier_releases() -> None:
    faults = Faults(error_before=0.2, drop_after=0.2, garbage=0.2, conflict_storm=0.3, seed=7)
    draw = FaultSequence(faults)
    drawn = [draw.decide("PUT", writes=True) for _ in range(12)]
    assert [(it.fault, it.storm) for it in drawn] == [
        ("drop_after", True),
        (None, True),
        ("garbage", False),
        ("error_before", False),
        ("error_before", False),
        ("error_before", True),
        ("garbage", False),
        ("error_before", True),
        (None, False),
        ("garbage", False),
        (None, True),
        (None, True),
    ]


@pytest.mark.anyio
async def test_a_request_that_only_reads_is_served() -> None:
    caller = Caller(Sandbox(faults=Faults(commit_late=1)))
    assert (await caller.get()).status_code == 200
    assert caller.sandbox.requests[-1].fault is None


async def _flow_adds(sandbox: Sandbox, http: httpx.AsyncClient) -> object:
    flow = sandbox.flow
    task = {"user_id": 1, "project_id": 1, "task_text": "Late", "task_type_id": 1}
    headers = {"X-Flow-Authentication": flow.key}
    return await http.post(f"{flow.base_url}/task.json", json=task, headers=headers)


async def _easybacklog_adds(sandbox: Sandbox, http: httpx.AsyncClient) -> object:
    easy = sandbox.easybacklog
    path = f"{easy.base_url}/backlogs/{easy.backlog_id}/themes.json"
    headers = {"Authorization": f"token {easy.token}"}
    return await http.post(path, json={"name": "Late"}, headers=headers)


async def _kanbantool_deletes(sandbox: Sandbox, http: httpx.AsyncClient) -> object:
    return await _kanbantool(sandbox, http, "DELETE")


async def _kanbantool_deletes_by_get(sandbox: Sandbox, http: httpx.AsyncClient) -> object:
    return await _kanbantool(sandbox, http, "GET", _m="delete")


async def _kanbantool(
    sandbox: Sandbox, http: httpx.AsyncClient, method: str, **query: str
) -> object:
    kanban = sandbox.kanbantool
    board = next(iter(kanban.boards.values()))
    path = f"{kanban.base_url}/boards/{board.id}/tasks/{next(iter(board.tasks))}.json"
    headers = {"X-KanbanToolToken": kanban.token}
    return await http.request(method, path, params=query, headers=headers)


def _kanbantool_tasks(sandbox: Sandbox) -> int:
    return sum(len(board.tasks) for board in sandbox.kanbantool.boards.values())


WRITES: list[tuple[Write, Callable[[Sandbox], int]]] = [
    (_flow_adds, lambda sandbox: len(sandbox.flow.tasks)),
    (_easybacklog_adds, lambda sandbox: len(sandbox.easybacklog.themes)),
    (_kanbantool_deletes, _kanbantool_tasks),
    (_kanbantool_deletes_by_get, _kanbantool_tasks),
]


@pytest.mark.parametrize(("write", "state"), WRITES, ids=lambda it: getattr(it, "__name__", ""))
def test_each_service_and_method_meets_it(
    anyio_backend: str, write: Write, state: Callable[[Sandbox], int]
) -> None:
    async def main() -> None:
        sandbox = Sandbox(faults=LATE)
        before = state(sandbox)
        async with httpx.AsyncClient(transport=sandbox.transport()) as http:
            await lost(write(sandbox, http))
        assert state(sandbox) == before
        await anyio.sleep(10)
        sandbox.commit_due()
        (commit,) = sandbox.late_commits
        assert 200 <= commit.status <= 204, commit
        assert state(sandbox) != before

    in_virtual_time(anyio_backend, main)


@pytest.mark.anyio
async def test_over_a_socket_the_connection_is_closed_and_the_change_comes() -> None:
    sandbox = Sandbox("empty", faults=Faults(commit_late=1, commit_after=(0.05, 0.05)))
    async with sandbox.serve() as server:
        caller = Caller(sandbox, server)
        await lost(caller.post(caller.new_card, caller.draft("Card")))
        sandbox.faults = Faults()
        assert caller.titles() == []
        await anyio.sleep(0.06)
        assert len((await caller.get(caller.new_card)).json()) == 1
        await caller.http.aclose()


@pytest.mark.parametrize("span", [(-1, 2), (3, 2), (0, float("inf")), (float("nan"), 1)])
def test_an_invalid_span_is_refused(span: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="commit_after"):
        Faults(commit_after=span)


def test_a_commit_status_that_no_gateway_sends_is_refused() -> None:
    with pytest.raises(ValueError, match="commit_status"):
        Faults(commit_status=cast("Literal[502]", 500))
