"""A server that answers every request with one card, as cheaply as can be.

Run as a program, it prints its port. With a file of a certificate and its key as its one argument
it speaks TLS. A request for ``/cpu`` is answered with the seconds of CPU time that it has spent: so
its capacity can be known.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from typing import Final

VERSIONED: Final = {
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
CARD: Final = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "cid": 2,
    "isStandaloneTP": False,
    **{name: {"value": value, "version": 1} for name, value in VERSIONED.items()},
    "version": 1,
    "_order": 0,
}


def message(body: bytes, status: int = 200) -> bytes:
    lines = f"HTTP/1.1 {status} \r\nContent-Length: {len(body)}\r\n"
    return f"{lines}Content-Type: application/json\r\n\r\n".encode() + body


ANSWER: Final = message(json.dumps(CARD).encode())


class Answering(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._read = (self._read + data).split(b"\r\n\r\n")
        for request in requests:
            spent = request.startswith(b"GET /cpu ")
            self._transport.write(message(b"%f" % time.process_time()) if spent else ANSWER)


def certificate(file: str | None) -> ssl.SSLContext | None:
    if file is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def main(file: str | None = None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        Answering, "127.0.0.1", 0, ssl=certificate(file), backlog=2048
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
