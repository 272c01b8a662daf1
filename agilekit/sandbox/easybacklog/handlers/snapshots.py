"""Snapshots of a backlog: those that users create, and those that the server makes of sprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.whole_backlog import whole_backlog
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.easybacklog.state import Backlog


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
    return call.respond("snapshots", value)


def retrieve_snapshot(call: Call) -> Response:
    snapshot = call.store.shown(call.snapshot())
    if call.format in ("json", "xml") and not call.with_associated_data:
        return call.respond("snapshot", _snapshot(call, snapshot))
    return whole_backlog(call, snapshot)


def create_snapshot(call: Call) -> Response:
    backlog = call.backlog_of_account()
    call.require_privilege(backlog.account_id, "full", "create a snapshot for this backlog")
    name = call.parameters.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(422, "Validation failed: Name can't be blank")
    snapshot = call.store.add_snapshot(backlog, call.rewriting.stored(name), ready=False)
    return call.respond("snapshot", _snapshot(call, snapshot, created=True), 201)


def delete_snapshot(call: Call) -> Response:
    snapshot = call.snapshot()
    if snapshot.parent_sprint_id is not None:
        raise Refusal(403, "A sprint snapshot cannot be deleted, only a manual one can")
    call.require_privilege(snapshot.account_id, "full", "delete this snapshot")
    snapshot.deleted = True
    return call.respond_empty()


def _snapshots(call: Call, numbers: Iterable[int]) -> list[serializers.Form]:
    found = (call.store.backlogs[one] for one in numbers)
    return [_snapshot(call, call.store.shown(it)) for it in found if not it.deleted]


def _snapshot(call: Call, it: Backlog, *, created: bool = False) -> serializers.Form:
    return serializers.snapshot(call.store, it, created=created, recorded=call.recorded)
