"""Reads everything that one backlog of easyBacklog holds.

One request for the backlog with all that is in it, first of all and in one piece; one each for its
themes with their stories and criteria, its sprints with their stories, its snapshots and its
statistics; and one for each snapshot.

What comes inside of its parent counts where it has every documented attribute. Where it lacks one,
the list of its own is read. A story that moves from theme to theme meanwhile is in the first
answer, and is read by itself where the later ones do not show it.

Two answers about one entity become one: the newer, with what only the older one holds.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeVar

from attrs import define, evolve, field

from agilekit.easybacklog import (
    AcceptanceCriterion,
    Backlog,
    EasyBacklog,
    Snapshot,
    Sprint,
    SprintStory,
    Statistics,
    Story,
    Theme,
)
from agilekit.easybacklog.models import MODELS
from agilekit.errors import BadRequest, Forbidden, NotFound, ServerError
from agilekit.export.easybacklog_attributes import is_full
from agilekit.export.easybacklog_rows import Rows, Shared
from agilekit.export.joining import joined
from agilekit.export.model import Found, Part, Row
from agilekit.export.reader import Tell, Turns, checked_id
from agilekit.session.concurrently import Job, run_all

__all__ = ["Reading"]

T = TypeVar("T")
E = TypeVar("E", AcceptanceCriterion, Backlog, Snapshot, Sprint, SprintStory, Story, Theme)

_CHILDREN: Final = frozenset(("themes", "sprints", "snapshots", "backlog"))
"""What has rows of its own."""
_REFUSALS: Final = (400, 500)


@define
class Reading:
    """The answers so far, each entity once."""

    easy: EasyBacklog
    turns: Turns
    found: Found
    tell: Tell
    account_id: int
    backlog: Backlog
    """As the list shows it at first."""
    whole: Backlog = field(factory=Backlog)
    themes: dict[int, Theme] = field(factory=dict[int, Theme])
    stories: dict[int, Story] = field(factory=dict[int, Story])
    theme_of: dict[int, int] = field(factory=dict[int, int])
    """By story, as the themes were listed."""
    criteria: dict[int, AcceptanceCriterion] = field(factory=dict[int, AcceptanceCriterion])
    specified: set[int] = field(factory=set[int])
    """The stories whose criteria are known."""
    sprints: dict[int, Sprint] = field(factory=dict[int, Sprint])
    sprint_stories: dict[int, SprintStory] = field(factory=dict[int, SprintStory])
    snapshots: dict[int, Snapshot] = field(factory=dict[int, Snapshot])
    statistics: Statistics | None = None
    gaps: list[str] = field(factory=list[str])

    async def read(self, shared: Shared) -> Part:
        await self.turns.all(self._of_backlog())
        await self.turns.all([self._read_themes, self._read_sprints, self._read_snapshots])
        lists = [*self._of_themes(), *self._of_sprints(), *self._of_snapshots()]
        await run_all([partial(self.turns.all, lists), self._read_statistics], at_once=2)
        await self.turns.all([*self._missed_stories()])
        await self.turns.all([*self._missed_themes(), *self._of_stories()])
        return self._part(shared)

    def _of_backlog(self) -> Iterator[Job]:
        yield self._read_whole
        if not is_full(self.backlog):
            yield self._read_backlog

    async def _read_whole(self) -> None:
        self.whole = await self.easy.backlogs.get(self.account_id, self.backlog.id, associated=True)
        self._told()

    async def _read_backlog(self) -> None:
        backlog = await self.easy.backlogs.get(self.account_id, self.backlog.id)
        self.backlog = _joined(backlog, self.backlog, Backlog)

    async def _read_themes(self) -> None:
        for theme in await self.easy.themes.all(self.backlog.id, associated=True):
            _add(self.themes, theme, Theme)
            self._add_stories(theme.id, theme.stories or ())
        self._told()

    def _of_themes(self) -> Iterator[Job]:
        if not all(map(is_full, self.themes.values())):
            yield self._read_plain_themes
        for theme in self.themes.values():
            if theme.stories is None or not all(map(is_full, theme.stories)):
                yield partial(self._read_stories, theme.id)

    async def _read_plain_themes(self) -> None:
        for theme in await self.easy.themes.all(self.backlog.id):
            _add(self.themes, theme, Theme)

    async def _read_stories(self, theme_id: int) -> None:
        self._add_stories(
            theme_id, await self._unless_gone(lambda: self.easy.stories.all(theme_id))
        )

    def _add_stories(self, theme_id: int, stories: Iterable[Story]) -> None:
        for story in stories:
            _add(self.stories, story, Story)
            self.theme_of[story.id] = theme_id
            self._take_criteria(story)

    def _take_criteria(self, story: Story) -> None:
        """Those inside of a story, where each is all that can be known of it."""
        criteria = story.acceptance_criteria
        if criteria is not None and all(is_full(one, but="story_id") for one in criteria):
            self._add_criteria(story.id, criteria)

    def _add_criteria(self, story_id: int, criteria: Iterable[AcceptanceCriterion]) -> None:
        self.specified.add(story_id)
        for one in criteria:
            placed = MODELS.one(AcceptanceCriterion)(joined(one.raw, {"story_id": story_id}))
            _add(self.criteria, placed, AcceptanceCriterion)

    def _missed_stories(self) -> Iterator[Job]:
        """The stories that were there at first, and in no list after that."""
        for story in self._stories_of_whole():
            if story.id not in self.stories:
                yield partial(self._read_story, story.id)

    def _of_stories(self) -> Iterator[Job]:
        for story in self._stories_of_whole():
            if story.id in self.stories and story.id not in self.specified:
                self._take_criteria(story)
        for id in self.stories.keys() - self.specified:
            yield partial(self._read_criteria, id)

    def _stories_of_whole(self) -> list[Story]:
        # The published server's XML has no ids of stories there.
        themes = self.whole.themes or ()
        return [story for theme in themes for story in theme.stories or () if story.id]

    async def _read_story(self, id: int) -> None:
        try:
            story = await self.easy.stories.get(id)
        except NotFound:
            return  # it was deleted meanwhile
        except Forbidden as error:
            self.gaps.append(f"the server does not show the story {id}: {error.message}")
            return
        _add(self.stories, story, Story)

    async def _read_criteria(self, story_id: int) -> None:
        self._add_criteria(
            story_id, await self._unless_gone(lambda: self.easy.criteria.all(story_id))
        )

    def _missed_themes(self) -> Iterator[Job]:
        """The themes that stories are in, and that no list showed: made meanwhile, or moved on."""
        for id in {*map(self._theme_id, self.stories.values())} - self.themes.keys():
            if id:
                yield partial(self._read_theme, id)

    async def _read_theme(self, id: int) -> None:
        try:
            _add(self.themes, await self.easy.themes.get(self.backlog.id, id), Theme)
        except NotFound:
            return  # it is in another backlog by now

    def _theme_id(self, story: Story) -> int | None:
        return story.theme_id or self.theme_of.get(story.id)

    async def _read_sprints(self) -> None:
        for sprint in await self.easy.sprints.all(self.backlog.id, associated=True):
            _add(self.sprints, sprint, Sprint)
            self._add_sprint_stories(sprint.sprint_stories or ())

    def _of_sprints(self) -> Iterator[Job]:
        if not all(map(is_full, self.sprints.values())):
            yield self._read_plain_sprints
        for sprint in self.sprints.values():
            if sprint.sprint_stories is None or not all(map(is_full, sprint.sprint_stories)):
                yield partial(self._read_sprint_stories, sprint.id)

    async def _read_plain_sprints(self) -> None:
        for sprint in await self.easy.sprints.all(self.backlog.id):
            _add(self.sprints, sprint, Sprint)

    async def _read_sprint_stories(self, sprint_id: int) -> None:
        self._add_sprint_stories(
            await self._unless_gone(lambda: self.easy.sprint_stories.all(sprint_id))
        )

    def _add_sprint_stories(self, inside: Iterable[SprintStory]) -> None:
        for one in inside:
            _add(self.sprint_stories, one, SprintStory)

    async def _read_snapshots(self) -> None:
        for one in await self.easy.snapshots.all(self.account_id, self.backlog.id):
            _add(self.snapshots, one, Snapshot)

    def _of_snapshots(self) -> Iterator[Job]:
        for id in self.snapshots:
            yield partial(self._read_snapshot, id)

    async def _read_snapshot(self, id: int) -> None:
        try:
            whole = await self.easy.snapshots.get(
                self.account_id, self.backlog.id, id, associated=True
            )
        except NotFound:
            self.snapshots.pop(id)  # it was deleted meanwhile
            return
        # In XML it is another document than any other, and not to be decoded together with one.
        listed = self.snapshots[id]
        self.snapshots[id] = evolve(listed, raw=joined(listed.raw, whole.raw))

    async def _read_statistics(self) -> None:
        if not self.sprints:
            return  # the published server answers with 500
        ids = (self.account_id, self.backlog.id)
        try:
            self.statistics = await self.turns.one(lambda: self.easy.backlogs.statistics(*ids))
        except (BadRequest, ServerError) as error:
            # Sprints that it cannot calculate with are a 500, too, however often one asks.
            if error.status not in _REFUSALS:
                raise
            self.gaps.append(f"the server does not show the statistics: {error.message}")

    async def _unless_gone(self, read: Callable[[], Awaitable[list[T]]]) -> list[T]:
        try:
            return await read()
        except NotFound:
            return []  # what it belongs to was deleted meanwhile

    def _part(self, shared: Shared) -> Part:
        rows = Rows(self.found, shared)
        not_named = self.found.done.unmatched(rows.names_of_statuses)
        places = {one.story_id: one for one in self.sprint_stories.values()}
        alone = {name: value for name, value in self.whole.raw.items() if name not in _CHILDREN}
        people = {self.backlog.author_id, self.backlog.last_modified_user_id}
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(self.backlog, joined(self.backlog.raw, alone))],
            "columns": [rows.theme(one) for one in self.themes.values()],
            "sprints": [rows.sprint(one) for one in self.sprints.values()],
            "people": [rows.person(id) for id in people if id],
            "cards": [
                rows.card(
                    story,
                    theme_id if (theme_id := self._theme_id(story)) in self.themes else None,
                    place := places.get(story.id),
                    self.sprints.get(place.sprint_id or 0) if place else None,
                )
                for story in self.stories.values()
            ],
            "tasks": [rows.task(one) for one in self.criteria.values()],
            "burndown": [*rows.burndown(self.statistics)] if self.statistics else [],
            "extras": [
                *rows.of_account(self.account_id, self.backlog),
                *(rows.sprint_story(one) for one in self.sprint_stories.values()),
                *(rows.snapshot(one) for one in self.snapshots.values()),
                *(rows.statistics(self.statistics) if self.statistics else ()),
            ],
        }
        return self.found.part(by_table, title=self.backlog.name, gaps=[*self._gaps(), *not_named])

    def _gaps(self) -> Iterator[str]:
        if not self.backlog.ready:
            yield "it is a copy that is still being filled"
        for one in self.snapshots.values():
            if not one.ready:
                yield f"the snapshot {one.id} is still being filled"
        yield from self.gaps

    def _told(self) -> None:
        cards = len(self.stories) + len(self.criteria)
        self.tell(self.found.title, 1 + len(self.themes) + len(self.sprints) + cards)


def _add(known: dict[int, E], entity: E, kind: type[E]) -> None:
    id = checked_id(entity.id, re.sub("(?<!^)(?=[A-Z])", " ", kind.__name__).lower())
    older = known.get(id)
    known[id] = entity if older is None else _joined(entity, older, kind)


def _joined(entity: E, other: E, kind: type[E]) -> E:
    """The later of two answers about an entity, and what only the other one holds."""
    more = joined(entity.raw, other.raw)
    return MODELS.one(kind)(more) if more.keys() > entity.raw.keys() else entity
