"""What calls to easyBacklog take: drafts and changes, which go as form fields, and flags of reads.

Where a field may be None, None clears it. Dates are a `date`, or text in ISO 8601.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Required, TypedDict

from agilekit.checks import check_flag
from agilekit.easybacklog.models import (
    Company,
    Locale,
    ScoringRule,
    Sprint,
    SprintStoryStatus,
    Story,
)
from agilekit.wire.encode import (
    Encode,
    boolean,
    integer,
    iso_date,
    max_length,
    non_empty,
    nullable,
    number,
    reference,
    string,
)
from agilekit.wire.json import JSON

__all__ = [
    "ACCOUNT_FIELDS",
    "BACKLOG_FIELDS",
    "COMPANY_FIELDS",
    "CRITERION_FIELDS",
    "SNAPSHOT_FIELDS",
    "SPRINT_FIELDS",
    "SPRINT_STORY_CHANGES",
    "SPRINT_STORY_DRAFT",
    "STORY_FIELDS",
    "THEME_FIELDS",
    "AccountChanges",
    "BacklogChanges",
    "BacklogDraft",
    "CompanyChanges",
    "CompanyDraft",
    "CriterionChanges",
    "CriterionDraft",
    "SprintChanges",
    "SprintDraft",
    "SprintStoryChanges",
    "SprintStoryDraft",
    "StoryChanges",
    "StoryDraft",
    "ThemeChanges",
    "ThemeDraft",
    "flag",
    "with_children",
]


class _Defaults(TypedDict, total=False):
    default_velocity: float | None
    """Points a day and team member, for new backlogs."""
    default_rate: int | None
    """Money a day and team member, for new backlogs; only with a velocity."""
    default_use_50_90: bool | None


class AccountChanges(_Defaults, total=False):
    """Source: easyBacklog API documentation, "Update an Account"."""

    name: str
    locale_id: Locale | int | str
    scoring_rule_id: ScoringRule | int | str | None


class CompanyDraft(_Defaults):
    """Source: easyBacklog API documentation, "Create a Company"."""

    name: str


class CompanyChanges(_Defaults, total=False):
    """Source: easyBacklog API documentation, "Update a Company"."""

    name: str


class _Backlog(TypedDict, total=False):
    company_id: Company | int | str | None
    """The published server ignores it, and sets the company to none with every write."""
    velocity: float | None
    """Points a day and team member; None if times are not to be estimated."""
    rate: int | None
    """Money a day and team member; None if costs are not to be estimated. Needs a velocity."""
    use_50_90: bool | None
    scoring_rule_id: ScoringRule | int | str | None


class BacklogDraft(_Backlog):
    """Source: easyBacklog API documentation, "Create a Backlog" and "Duplicate a Backlog"."""

    name: str


class BacklogChanges(_Backlog, total=False):
    """Source: easyBacklog API documentation, "Update a Backlog"."""

    name: str


class _Theme(TypedDict, total=False):
    code: str
    """Three letters; the service makes them of the name if they are left out."""
    position: int
    """From 1, within its backlog."""


class ThemeDraft(_Theme):
    """Source: easyBacklog API documentation, "Create a Theme"."""

    name: str


class ThemeChanges(_Theme, total=False):
    """Source: easyBacklog API documentation, "Update a Theme"."""

    name: str


class SprintChanges(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Update a Sprint"."""

    start_on: date | str
    duration_days: int
    """Working days."""
    number_team_members: float | None
    """Only if the backlog has a velocity; needed there unless `explicit_velocity` is given."""
    explicit_velocity: float | None
    """Points that are expected of the sprint."""


