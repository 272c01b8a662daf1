"""Reads the snapshots of a backlog of easyBacklog, with all that is in them.

The list names them. For each, one request brings all that it holds, in points and costs too, and
one more the texts as they are stored. If the first is refused, as for a scoring rule that does not
exist, a snapshot is still there if it can be read without what is in it, and its list of themes
tells the rest.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from attrs import define, evolve, field

from agilekit.easybacklog import EasyBacklog, Snapshot
from agilekit.errors import ApiError, DecodeError, NotFound
from agilekit.export.source.easybacklog.lists import BacklogLists
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.easybacklog.texts import exactly, restored
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.wire.json import JSON
from agilekit.wire.merge import merge_raw

__all__ = ["SnapshotReader"]

_HIDDEN: Final = "the server does not show what the snapshot {} holds: {}"
_THEMES: Final = "themes"


@define
class SnapshotReader:
    """The snapshots, each once. Raises every kind of `CallError` of a read."""

    easy: EasyBacklog
    exact: EasyBacklog | None
    """The client whose answers show each character; None if `easy` is that."""
    limiter: ReadLimiter
    account_id: int
    backlog_id: int
    found: dict[int, Snapshot] = field(init=False, factory=dict[int, Snapshot])
    gaps: list[str] = field(init=False, factory=list[str])

    async def read(self) -> None:
        ids = (self.account_id, self.backlog_id)
        listed = await exactly(
            Snapshot, self.limiter, self.easy, self.exact, lambda easy: easy.snapshots.all(*ids)
        )
        self.found = {checked_id(one.id, "snapshot"): one for one in listed}
        # One that was deleted meanwhile is taken out.
        await self.limiter.run_unlimited([partial(self._read_one, id) for id in self.found])
        self.gaps += [
            f"the snapshot {one.id} is still being filled"
            for one in self.found.values()
            if not one.ready
        ]

    async def _read_one(self, id: int) -> None:
        ids = (self.account_id, self.backlog_id, id)
        try:
            whole = await self.limiter.run(lambda: self.easy.snapshots.get(*ids, associated=True))
        except (ApiError, DecodeError) as error:
            raise_unless_refused(error)
            await self._read_piecewise(id, error)
            return
        raw = dict(whole.raw)
        if self.exact is not None:
            raw[_THEMES] = restored(raw.get(_THEMES), await self._themes(self.exact, id))
        self._keep(id, raw)

    async def _read_piecewise(self, id: int, why: ApiError | DecodeError) -> None:
        """Reads a snapshot whose content is refused as a whole."""
        ids = (self.account_id, self.backlog_id, id)
        try:
            childless = await self.limiter.run(lambda: self.easy.snapshots.get(*ids))
        except NotFound:
            del self.found[id]  # it was deleted meanwhile
            return
        themes = await self._themes(self.easy, id)
        if themes is None:
            self.gaps.append(_HIDDEN.format(id, why.message))
            return
        if self.exact is not None:
            themes = restored(themes, await self._themes(self.exact, id))
        self._keep(id, {**childless.raw, _THEMES: themes})

    async def _themes(self, easy: EasyBacklog, id: int) -> JSON:
        """The themes with all that is in them; None if they are not shown, either."""
        try:
            return await BacklogLists(easy, self.limiter, id).themes()
        except (ApiError, DecodeError) as error:
            raise_unless_refused(error)
            return None

    def _keep(self, id: int, raw: dict[str, JSON]) -> None:
        # In XML it is another document than any other, and not to be decoded together with one.
        listed = self.found[id]
        self.found[id] = evolve(listed, raw=merge_raw(listed.raw, raw))
