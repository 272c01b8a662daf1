"""Reads everything that the backlogs of an easyBacklog user hold, backlog by backlog.

One request each for the accounts, the statuses, the locales and the scoring rules, two for each
account. For each backlog one for the backlog with all that is in it, first of all and in one piece;
one each for its themes with their stories and criteria, its sprints with their stories, its
snapshots and its statistics; and one for each snapshot.

What comes inside of its parent counts where it has every documented attribute. Where it lacks one,
the list of its own is read. A story that moves from theme to theme meanwhile is in the first
answer, and is read by itself where the later ones do not show it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Final, TypeVar

import anyio
from attrs import define, field, frozen

from agilekit.easybacklog import (
    AcceptanceCriterion,
    Account,
    Backlog,
    Company,
    EasyBacklog,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Statistics,
    Story,
    Theme,
)
from agilekit.errors import BadRequest, Forbidden, NotFound
from agilekit.export.easybacklog_rows import SERVICE, Rows
from agilekit.export.joining import joined
from agilekit.export.model import Found, Part, Row
from agilekit.export.reader import Tell, Turns, checked_id, host_of
from agilekit.session.concurrently import Job
from agilekit.wire.json import JSON

__all__ = ["EasyBacklogReader"]

T = TypeVar("T")

# Source: easyBacklog API documentation, "The Story object", "The Acceptance Criterion object" and
# "The Sprint Story object". A story has score, or score_50 and score_90.
_STORY: Final = frozenset(
    (
        *("as_a", "color", "comments", "created_at", "i_want_to", "id", "position"),
        *("so_i_can", "theme_id", "unique_id", "updated_at"),
    )
)
_CRITERION: Final = frozenset(("criterion", "id", "position", "story_id"))
_SPRINT_STORY: Final = frozenset(
    (
        *("created_at", "id", "position", "sprint_id", "sprint_story_status_id", "story_id"),
        "updated_at",
    )
)


@frozen
class _Shared:
    """What all backlogs of a user have in common."""

    accounts: Mapping[int, Account]
    companies: Mapping[int, Company]
    statuses: Mapping[int, SprintStoryStatus]
    locales: Mapping[int, Locale]
    scoring_rules: Mapping[int, ScoringRule]


@define
class EasyBacklogReader:
    """A `Reader`. A client of this service leads to all backlogs of its user's accounts."""

    easy: EasyBacklog
    turns: Turns
    _listed: dict[str, tuple[int, Backlog]] = field(
        init=False, factory=dict[str, tuple[int, Backlog]]
    )
    """By id: its account, and as the list shows it."""
    _accounts: list[Account] = field(init=False, factory=list[Account])
    _shared: _Shared | None = field(init=False, default=None)
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.easy.base_url), "", self.easy.base_url)

    async def projects(self) -> list[Found]:
        nothing = self.nothing
        self._accounts = await self.turns.one(lambda: self.easy.accounts.all())
        lists: dict[int, list[Backlog]] = {}

        async def look(account: Account) -> None:
            lists[account.id] = await self.easy.backlogs.all(account, include_archived=True)

        await self.turns.all(partial(look, account) for account in self._accounts)
        self._listed = {
            str(one.id): (account.id, one)
            for account in self._accounts
            for one in lists[account.id]
            if one.id
        }
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.name, _watermark(one))
            for id, (_, one) in self._listed.items()
        ]

    async def read(self, project: Found, tell: Tell) -> Part:
        if project.project_id not in self._listed:
            await self.projects()
        if project.project_id not in self._listed:
            raise NotFound(f"there is no backlog {project.project_id}", status=404)
        account_id, listed = self._listed[project.project_id]
        shared = await self._what_is_shared()
        reading = _Reading(self.easy, self.turns, project, tell, account_id, listed)
        return await reading.read(shared)

    async def _what_is_shared(self) -> _Shared:
        async with self._lock:
            if self._shared is None:
                easy, companies = self.easy, dict[int, Company]()
                statuses = dict[int, SprintStoryStatus]()
                locales, rules = dict[int, Locale](), dict[int, ScoringRule]()

                async def read_companies(account: Account) -> None:
                    companies.update((one.id, one) for one in await easy.companies.all(account))

                async def read_statuses() -> None:
                    statuses.update((one.id, one) for one in await easy.statuses.all())

                async def read_locales() -> None:
                    locales.update((one.id, one) for one in await easy.locales.all())

                async def read_rules() -> None:
                    rules.update((one.id, one) for one in await easy.scoring_rules.all())

                jobs: list[Job] = [partial(read_companies, one) for one in self._accounts]
                await self.turns.all([*jobs, read_statuses, read_locales, read_rules])
                accounts = {one.id: one for one in self._accounts}
                self._shared = _Shared(accounts, companies, statuses, locales, rules)
            return self._shared


