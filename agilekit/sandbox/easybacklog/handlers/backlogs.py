"""Backlogs of an account, their copies and their statistics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import points, serializers
from agilekit.sandbox.easybacklog.statistics import statistics
from agilekit.sandbox.easybacklog.whole_backlog import whole_backlog
from agilekit.sandbox.messages import Refusal
from agilekit.sandbox.renderer import Hash

if TYPE_CHECKING:
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.easybacklog.state import Backlog
    from agilekit.sandbox.messages import Response

_SETTINGS: Final = ("name", "velocity", "rate", "use_50_90", "scoring_rule_id")
# A company is among what is ignored: creating or updating a backlog always sets it to none.
_IGNORED: Final = (
    "company_id",
    "account_id",
    "days_estimatable",
    "has_company",
    "valid_scores",
    "backlog_user_settings",
)
_ANY: Final = -(2**31)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def list_backlogs(call: Call) -> Response:
    account = call.account()
    archived = call.parameters.get("include_archived") in ("true", True)
    visible = [
        call.store.shown(it)
        for it in tuple(call.store.backlogs.values())
        if it.account_id == account.id
        and not (it.deleted or it.is_snapshot or (it.archived and not archived))
    ]
    visible.sort(key=lambda it: it.updated_at or _NEVER, reverse=True)
    return call.respond_list("backlogs", "backlog", [_serialized(call, it) for it in visible])


def retrieve_backlog(call: Call) -> Response:
    backlog = call.store.shown(call.backlog_of_account())
    if call.format in ("json", "xml") and not call.with_associated_data:
        return call.respond("backlog", _serialized(call, backlog))
    return whole_backlog(call, backlog)


def retrieve_statistics(call: Call) -> Response:
    account = call.find("account_id", call.store.accounts)
    if account.privilege == "none":
        raise Refusal(400, "No permission to see this backlog")
    backlog = call.backlog_of_account()
    if not points.of_backlog(call.store, backlog):
        return call.respond("hash", Hash({"zero_points": True}))
    return call.respond("statistics", Hash(statistics(call.store, backlog)))


def create_backlog(call: Call) -> Response:
    account = call.account()
    call.require_privilege(account.id, "full", "create backlogs")
    settings = _settings(call, None)
    backlog = call.store.add_backlog(account, settings.name)
    _apply(call, backlog, settings)
    return call.respond("backlog", _serialized(call, backlog), 201)


def update_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.require_privilege(backlog.account_id, "full", "update this backlog")
    archived = call.parameters.get("archived")
    if backlog.archived:
        if archived in ("false", False):
            backlog.archived = False
        elif archived not in ("true", True):
            raise Refusal(403, "An archived backlog cannot be changed")
        return call.respond_empty()
    _apply(call, backlog, _settings(call, backlog))
    backlog.company_id = None
    backlog.archived = archived in ("true", True)
    return call.respond_empty()


def duplicate_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.require_privilege(backlog.account_id, "full", "create a new backlog in this account")
    settings = _settings(call, backlog)
    copy = call.store.add_copy(backlog, settings.name, ready=False)
    _apply(call, copy, settings)
    value = serializers.backlog(copy, created=True, recorded=call.recorded)
    return call.respond(
        "backlog", value, 201, location=f"/accounts/{copy.account_id}/backlogs/{copy.id}"
    )


def delete_backlog(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.require_privilege(backlog.account_id, "full", "delete this backlog")
    backlog.deleted = True
    return call.respond_empty()


def _serialized(call: Call, backlog: Backlog) -> serializers.Form:
    return serializers.backlog(backlog, recorded=call.recorded)


@frozen
class _Settings:
    name: str
    velocity: Decimal | None
    rate: int | None
    use_50_90: bool | None
    scoring_rule_id: int | None


def _settings(call: Call, current: Backlog | None) -> _Settings:
    params = call.permit(*_SETTINGS, *(("archived",) if current else ()), ignored=_IGNORED)
    velocity = params.decimal("velocity", current.velocity if current else None)
    rate = params.integer("rate", current.rate if current else None)
    # One that does not exist is stored, too.
    rule = params.integer(
        "scoring_rule_id", current.scoring_rule_id if current else None, least=_ANY
    )
    if rate is not None and velocity is None:
        params.refuse("rate", "cannot be specified if velocity is empty")
    settings = _Settings(
        name=params.required("name", current.name if current else ""),
        velocity=velocity,
        rate=rate,
        use_50_90=params.flag("use_50_90", current.use_50_90 if current else None),
        scoring_rule_id=rule,
    )
    params.check()
    return settings


def _apply(call: Call, backlog: Backlog, settings: _Settings) -> None:
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
    call.touch(backlog)
