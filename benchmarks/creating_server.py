"""A server that creates whatever it is sent, as cheaply as can be, and keeps nothing.

Run as a program, it prints its port. Every listing is empty. It creates by the path of the request:
cards of Flying Donut from an array, tasks of Kanban Tool and of flow from form fields, as their
documents show the answers.
"""

from __future__ import annotations

import asyncio
import json
import re
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl

from benchmarks.server import CARD, message

TASK: Final = {
    "archived_at": None,
    "assigned_user_id": None,
    "card_type_id": 5,
    "comments_count": 0,
    "created_at": "2026-03-02T08:07:00+00:00",
    **{f"custom_field_{number}": None for number in range(1, 11)},
    "description": None,
    "due_date": None,
    "external_link": None,
    "position": 4,
    "priority": 0,
    "size_estimate": "1.0",
    "subtasks_completed_count": 0,
    "subtasks_count": 0,
    "swimlane_id": 1,
    "tags": "",
    "updated_at": "2026-03-02T08:07:00+00:00",
    "workflow_stage_id": 2,
}
LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

ids: Final = count(1000)


def created(path: bytes, body: bytes) -> object:
    if path.endswith(b"/items"):
        return [_card(draft) for draft in json.loads(body)]
    fields = dict(parse_qsl(body.decode()))
    if path.endswith(b"/task.json"):
        return {"task_id": next(ids)}
    return {"task": {**TASK, "id": next(ids), "name": fields["task[name]"]}}


def _card(draft: dict[str, Any]) -> object:
    number = next(ids)
    title = {"value": draft["title"]["value"], "version": 0}
    return {**CARD, "_id": {"$oid": f"{number:024x}"}, "cid": number, "title": title}


class Creating(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, rest = self._read.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            end = int(length[1]) if length else 0
            if len(rest) < end:
                return
            body, self._read = rest[:end], rest[end:]
            method, path, _ = head.split(b" ", 2)
            answer = b"[]" if method == b"GET" else json.dumps(created(path, body)).encode()
            self._transport.write(message(answer))


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Creating, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