@define
class _Reading:
    """The answers so far, each entity once."""

    easy: EasyBacklog
    turns: Turns
    found: Found
    tell: Tell
    account_id: int
    listed: Backlog
    whole: Backlog = field(factory=Backlog)
    themes: dict[int, Theme] = field(factory=dict[int, Theme])
    stories: dict[int, tuple[Story, int | None]] = field(
        factory=dict[int, tuple[Story, int | None]]
    )
    """With the theme that each is in."""
    criteria: dict[int, tuple[AcceptanceCriterion, int]] = field(
        factory=dict[int, tuple[AcceptanceCriterion, int]]
    )
    sprints: dict[int, Sprint] = field(factory=dict[int, Sprint])
    sprint_stories: dict[int, SprintStory] = field(factory=dict[int, SprintStory])
    snapshots: dict[int, Snapshot] = field(factory=dict[int, Snapshot])
    whole_snapshots: dict[int, Snapshot] = field(factory=dict[int, Snapshot])
    statistics: Statistics | None = None
    incomplete: list[Job] = field(factory=list[Job])
    """Lists that have to be read, since what came inside of a parent was not all."""

    async def read(self, shared: _Shared) -> Part:
        await self.turns.one(self._read_whole)
        await self.turns.all([self._read_themes, self._read_sprints, self._read_snapshots])
        await self.turns.all([*self.incomplete, *self._of_snapshots(), *self._of_statistics()])
        self.incomplete.clear()
        await self.turns.all(self._missed())
        await self.turns.all(self.incomplete)
        return self._part(shared)

    async def _read_whole(self) -> None:
        self.whole = await self.easy.backlogs.get(self.account_id, self.listed.id, associated=True)
        self._told()

    async def _read_themes(self) -> None:
        for theme in await self.easy.themes.all(self.listed.id, associated=True):
            self.themes[checked_id(theme.id, "theme")] = theme
            stories = theme.stories
            if stories is None or not all(_has(one.raw, _STORY) for one in stories):
                self.incomplete.append(partial(self._read_stories, theme))
            for story in stories or ():
                self._add_story(story, theme.id)
        self._told()

    async def _read_stories(self, theme: Theme) -> None:
        for story in await self._unless_gone(lambda: self.easy.stories.all(theme)):
            self.stories[checked_id(story.id, "story")] = story, theme.id
            if theme.stories is None:
                await self._read_criteria(story.id)

    def _add_story(self, story: Story, theme_id: int | None) -> None:
        self.stories[checked_id(story.id, "story")] = story, theme_id
        criteria = story.acceptance_criteria
        if criteria is None or not all(_has(one.raw, _CRITERION) for one in criteria):
            self.incomplete.append(partial(self._read_criteria, story.id))
        else:
            self._add_criteria(story.id, criteria)

    async def _read_criteria(self, story_id: int) -> None:
        self._add_criteria(
            story_id, await self._unless_gone(lambda: self.easy.criteria.all(story_id))
        )

    def _add_criteria(
        self, story_id: int, criteria: tuple[AcceptanceCriterion, ...] | list[AcceptanceCriterion]
    ) -> None:
        for one in criteria:
            self.criteria[checked_id(one.id, "acceptance criterion")] = one, story_id

    async def _read_sprints(self) -> None:
        for sprint in await self.easy.sprints.all(self.listed.id, associated=True):
            self.sprints[checked_id(sprint.id, "sprint")] = sprint
            inside = sprint.sprint_stories
            if inside is None or not all(_has(one.raw, _SPRINT_STORY) for one in inside):
                self.incomplete.append(partial(self._read_sprint_stories, sprint.id))
            else:
                self._add_sprint_stories(inside)

    async def _read_sprint_stories(self, sprint_id: int) -> None:
        self._add_sprint_stories(
            await self._unless_gone(lambda: self.easy.sprint_stories.all(sprint_id))
        )

    def _add_sprint_stories(self, inside: tuple[SprintStory, ...] | list[SprintStory]) -> None:
        for one in inside:
            self.sprint_stories[checked_id(one.id, "sprint story")] = one

    async def _read_snapshots(self) -> None:
        for one in await self.easy.snapshots.all(self.account_id, self.listed.id):
            self.snapshots[checked_id(one.id, "snapshot")] = one

    def _of_snapshots(self) -> Iterator[Job]:
        for id in self.snapshots:
            yield partial(self._read_snapshot, id)

    async def _read_snapshot(self, id: int) -> None:
        try:
            self.whole_snapshots[id] = await self.easy.snapshots.get(
                self.account_id, self.listed.id, id, associated=True
            )
        except NotFound:
            self.snapshots.pop(id)  # it was deleted meanwhile

    def _of_statistics(self) -> Iterator[Job]:
        # The published server answers with 500 where there are no sprints.
        if self.sprints:
            yield self._read_statistics

    async def _read_statistics(self) -> None:
        try:
            self.statistics = await self.easy.backlogs.statistics(self.account_id, self.listed.id)
        except BadRequest:
            return  # there are none

    def _missed(self) -> Iterator[Job]:
        """The stories that were there at first, and in no list after that."""
        for theme in self.whole.themes or ():
            for story in theme.stories or ():
                if story.id and story.id not in self.stories:
                    yield partial(self._read_story, story.id)

    async def _read_story(self, id: int) -> None:
        try:
            story = await self.easy.stories.get(id)
        except (NotFound, Forbidden):
            return  # it was deleted meanwhile
        self._add_story(story, story.theme_id)

    async def _unless_gone(self, read: Callable[[], Awaitable[list[T]]]) -> list[T]:
        try:
            return await read()
        except NotFound:
            return []  # what it belongs to was deleted meanwhile

    def _part(self, shared: _Shared) -> Part:
        rows = Rows(self.found, shared.statuses)
        places = {one.story_id: one for one in self.sprint_stories.values()}
        people = {self.listed.author_id, self.listed.last_modified_user_id} - {None, 0}
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(self.listed, self._raw())],
            "columns": [rows.theme(one) for one in self.themes.values()],
            "sprints": [rows.sprint(one) for one in self.sprints.values()],
            "people": [rows.person(id) for id in people if id],
            "cards": [
                rows.card(
                    story,
                    theme_id,
                    places.get(id),
                    self.sprints.get(places[id].sprint_id or 0) if id in places else None,
                )
                for id, (story, theme_id) in self.stories.items()
            ],
            "tasks": [rows.task(one, story_id) for one, story_id in self.criteria.values()],
            "burndown": [*rows.burndown(self.statistics)] if self.statistics else [],
            "extras": [*self._extras(rows, shared)],
        }
        gaps = [] if self.listed.ready else ["it is a copy that is still being filled"]
        return self.found.part(by_table, title=self.listed.name, gaps=gaps)

    def _raw(self) -> dict[str, JSON]:
        children = {"themes", "sprints", "snapshots", "backlog"}
        more = {name: value for name, value in self.whole.raw.items() if name not in children}
        return joined(self.listed.raw, more)

    def _extras(self, rows: Rows, shared: _Shared) -> Iterator[Row]:
        account = shared.accounts.get(self.account_id)
        rule_id = self.listed.scoring_rule_id or (account.scoring_rule_id if account else None)
        if account:
            yield rows.extra_row("account", account.id, account.name, account.raw)
            if locale := shared.locales.get(account.locale_id or 0):
                yield rows.extra_row("locale", locale.id, locale.name, locale.raw)
        if company := shared.companies.get(self.listed.company_id or 0):
            yield rows.extra_row("company", company.id, company.name, company.raw)
        if rule := shared.scoring_rules.get(rule_id or 0):
            yield rows.extra_row("scoring_rule", rule.id, rule.title, rule.raw)
        for status in shared.statuses.values():
            yield rows.extra_row("sprint_story_status", status.id, status.status, status.raw)
        for one in self.sprint_stories.values():
            yield rows.extra_row("sprint_story", one.id, None, one.raw)
        for snapshot in self.snapshots.values():
            yield rows.snapshot(snapshot, self.whole_snapshots.get(snapshot.id))
        if self.statistics:
            yield from rows.statistics(self.statistics)

    def _told(self) -> None:
        cards = len(self.stories) + len(self.criteria)
        self.tell(self.found.title, 1 + len(self.themes) + len(self.sprints) + cards)


def _watermark(backlog: Backlog) -> str | None:
    return None if backlog.updated_at is None else f"updated {backlog.updated_at.isoformat()}"


def _has(raw: Mapping[str, JSON], names: frozenset[str]) -> bool:
    """Whether an answer has all these attributes; XML writes them with dashes."""
    return names <= {name.replace("-", "_") for name in raw}
