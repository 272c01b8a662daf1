"""Everything that an easyBacklog holds, and how something is added to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from agilekit.sandbox.clock import utc_now
from agilekit.sandbox.easybacklog import codes
from agilekit.sandbox.easybacklog.catalogue import TO_DO
from agilekit.sandbox.easybacklog.state import (
    Account,
    Backlog,
    Company,
    Criterion,
    Privilege,
    Sprint,
    SprintStory,
    Story,
    Theme,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_VELOCITY = Decimal("3.0")


def insert_at(siblings: list[int], identifier: int, position: int | None) -> None:
    """Put an id into a list, or move it there; ``position`` counts from 1, None is the end."""
    if identifier in siblings:
        siblings.remove(identifier)
    index = len(siblings) if position is None else max(position - 1, 0)
    siblings.insert(index, identifier)


class Entities:
    """Every dict has the id as its key and keeps the order of creation.

    ``clock`` gives the time, aware and in whole seconds; tests may replace it.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = utc_now
        self.user_id: int = 981
        self.accounts: dict[int, Account] = {}
        self.companies: dict[int, Company] = {}
        self.backlogs: dict[int, Backlog] = {}
        """Backlogs and snapshots, the deleted ones among them."""
        self.themes: dict[int, Theme] = {}
        self.stories: dict[int, Story] = {}
        self.criteria: dict[int, Criterion] = {}
        self.sprints: dict[int, Sprint] = {}
        self.sprint_stories: dict[int, SprintStory] = {}
        self._ids = {"account": 32, "backlog": 356, "theme": 1130, "story": 3157, "sprint": 223}

    def add_account(
        self, name: str, *, privilege: Privilege = "full", locale_id: int = 1
    ) -> Account:
        now = self.clock()
        account = Account(
            id=self.new_id("account"),
            name=name,
            locale_id=locale_id,
            privilege=privilege,
            created_at=now,
            updated_at=now,
        )
        self.accounts[account.id] = account
        return account

    def add_company(
        self,
        account: Account | None,
        name: str,
        *,
        default_velocity: Decimal | None = None,
        default_rate: int | None = None,
        default_use_50_90: bool | None = None,
    ) -> Company:
        now = self.clock()
        company = Company(
            id=self.new_id("company"),
            account_id=account.id if account else None,
            name=name,
            default_velocity=default_velocity,
            default_rate=default_rate,
            default_use_50_90=default_use_50_90,
            created_at=now,
            updated_at=now,
        )
        self.companies[company.id] = company
        return company

    def add_backlog(
        self,
        account: Account,
        name: str,
        *,
        velocity: Decimal | None = _VELOCITY,
        rate: int | None = 800,
        use_50_90: bool | None = False,
        scoring_rule_id: int | None = None,
        company: Company | None = None,
        archived: bool = False,
    ) -> Backlog:
        now = self.clock()
        backlog = Backlog(
            id=self.new_id("backlog"),
            account_id=account.id,
            name=name,
            velocity=velocity,
            rate=rate,
            use_50_90=use_50_90,
            scoring_rule_id=scoring_rule_id,
            company_id=company.id if company else None,
            archived=archived,
            author_id=self.user_id,
            last_modified_user_id=self.user_id,
            created_at=now,
            updated_at=now,
        )
        self.backlogs[backlog.id] = backlog
        return backlog

    def add_theme(
        self, backlog: Backlog, name: str, *, code: str | None = None, position: int | None = None
    ) -> Theme:
        taken = {self.themes[one].code for one in backlog.themes}
        now = self.clock()
        theme = Theme(
            id=self.new_id("theme"),
            backlog_id=backlog.id,
            name=name,
            code=code or codes.theme_code(name, taken),
            created_at=now,
            updated_at=now,
        )
        self.themes[theme.id] = theme
        insert_at(backlog.places, theme.id, position)
        return theme

    def add_story(
        self,
        theme: Theme,
        *,
        as_a: str | None = None,
        i_want_to: str | None = None,
        so_i_can: str | None = None,
        comments: str | None = None,
        score: Decimal | None = None,
        score_50: Decimal | None = None,
        score_90: Decimal | None = None,
        color: str | None = None,
        unique_id: int | None = None,
        position: int | None = None,
    ) -> Story:
        """Add a story; ``score`` stands for both of the other two."""
        now = self.clock()
        story = Story(
            id=self.new_id("story"),
            theme_id=theme.id,
            unique_id=unique_id or self.free_unique_id(theme),
            as_a=as_a,
            i_want_to=i_want_to,
            so_i_can=so_i_can,
            comments=comments,
            score_50=score_50 if score is None else score,
            score_90=score_90 if score is None else score,
            color=color,
            created_at=now,
            updated_at=now,
        )
        self.stories[story.id] = story
        insert_at(theme.stories, story.id, position)
        return story

    def add_criterion(
        self, story: Story, criterion: str | None, *, position: int | None = None
    ) -> Criterion:
        one = Criterion(id=self.new_id("criterion"), story_id=story.id, criterion=criterion)
        self.criteria[one.id] = one
        insert_at(story.criteria, one.id, position)
        return one

    def add_sprint_story(
        self, sprint: Sprint, story: Story, *, status: int = TO_DO, position: int | None = None
    ) -> SprintStory:
        now = self.clock()
        assigned = SprintStory(
            id=self.new_id("sprint_story"),
            sprint_id=sprint.id,
            story_id=story.id,
            sprint_story_status_id=status,
            score_50_when_assigned=story.score_50,
            score_90_when_assigned=story.score_90,
            created_at=now,
            updated_at=now,
        )
        self.sprint_stories[assigned.id] = assigned
        story.sprint_story_id = assigned.id
        insert_at(sprint.places, assigned.id, position)
        return assigned

    def free_unique_id(self, theme: Theme) -> int:
        return codes.unique_id([self.stories[one].unique_id for one in theme.stories])

    def new_id(self, kind: str) -> int:
        """The next id of a kind of entity."""
        self._ids[kind] = self._ids.get(kind, 0) + 1
        return self._ids[kind]
