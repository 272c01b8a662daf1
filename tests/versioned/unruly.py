"""A server of one card that is as unruly as the document allows, and remembers what it has done.

Times are of `anyio.current_time`, so it is at home in virtual time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final, Literal, get_args

import anyio
import httpx
from attrs import define, field, frozen

CARD: Final = "54744c20c955ca8169c61eef"

OTHER: Final = "54744c20c955ca8169c61e00"

Shape = Literal[
    "card",
    "wrapped",
    "list",
    "no id",
    "nothing",
    "empty",
    "repeated",
    "beside what was sent",
    "before and after",
    "beside another",
    "of another",
]
Fault = Literal[
    "dropped before",
    "dropped after",
    "dropped, and made late",
    "gateway before",
    "gateway after",
    "gateway, and made late",
    "500 before",
    "500 after",
    "429",
    "garbage",
    "no connection",
    "redirect after",
    "202, and made late",
]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)


@frozen(kw_only=True)
class Manners:
    """What the document leaves open, and what goes wrong."""

    status: int = 409
    """Of the answer to a conflict."""
    whole: bool = True
    """Whether one stale attribute fails all of them."""
    partly: int | None = None
    """Of the answer if some attributes were applied and others were stale; None: as to a conflict.
    """
    ignores: tuple[str, ...] = ()
    """The attributes that it accepts and does not apply."""
    raises_always: bool = False
    """Whether storing what is there already raises the version."""
    waves_through: bool = False
    """Whether the value that is there already is accepted with every version."""
    conflict_shape: Shape = "card"
    success_shape: Shape = "card"
    steps: tuple[int, int] = (1, 1)
    """How far a version may rise with a change."""
    lag: float = 0.0
    """Seconds by which reads may be behind."""
    store: Callable[[str, Any], Any] = field(default=lambda _, value: value)
    """What the server makes of a value."""
    unread: tuple[str, ...] = ()
    """The attributes that it accepts with any version, and leaves as they are."""
    trouble: float = 0.0
    """The part of the requests that meet a fault."""
    latency: float = 0.0
    """Seconds that a request takes at most."""


@frozen
class Change:
    """One change of one attribute."""

    name: str
    asked: Any
    before: Any
    version: int
    """The one that it had before."""
    forced: bool
    author: str


@define
class _Late:
    due: float
    put: Mapping[str, Any]
    author: str


class Unruly(httpx.AsyncBaseTransport):
    def __init__(self, manners: Manners, seed: int) -> None:
        self.manners = manners
        self.history: list[Change] = []
        self._random = Random(seed)
        self._values: dict[str, Any] = {"title": "Old", "summary": "", "estimate": 5}
        self._versions: dict[str, int] = {"title": 3, "summary": 0, "estimate": 7}
        self._past: list[tuple[float, dict[str, Any]]] = []
        self._late: list[_Late] = []
        self.puts = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fault = self._draw(request.method)
        if fault == "no connection":
            raise httpx.ConnectError("refused")
        body = await request.aread()
        await anyio.sleep(self._random.uniform(0, self.manners.latency))
        self.commit_due()
        if request.method == "GET":
            return self._get(fault)
        self.puts += 1
        put = json.loads(body)
        author = str(put.pop("username"))
        return self._put(put, author, fault)

    def _draw(self, method: str) -> Fault | None:
        if self._random.random() >= self.manners.trouble:
            return None
        fault = self._random.choice(FAULTS)
        # Reads can be disturbed, too, but not for ever.
        return fault if method == "PUT" or self._random.random() < 0.5 else None

    def _get(self, fault: Fault | None) -> httpx.Response:
        if fault is None:
            return httpx.Response(200, json=self._as_of(self._random.uniform(0, self.manners.lag)))
        if fault == "429":
            return httpx.Response(429, headers={"retry-after": "0.1"})
        if fault.startswith(("gateway", "500")):
            return httpx.Response(503)
        raise httpx.ReadError("dropped")

    def _put(self, put: Mapping[str, Any], author: str, fault: Fault | None) -> httpx.Response:
        match fault:
            case "429":
                return httpx.Response(429, headers={"retry-after": "0.1"})
            case "dropped before":
                raise httpx.ReadError("dropped")
            case "gateway before":
                return httpx.Response(self._random.choice((502, 503, 504)))
            case "500 before":
                return httpx.Response(500)
            case "dropped, and made late" | "gateway, and made late" | "202, and made late":
                due = anyio.current_time() + self._random.uniform(0.3, 35)
                self._late.append(_Late(due, put, author))
                if fault.startswith("dropped"):
                    raise httpx.ReadError("dropped")
                return httpx.Response(202 if fault.startswith("202") else 504, json=self.card())
            case _:
                answer = self._made(put, author)
        match fault:
            case "dropped after":
                raise httpx.ReadError("dropped")
            case "gateway after":
                return httpx.Response(502)
            case "500 after":
                return httpx.Response(500)
            case "redirect after":
                return httpx.Response(303, headers={"location": "/"})
            case "garbage":
                return httpx.Response(answer.status_code, content=b"<html>")
            case _:
                return answer

    def commit_due(self) -> None:
        """Makes what a worker was still at when its connection was gone."""
        now = anyio.current_time()
        due = sorted((one for one in self._late if one.due <= now), key=lambda one: one.due)
        self._late = [one for one in self._late if one.due > now]
        for one in due:
            self._made(one.put, one.author)

    def change(self, name: str, value: Any, author: str, *, forced: bool = False) -> None:
        stored = self.manners.store(name, value)
        same = stored == self._values[name]
        if same and not self.manners.raises_always:
            return
        now = anyio.current_time()
        self._past.append((now, self.card()))
        before, version = self._values[name], self._versions[name]
        if not same:
            self.history.append(Change(name, value, before, version, forced, author))
        self._values[name] = stored
        self._versions[name] += self._random.randint(*self.manners.steps)

    def _made(self, put: Mapping[str, Any], author: str) -> httpx.Response:
        stale = {name for name, attribute in put.items() if self._is_stale(name, attribute)}
        before = self.card()
        ignored = (*self.manners.ignores, *self.manners.unread)
        for name, attribute in put.items():
            if (stale and self.manners.whole) or name in stale or name in ignored:
                continue
            self.change(name, attribute["value"], author, forced=attribute["version"] == -1)
        status, shape = 200, self.manners.success_shape
        if stale and self.manners.partly and not self.manners.whole and len(stale) < len(put):
            status = self.manners.partly
        elif stale:
            status, shape = self.manners.status, self.manners.conflict_shape
        return self._answer(status, shape, put, before)

    def _is_stale(self, name: str, attribute: Mapping[str, Any]) -> bool:
        if name in self.manners.unread or attribute["version"] in (-1, self._versions[name]):
            return False
        stored = self.manners.store(name, attribute["value"])
        return not (self.manners.waves_through and stored == self._values[name])

    def _answer(
        self, status: int, shape: Shape, put: Mapping[str, Any], before: Mapping[str, Any]
    ) -> httpx.Response:
        card = self.card()
        if shape == "empty":
            return httpx.Response(204 if status == 200 else status)
        bare = {name: card[name] for name in self._values}
        shown: Mapping[Shape, Any] = {
            "repeated": {"_id": card["_id"], "cid": 2, **put},
            "beside what was sent": {"sent": put, "current": card},
            "before and after": {"before": before, "after": card},
            "beside another": [{**before, "_id": {"$oid": OTHER}}, card],
            "of another": {**card, "_id": {"$oid": OTHER}},
            "card": card,
            "wrapped": {"error": "conflict", "item": card},
            "list": [card],
            "no id": bare,
            "nothing": {"ok": status == 200},
        }
        return httpx.Response(status, json=shown[shape])

    def card(self) -> dict[str, Any]:
        shown = {
            name: {"value": self._values[name], "version": self._versions[name]}
            for name in self._values
        }
        return {"_id": {"$oid": CARD}, "cid": 2, "version": len(self.history), **shown}

    def _as_of(self, behind: float) -> dict[str, Any]:
        moment = anyio.current_time() - behind
        return next((card for until, card in self._past if until > moment), self.card())
