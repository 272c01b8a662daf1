"""What was changed: an item's whole history, and the last day of a project's tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed
from agilekit.sandbox.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.flow.state import Change
    from agilekit.sandbox.messages import Response


def recent_activity(call: Call) -> Response:
    changes = call.board.recent_activity(call.project())
    if not changes:
        raise Refusal(404, "There are no changes within the last 24 hours")
    return call.answer("recent_activity", _keyed(changes))


def item_history(call: Call) -> Response:
    return call.answer("item_history", _keyed(call.board.history(*call.item())))


def _keyed(changes: Iterable[Change]) -> Keyed:
    return Keyed("change", {one.id: serializers.change(one) for one in changes})
