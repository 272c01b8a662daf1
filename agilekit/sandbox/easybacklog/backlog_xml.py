"""The XML of a backlog with ``include_associated_data=true``.

The document shows no sample. The server writes it by a template of its own: everything is an
attribute without a type, names have underscores, and only here are the snapshots.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from agilekit.sandbox.easybacklog import points
from agilekit.sandbox.easybacklog.catalogue import STATUSES
from agilekit.sandbox.renderer import legal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from agilekit.sandbox.easybacklog.state import Backlog, Criterion, Sprint, Story
    from agilekit.sandbox.easybacklog.store import Store

    Attributes: TypeAlias = dict[str, str | int | float | Decimal | date | None]


def backlog_xml(store: Store, it: Backlog, illegal: str = "*") -> bytes:
    """The XML document: everything is an attribute, but for the text of a criterion.

    ``illegal`` stands for each character that XML cannot hold.
    """
    account = store.accounts[it.account_id]
    company = store.companies.get(it.company_id or 0)
    head: Attributes = {
        "name": it.name,
        "account": account.name,
        "company": company.name if company else "none",
        **_settings(store, it),
        "scoring_rule": store.scoring_rule(it).title,
        "account_id": it.account_id,
        "archived": it.archived,
        "company_id": it.company_id,
    }
    inside = [_themes(store, it)]
    if not it.is_snapshot:
        snapshots = (store.backlogs[one] for one in reversed(it.snapshots))
        alive = [_snapshot(store, one) for one in snapshots if not one.deleted]
        sprints = [_sprint_element(store, store.sprints[one]) for one in it.sprints]
        inside += [_element("snapshots", {}, alive), _element("sprints", {}, sprints)]
    element = legal(_element("backlog", head, inside), illegal)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'.encode()


def _element(name: str, attributes: Attributes, inside: Iterable[str]) -> str:
    head = "".join(f" {key}={quoteattr(_text(it))}" for key, it in attributes.items())
    return f"<{name}{head}>{''.join(inside)}</{name}>"


def _text(value: str | float | Decimal | date | None) -> str:
    """A value as Ruby writes it: a time is ``2011-01-03 15:03:00 UTC``."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value).replace("+00:00", " UTC")


def _settings(store: Store, it: Backlog) -> Attributes:
    sum_ = points.of_backlog(store, it)
    return {
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "velocity": it.velocity,
        "rate": it.rate,
        "points": sum_,
        "use_50_90": it.use_50_90,
        **_estimates(store, it, sum_),
        "id": it.id,
        "scoring_rule_id": it.scoring_rule_id,
    }


def _estimates(store: Store, backlog: Backlog, sum_: float) -> Attributes:
    days = points.days(backlog, sum_)
    if days is None:
        return {}
    cost: Attributes = {"cost": points.cost(store, backlog, sum_)} if backlog.rate else {}
    return {"days": f"{days:.1f}", **cost}


def _snapshot(store: Store, it: Backlog) -> str:
    head: Attributes = {"name": it.name, **_settings(store, it)}
    return _element("snapshot", head, [_themes(store, it)])


def _themes(store: Store, backlog: Backlog) -> str:
    elements: list[str] = []
    for one in backlog.themes:
        theme = store.themes[one]
        sum_ = points.of_theme(store, theme)
        head: Attributes = {
            "name": theme.name,
            "code": theme.code,
            "points": sum_,
            **_estimates(store, backlog, sum_),
            "id": theme.id,
        }
        stories = [_story_element(store, backlog, store.stories[it]) for it in theme.stories]
        elements.append(_element("theme", head, [_element("stories", {}, stories)]))
    return _element("themes", {}, elements)


def _story_element(store: Store, backlog: Backlog, it: Story) -> str:
    scores: Attributes = (
        {"score_50": it.score_50, "score_90": it.score_90}
        if backlog.use_50_90
        else {"score": it.score_90}
    )
    head: Attributes = {
        "unique_id": it.unique_id,
        "code": _code(store, it),
        "as_a": it.as_a,
        "i_want_to": it.i_want_to,
        "so_i_can": it.so_i_can,
        "comments": it.comments,
        "color": it.color,
        **scores,
        **_estimates(store, backlog, points.of_story(it)),
        "id": it.id,
    }
    criteria = [_criterion(store.criteria[one]) for one in it.criteria]
    return _element("story", head, [_element("acceptance_criteria", {}, criteria)])


def _criterion(it: Criterion) -> str:
    return _element("acceptance_criterion", {"id": it.id}, [escape(it.criterion or "")])


def _code(store: Store, it: Story) -> str:
    return f"{store.themes[it.theme_id].code}{it.unique_id}"


def _sprint_element(store: Store, it: Sprint) -> str:
    head: Attributes = {
        "iteration": it.iteration,
        "start_on": it.start_on,
        "duration_days": it.duration_days,
        "number_team_members": it.number_team_members,
        "completed": it.is_completed,
        "completed_at": it.completed_at,
        "total_completed_points": points.completed(store, it),
        "total_allocated_points": points.allocated(store, it),
        "total_expected_points_for_this_sprint": points.expected(store, it),
        "explicit_velocity": it.explicit_velocity,
        "id": it.id,
    }
    inside = [_element("sprint_stories", {}, [_assigned(store, one) for one in it.stories])]
    if it.snapshot_id is not None:
        inside.append(_snapshot(store, store.backlogs[it.snapshot_id]))
    return _element("sprint", head, inside)


def _assigned(store: Store, identifier: int) -> str:
    it = store.sprint_stories[identifier]
    story, status = store.stories[it.story_id], STATUSES[it.sprint_story_status_id]
    head: Attributes = {
        "code": _code(store, story),
        "status": status.status,
        "status_code": status.code,
        "accepted": store.is_accepted(story),
        "score_50_when_assigned": it.score_50_when_assigned,
        "score_90_when_assigned": it.score_90_when_assigned,
        "sprint_story_id": it.id,
        "story_id": it.story_id,
        "sprint_story_status_id": status.id,
    }
    return _element("sprint_story", head, [])
