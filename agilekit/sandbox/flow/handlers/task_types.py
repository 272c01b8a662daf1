"""GET /project_id/task_types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.messages import Response


def list_task_types(call: Call) -> Response:
    task_types = [call.board.task_types[number] for number in call.project().task_types]
    task_types.sort(key=lambda one: -one.order)
    forms = {one.id: serializers.task_type(one) for one in task_types}
    return call.answer("task_types", Keyed("task_type", forms))
