"""The JSON of a backlog with ``include_associated_data=true``.

It has all that a backlog holds, and only half of its own attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog import points, serializers
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.serializers import Form
    from agilekit.sandbox.easybacklog.state import Backlog, ScoringRule, Sprint, Story, Theme
    from agilekit.sandbox.easybacklog.store import Store


def backlog_json(store: Store, it: Backlog, *, editable: bool, status_editable: bool) -> Form:
    """The JSON object; ``editable`` and ``status_editable`` are what the user may do."""
    sum_ = points.of_backlog(store, it)
    return {
        "account_id": it.account_id,
        "id": it.id,
        "name": it.name,
        "rate": it.rate,
        "velocity": it.velocity,
        "points": points.wire_sum(sum_),
        "days": points.days(it, sum_),
        "cost_formatted": points.cost(store, it, sum_),
        "rate_formatted": points.cost(store, it, float(it.velocity or 0)),
        "is_locked": not it.is_editable,
        "valid_scores": Items("valid_score", _valid_scores(store.scoring_rule(it))),
        **_parent(store, it),
        "themes": Items("theme", [_theme(store, it, store.themes[one]) for one in it.themes]),
        "sprints": Items("sprint", [_sprint(store, store.sprints[one]) for one in it.sprints]),
        "backlog_user_settings": None,
        "is_editable": editable and it.is_editable,
        "is_status_editable": status_editable and it.is_editable,
    }


def _valid_scores(rule: ScoringRule) -> list[int | float]:
    """The allowed scores; of those without a fraction JSON shows none."""
    every = sorted(rule.scores or ())
    return [int(one) if one == one.to_integral_value() else float(one) for one in every]


def _parent(store: Store, it: Backlog) -> Form:
    shown = serializers.snapshot(store, it) if it.is_snapshot else {}
    return {name: one for name, one in shown.items() if name.startswith("parent_")}


def _pick(form: Form, *names: str) -> Form:
    return {name: form[name] for name in names}


def _theme(store: Store, backlog: Backlog, it: Theme) -> Form:
    sum_ = points.of_theme(store, it)
    return {
        **_pick(serializers.theme(store, it), "code", "id", "name", "position"),
        "points": points.wire_sum(sum_),
        "cost_formatted": points.cost(store, backlog, sum_),
        "days": points.days(backlog, sum_),
        "stories": Items(
            "story", [_story(store, backlog, store.stories[one]) for one in it.stories]
        ),
    }


def _story(store: Store, backlog: Backlog, it: Story) -> Form:
    sum_ = points.of_story(it)
    days = points.days(backlog, sum_)
    estimates: Form = {}
    if days is not None:
        if backlog.rate:
            estimates["cost_formatted"] = points.cost(store, backlog, sum_)
        estimates["days_formatted"] = f"{days:.1f}"
    texts = ("as_a", "color", "comments", "i_want_to", "id", "position")
    scores = ("score_50", "score_90", "so_i_can", "unique_id")
    criteria = [
        _pick(serializers.criterion(store, store.criteria[one]), "criterion", "id", "position")
        for one in it.criteria
    ]
    return {
        **_pick(serializers.story(store, it, both=True), *texts, *scores),
        **estimates,
        "score": it.score_90,
        "acceptance_criteria": Items("acceptance_criterion", criteria),
    }


def _sprint(store: Store, it: Sprint) -> Form:
    whole = serializers.sprint_with_stories(store, it, xml=False)
    for name in ("backlog_id", "completed_at", "created_at", "updated_at"):
        del whole[name]
    inside: list[Form] = []
    for one in it.stories:
        assigned = store.sprint_stories[one]
        names = ("id", "position", "sprint_story_status_id", "story_id")
        theme_id = store.stories[assigned.story_id].theme_id
        inside.append(
            {**_pick(serializers.sprint_story(store, assigned), *names), "theme_id": theme_id}
        )
    return {**whole, "sprint_stories": Items("sprint_story", inside)}
