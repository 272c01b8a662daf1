"""Both sides of a row of decoding.py, by turns. Run as a program with their names and a number, it
reads a body from its input, decodes it so many times on each side, and prints the µs of CPU time
that one took, or why it cannot.

Both are in one process, and the garbage collector is as it is in any program: on, until a side
holds it, as a session does for a large answer. Only what the process held before is not gone over:
that is the imports of both sides, and would be charged to the one that makes more objects.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from agilekit.wire.dialect import Format

Decode: TypeAlias = Callable[[], object]
Side: TypeAlias = Callable[[bytes], Decode]

_TURNS: Final = 4
"""How often the sides take turns."""


def pydantic(body: bytes) -> Decode:
    from benchmarks.pydantic_card import CARDS

    return lambda: CARDS.validate_json(body)


def xmltodict(body: bytes) -> Decode:
    from xmltodict import parse

    return lambda: parse(body)


def cards(**options: Any) -> Side:
    """Cards of Flying Donut as JSON."""

    def models(body: bytes) -> Decode:
        from agilekit.flyingdonut.routes import FETCH_BACKLOG_BUCKET_CARDS

        ids = {"projectId": "project", "bucketId": "bucket"}
        return models_of(FETCH_BACKLOG_BUCKET_CARDS, ids, "json", options, body)

    return models


def tasks(body: bytes) -> Decode:
    """Tasks of Kanban Tool as XML."""
    from agilekit.kanbantool.routes import LIST_TASKS

    return models_of(LIST_TASKS, {"board_id": "1"}, "xml", {}, body)


def models_of(
    route: Any, ids: dict[str, str], format: Format, options: dict[str, Any], body: bytes
) -> Decode:
    """What a session does with a large answer, in the thread to which it gives that."""
    from agilekit.session import collector
    from agilekit.session.session import Session
    from agilekit.wire.credential import Credential
    from agilekit.wire.dialect import Dialect
    from agilekit.wire.response import Answer, Response

    credential = Credential.in_header("Authorization", "secret", "of-nobody", what="secret")
    session = Session("https://localhost", credential, Dialect(format=format), **options)
    request = session.server.request(route, ids, dialect=session.dialect)
    answer = Answer(route, request, Response(200, {}, body), (), False, session.dialect)

    def decode() -> object:
        with collector.held():
            return answer.value(route)

    return decode


SIDES: Final[dict[str, Side]] = {
    "pydantic": pydantic,
    "xmltodict": xmltodict,
    "cards": cards(),
    "cards, fast": cards(http="fast"),
    "tasks": tasks,
}


def costs(decoders: list[Decode], times: int) -> list[float]:
    for decode in decoders:
        decode()  # what is made on first use is there
    gc.collect()
    gc.freeze()
    spent = [0.0 for _ in decoders]
    for _ in range(_TURNS):
        for side, decode in enumerate(decoders):
            began = time.process_time()
            for _ in range(times):
                decode()
            spent[side] += time.process_time() - began
    return [seconds / (_TURNS * times) * 1e6 for seconds in spent]


if __name__ == "__main__":
    body = sys.stdin.buffer.read()
    try:
        decoders = [SIDES[name](body) for name in sys.argv[1:3]]
    except (ImportError, ValueError) as error:
        print(json.dumps({"refused": str(error)}))
    else:
        print(json.dumps({"costs": costs(decoders, int(sys.argv[3]))}))
