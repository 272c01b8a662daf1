"""Backlogs and their snapshots, one function a call."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import (
    document,
    downloads,
    negotiation,
    partial,
    points,
    serializers,
)
from agilekit.sandbox.easybacklog.catalogue import SCORING_RULES
from agilekit.sandbox.easybacklog.statistics import statistics
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Hash, Items

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.easybacklog.state import Backlog, Story

_SETTINGS: Final = ("name", "velocity", "rate", "use_50_90", "scoring_rule_id")
# A company is among what is ignored: creating or updating a backlog always sets it to none.
_UNSEEN: Final = (
    "company_id",
    "account_id",
    "days_estimatable",
    "has_company",
    "valid_scores",
    "backlog_user_settings",
)
_ANY: Final = -(2**31)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_SCOPE: Final = re.compile(r"(sprint|theme)-(\d{1,11})")


def list_backlogs(call: Call) -> Response:
    account = call.account()
    archived = call.parameters.get("include_archived") in ("true", True)
    seen = [
        call.store.shown(it)
        for it in tuple(call.store.backlogs.values())
        if it.account_id == account.id
        and not (it.deleted or it.is_snapshot or (it.archived and not archived))
    ]
    seen.sort(key=lambda it: it.updated_at or _NEVER, reverse=True)
    values = [serializers.backlog(it, recorded=call.recorded) for it in seen]
    return call.listing("backlogs", "backlog", values)


def retrieve_backlog(call: Call) -> Response:
    backlog = call.store.shown(call.backlog_of_account())
    if call.format in ("json", "xml") and not call.with_associated_data:
        return call.record("backlog", serializers.backlog(backlog, recorded=call.recorded))
    return _whole(call, backlog)


def retrieve_statistics(call: Call) -> Response:
    account = call.find("account_id", call.store.accounts)
    if account.privilege == "none":
        raise Refusal(400, "No permission to see this backlog")
    backlog = call.backlog_of_account()
    if not points.of_backlog(call.store, backlog):
        return call.record("hash", Hash({"zero_points": True}))
    return call.record("statistics", Hash(statistics(call.store, backlog)))


def create_backlog(call: Call) -> Response:
    account = call.account()
    call.demand(account.id, "full", "create backlogs")
    settings = _settings(call, None)
    backlog = call.store.add_backlog(account, settings.name)
    _take(call, backlog, settings)
    return call.record("backlog", serializers.backlog(backlog, recorded=call.recorded), 201)


def update_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.demand(backlog.account_id, "full", "update this backlog")
    archived = call.parameters.get("archived")
    if backlog.archived:
        if archived in ("false", False):
            backlog.archived = False
        elif archived not in ("true", True):
            raise Refusal(403, "An archived backlog cannot be changed")
        return call.done()
    _take(call, backlog, _settings(call, backlog))
    backlog.company_id = None
    backlog.archived = archived in ("true", True)
    return call.done()


def duplicate_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.demand(backlog.account_id, "full", "create a new backlog in this account")
    settings = _settings(call, backlog)
    copy = call.store.add_copy(backlog, settings.name, ready=False)
    _take(call, copy, settings)
    value = serializers.backlog(copy, made=True, recorded=call.recorded)
    return call.record("backlog", value, 201, at=f"/accounts/{copy.account_id}/backlogs/{copy.id}")


def delete_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.demand(backlog.account_id, "full", "delete this backlog")
    backlog.deleted = True
    return call.done()


def list_snapshots(call: Call) -> Response:
    """The newest first: manual ones by their age, those of sprints by the iteration."""
    backlog, store = call.backlog_of_account(), call.store
    sprints = (store.sprints[one].snapshot_id for one in reversed(backlog.sprints))
    value = {
        "manual_snapshots": Items("manual_snapshot", _snapshots(call, reversed(backlog.snapshots))),
        "sprint_snapshots": Items(
            "sprint_snapshot", _snapshots(call, (one for one in sprints if one is not None))
        ),
    }
    return call.record("snapshots", value)


def retrieve_snapshot(call: Call) -> Response:
    snapshot = call.store.shown(call.snapshot())
    if call.format in ("json", "xml") and not call.with_associated_data:
        return call.record("snapshot", _snapshot(call, snapshot))
    return _whole(call, snapshot)


def create_snapshot(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.demand(backlog.account_id, "full", "create a snapshot for this backlog")
    name = call.parameters.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(422, "Validation failed: Name can't be blank")
    snapshot = call.store.add_snapshot(backlog, call.rewriting.stored(name), ready=False)
    return call.record("snapshot", _snapshot(call, snapshot, made=True), 201)


def delete_snapshot(call: Call) -> Response:
    snapshot = call.snapshot()
    if snapshot.parent_sprint_id is not None:
        raise Refusal(403, "A sprint snapshot cannot be deleted, only a manual one can")
    call.demand(snapshot.account_id, "full", "delete this snapshot")
    snapshot.deleted = True
    return call.done()


def _snapshots(call: Call, numbers: Iterable[int]) -> list[serializers.Form]:
    found = (call.store.backlogs[one] for one in numbers)
    return [_snapshot(call, call.store.shown(it)) for it in found if not it.deleted]


def _snapshot(call: Call, it: Backlog, *, made: bool = False) -> serializers.Form:
    return serializers.snapshot(call.store, it, made=made, recorded=call.recorded)


def _whole(call: Call, backlog: Backlog) -> Response:
    if backlog.scoring_rule_id is not None and backlog.scoring_rule_id not in SCORING_RULES:
        raise call.missing()
    match call.format:
        case "json":
            privilege = call.store.accounts[backlog.account_id].privilege
            value = partial.partial(
                call.store,
                backlog,
                editable=privilege == "full",
                status_editable=privilege in ("readstatus", "full"),
            )
            return call.record("backlog", value)
        case "xml":
            whole = document.document(call.store, backlog, call.renderer.illegal)
            return negotiation.ready_made(whole)
        case "xls":
            return downloads.xls(call.store, backlog)
        case "pdf":
            size = str(call.parameters.get("page_size") or "A4")
            return downloads.pdf(call.store, backlog, _printed(call, backlog), size)


def _printed(call: Call, backlog: Backlog) -> list[Story]:
    """The stories that ``print_scope`` leaves, which may be none."""
    store = call.store
    scope = _SCOPE.search(str(call.parameters.get("print_scope")))
    if scope and scope[1] == "sprint":
        sprints = [one for one in backlog.sprints if one == int(scope[2])]
        assigned = [one for sprint in sprints for one in store.sprints[sprint].stories]
        return [store.stories[store.sprint_stories[one].story_id] for one in assigned]
    themes = [one for one in backlog.themes if not scope or one == int(scope[2])]
    return [store.stories[one] for theme in themes for one in store.themes[theme].stories]


@frozen
class _Settings:
    name: str
    velocity: Decimal | None
    rate: int | None
    use_50_90: bool | None
    scoring_rule_id: int | None


def _settings(call: Call, now: Backlog | None) -> _Settings:
    given = call.written(*_SETTINGS, *(("archived",) if now else ()), ignored=_UNSEEN)
    velocity = given.decimal("velocity", now.velocity if now else None)
    rate = given.integer("rate", now.rate if now else None)
    # One that does not exist is stored, too.
    rule = given.integer("scoring_rule_id", now.scoring_rule_id if now else None, least=_ANY)
    if rate is not None and velocity is None:
        given.refuse("rate", "cannot be specified if velocity is empty")
    settings = _Settings(
        name=given.required("name", now.name if now else ""),
        velocity=velocity,
        rate=rate,
        use_50_90=given.flag("use_50_90", now.use_50_90 if now else None),
        scoring_rule_id=rule,
    )
    given.check()
    return settings


def _take(call: Call, backlog: Backlog, settings: _Settings) -> None:
    if settings.velocity is None:
        # Without a velocity, a sprint can no longer expect anything of its team.
        for one in backlog.sprints:
            sprint = call.store.sprints[one]
            sprint.explicit_velocity = points.expected(call.store, sprint)
            sprint.number_team_members = None
    backlog.name = settings.name
    backlog.velocity = settings.velocity
    backlog.rate = settings.rate
    backlog.use_50_90 = settings.use_50_90
    backlog.scoring_rule_id = settings.scoring_rule_id
    call.touched(backlog)
