"""A server that answers so many requests a second, and refuses some of them with 429 for no reason.

Run as a program with its rate, the share of stray refusals and the number of one request that it
refuses (0: none), it prints its port. No refusal says when to come back. Who comes too fast waits
in a queue, as at a server with so many workers.
"""

from __future__ import annotations

import asyncio
import random
import sys
from typing import Final

LATENCY: Final = 0.02
CARD: Final = b'{"_id": {"$oid": "54744c20c955ca8169c61eef"}}'
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(CARD), CARD)
REFUSAL: Final = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"


class Queue:
    """When the next answer is due, over all connections."""

    def __init__(self, rate: float, stray: float, refused: int) -> None:
        self._interval = 1 / rate
        self._stray = stray
        self._refused = refused
        self._count = 0
        self._last = 0.0
        self._random = random.Random(1)  # noqa: S311 - every run refuses the same ones

    def refuses(self) -> bool:
        self._count += 1
        return self._count == self._refused or self._random.random() < self._stray

    def due(self, now: float) -> float:
        self._last = max(now + LATENCY, self._last + self._interval)
        return self._last


class Answering(asyncio.Protocol):
    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        *requests, self._read = (self._read + data).split(b"\r\n\r\n")
        for _ in requests:
            answer = REFUSAL if self._queue.refuses() else ANSWER
            loop.call_at(self._queue.due(loop.time()), self._transport.write, answer)


async def main(rate: float, stray: float, refused: int) -> None:
    queue = Queue(rate, stray, refused)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(queue), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
