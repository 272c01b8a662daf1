"""A server of whole accounts, whose answers are those of the sandbox, each made once.

Run as a program with the name of an account and a number, it prints its port. A request for
``/opening`` is answered with what opens a client, but for the URL; ``/asked`` with the targets and
headers of all requests since it was asked for the last time, so that another client can fetch the
same bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Final

import httpx

from agilekit.sandbox import Sandbox
from benchmarks.server import message

_TEXT: Final = "The lamp has to be lit before it is dark, and the glass cleaned. " * 3
_CARDS_OF_A_BUCKET: Final = 2000
_TASKS_OF_A_BOARD: Final = 20


def cards(sandbox: Sandbox, number: int) -> Mapping[str, object]:
    """One project of Flying Donut with so many cards, in its backlog."""
    service = sandbox.flyingdonut
    project = service.projects[service.project_id]
    for first in range(0, number, _CARDS_OF_A_BUCKET):
        bucket = project.add_bucket(f"Bucket {first}")
        for card in range(first, min(first + _CARDS_OF_A_BUCKET, number)):
            project.add_card(f"Card {card}", bucket=bucket, summary=_TEXT, estimate=3)
    return service.arguments()


def boards(sandbox: Sandbox, number: int) -> Mapping[str, object]:
    """So many boards of Kanban Tool, of 20 tasks each."""
    account = sandbox.kanbantool
    for name in range(number):
        board = account.add_board(f"Board {name}")
        for task in range(_TASKS_OF_A_BOARD):
            made = account.add_task(board, f"Task {task}", description=_TEXT)
            account.add_subtask(made, "Do it")
    return account.arguments()


ACCOUNTS: Final[Mapping[str, Callable[[Sandbox, int], Mapping[str, object]]]] = {
    "cards": cards,
    "boards": boards,
}


class Account:
    """The answers so far, and what was asked for."""

    def __init__(self, name: str, number: int) -> None:
        sandbox = Sandbox("empty")
        arguments = ACCOUNTS[name](sandbox, number)
        plain = {key: value for key, value in arguments.items() if isinstance(value, str)}
        self.opening: Final = {**plain, "base_url": httpx.URL(plain["base_url"]).path}
        self._transport = sandbox.transport()
        self._answers: Final = dict[str, bytes]()
        self._asked: list[tuple[str, dict[str, str]]] = []

    async def answer(self, head: str) -> bytes:
        first, *lines = head.split("\r\n")
        target = first.split(" ")[1]
        if target == "/opening":
            return message(json.dumps(self.opening).encode())
        if target == "/asked":
            asked, self._asked = self._asked, []
            return message(json.dumps(asked).encode())
        headers = dict(line.split(": ", 1) for line in lines)
        self._asked.append((target, headers))
        if target not in self._answers:
            request = httpx.Request("GET", f"https://sandbox.invalid{target}", headers=headers)
            response = await self._transport.handle_async_request(request)
            body = await response.aread()
            self._answers[target] = message(body, response.status_code)
        return self._answers[target]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self.answer(head.decode().rstrip()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main(name: str, number: int) -> None:
    server = await asyncio.start_server(Account(name, number).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
