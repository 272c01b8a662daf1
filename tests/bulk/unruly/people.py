"""Other people, who write and edit cards of the same project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from tests.bulk.unruly.server import UnrulyDonut
from tests.bulk.unruly.state import BUCKETS, SPRINT, Content, Item

__all__ = ["AUTHOR", "Act", "People"]

Act: TypeAlias = Literal[
    "write another", "write a near one", "write the same", "add a task",
    "rename", "mend", "move", "plan", "delete",
]  # fmt: skip
"""Each with a card: the last five change it, "rename" to something quite different, "mend" by a few
letters, "move" to another bucket, "plan" into the sprint."""

AUTHOR: Final = "somebody else"


@frozen
class People:
    """Those who use a server meanwhile.

    contents: what drafts of the job say.
    """

    _server: UnrulyDonut
    _contents: Sequence[Content] = field(factory=tuple[Content, ...])

    def meddle(self, acts: Sequence[Act], odds: float) -> None:
        """One of them does something, perhaps."""
        random = self._server.random
        if acts and random.random() < odds:
            cards = self._cards()
            card = random.choice(cards) if cards else None
            self._do(random.choice(acts), card)
            if card is not None:
                card.is_traceless = card.is_deleted

    def go_through(self, acts: Sequence[Act], odds: float) -> None:
        """They go through all that is there, and do something with some of it."""
        random = self._server.random
        self._server.commit_due()
        for card in self._cards():
            if acts and random.random() < odds:
                self._do(random.choice(acts), card)
        highest = max((one.cid for one in self._server.items if not one.is_deleted), default=0)
        for one in self._server.items:
            one.is_traceless |= one.is_deleted and one.cid > highest

    def _cards(self) -> list[Item]:
        return [one for one in self._server.items if one.card is None and not one.is_deleted]

    def _do(self, act: Act, card: Item | None) -> None:
        server, random = self._server, self._server.random
        number = len(server.items)
        match act:
            case "write another":
                self._write((f"Thought {number} of somebody", "", None))
            case "write a near one" if self._contents:
                title, summary, estimate = random.choice(self._contents)
                self._write((f"{title} ({number})", summary, estimate))
            case "write the same" if self._contents:
                self._write(random.choice(self._contents))
            case _ if card is None:
                return
            case "add a task":
                server.add((f"Step {number}", "", 1.0), author=AUTHOR, card=card.id)
            case "rename":
                card.rename(f"Entirely rewritten, {number}")
            case "mend":
                card.rename(f"{card.title}!")
            case "move":
                card.move(bucket=BUCKETS[1] if card.bucket == BUCKETS[0] else BUCKETS[0])
            case "plan":
                card.move(sprint=SPRINT)
            case "delete":
                card.is_deleted = True
            case _:
                return

    def _write(self, content: Content) -> None:
        self._server.add(content, author=AUTHOR, bucket=BUCKETS[0])
