"""A server that answers every request with one card, as cheaply as can be.

Run as a program, it prints its port. Its one argument is the seconds that it takes to answer: with
an instant server the requests of one client never are in flight together.
"""

from __future__ import annotations

import asyncio
import json
import sys

VERSIONED = {
    "estimate": 8,
    "iteration": None,
    "iterationReview": "",
    "order": "000000001.0",
    "owner": None,
    "ownerType": None,
    "project": {"$oid": "54744060c955ca8169c61ee6"},
    "state": {"$oid": "54744060c955ca8169c61ee5"},
    "summary": {"markdown": "My test card", "html": "<p>My test card</p>\n"},
    "taskCounters": {"done": 2, "todo": 0, "inProgress": 0, "total": 2, "status": "done"},
    "taskEstimate": 8.0,
    "title": "5th Test card",
    "totalAttachments": 0,
    "totalComments": 0,
    "totalDiscussions": 0,
    "type": "",
    "value": None,
}
CARD = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "cid": 2,
    "isStandaloneTP": False,
    **{name: {"value": value, "version": 1} for name, value in VERSIONED.items()},
    "version": 1,
    "_order": 0,
}


def answer() -> bytes:
    body = json.dumps(CARD).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Answering(asyncio.Protocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._answer = answer()
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._read = (self._read + data).split(b"\r\n\r\n")
        for _ in requests:
            if self._latency:
                loop = asyncio.get_running_loop()
                loop.call_later(self._latency, self._transport.write, self._answer)
            else:
                self._transport.write(self._answer)


async def main(latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(latency), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
