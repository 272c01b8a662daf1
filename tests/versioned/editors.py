"""Editors of one card, who keep what they were told, and compare it with what the server did."""

from __future__ import annotations

import random as global_random
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, Literal, Protocol, TypeAlias, Unpack

import anyio
from attrs import define, field, frozen

from agilekit import (
    Abort,
    AgilekitError,
    FlyingDonut,
    Force,
    Merge,
    OnConflict,
    Options,
    Reapply,
    UnknownOutcome,
)
from agilekit.flyingdonut import Card, RichText
from agilekit.versioned import Strategy
from tests.versioned.unruly import Change
from tests.virtual_time import in_virtual_time

__all__ = ["Edited", "End", "check"]

End: TypeAlias = Literal["confirmed", "not applied", "unknown"]


class Edited(Protocol):
    """A server with a card, and what was done to it."""

    @property
    def card_id(self) -> str: ...

    def client(self, **options: Unpack[Options]) -> FlyingDonut: ...

    def change(self, name: str, value: Any, author: str) -> None:
        """Somebody changes an attribute without the API."""

    def commit_due(self) -> None:
        """Makes what is to be made late, as far as it is due."""

    def changes(self) -> Sequence[Change]:
        """What was done, oldest first."""
        ...


@frozen
class Edit:
    """One attribute of one update: its token tells it from every other."""

    token: int
    name: str
    end: End

    def made(self, change: Change) -> bool:
        """Whether a change is this edit."""
        if change.name != self.name:
            return False
        if self.name == "estimate":
            made = _number(self.token), (change.before or 0) + self.token
            return change.asked in made and change.author == "client"
        text: str = change.asked["markdown"] if self.name == "summary" else change.asked
        return text.endswith(f"#{self.token}")


@define(slots=False)
class Run:
    """What the clients of one server were told."""

    server: Edited
    random: Random
    edits: list[Edit] = field(factory=list[Edit])
    token: int = 1 << 16

    async def main(self) -> None:
        clients = self.random.randint(1, 3)
        async with anyio.create_task_group() as tasks:
            for _ in range(clients):
                tasks.start_soon(self._client, self.random.randint(1, 3))
            tasks.start_soon(self._outside)
        await anyio.sleep(100)
        self.server.commit_due()

    async def _client(self, editors: int) -> None:
        donut = self.server.client(
            retries=self.random.choice((0, 1, 3)),
            deadline=self.random.choice((20.0, 120.0, 400.0)),
        )
        async with donut, anyio.create_task_group() as tasks:
            for _ in range(editors):
                tasks.start_soon(self._editor, donut)

    async def _editor(self, donut: FlyingDonut) -> None:
        card: Card | None = None
        for _ in range(self.random.randint(3, 8)):
            await anyio.sleep(self.random.choice((0, 0.01, 1.0, 5.0)))
            if card is None or self.random.random() < 0.3:
                try:
                    card = await donut.cards.get(self.server.card_id)
                except AgilekitError:
                    continue
            by_id = self.random.random() < 0.2
            card = await self._update(donut, self.server.card_id if by_id else card) or card

    async def _update(self, donut: FlyingDonut, card: Card | str) -> Card | None:
        names = self.random.sample(
            ("title", "summary", "estimate"), self.random.choice((1, 1, 1, 2, 3))
        )
        tokens: dict[str, int] = {}
        changes: dict[str, Any] = {}
        strategies: dict[str, Strategy] = {}
        for name in names:
            tokens[name] = self.token = self.token + 1
            changes[name] = self._change(name, self.token)
            computed = callable(changes[name])
            strategies[name] = self._strategy(
                name, self.token, computed=computed, known=not isinstance(card, str)
            )
        updated: Card | None = None
        ends: dict[str, End] = dict.fromkeys(names, "unknown")
        with anyio.move_on_after(
            self.random.uniform(0, 5) if self.random.random() < 0.05 else None
        ):
            updated, ends = await self._ended(donut, card, changes, strategies)
        self.edits += [Edit(token, name, ends[name]) for name, token in tokens.items()]
        return updated

    async def _ended(
        self, donut: FlyingDonut, card: Card | str, changes: dict[str, Any], strategies: OnConflict
    ) -> tuple[Card | None, dict[str, End]]:
        try:
            updated = await donut.cards.update(card, on_conflict=strategies, **changes)
        except AgilekitError as error:
            ends: dict[str, End] = dict.fromkeys(changes, "not applied")
            for name in error.details if isinstance(error, UnknownOutcome) else ():
                ends[name] = "unknown"
            for name in error.applied:
                ends[name] = "confirmed"
            return None, ends
        return updated, dict.fromkeys(changes, "confirmed")

    def _change(self, name: str, token: int) -> object:
        def add(now: float | None) -> float:
            return (now or 0) + token

        def append(now: object) -> str:
            return f"{_tail(now)} #{token}"

        if self.random.random() < 0.5:
            return _number(token) if name == "estimate" else f"plain #{token}"
        return add if name == "estimate" else append

    def _strategy(self, name: str, token: int, *, computed: bool, known: bool) -> Strategy:
        attempts = self.random.choice((1, 2, 8))
        if name == "estimate":
            choices: list[Strategy] = [Merge(lambda _, __, theirs: (theirs or 0) + token, attempts)]
        else:
            choices = [Merge(lambda _, __, theirs: f"{_tail(theirs)} #{token}", attempts)]
            choices += [Reapply(attempts, identical="mine")]  # a token is of one edit alone
        choices += [Reapply(attempts)]
        if not (name == "estimate" and computed):  # it would not tell what it was computed from
            choices += [Force(), Force()]
        return self.random.choice(choices + [Abort()] * known)

    async def _outside(self) -> None:
        """Somebody who works in the browser."""
        for _ in range(self.random.randint(0, 12)):
            await anyio.sleep(self.random.choice((0.001, 0.5, 8.0)))
            name = self.random.choice(("title", "summary", "estimate"))
            self.token += 1
            text = f"{self.random.choice(('Old', 'plain', 'outside'))} @{self.token}"
            value: Any = {"markdown": text} if name == "summary" else text
            self.server.change(
                name, -_number(self.token) if name == "estimate" else value, "outside"
            )

    def violations(self) -> list[str]:
        allowed: dict[End, tuple[int, ...]] = {
            "confirmed": (1,),
            "not applied": (0,),
            "unknown": (0, 1),
        }
        found: list[str] = []
        history = self.server.changes()
        for edit in self.edits:
            times = sum(map(edit.made, history))
            if times not in allowed[edit.end]:
                found.append(f"{edit}: {times} times in the history")
        return found


def _number(token: int) -> int:
    """A number that no sum of others can be."""
    return token * 10**7


def _tail(now: object) -> str:
    return str(now.markdown if isinstance(now, RichText) else now or "")[-24:]


def check(backend: str, server: Edited, seed: int) -> tuple[Counter[End], list[str]]:
    """How the edits ended, and in which way that is not what the server did."""
    run = Run(server, Random(seed))
    global_random.seed(seed)  # the pauses of the client
    in_virtual_time(backend, run.main)
    return Counter[End](edit.end for edit in run.edits), run.violations()