class SprintDraft(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Create a Sprint"."""

    start_on: Required[date | str]
    duration_days: Required[int]
    """Working days."""
    number_team_members: float | None
    """Only if the backlog has a velocity; needed there unless `explicit_velocity` is given."""
    explicit_velocity: float | None
    """Points that are expected of the sprint."""


class StoryChanges(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Update a Story"."""

    unique_id: int
    """From 1, within its theme."""
    as_a: str | None
    """At most 255 characters: the server answers more with 500."""
    i_want_to: str | None
    so_i_can: str | None
    comments: str | None
    score: float | None
    """Points, in a backlog with the simple rule. One with the 50 % and 90 % rule drops it, and an
    update does not show that.
    """
    score_50: float | None
    """Points, in a backlog with the 50 % and 90 % rule."""
    score_90: float | None
    """Points, in a backlog with the 50 % and 90 % rule."""
    color: str | None
    """Hexadecimal: ``"ff0000"`` is red."""
    position: int
    """From 1, within its theme."""


class StoryDraft(StoryChanges, total=False):
    """Source: easyBacklog API documentation, "Create a Story"."""


class CriterionChanges(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Update an Acceptance Criterion"."""

    criterion: str
    position: int
    """From 1, within its story."""


class CriterionDraft(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Create an Acceptance Criterion"."""

    criterion: Required[str]
    position: int
    """From 1, within its story."""


class SprintStoryDraft(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Create a Sprint Story"."""

    story_id: Required[Story | int | str]
    sprint_story_status_id: SprintStoryStatus | int | str
    position: int
    """From 1, within its sprint."""


class SprintStoryChanges(TypedDict, total=False):
    """Source: easyBacklog API documentation, "Update a Sprint Story"."""

    move_to_sprint_id: Sprint | int | str
    """The sprint to which the story goes."""
    sprint_story_status_id: SprintStoryStatus | int | str
    position: int
    """From 1, within its sprint."""


def _from_one(value: object) -> JSON:
    found = integer(value)
    if found < 1:
        raise ValueError(f"must be a whole number from 1, not {value!r:.60}")
    return found


_DEFAULT_FIELDS: Final[Mapping[str, Encode]] = {
    "default_velocity": nullable(number),
    "default_rate": nullable(integer),
    "default_use_50_90": nullable(boolean),
}
ACCOUNT_FIELDS: Final[Mapping[str, Encode]] = {
    "name": non_empty,
    "locale_id": reference(Locale),
    **_DEFAULT_FIELDS,
    "scoring_rule_id": nullable(reference(ScoringRule)),
}
COMPANY_FIELDS: Final[Mapping[str, Encode]] = {"name": non_empty, **_DEFAULT_FIELDS}
BACKLOG_FIELDS: Final[Mapping[str, Encode]] = {
    "name": non_empty,
    "company_id": nullable(reference(Company)),
    "velocity": nullable(number),
    "rate": nullable(integer),
    "use_50_90": nullable(boolean),
    "scoring_rule_id": nullable(reference(ScoringRule)),
}
SNAPSHOT_FIELDS: Final[Mapping[str, Encode]] = {"name": non_empty}
THEME_FIELDS: Final[Mapping[str, Encode]] = {
    "name": non_empty,
    "code": non_empty,
    "position": _from_one,
}
SPRINT_FIELDS: Final[Mapping[str, Encode]] = {
    "start_on": iso_date,
    "duration_days": _from_one,
    "number_team_members": nullable(number),
    "explicit_velocity": nullable(number),
}
STORY_FIELDS: Final[Mapping[str, Encode]] = {
    "unique_id": _from_one,
    "as_a": nullable(max_length(255)),
    "i_want_to": nullable(string),
    "so_i_can": nullable(string),
    "comments": nullable(string),
    "score": nullable(number),
    "score_50": nullable(number),
    "score_90": nullable(number),
    "color": nullable(string),
    "position": _from_one,
}
CRITERION_FIELDS: Final[Mapping[str, Encode]] = {"criterion": non_empty, "position": _from_one}
SPRINT_STORY_DRAFT: Final[Mapping[str, Encode]] = {
    "story_id": reference(Story),
    "sprint_story_status_id": reference(SprintStoryStatus),
    "position": _from_one,
}
SPRINT_STORY_CHANGES: Final[Mapping[str, Encode]] = {
    "move_to_sprint_id": reference(Sprint),
    "sprint_story_status_id": reference(SprintStoryStatus),
    "position": _from_one,
}


def flag(name: str, wanted: object, *, argument: str | None = None) -> dict[str, JSON]:
    """A parameter that is sent only if it is true. argument: if it is called otherwise."""
    check_flag(argument or name, wanted)
    # The server takes no other word for it than "true".
    return {name: "true"} if wanted else {}


def with_children(associated: object) -> dict[str, JSON]:
    """Asks for an entity's children along with it."""
    return flag("include_associated_data", associated, argument="associated")
