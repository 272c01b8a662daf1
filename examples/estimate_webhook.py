"""A webhook that adds story points to a card, however many others do so at the same time.

    AGILEKIT_FLYINGDONUT_USERNAME=… (and …_PROJECT, …_SECRET) python estimate_webhook.py
    curl -d '{"card": "54744c20c955ca8169c61eef", "points": 2}' http://127.0.0.1:8000/

The answers: 200 it was added, 202 nothing tells whether it was added, 400 the request is wrong,
404 there is no such card, 503 it was certainly not added, and may be sent again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal
from anyio.to_thread import run_sync

from agilekit import CallError, FlyingDonut, InvalidInput, NotFound, UnknownOutcome

ADDRESS = ("127.0.0.1", 8000)
LARGEST = 10_000  # bytes of a request

Reply = tuple[int, dict[str, object]]


async def main() -> None:
    async with FlyingDonut.from_env() as donut, BlockingPortal() as portal:

        def answer(body: bytes) -> Reply:
            # In a thread of the server; the one client of the program makes the edit.
            return portal.call(answered, donut, body)

        with ThreadingHTTPServer(ADDRESS, handler(answer)) as server:
            try:
                await run_sync(server.serve_forever, abandon_on_cancel=True)
            finally:
                server.shutdown()


async def answered(donut: FlyingDonut, body: bytes) -> Reply:
    try:
        asked: Any = json.loads(body)
        card, points = str(asked["card"]), float(asked["points"])
    except (KeyError, TypeError, ValueError) as error:
        return 400, {"outcome": "refused", "error": f"expected card and points: {error!r}"}
    return await add_points(donut, card, points)


async def add_points(donut: FlyingDonut, card: str, points: float) -> Reply:
    """Adds to whatever the estimate is by then, exactly once."""
    try:
        changed = await donut.cards.update(card, estimate=lambda now: (now or 0) + points)
    except UnknownOutcome as unknown:
        # Not a 5xx: the sender would send it again, and it could count twice. Somebody must look.
        return 202, {"outcome": "unknown", "error": str(unknown), "found": found_by(unknown)}
    except InvalidInput as error:
        return 400, {"outcome": "refused", "error": str(error)}
    except NotFound as error:
        return 404, {"outcome": "refused", "error": str(error)}
    except CallError as error:  # every other one says that nothing was changed
        return 503, {"outcome": "not added", "error": str(error)}
    return 200, {"outcome": "added", "estimate": changed.estimate.value}


def found_by(unknown: UnknownOutcome) -> str | None:
    """The estimate that the service holds now, if it could be read."""
    return str(unknown.evidence["estimate"]) if "estimate" in unknown.evidence else None


def handler(answer: Callable[[bytes], Reply]) -> type[BaseHTTPRequestHandler]:
    """What http.server makes of each request, in a thread of its own."""

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            size = min(int(length), LARGEST) if length.isdecimal() else 0
            status, said = answer(self.rfile.read(size))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Webhook


if __name__ == "__main__":
    anyio.run(main)
