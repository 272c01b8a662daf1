"""A server that holds one card, written from "Update Card" and from what that leaves open."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx

SECRET = "68300163a5d8b2d71d60fff19f056ab3"
PROJECT = "54744060c955ca8169c61ee6"
CARD = "54744c20c955ca8169c61eef"

Put = dict[str, Any]


class Server(httpx.AsyncBaseTransport):
    """Answers as its options say, and keeps every update that it was sent in `puts`."""

    def __init__(
        self,
        *,
        status: int = 409,
        whole: bool = True,
        shows: str = "card",  # in a conflict: "card", "wrapped", "nothing"
        store: Callable[[str, Any], Any] = lambda _, value: value,
        ignores: Sequence[str] = (),
        partly: int | None = None,  # the status if some attributes were applied and others stale
        raises_always: bool = False,  # whether storing what is there already raises the version
        answer: Callable[[int, Put, dict[str, Any]], Any] = lambda _, __, card: card,
    ) -> None:
        self.status, self.whole, self.shows = status, whole, shows
        self.store, self.ignores = store, ignores
        self.knows_force = True
        self.success = "card"  # what a success shows, too: "nothing", "no id", "another id"
        self.reads_as: dict[str, Any] | None = None
        self.authors = ["jane.smith"]
        self.wrote: list[str] = []
        self.partly, self.raises_always = partly, raises_always
        self.answer: Callable[[int, Put, dict[str, Any]], Any] = answer
        self.values: dict[str, Any] = {"title": "Old", "summary": "", "estimate": 5}
        self.versions: dict[str, int] = {"title": 3, "summary": 0, "estimate": 7}
        self.puts: list[Put] = []
        self.id = CARD
        self.shown_id: str | None = None
        self.reads = 0
        self.before: list[Callable[[], None]] = []  # what somebody else does before each update
        self.before_reads: list[Callable[[], None]] = []
        self.refuse: list[int] = []  # statuses of refusals of the value, whatever its version
        self.lose: list[str] = []  # what befalls each update: "", "before", "after", or a status

    def set(self, **values: Any) -> None:
        """Somebody else changes attributes."""
        for name, value in values.items():
            self.values[name] = value
            self.versions[name] += 1

    def card(self) -> dict[str, Any]:
        shown = {
            name: {"value": self.values[name], "version": self.versions[name]}
            for name in self.values
        }
        return {
            "_id": {"$oid": self.shown_id or self.id},
            "cid": 2,
            "version": sum(self.versions.values()),
            **shown,
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        assert request.headers["authorization"] == f"secret {SECRET}"
        self.id = request.url.path.rpartition("/")[2]
        if request.method == "GET":
            self.reads += 1
            if self.before_reads:
                self.before_reads.pop(0)()
            return httpx.Response(200, json=self.reads_as or self.card())
        put = json.loads(body)
        self.wrote.append(put.pop("username"))
        assert self.wrote[-1] in self.authors
        self.puts.append(put)
        if self.before:
            self.before.pop(0)()
        fate = self.lose.pop(0) if self.lose else ""
        if fate == "no connection":
            raise httpx.ConnectError("refused")
        if fate == "before":
            raise httpx.ReadError("dropped")
        answer = self._update(put)
        if fate == "after":
            raise httpx.ReadError("dropped")
        if fate == "garbage":
            return httpx.Response(200, content=b"<garbage>")
        return httpx.Response(int(fate), json={"error": "broken"}) if fate else answer

    def _update(self, put: Put) -> httpx.Response:
        if self.refuse:
            return httpx.Response(self.refuse.pop(0), json=self.card())
        forces = (-1,) if self.knows_force else ()
        stale = {n for n, a in put.items() if a["version"] not in (*forces, self.versions[n])}
        for name, attribute in put.items():
            if (stale and self.whole) or name in stale or name in self.ignores:
                continue
            value = self.store(name, attribute["value"])
            if value != self.values[name] or self.raises_always:
                self.set(**{name: value})
        if not stale:
            card = self.card()
            bare = {name: card[name] for name in self.values}
            other = {**card, "_id": {"$oid": "0" * 24}}
            answers: dict[str, Any] = {"nothing": {}, "no id": bare, "another id": other}
            answers["card"] = self.answer(200, put, card)
            return httpx.Response(200, json=answers[self.success])
        if self.partly is not None and len(stale) < len(put):
            return httpx.Response(self.partly, json=self.answer(self.partly, put, self.card()))
        shown: dict[str, Any] = {
            "card": self.answer(self.status, put, self.card()),
            "wrapped": {"error": "conflict", "item": self.card()},
            "nothing": {"error": "conflict"},
        }
        return httpx.Response(self.status, json=shown[self.shows])
