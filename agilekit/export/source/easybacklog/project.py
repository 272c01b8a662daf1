"""Reads everything that one backlog of easyBacklog holds.

One request for the backlog with all that is in it, the only one that tells its points and costs;
twice each its themes with their stories and criteria, and its sprints with their stories; two for
the list of its snapshots, and two for each of them; and one for its statistics.

The backlog in one piece is refused if its scoring rule does not exist. Then everything else is read
all the same, and a gap says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

from agilekit.easybacklog import Backlog, EasyBacklog, Statistics
from agilekit.easybacklog.decoders import DECODER
from agilekit.errors import ApiError, BadRequest, DecodeError, Forbidden, NotFound, ServerError
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.easybacklog.attributes import is_full
from agilekit.export.source.easybacklog.contents import BacklogContents
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.easybacklog.rows import Rows, SharedEntities
from agilekit.export.source.easybacklog.snapshots import SnapshotReader
from agilekit.export.source.easybacklog.texts import newer
from agilekit.export.source.raw import without
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead
from agilekit.export.table import Row
from agilekit.session.workers import run_all
from agilekit.wire.merge import merge_raw

__all__ = ["ProjectFetch"]

_CHILDREN: Final = ("themes", "sprints", "snapshots", "backlog")
"""What has rows of its own."""
_REFUSALS: Final = (400, 500)
_MOVED: Final = (
    "the theme {} went to another backlog after the export began: if that was read before, its "
    "stories are missing"
)


@define
class ProjectFetch:
    """The answers so far."""

    easy: EasyBacklog
    exact: EasyBacklog | None
    """The client whose answers show each character; None if `easy` is that."""
    limiter: ReadLimiter
    ref: ProjectRef
    on_read: OnRead
    account_id: int
    backlog: Backlog
    """As the list shows it at first."""
    themes_before: frozenset[int]
    """The ids of its themes when the export began."""
    whole: Backlog = field(factory=Backlog)
    contents: BacklogContents = field(init=False)
    snapshots: SnapshotReader = field(init=False)
    statistics: Statistics | None = None
    gaps: list[str] = field(factory=list[str])

    def __attrs_post_init__(self) -> None:
        clients = (self.easy, self.exact, self.limiter)
        self.contents = BacklogContents(*clients, self.backlog.id)
        self.snapshots = SnapshotReader(*clients, self.account_id, self.backlog.id)

    async def read(self, shared: SharedEntities) -> ProjectData:
        await self._read_whole()
        await run_all([self._read_contents, self.snapshots.read], at_once=2)
        await run_all([self._read_statistics, self._look_for_lost_themes], at_once=2)
        return self._data(shared)

    async def _read_whole(self) -> None:
        ids = (self.account_id, self.backlog.id)
        try:
            self.whole = await self.limiter.run(
                lambda: self.easy.backlogs.get(*ids, associated=True)
            )
        except (ApiError, DecodeError) as error:
            raise_unless_refused(error)
            await self._read_backlog()
            self.gaps.append(f"the server does not tell its points and costs: {error.message}")
        else:
            if not is_full(self.backlog):
                await self._read_backlog()

    async def _read_backlog(self) -> None:
        ids = (self.account_id, self.backlog.id)
        exact = self.exact
        backlog = await self.limiter.run(lambda: self.easy.backlogs.get(*ids))
        if exact is not None:
            other = await self.limiter.run(lambda: exact.backlogs.get(*ids))
            backlog = DECODER.one(Backlog)(newer(backlog.raw, other.raw))
        self.backlog = DECODER.one(Backlog)(merge_raw(backlog.raw, self.backlog.raw))

    async def _read_contents(self) -> None:
        await self.contents.read()
        self._tell_count()
        # The published server's XML has no ids of stories there.
        whole = self.whole.themes or ()
        named = (story.id for theme in whole for story in theme.stories or () if story.id)
        await self.contents.read_missed(named)
        self._tell_count()

    async def _look_for_lost_themes(self) -> None:
        """Names the themes that went to another backlog, which may have been read before."""
        for id in sorted(self.themes_before - self.contents.themes.keys()):
            if await self._is_there(id):
                self.gaps.append(_MOVED.format(id))

    async def _is_there(self, theme_id: int) -> bool:
        try:
            await self.limiter.run(lambda: self.easy.stories.all(theme_id))
        except NotFound:
            return False  # it was deleted meanwhile
        except Forbidden:
            return True  # in a backlog that this user may not read
        return True

    async def _read_statistics(self) -> None:
        if not self.contents.sprints:
            return  # without sprints, the published server answers with 500
        ids = (self.account_id, self.backlog.id)
        try:
            self.statistics = await self.limiter.run(lambda: self.easy.backlogs.statistics(*ids))
        except (BadRequest, ServerError) as error:
            # Sprints that it cannot calculate with are a 500, too, however often one asks.
            if error.status not in _REFUSALS:
                raise
            self.gaps.append(f"the server does not show the statistics: {error.message}")

    def _data(self, shared: SharedEntities) -> ProjectData:
        rows, contents = Rows(self.ref, shared), self.contents
        not_named = self.ref.done.unmatched(rows.names_of_statuses)
        in_sprint = {one.story_id: one for one in contents.sprint_stories.values()}
        childless = without(self.whole.raw, *_CHILDREN)
        people = {self.backlog.author_id, self.backlog.last_modified_user_id}
        by_table: dict[str, Iterable[Row]] = {
            "projects": [rows.project(self.backlog, merge_raw(self.backlog.raw, childless))],
            "columns": [rows.theme(one) for one in contents.themes.values()],
            "sprints": [rows.sprint(one) for one in contents.sprints.values()],
            "people": [rows.person(id) for id in people if id],
            "cards": (
                rows.card(
                    story,
                    theme_id if (theme_id := contents.theme_id(story)) in contents.themes else None,
                    sprint_story := in_sprint.get(story.id),
                    contents.sprints.get(sprint_story.sprint_id or 0) if sprint_story else None,
                )
                for story in contents.stories.values()
            ),
            "tasks": (rows.task(one) for one in contents.criteria.values()),
            "burndown": [*rows.burndown(self.statistics)] if self.statistics else [],
            "extras": [
                *rows.of_account(self.account_id, self.backlog),
                *(rows.sprint_story(one) for one in contents.sprint_stories.values()),
                *(rows.snapshot(one) for one in self.snapshots.found.values()),
                *(rows.statistics(self.statistics) if self.statistics else ()),
            ],
        }
        return self.ref.data(by_table, title=self.backlog.name, gaps=[*self._gaps(), *not_named])

    def _gaps(self) -> Iterator[str]:
        if not self.backlog.ready:
            yield "it is a copy that is still being filled"
        yield from (*self.gaps, *self.contents.gaps, *self.snapshots.gaps)

    def _tell_count(self) -> None:
        contents = self.contents
        cards = len(contents.stories) + len(contents.criteria)
        entities = 1 + len(contents.themes) + len(contents.sprints) + cards
        self.on_read(self.ref.title, entities)
