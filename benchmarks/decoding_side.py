"""One side of decoding.py. Run as a program with its name and a number, it reads a body from its
input, decodes it so many times, and prints the µs of CPU time that one took, or why it cannot.

A side has a process of its own and imports only what it needs: the garbage collector goes over all
that a process holds, and would charge it to the side that makes more objects.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from agilekit.wire.dialect import Format

Side: TypeAlias = Callable[[bytes, int], float]


def pydantic(body: bytes, times: int) -> float:
    from benchmarks.pydantic_card import CARDS

    return cost(lambda: CARDS.validate_json(body), times)


def xmltodict(body: bytes, times: int) -> float:
    from xmltodict import parse

    return cost(lambda: parse(body), times)


def cost(decode: Callable[[], object], times: int) -> float:
    decode()  # what is made on first use is there
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        decode()
    return (time.process_time() - began) / times * 1e6


def cards(**options: Any) -> Side:
    """Cards of Flying Donut as JSON."""

    def models(body: bytes, times: int) -> float:
        from agilekit.flyingdonut.routes import FETCH_BACKLOG_BUCKET_CARDS

        ids = {"projectId": "project", "bucketId": "bucket"}
        return cost_of_models(FETCH_BACKLOG_BUCKET_CARDS, ids, "json", options, body, times)

    return models


def tasks(body: bytes, times: int) -> float:
    """Tasks of Kanban Tool as XML."""
    from agilekit.kanbantool.routes import LIST_TASKS

    return cost_of_models(LIST_TASKS, {"board_id": "1"}, "xml", {}, body, times)


def cost_of_models(
    route: Any,
    ids: dict[str, str],
    format: Format,
    options: dict[str, Any],
    body: bytes,
    times: int,
) -> float:
    """All that a session does with an answer: a large one is decoded in a thread."""
    import anyio

    from agilekit.session.decode_worker import DecodeWorker
    from agilekit.session.session import Session
    from agilekit.wire.credential import Credential
    from agilekit.wire.dialect import Dialect
    from agilekit.wire.response import Answer, Response

    credential = Credential.in_header("Authorization", "secret", "of-nobody", what="secret")
    session = Session("https://localhost", credential, Dialect(format=format), **options)
    request = session.server.request(route, ids, dialect=session.dialect)
    answer = Answer(route, request, Response(200, {}, body), (), False, session.dialect)
    worker = DecodeWorker()

    async def measured() -> float:
        await worker.decode(answer, lambda answer: answer.value(route), deadline=inf)
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            await worker.decode(answer, lambda answer: answer.value(route), deadline=inf)
        return (time.process_time() - began) / times * 1e6

    return anyio.run(measured)


SIDES: Final[dict[str, Side]] = {
    "pydantic": pydantic,
    "xmltodict": xmltodict,
    "cards": cards(),
    "cards, fast": cards(http="fast"),
    "tasks": tasks,
}

if __name__ == "__main__":
    try:
        taken = SIDES[sys.argv[1]](sys.stdin.buffer.read(), int(sys.argv[2]))
    except (ImportError, ValueError) as error:
        print(json.dumps({"refused": str(error)}))
    else:
        print(json.dumps({"cost": taken}))
