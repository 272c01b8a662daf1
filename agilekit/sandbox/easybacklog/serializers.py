"""The wire form of each entity, as the document's sample shows it.

A null has its type in XML if the server writes a record, and no type if it writes a hash:
sprints, and stories that come with their children, are a :class:`Hash`.

If recordings of a running server show other keys than the document, ``recorded`` chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from agilekit.sandbox.easybacklog import points
from agilekit.sandbox.renderer import Items, Null, Typed, Yaml

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.state import (
        Account,
        Backlog,
        Company,
        Criterion,
        Locale,
        ScoringRule,
        Sprint,
        SprintStory,
        SprintStoryStatus,
        Story,
        Theme,
    )
    from agilekit.sandbox.easybacklog.store import Store
    from agilekit.sandbox.renderer import Value

    Form: TypeAlias = dict[str, Value]

T = TypeVar("T")


def _typed(value: T | None, kind: str) -> T | Null:
    return Null(kind) if value is None else value


def _time(value: datetime | None) -> datetime | Null:
    return _typed(value, "datetime")


def account(it: Account) -> Form:
    return {
        "created_at": _time(it.created_at),
        "default_rate": _typed(it.default_rate, "integer"),
        "default_use_50_90": _typed(it.default_use_50_90, "boolean"),
        "default_velocity": _typed(it.default_velocity, "decimal"),
        "id": it.id,
        "locale_id": it.locale_id,
        "name": it.name,
        "scoring_rule_id": _typed(it.scoring_rule_id, "integer"),
        "updated_at": _time(it.updated_at),
    }


def company(it: Company, *, recorded: bool = True) -> Form:
    more: Form = {"locale_id": Null("integer")} if recorded else {}
    return {
        "account_id": _typed(it.account_id, "integer"),
        "created_at": _time(it.created_at),
        "default_rate": _typed(it.default_rate, "integer"),
        "default_use_50_90": _typed(it.default_use_50_90, "boolean"),
        "default_velocity": _typed(it.default_velocity, "decimal"),
        "id": it.id,
        **more,
        "name": it.name,
        "updated_at": _time(it.updated_at),
    }


def _not_ready_since(value: datetime | None, *, created: bool) -> Value:
    """A time in the answer to the create, of which the server stores the date only."""
    if value is None:
        return Null("date")
    return Typed("date", value.isoformat()) if created else value.date()


def backlog(it: Backlog, *, created: bool = False, recorded: bool = True) -> Form:
    """A backlog, perhaps just ``created``. ``not_ready_since`` is newer than the document."""
    locale: Form = {"locale_id": Null("integer")} if recorded else {}
    status: Form = {"not_ready_status": it.not_ready_status} if recorded else {}
    return {
        "account_id": it.account_id,
        "archived": it.archived,
        "author_id": it.author_id,
        "company_id": _typed(it.company_id, "integer"),
        "created_at": _time(it.created_at),
        "id": it.id,
        "last_modified_user_id": it.last_modified_user_id,
        **locale,
        "name": it.name,
        "not_ready_since": _not_ready_since(it.not_ready_since, created=created),
        **status,
        "rate": _typed(it.rate, "integer"),
        "scoring_rule_id": _typed(it.scoring_rule_id, "integer"),
        "updated_at": _time(it.updated_at),
        "use_50_90": _typed(it.use_50_90, "boolean"),
        "velocity": _typed(it.velocity, "decimal"),
    }


_OF_BACKLOGS: Final = (
    "account_id",
    "archived",
    "author_id",
    "company_id",
    "last_modified_user_id",
    "updated_at",
)


def snapshot(store: Store, it: Backlog, *, created: bool = False, recorded: bool = True) -> Form:
    """A snapshot; the running server gives one of a sprint the id of the backlog as its parent."""
    whole = backlog(it, created=created, recorded=recorded)
    own = {name: one for name, one in whole.items() if name not in _OF_BACKLOGS}
    if it.parent_sprint_id is None:
        return {**own, "parent_backlog_id": Yaml(it.parent_backlog_id or 0)}
    parent = store.sprints[it.parent_sprint_id].backlog_id if recorded else it.parent_sprint_id
    return {**own, "parent_sprint_id": Yaml(parent)}


def theme(store: Store, it: Theme) -> Form:
    return {
        "backlog_id": it.backlog_id,
        "code": it.code,
        "created_at": _time(it.created_at),
        "id": it.id,
        "name": it.name,
        "position": store.backlogs[it.backlog_id].places.index(it.id) + 1,
        "updated_at": _time(it.updated_at),
    }


def theme_with_stories(store: Store, it: Theme, *, xml: bool) -> Form:
    """A theme and its stories, of which JSON shows both scores, whatever the rule."""
    both = None if xml else True
    stories = [story_with_criteria(store, store.stories[one], both=both) for one in it.stories]
    return {**theme(store, it), "stories": Items("story", stories)}


def both_scores(it: Story) -> Form:
    return {
        "score_50": _typed(it.score_50, "decimal"),
        "score_90": _typed(it.score_90, "decimal"),
    }


def story(store: Store, it: Story, *, both: bool | None = None) -> Form:
    """A story with one score or ``both``; None goes by the rule of its backlog."""
    if both is None:
        both = bool(store.backlogs[store.themes[it.theme_id].backlog_id].use_50_90)
    return {
        "as_a": it.as_a,
        "color": it.color,
        "comments": it.comments,
        "created_at": _time(it.created_at),
        "i_want_to": it.i_want_to,
        "id": it.id,
        "position": store.themes[it.theme_id].stories.index(it.id) + 1,
        **(both_scores(it) if both else {}),
        "so_i_can": it.so_i_can,
        "theme_id": it.theme_id,
        "unique_id": it.unique_id,
        "updated_at": _time(it.updated_at),
        **({} if both else {"score": it.score_90}),
    }


def story_with_criteria(store: Store, it: Story, *, both: bool | None = None) -> Form:
    inside = [criterion(store, store.criteria[one]) for one in it.criteria]
    children = Items("acceptance_criterion", inside)
    return {**story(store, it, both=both), "acceptance_criteria": children}


def listed_story_with_criteria(store: Store, it: Story) -> Form:
    """The same in a list of stories, where the server drops the timestamps."""
    whole = story_with_criteria(store, it)
    return {k: one for k, one in whole.items() if k not in ("created_at", "updated_at")}


def criterion(store: Store, it: Criterion) -> Form:
    return {
        "criterion": it.criterion,
        "id": it.id,
        "position": store.stories[it.story_id].criteria.index(it.id) + 1,
        "story_id": it.story_id,
    }


def sprint(store: Store, it: Sprint, *, xml: bool) -> Form:
    """A sprint. XML cannot have names with a question mark; ``completed?`` means locked."""
    backlog = store.backlogs[it.backlog_id]
    locked = it.is_completed or not backlog.is_editable
    states: Form = {"completed?": locked, "deletable?": backlog.sprints[-1] == it.id and not locked}
    return {
        "backlog_id": it.backlog_id,
        "completed_at": it.completed_at,
        "created_at": it.created_at,
        "duration_days": it.duration_days,
        "explicit_velocity": it.explicit_velocity,
        "id": it.id,
        "iteration": it.iteration,
        "number_team_members": it.number_team_members,
        "start_on": it.start_on,
        "updated_at": it.updated_at,
        **({} if xml else states),
        "total_allocated_points": points.wire_sum(points.allocated(store, it)),
        "total_expected_points": points.expected(store, it),
        "total_completed_points": points.wire_sum(points.completed(store, it)),
    }


def sprint_with_stories(store: Store, it: Sprint, *, xml: bool) -> Form:
    inside = [_inner_sprint_story(store, store.sprint_stories[one]) for one in it.stories]
    return {**sprint(store, it, xml=xml), "sprint_stories": Items("sprint_story", inside)}


def _inner_sprint_story(store: Store, it: SprintStory) -> Form:
    return {
        **sprint_story(
            store,
            it,
            sprint_score_50_when_assigned=it.score_50_when_assigned,
            sprint_score_90_when_assigned=it.score_90_when_assigned,
        ),
        "theme_id": store.stories[it.story_id].theme_id,
    }


def sprint_story(store: Store, it: SprintStory, **scores: Decimal | None) -> Form:
    return {
        "created_at": _time(it.created_at),
        "id": it.id,
        "position": store.sprints[it.sprint_id].places.index(it.id) + 1,
        "sprint_id": it.sprint_id,
        **scores,
        "sprint_story_status_id": it.sprint_story_status_id,
        "story_id": it.story_id,
        "updated_at": _time(it.updated_at),
    }


def locale(it: Locale) -> Form:
    return {
        "code": it.code,
        "created_at": it.created_at,
        "id": it.id,
        "name": it.name,
        "position": it.position,
        "updated_at": it.updated_at,
    }


def scoring_rule(it: ScoringRule) -> Form:
    return {
        "code": it.code,
        "description": it.description,
        "id": it.id,
        "position": it.position,
        "title": it.title,
    }


def status(it: SprintStoryStatus) -> Form:
    return {"code": it.code, "id": it.id, "position": it.position, "status": it.status}
