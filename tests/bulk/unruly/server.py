"""A Flying Donut of another hand: late, forgetful, high-handed, and full of other people."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Final, Literal, TypeAlias

import anyio
import httpx
from attrs import define

from agilekit import FlyingDonut
from agilekit.wire.json import JSON
from tests.bulk.unruly.manners import Manners
from tests.bulk.unruly.rewrites import rewritten
from tests.bulk.unruly.state import (
    BUCKETS,
    PROJECT,
    SPRINT,
    Content,
    Item,
    Origin,
    content_of,
)

__all__ = ["BAD", "UnrulyDonut"]

BAD: Final = 10.0**16
"""An estimate that the server refuses."""

_URL: Final = "https://donut.test/api"

Fate: TypeAlias = Literal["answered", "lost", "never", "late", "failed"]


@define
class _Work:
    """A request that has arrived."""

    number: int
    author: str
    method: str
    path: list[str]
    body: JSON
    fate: Fate
    answer: tuple[int, JSON] | None = None


class UnrulyDonut:
    """One project with two buckets and a sprint.

    What a request changes is changed at a time of its own, whether its client still waits or not;
    in between, others may do what they like.
    """

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.items: Final[list[Item]] = []
        """Also those that are deleted."""
        self.creates = 0
        """How many requests to create have arrived."""
        self.random: Final = Random(manners.seed)
        self.on_create: Callable[[], object] = lambda: None
        """Is called when a request to create has arrived."""
        self.meanwhile: Callable[[], object] = lambda: None
        """Is called after each change that a client makes."""
        self._requests = 0
        self._due: Final[list[tuple[float, int, _Work]]] = []

    def connect(self, author: str, *, concurrency: int = 16) -> FlyingDonut:
        """A client whose requests are known as those of an author."""
        return FlyingDonut(
            PROJECT,
            secret="68300163a5d8b2d71d60fff19f056ab3",
            username=author,
            base_url=_URL,
            transport=_Wire(self, author),
            concurrency=concurrency,
        )

    def find(self, id: str) -> Item | None:
        return next((item for item in self.items if item.id == id), None)

    def stored(self, content: Content) -> Content:
        """What becomes of what somebody sends."""
        title, summary, estimate = content
        ways, drops = self.manners.ways, self.manners.drops
        return (
            rewritten(title, ways),
            "" if drops == "summary" else rewritten(summary, ways),
            None if drops == "estimate" else estimate,
        )

    def add(
        self,
        content: Content,
        *,
        author: str,
        request: int = 0,
        bucket: str | None = None,
        card: str | None = None,
    ) -> Item:
        """An item that says this, as the server would have it."""
        title, summary, estimate = self.stored(content)
        number = len(self.items) + 1
        item = Item(
            id=f"{0x54744C20C955CA8169000000 + number:024x}",
            cid=number,
            title=title,
            summary=summary,
            estimate=estimate,
            origin=Origin(author, request, content),
            bucket=bucket,
            card=card,
        )
        self.items.append(item)
        return item

    def commit_due(self) -> None:
        """Makes the changes that are due by now. Call it before you look at the items."""
        self._commit(anyio.current_time())

    def settle(self) -> None:
        """Makes all the changes that are still to come."""
        self._commit(float("inf"))

    # What its transport tells.

    def receive(self, author: str, request: httpx.Request, content: bytes) -> _Work:
        now = anyio.current_time()
        self._commit(now)
        self._requests += 1
        work = _Work(
            self._requests,
            author,
            request.method,
            request.url.path.split("/")[2:],
            json.loads(content) if content else None,
            self._fate(request.method),
        )
        if work.fate != "never":
            wait = self.random.uniform(0, self.manners.latency)
            if work.fate == "late":
                wait = self.random.uniform(*self.manners.late_after)
            heappush(self._due, (now + wait, work.number, work))
        if work.method == "POST":
            self.creates += 1
            self.on_create()
        return work

    def reply(self, work: _Work) -> httpx.Response | None:
        """None where the connection breaks."""
        self._commit(anyio.current_time())
        if work.fate == "late" and self.manners.late_status is not None:
            return httpx.Response(self.manners.late_status, text="<h1>Bad gateway</h1>")
        if work.fate == "failed":
            return httpx.Response(500, json={"error": "Internal server error"})
        if work.fate != "answered" or work.answer is None:
            return None
        status, body = work.answer
        return httpx.Response(status, json=body)

    def abandon(self, work: _Work) -> None:
        """Its client is gone. The server does not know, and some requests never get through."""
        waiting = [one for one in self._due if one[2] is work]
        for one in waiting:
            self._due.remove(one)
            if self.random.random() < 0.75:
                due = anyio.current_time() + self.random.uniform(*self.manners.works_on)
                self._due.append((due, work.number, work))
        self._due.sort(key=lambda one: one[:2])

    def _fate(self, method: str) -> Fate:
        point, manners = self.random.random(), self.manners
        if method != "POST":
            return "lost" if point < manners.lost_reads else "answered"
        odds: Sequence[tuple[Fate, float]] = (
            ("never", manners.lost_before),
            ("lost", manners.lost_after),
            ("late", manners.late),
            ("failed", manners.failed_after),
        )
        for fate, share in odds:
            if point < share:
                return fate
            point -= share
        return "answered"

    # What becomes of a request.

    def _commit(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _, __, work = heappop(self._due)
            work.answer = self._handle(work)
            if work.method == "POST":
                self.meanwhile()

    def _handle(self, work: _Work) -> tuple[int, JSON]:
        match work.method, work.path:
            case "POST", ["projects", _, "backlog", "buckets", bucket, "items"]:
                return self._create(work, bucket=bucket)
            case "POST", ["projects", _, "items", card, "tasks"]:
                return self._create(work, card=card)
            case "GET", ["projects", _, *rest]:
                found = self._shown(rest)
                return (404, {"error": "Not found"}) if found is None else (200, found)
            case _:
                return 405, {"error": "Not here"}

    def _create(
        self, work: _Work, *, bucket: str | None = None, card: str | None = None
    ) -> tuple[int, JSON]:
        bodies = work.body if isinstance(work.body, list) else [work.body]
        contents = [content_of(body) for body in bodies]
        bad = next((n for n, content in enumerate(contents) if content[2] == BAD), None)
        stored = contents if bad is None else contents[: bad if self.manners.parts else 0]
        made = [
            self.add(content, author=work.author, request=work.number, bucket=bucket, card=card)
            for content in stored
        ]
        if bad is not None:
            return 422, {"error": "An estimate is out of range"}
        if self.manners.answers == "reversed":
            made.reverse()
        if self.manners.answers == "shuffled":
            self.random.shuffle(made)
        return 200, self._forms(made) if isinstance(work.body, list) else made[0].form(
            0, self.manners.versions
        )

    def _shown(self, path: list[str]) -> JSON:
        there = [item for item in self.items if not item.is_deleted]
        cards = [item for item in there if item.card is None]
        match path:
            case []:
                buckets: JSON = [{"title": f"Bucket {id[-1]}", "id": _oid(id)} for id in BUCKETS]
                return {"_id": _oid(PROJECT), "backlogBuckets": {"value": buckets, "version": 0}}
            case ["backlog", "buckets"]:
                return [{"bucket": f"Bucket {id[-1]}", "id": _oid(id)} for id in BUCKETS]
            case ["backlog", "buckets", bucket, "items"]:
                return self._forms([card for card in cards if card.bucket == bucket])
            case ["backlog", "items"]:
                return [
                    {
                        "bucket": f"Bucket {id[-1]}",
                        "id": _oid(id),
                        "items": self._forms([card for card in cards if card.bucket == id]),
                    }
                    for id in BUCKETS
                ]
            case ["iterations"]:
                title: JSON = {"value": "Initial Sprint", "version": 0}
                return [{"_id": _oid(SPRINT), "title": title, "version": 0, "isActive": True}]
            case ["iterations", sprint, "items"]:
                inside = {card.id for card in cards if card.sprint == sprint}
                return self._forms([one for one in there if one.id in inside or one.card in inside])
            case ["items", card, "tasks"]:
                return self._forms([task for task in there if task.card == card])
            case ["items" | "tasks", id]:
                return next(
                    (item.form(0, self.manners.versions) for item in there if item.id == id), None
                )
            case _:
                return None

    def _forms(self, items: Sequence[Item]) -> JSON:
        return [item.form(order, self.manners.versions) for order, item in enumerate(items)]


class _Wire(httpx.AsyncBaseTransport):
    def __init__(self, server: UnrulyDonut, author: str) -> None:
        self._server = server
        self._author = author

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        work = self._server.receive(self._author, request, await request.aread())
        wait = self._server.manners.latency * (1 + self._server.random.random())
        try:
            await anyio.sleep(wait)
        except anyio.get_cancelled_exc_class():
            self._server.abandon(work)
            raise
        response = self._server.reply(work)
        if response is None:
            raise httpx.ReadError("Connection reset by peer", request=request)
        return response


def _oid(id: str) -> JSON:
    return {"$oid": id}
