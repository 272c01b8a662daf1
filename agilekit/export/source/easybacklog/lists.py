"""What the lists of one backlog of easyBacklog show, read by one client in its format.

What comes inside of its parent counts if it has every documented attribute. If it lacks one, the
list of its own is read; two answers about one entity become one, the newer, with what only the
older one holds. So a tree is the same whatever a server puts into its parents: themes with their
``stories``, these with their ``acceptance_criteria``; sprints with their ``sprint_stories``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from attrs import frozen

from agilekit.easybacklog import AcceptanceCriterion, EasyBacklog, Sprint, Story, Theme
from agilekit.easybacklog.decoders import DECODER
from agilekit.errors import NotFound
from agilekit.export.source.easybacklog.attributes import is_full
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.wire.json import JSON
from agilekit.wire.merge import merge_raw

__all__ = ["BacklogLists"]

T = TypeVar("T")
E = TypeVar("E", Sprint, Theme)


@frozen
class BacklogLists:
    """Raises every kind of `CallError` of a read."""

    easy: EasyBacklog
    limiter: ReadLimiter
    backlog_id: int
    """Of a backlog, or of a snapshot."""

    async def themes(self) -> list[JSON]:
        """The themes with their stories and criteria, in their order."""
        backlog, easy = self.backlog_id, self.easy
        themes = await self.limiter.run(lambda: easy.themes.all(backlog, associated=True))
        if not all(map(is_full, themes)):
            plain = await self.limiter.run(lambda: easy.themes.all(backlog))
            themes = [_with(plain, one, Theme) for one in themes]
        return await self._each(themes, self._theme)

    async def sprints(self) -> list[JSON]:
        """The sprints with their sprint stories, in their order."""
        backlog, easy = self.backlog_id, self.easy
        sprints = await self.limiter.run(lambda: easy.sprints.all(backlog, associated=True))
        if not all(map(is_full, sprints)):
            plain = await self.limiter.run(lambda: easy.sprints.all(backlog))
            sprints = [_with(plain, one, Sprint) for one in sprints]
        return await self._each(sprints, self._sprint)

    async def _theme(self, theme: Theme) -> JSON:
        checked_id(theme.id, "theme")
        stories = theme.stories
        if stories is None:
            # Source: "List the Stories". With their criteria, it leaves out the times.
            children = partial(self.easy.stories.all, theme.id, associated=True)
            stories = tuple(await self._unless_gone(children))
        if not all(map(is_full, stories)):
            listed = await self._unless_gone(lambda: self.easy.stories.all(theme.id))
            inside = {one.id: one.raw for one in stories}
            raws = [merge_raw(one.raw, inside.pop(one.id, {})) for one in listed]
            # What the list no longer shows stays, too.
            stories = tuple(map(DECODER.one(Story), [*raws, *map(dict, inside.values())]))
        return {**theme.raw, "stories": await self._each(stories, self._story)}

    async def _story(self, story: Story) -> JSON:
        checked_id(story.id, "story")
        criteria: Sequence[AcceptanceCriterion] | None = story.acceptance_criteria
        if criteria is None or not all(is_full(one, but="story_id") for one in criteria):
            criteria = await self._unless_gone(lambda: self.easy.criteria.all(story.id))
        for one in criteria:
            checked_id(one.id, "acceptance criterion")
        raws: list[JSON] = [merge_raw(one.raw, {"story_id": story.id}) for one in criteria]
        return {**story.raw, "acceptance_criteria": raws}

    async def _sprint(self, sprint: Sprint) -> JSON:
        checked_id(sprint.id, "sprint")
        inside = sprint.sprint_stories
        if inside is None or not all(map(is_full, inside)):
            listed = await self._unless_gone(lambda: self.easy.sprint_stories.all(sprint.id))
            raws = {one.id: one.raw for one in inside or ()}
            merged: list[JSON] = [merge_raw(one.raw, raws.pop(one.id, {})) for one in listed]
            return {**sprint.raw, "sprint_stories": merged}
        for one in inside:
            checked_id(one.id, "sprint story")
        return {**sprint.raw, "sprint_stories": [dict(one.raw) for one in inside]}

    async def _each(
        self, entities: Sequence[T], read: Callable[[T], Awaitable[JSON]]
    ) -> list[JSON]:
        """What is read of each, in their order."""
        made: dict[int, JSON] = {}

        async def one(index: int, entity: T) -> None:
            made[index] = await read(entity)

        jobs = [partial(one, index, entity) for index, entity in enumerate(entities)]
        await self.limiter.run_unlimited(jobs)
        return [made[index] for index in sorted(made)]

    async def _unless_gone(self, read: Callable[[], Awaitable[list[T]]]) -> list[T]:
        try:
            return await self.limiter.run(read)
        except NotFound:
            return []  # what it belongs to was deleted meanwhile


def _with(plain: Sequence[E], entity: E, kind: type[E]) -> E:
    """An entity with what only the plain list shows of it."""
    others: Mapping[int, E] = {one.id: one for one in plain}
    other = others.get(entity.id)
    return entity if other is None else DECODER.one(kind)(merge_raw(other.raw, entity.raw))
