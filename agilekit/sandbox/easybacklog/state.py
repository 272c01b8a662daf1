"""What an easyBacklog holds. Everything compares by value; children are lists of ids, in order.

The position of a theme, a story, a criterion or a sprint story, from 1, is that in the list of its
parent, and is not kept a second time. Themes and sprint stories that move leave a gap, a 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import Factory, define, frozen

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

Privilege: TypeAlias = Literal["none", "read", "readstatus", "full"]


@frozen(kw_only=True)
class Locale:
    """A locale; ``currency`` is the sign of formatted costs."""

    id: int
    name: str
    code: str
    position: int
    currency: str
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class ScoringRule:
    """A scoring rule; ``scores`` are the allowed ones, None is any number."""

    id: int
    title: str
    code: str
    description: str
    position: int
    scores: frozenset[Decimal] | None


@frozen(kw_only=True)
class SprintStoryStatus:
    id: int
    status: str
    code: str
    position: int


@define(kw_only=True)
class Account:
    """An account; ``privilege`` is what the one user of the sandbox may do in it."""

    id: int
    name: str
    locale_id: int
    default_velocity: Decimal | None = None
    default_rate: int | None = None
    default_use_50_90: bool | None = None
    scoring_rule_id: int | None = None
    privilege: Privilege = "full"
    created_at: datetime | None
    updated_at: datetime | None


@define(kw_only=True)
class Company:
    """A company. One that the API created belongs to no account."""

    id: int
    account_id: int | None
    name: str
    default_velocity: Decimal | None = None
    default_rate: int | None = None
    default_use_50_90: bool | None = None
    created_at: datetime | None
    updated_at: datetime | None


@define(kw_only=True)
class Backlog:
    """A backlog, or a snapshot: one with a parent.

    ``not_ready_since`` is set while the themes of ``copy_of`` are still to come; ``reads`` counts
    how often it has been shown since. ``sprints`` is in the order of their iterations.
    ``places`` are the ids of its themes, and a 0 for each gap that one left when it moved away.
    """

    id: int
    account_id: int
    name: str
    velocity: Decimal | None = None
    rate: int | None = None
    use_50_90: bool | None = None
    scoring_rule_id: int | None = None
    company_id: int | None = None
    archived: bool = False
    deleted: bool = False
    author_id: int
    last_modified_user_id: int
    created_at: datetime | None
    updated_at: datetime | None
    parent_backlog_id: int | None = None
    parent_sprint_id: int | None = None
    not_ready_since: datetime | None = None
    not_ready_status: str | None = None
    copy_of: int | None = None
    reads: int = 0
    places: list[int] = Factory(list[int])
    sprints: list[int] = Factory(list[int])
    snapshots: list[int] = Factory(list[int])

    @property
    def themes(self) -> list[int]:
        return [one for one in self.places if one]

    @property
    def is_snapshot(self) -> bool:
        return self.parent_backlog_id is not None or self.parent_sprint_id is not None

    @property
    def is_editable(self) -> bool:
        return not (self.is_snapshot or self.archived or self.deleted)


@define(kw_only=True)
class Theme:
    id: int
    backlog_id: int
    name: str
    code: str
    created_at: datetime | None
    updated_at: datetime | None
    stories: list[int] = Factory(list[int])


@define(kw_only=True)
class Story:
    """A story. If the backlog has a single score, both scores are that one."""

    id: int
    theme_id: int
    unique_id: int
    as_a: str | None = None
    i_want_to: str | None = None
    so_i_can: str | None = None
    comments: str | None = None
    score_50: Decimal | None = None
    score_90: Decimal | None = None
    color: str | None = None
    created_at: datetime | None
    updated_at: datetime | None
    criteria: list[int] = Factory(list[int])
    sprint_story_id: int | None = None


@define(kw_only=True)
class Criterion:
    id: int
    story_id: int
    criterion: str | None


@define(kw_only=True)
class Sprint:
    """A sprint; ``places`` are the ids of its sprint stories, and a 0 for each gap."""

    id: int
    backlog_id: int
    iteration: int
    start_on: date
    duration_days: int
    number_team_members: Decimal | None = None
    explicit_velocity: Decimal | None = None
    completed_at: datetime | None = None
    created_at: datetime | None
    updated_at: datetime | None
    places: list[int] = Factory(list[int])
    snapshot_id: int | None = None

    @property
    def stories(self) -> list[int]:
        return [one for one in self.places if one]

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None


@define(kw_only=True)
class SprintStory:
    id: int
    sprint_id: int
    story_id: int
    sprint_story_status_id: int
    score_50_when_assigned: Decimal | None = None
    score_90_when_assigned: Decimal | None = None
    created_at: datetime | None
    updated_at: datetime | None
