"""Bytes of an answer to models: beside pydantic, which keeps no `raw`, and beside xmltodict alone.

Both sides read the same bytes in this process. Ours do all that a session does with an answer: a
large one goes to a thread, plain data is made of the body, and models of that.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from math import inf
from typing import Any, Final

import anyio
import httpx
import xmltodict

from agilekit import InvalidInput
from agilekit.flyingdonut.routes import FETCH_BACKLOG_BUCKET_CARDS
from agilekit.kanbantool.routes import LIST_TASKS
from agilekit.sandbox import Sandbox
from agilekit.session.decode_worker import DecodeWorker
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect
from agilekit.wire.response import Answer, Response
from agilekit.wire.route import Route
from benchmarks.server import CARD
from benchmarks.table import NotMeasured, Opening, Round, Row, Sample, Size, at_most

ENTITIES: Final = 100


@contextmanager
def small_heap() -> Generator[None]:
    """What this process holds already is nothing that the garbage collector goes over: it would be
    charged to the side that makes more objects, and is no part of either.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def cost(decode: Callable[[], object], times: int) -> float:
    """µs of CPU time of one."""
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        decode()
    return (time.process_time() - began) / times * 1e6


async def cost_of_models(answer: Answer, route: Route[list[Any]], times: int) -> float:
    """The same of what a session does with an answer."""
    worker = DecodeWorker()
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        made = await worker.decode(answer, lambda answer: answer.value(route), deadline=inf)
        assert len(made) == ENTITIES
    return (time.process_time() - began) / times * 1e6


def by_turns(
    session: Session,
    route: Route[list[Any]],
    ids: Mapping[str, str],
    body: bytes,
    other: Callable[[bytes], object],
) -> Callable[[Size], Sample]:
    """One round: the answer of a session to models, and what the other makes of its body."""
    request = session.server.request(route, ids, dialect=session.dialect)
    answer = Answer(route, request, Response(200, {}, body), (), False, session.dialect)

    def one_round(size: Size) -> Sample:
        times = max(1, size.calls // 20)
        ours = anyio.run(cost_of_models, answer, route, times)
        return Sample(ours, cost(partial(other, body), times))

    return one_round


def beside_pydantic(http: str | None) -> Opening:
    """Cards of Flying Donut as JSON."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        try:
            from benchmarks.pydantic_card import CARDS
        except ModuleNotFoundError:
            raise NotMeasured("pydantic is not installed") from None
        body = json.dumps([{**CARD, "cid": number} for number in range(ENTITIES)]).encode()
        session = _session(Dialect(), {} if http is None else {"http": http})
        ids = {"projectId": "project", "bucketId": "bucket"}
        one_round = by_turns(session, FETCH_BACKLOG_BUCKET_CARDS, ids, body, CARDS.validate_json)
        with small_heap():
            yield lambda: one_round(size)

    return opened


@contextmanager
def beside_xmltodict(size: Size) -> Generator[Round]:
    """Tasks of Kanban Tool as the sandbox writes them in XML."""
    body = anyio.run(_tasks_as_xml)
    session = _session(Dialect(format="xml"), {})
    one_round = by_turns(session, LIST_TASKS, {"board_id": "1"}, body, xmltodict.parse)
    with small_heap():
        yield lambda: one_round(size)


def _session(dialect: Dialect, options: dict[str, Any]) -> Session:
    credential = Credential.in_header("Authorization", "secret", "of-nobody", what="secret")
    try:
        return Session("https://localhost", credential, dialect, **options)
    except InvalidInput as error:
        raise NotMeasured(str(error)) from None


async def _tasks_as_xml() -> bytes:
    sandbox = Sandbox("empty")
    account = sandbox.kanbantool
    board = next(iter(account.boards.values()))
    for number in range(ENTITIES):
        account.add_task(board, f"Task {number}", description="What is to be done")
    url = f"http://sandbox{account.base_path}/boards/{board.id}/tasks.xml"
    async with httpx.AsyncClient(transport=sandbox.transport()) as client:
        response = await client.get(url, params={"api_token": account.token})
        return response.raise_for_status().content


ROWS: Final = (
    Row(
        "100 cards, JSON to models with raw, beside pydantic without",
        at_most(0.95),
        beside_pydantic(None),
    ),
    Row(
        '100 cards, the same with http="fast"',
        at_most(0.7),
        beside_pydantic("fast"),
    ),
    Row(
        "100 tasks, XML to models, beside xmltodict.parse alone",
        at_most(0.8),
        beside_xmltodict,
    ),
)
