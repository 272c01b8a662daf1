"""The entities of easyBacklog, as its document shows them.

Whatever may be missing or null is None. Times are aware. Children are a tuple if they were asked
for (``associated=True``), and None if they were not.

Source: easyBacklog API documentation, "The Account object" and the like.
"""

from collections.abc import Mapping
from datetime import date, datetime

from attrs import Factory, field, frozen

from agilekit.wire.json import JSON
from agilekit.wire.model import Model, raw_field, wire_key

__all__ = [
    "AcceptanceCriterion",
    "Account",
    "Backlog",
    "Company",
    "Locale",
    "ScoringRule",
    "Snapshot",
    "Sprint",
    "SprintStory",
    "SprintStoryStatus",
    "Story",
    "Theme",
]


@frozen(repr=False)
class Account(Model):
    """What all backlogs belong to. Source: "The Account object"."""

    id: int = 0
    name: str | None = None
    locale_id: int | None = None
    default_velocity: float | None = None
    """Points a day and team member, for new backlogs."""
    default_rate: int | None = None
    """Money a day and team member, without a currency, for new backlogs."""
    default_use_50_90: bool | None = None
    scoring_rule_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Company(Model):
    """A group of backlogs. Source: "The Company object"."""

    id: int = 0
    account_id: int | None = None
    """None for a company that this API has created."""
    name: str | None = None
    default_velocity: float | None = None
    """Points a day and team member, for new backlogs."""
    default_rate: int | None = None
    """Money a day and team member, without a currency, for new backlogs."""
    default_use_50_90: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class AcceptanceCriterion(Model):
    """When a story is done. Source: "The Acceptance Criterion object"."""

    id: int = 0
    story_id: int | None = None
    criterion: str | None = None
    position: int | None = None
    """From 1, within its story."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Story(Model):
    """Has `score`, or `score_50` and `score_90`, by the rule of its backlog.

    Source: "The Story object".
    """

    id: int = 0
    theme_id: int | None = None
    unique_id: int | None = None
    """From 1, within its theme."""
    as_a: str | None = None
    i_want_to: str | None = None
    so_i_can: str | None = None
    comments: str | None = None
    score: float | None = None
    """Points."""
    score_50: float | None = None
    """Points, with a certainty of 50 %."""
    score_90: float | None = None
    """Points, with a certainty of 90 %."""
    color: str | None = None
    """Hexadecimal: ``"ff0000"`` is red."""
    position: int | None = None
    """From 1, within its theme."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    acceptance_criteria: tuple[AcceptanceCriterion, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()

    @property
    def points(self) -> float | None:
        """Its points, whatever the rule of its backlog: `score`, or else `score_50`.

        In a backlog of the simple rule both are the same; inside of a theme the published server
        shows no `score`.
        """
        return self.score_50 if self.score is None else self.score


@frozen(repr=False)
class Theme(Model):
    """A group of stories. Source: "The Theme object"."""

    id: int = 0
    backlog_id: int | None = None
    name: str | None = None
    code: str | None = None
    """Three letters."""
    position: int | None = None
    """From 1, within its backlog."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    stories: tuple[Story, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class SprintStory(Model):
    """A story in a sprint. Source: "The Sprint Story object"."""

    id: int = 0
    sprint_id: int | None = None
    story_id: int | None = None
    sprint_story_status_id: int | None = None
    position: int | None = None
    """From 1, within its sprint."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


def _is_complete(sprint: "Sprint") -> bool:
    return sprint.completed_at is not None


@frozen(repr=False)
class Sprint(Model):
    """Source: "The Sprint object"."""

    id: int = 0
    backlog_id: int | None = None
    iteration: int | None = None
    """Its number, from 1."""
    start_on: date | None = None
    duration_days: int | None = None
    """Working days."""
    number_team_members: float | None = None
    explicit_velocity: float | None = None
    """Points that are expected of the sprint, if they do not follow from the team."""
    completed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    total_allocated_points: float | None = None
    total_expected_points: float | None = None
    total_completed_points: float | None = None
    # XML does not say it, and a sprint inside of its backlog does not say when.
    completed: bool | None = field(
        default=Factory(_is_complete, takes_self=True), metadata=wire_key("completed?")
    )
    """Whether it is complete: as the answer says, or else by `completed_at`."""
    deletable: bool | None = field(default=None, eq=False, metadata=wire_key("deletable?"))
    """Only JSON says it."""
    sprint_stories: tuple[SprintStory, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Snapshot(Model):
    """A backlog as it was; nothing in it can be changed.

    Made by hand, it has a `parent_backlog_id`; made when a sprint began, a `parent_sprint_id`,
    which at the published server is the id of the backlog, and of no sprint.

    Source: "The Snapshot object".
    """

    id: int = 0
    name: str | None = None
    parent_backlog_id: int | None = None
    parent_sprint_id: int | None = None
    velocity: float | None = None
    """Points a day and team member; None if times are not estimated."""
    rate: int | None = None
    """Money a day and team member; None if costs are not estimated."""
    use_50_90: bool | None = None
    scoring_rule_id: int | None = None
    created_at: datetime | None = None
    not_ready_since: datetime | None = None
    """Since when it is being filled; None once it is whole."""
    themes: tuple[Theme, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()

    @property
    def ready(self) -> bool:
        """Whether all that it holds has been copied."""
        return self.not_ready_since is None


@frozen(repr=False)
class Backlog(Model):
    """With its children, JSON leaves out its times, `archived`, `use_50_90` and `company_id`.

    Source: "The Backlog object".
    """

    id: int = 0
    name: str | None = None
    account_id: int | None = None
    company_id: int | None = None
    velocity: float | None = None
    """Points a day and team member; None if times are not estimated."""
    rate: int | None = None
    """Money a day and team member; None if costs are not estimated."""
    use_50_90: bool | None = None
    scoring_rule_id: int | None = None
    archived: bool | None = None
    """An archived backlog is locked."""
    author_id: int | None = None
    last_modified_user_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    not_ready_since: datetime | None = None
    """Since when it is being filled, as a duplicate; None once it is whole."""
    themes: tuple[Theme, ...] | None = None
    sprints: tuple[Sprint, ...] | None = None
    snapshots: tuple[Snapshot, ...] | None = field(default=None, eq=False)
    """Only XML holds them."""
    raw: Mapping[str, JSON] = raw_field()

    @property
    def ready(self) -> bool:
        """Whether all that it holds has been copied."""
        return self.not_ready_since is None


@frozen(repr=False)
class Locale(Model):
    """A language and a currency. Source: "The Locale object"."""

    id: int = 0
    name: str | None = None
    code: str | None = None
    """Such as ``"en-US"``."""
    position: int | None = None
    """From 1."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class ScoringRule(Model):
    """Which scores a story may have. Source: "The Scoring Rule object"."""

    id: int = 0
    title: str | None = None
    code: str | None = None
    description: str | None = None
    position: int | None = None
    """From 1."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class SprintStoryStatus(Model):
    """How far a story is in its sprint. Source: "The Sprint Story Status object"."""

    id: int = 0
    status: str | None = None
    code: str | None = None
    position: int | None = None
    """From 1."""
    raw: Mapping[str, JSON] = raw_field()
