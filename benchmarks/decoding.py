"""Bytes of an answer to models: beside pydantic, which keeps no `raw`, and beside xmltodict alone.

Both sides read the same bytes in this process. Ours do what a client does with an answer: its
dialect makes plain data of the body, and the route makes models of that.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

import anyio
import httpx
import xmltodict

from agilekit import InvalidInput
from agilekit.flyingdonut.routes import FETCH_BACKLOG_BUCKET_CARDS
from agilekit.kanbantool.routes import LIST_TASKS
from agilekit.sandbox import Sandbox
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect
from agilekit.wire.route import Route
from benchmarks.server import CARD
from benchmarks.table import NotMeasured, Opening, Round, Row, Sample, Size, at_most

ENTITIES: Final = 100

Decoding = Callable[[], object]


def cost(decode: Decoding, times: int) -> float:
    """µs of CPU time of one."""
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        decode()
    return (time.process_time() - began) / times * 1e6


def by_turns(ours: Decoding, other: Decoding, size: Size) -> Round:
    times = max(1, size.calls // 20)
    return lambda: Sample(cost(ours, times), cost(other, times))


def models(dialect: Dialect, route: Route[list[Any]], body: bytes) -> Decoding:
    decode = route.decode

    def decoded() -> None:
        made = decode(dialect.document(body).data)
        assert len(made) == ENTITIES

    return decoded


def beside_pydantic(http: str | None) -> Opening:
    """Cards of Flying Donut as JSON."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        try:
            from benchmarks.pydantic_card import CARDS
        except ModuleNotFoundError:
            raise NotMeasured("pydantic is not installed") from None
        body = json.dumps([{**CARD, "cid": number} for number in range(ENTITIES)]).encode()
        ours = models(_dialect(http), FETCH_BACKLOG_BUCKET_CARDS, body)
        yield by_turns(ours, lambda: CARDS.validate_json(body), size)

    return opened


def _dialect(http: str | None) -> Dialect:
    """That of a session that sends so."""
    options: dict[str, Any] = {} if http is None else {"http": http}
    credential = Credential.in_header("Authorization", "secret", "of-nobody", what="secret")
    try:
        return Session("https://localhost", credential, **options).dialect
    except InvalidInput as error:
        raise NotMeasured(str(error)) from None


@contextmanager
def beside_xmltodict(size: Size) -> Generator[Round]:
    """Tasks of Kanban Tool as the sandbox writes them in XML."""
    body = anyio.run(_tasks_as_xml)
    ours = models(Dialect(format="xml"), LIST_TASKS, body)
    yield by_turns(ours, lambda: xmltodict.parse(body), size)


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
