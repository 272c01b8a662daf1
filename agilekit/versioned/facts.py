"""What the answers to edits have taught about a server: the facts that `Learned` events tell.

How a conflict is answered is learned for each attribute by itself: a server that ignores an
attribute accepts it with any version, whatever it does with the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from agilekit.events import Fact
from agilekit.versioned.edit import Edit
from agilekit.versioned.strategies import Versioned
from agilekit.versioned.target import Reply

__all__ = ["LearnedFact", "ServerFacts"]

LearnedFact: TypeAlias = tuple[str | None, Fact]
"""An attribute, or None for the server as a whole, and what was learned of it."""


class ServerFacts:
    """How a server answers edits, as far as this client has seen."""

    def __init__(self) -> None:
        self._refuses: dict[str, bool] = {}
        self._heeded: set[str] = set()
        self.refuses_whole: bool | None = None
        """Whether a refusal concerns every attribute of an update; None: not yet known."""

    def refuses_conflicts(self, name: str) -> bool | None:
        """Whether this server refuses a conflict of an attribute; None: not yet known."""
        return self._refuses.get(name)

    def is_heeded(self, name: str) -> bool:
        """Whether this server was seen to change an attribute, and does not ignore it."""
        return name in self._heeded

    def heeded(self, name: str) -> None:
        """An attribute was seen to be changed by an edit."""
        self._heeded.add(name)

    def asked(self, name: str, *, accepted: bool) -> Iterator[LearnedFact]:
        """An update of one attribute, which was certain to be a conflict, was answered."""
        if self._refuses.get(name) is None:
            self._refuses[name] = not accepted
            yield name, "accepts conflicts" if accepted else "refuses conflicts"

    def refused(
        self,
        batch: Sequence[Edit],
        reply: Reply,
        found: Mapping[str, Versioned[object]],
        apart: Iterable[str],
    ) -> Iterator[LearnedFact]:
        """An update was refused."""
        ours = {edit.name for edit in batch if edit.is_ours(found[edit.name])}
        overtaken = [
            edit.name
            for edit in batch
            if edit.was_overtaken(found[edit.name]) and (edit.name not in ours or len(batch) == 1)
        ]
        # Any other status may refuse the value, while somebody has changed the version as well.
        if len(overtaken) == 1 and reply.says_conflict:
            yield from self.asked(overtaken[0], accepted=False)
        if reply.lost or len(batch) == 1 or any(edit.lost for edit in batch):
            return  # what was applied may have been by the send before
        direct = [edit for edit in batch if edit.name not in apart]
        if any(edit.name in ours and edit.has_moved(found[edit.name]) for edit in direct):
            yield from self._concerns(whole=False)
        refuses_stale = reply.says_conflict or any(map(self._refuses.get, overtaken))
        if self.refuses_whole is not None or not refuses_stale:
            return
        stale = any(edit.has_moved(found[edit.name]) for edit in direct)
        unmoved = {
            edit.name
            for edit in direct
            if edit.sent == found[edit.name].version and not edit.could_be_ours(found[edit.name])
        }
        if stale and self._heeded & unmoved:
            yield from self._concerns(whole=True)

    def _concerns(self, *, whole: bool) -> Iterator[LearnedFact]:
        if self.refuses_whole is not whole:
            self.refuses_whole = whole
            yield None, "refuses whole updates" if whole else "applies attribute by attribute"
