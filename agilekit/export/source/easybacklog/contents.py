"""Reads the themes, stories, criteria and sprints of a backlog, as they are at one moment.

| what is read twice | then |
|---|---|
| sprints, themes in JSON, themes in XML, sprints again: all alike | it is whole: nothing moved |
| anything differs | all of it is read again, up to four times |
| it differed each time | a gap says that it was changed all the time |

What any answer has named and the last ones do not show is read by its id: a story that moved from
theme to theme meanwhile is there, one that was deleted is not. JSON and XML together show the texts
as they are stored, see `texts`. The answer of the first is called narrow, that of the second wide.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeVar

from attrs import define, field, frozen

from agilekit.easybacklog import (
    AcceptanceCriterion,
    EasyBacklog,
    Sprint,
    SprintStory,
    Story,
    Theme,
)
from agilekit.easybacklog.decoders import DECODER
from agilekit.errors import ApiError, DecodeError, Forbidden, NotFound
from agilekit.export.source.easybacklog.lists import BacklogLists
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.easybacklog.texts import Raw, newer, same
from agilekit.export.source.raw import without
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.session.workers import Job, run_all
from agilekit.wire.json import JSON

__all__ = ["BacklogContents"]

E = TypeVar("E", AcceptanceCriterion, Story, Theme)

_ROUNDS: Final = 4
_MOVING: Final = "it was changed each time that it was read: what moved may be missing"
_CUT: Final = "texts are those of its JSON, which may lack characters: its XML cannot be read: {}"


@define
class BacklogContents:
    """What a backlog holds, each entity once. Raises every kind of `CallError` of a read."""

    easy: EasyBacklog
    exact: EasyBacklog | None
    """The client whose answers show each character; None if `easy` is that."""
    limiter: ReadLimiter
    backlog_id: int
    themes: dict[int, Theme] = field(init=False, factory=dict[int, Theme])
    stories: dict[int, Story] = field(init=False, factory=dict[int, Story])
    theme_of: dict[int, int] = field(init=False, factory=dict[int, int])
    """By story, as the themes were listed."""
    criteria: dict[int, AcceptanceCriterion] = field(
        init=False, factory=dict[int, AcceptanceCriterion]
    )
    sprints: dict[int, Sprint] = field(init=False, factory=dict[int, Sprint])
    sprint_stories: dict[int, SprintStory] = field(init=False, factory=dict[int, SprintStory])
    gaps: list[str] = field(init=False, factory=list[str])
    _seen: set[int] = field(init=False, factory=set[int])
    """The stories that any answer has named."""

    async def read(self) -> None:
        for _ in range(_ROUNDS):
            if await self._round():
                break
        else:
            self.gaps.append(_MOVING)

    async def read_missed(self, named: Iterable[int]) -> None:
        """Reads the stories that were named and are in no list.

        named: what else has named some.
        """
        in_sprints = {one.story_id for one in self.sprint_stories.values() if one.story_id}
        missed = {*named, *self._seen, *in_sprints} - self.stories.keys()
        await self.limiter.run_all(partial(self._read_story, id) for id in sorted(missed))
        await self.limiter.run_all([*self._missed_themes()])

    def theme_id(self, story: Story) -> int | None:
        return story.theme_id or self.theme_of.get(story.id)

    async def _round(self) -> bool:
        """Reads all of it twice. Whether nothing was changed meanwhile."""
        shown = dict[str, list[JSON]]()
        lists = BacklogLists(self.easy, self.limiter, self.backlog_id)

        async def sprints(name: str) -> None:
            shown[name] = await lists.sprints()

        async def narrow() -> None:
            shown["narrow"] = await lists.themes()

        async def wide() -> None:
            shown["wide"] = await self._wide(lists)

        await run_all([partial(sprints, "first"), narrow], at_once=2)
        await run_all([partial(sprints, "last"), wide], at_once=2)
        self._take(shown["narrow"], shown["wide"], shown["last"])
        return shown["first"] == shown["last"] and same(shown["narrow"], shown["wide"])

    async def _wide(self, lists: BacklogLists) -> list[JSON]:
        if self.exact is not None:
            try:
                return await BacklogLists(self.exact, self.limiter, self.backlog_id).themes()
            except (ApiError, DecodeError) as error:
                raise_unless_refused(error)
                self.exact = None
                self.gaps.append(_CUT.format(error.message))
        return await lists.themes()

    def _take(self, narrow: list[JSON], wide: list[JSON], sprints: list[JSON]) -> None:
        """Replaces what the older answers showed by what the newest ones do."""
        earlier, later = _Flat.of(narrow), _Flat.of(wide)
        self.themes = _newest(Theme, earlier.themes, later.themes)
        self.stories = _newest(Story, earlier.stories, later.stories)
        self.criteria = _newest(AcceptanceCriterion, earlier.criteria, later.criteria)
        self.theme_of = later.theme_of
        self._seen |= earlier.stories.keys() | later.stories.keys()
        self.sprints = {one.id: one for one in map(DECODER.one(Sprint), sprints)}
        self.sprint_stories = {
            inside.id: inside
            for one in self.sprints.values()
            for inside in one.sprint_stories or ()
        }

    async def _read_story(self, id: int) -> None:
        try:
            story = await self._restored(Story, lambda easy: easy.stories.get(id, associated=True))
        except NotFound:
            return  # it was deleted meanwhile
        except Forbidden as error:
            self.gaps.append(f"the server does not show the story {id}: {error.message}")
            return
        self.stories[id] = story
        for one in story.acceptance_criteria or ():
            self.criteria[checked_id(one.id, "acceptance criterion")] = one

    def _missed_themes(self) -> Iterator[Job]:
        """The themes that stories are in, and that no list showed: made meanwhile, or moved on."""
        for id in {*map(self.theme_id, self.stories.values())} - self.themes.keys():
            if id:
                yield partial(self._read_theme, id)

    async def _read_theme(self, id: int) -> None:
        try:
            self.themes[id] = await self._restored(
                Theme, lambda easy: easy.themes.get(self.backlog_id, id)
            )
        except NotFound:
            return  # it is in another backlog by now

    async def _restored(self, kind: type[E], read: Callable[[EasyBacklog], Awaitable[E]]) -> E:
        """One entity, with its texts as they are stored."""
        narrow = await read(self.easy)
        if self.exact is None:
            return narrow
        wide = await read(self.exact)
        return DECODER.one(kind)(newer(narrow.raw, wide.raw))


@frozen
class _Flat:
    """The entities of a list of themes, as they were answered, by their ids."""

    themes: dict[int, Raw] = field(factory=dict[int, Raw])
    stories: dict[int, Raw] = field(factory=dict[int, Raw])
    criteria: dict[int, Raw] = field(factory=dict[int, Raw])
    theme_of: dict[int, int] = field(factory=dict[int, int])

    @classmethod
    def of(cls, themes: list[JSON]) -> _Flat:
        flat = cls()
        for theme in map(DECODER.one(Theme), themes):
            flat.themes[theme.id] = without(theme.raw, "stories")
            for story in theme.stories or ():
                flat.stories[story.id] = without(story.raw, "acceptance_criteria")
                flat.theme_of[story.id] = theme.id
                for one in story.acceptance_criteria or ():
                    flat.criteria[one.id] = one.raw
        return flat


def _newest(kind: type[E], earlier: Mapping[int, Raw], later: Mapping[int, Raw]) -> dict[int, E]:
    decode = DECODER.one(kind)
    return {
        id: decode(newer(earlier[id], one) if id in earlier else dict(one))
        for id, one in later.items()
    }
