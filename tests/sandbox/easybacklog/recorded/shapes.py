"""What the entities of a recorded easyBacklog look like, each with what is usual left out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.sandbox.easybacklog.recorded.exchange import ID, TIME

if TYPE_CHECKING:
    from tests.sandbox.easybacklog.recorded.exchange import Form, Shape


def account() -> Form:
    return {
        "created_at": TIME,
        "default_rate": None,
        "default_use_50_90": None,
        "default_velocity": None,
        "id": ID,
        "locale_id": ID,
        "name": "Acme",
        "scoring_rule_id": None,
        "updated_at": TIME,
    }


def company(name: str, velocity: Decimal) -> Form:
    return {
        "account_id": None,
        "created_at": TIME,
        "default_rate": None,
        "default_use_50_90": None,
        "default_velocity": velocity,
        "id": ID,
        "locale_id": None,
        "name": name,
        "updated_at": TIME,
    }


def backlog(name: str, **others: Shape) -> Form:
    return {
        "account_id": ID,
        "archived": False,
        "author_id": ID,
        "company_id": None,
        "created_at": TIME,
        "id": ID,
        "last_modified_user_id": ID,
        "locale_id": None,
        "name": name,
        "not_ready_since": None,
        "not_ready_status": None,
        "rate": 800,
        "scoring_rule_id": None,
        "updated_at": TIME,
        "use_50_90": None,
        "velocity": Decimal("3.0"),
        **others,
    }


def snapshot(name: str, parent: str = "parent_backlog_id", **others: Shape) -> Form:
    return {
        "created_at": TIME,
        "id": ID,
        "locale_id": None,
        "name": name,
        "not_ready_since": None,
        "not_ready_status": None,
        "rate": 800,
        "scoring_rule_id": None,
        "use_50_90": None,
        "velocity": Decimal("3.0"),
        parent: ID,
        **others,
    }


def theme(code: str, name: str, position: int, **others: Shape) -> Form:
    return {
        "backlog_id": ID,
        "code": code,
        "created_at": TIME,
        "id": ID,
        "name": name,
        "position": position,
        "updated_at": TIME,
        **others,
    }


def story(position: int, unique_id: int, **others: Shape) -> Form:
    return {
        "as_a": None,
        "color": None,
        "comments": None,
        "created_at": TIME,
        "i_want_to": None,
        "id": ID,
        "position": position,
        "so_i_can": None,
        "theme_id": ID,
        "unique_id": unique_id,
        "updated_at": TIME,
        **others,
    }


def without(form: Form, *names: str) -> Form:
    return {name: one for name, one in form.items() if name not in names}


def criterion(position: int, text: str | None) -> Form:
    return {"criterion": text, "id": ID, "position": position, "story_id": ID}


def sprint(iteration: int, start_on: str, expected: str, **others: Shape) -> Form:
    return {
        "backlog_id": ID,
        "completed_at": None,
        "created_at": TIME,
        "duration_days": 5,
        "explicit_velocity": Decimal(expected),
        "id": ID,
        "iteration": iteration,
        "number_team_members": None,
        "start_on": start_on,
        "updated_at": TIME,
        "completed?": False,
        "deletable?": True,
        "total_allocated_points": 0.0,
        "total_expected_points": Decimal(expected),
        "total_completed_points": 0.0,
        **others,
    }


def in_xml(form: Form) -> Form:
    """A sprint as XML shows it."""
    return without(form, "completed?", "deletable?")


def sprint_story(position: int, status: int = 1, **others: Shape) -> Form:
    return {
        "created_at": TIME,
        "id": ID,
        "position": position,
        "sprint_id": ID,
        "sprint_story_status_id": status,
        "story_id": ID,
        "updated_at": TIME,
        **others,
    }
