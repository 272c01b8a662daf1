"""GET /project_id/cols."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.messages import Response


def list_columns(call: Call) -> Response:
    board, project = call.board, call.project()
    counts = Counter(task.col_id for task in board.tasks_of(project))
    columns = {one.id: serializers.column(one, counts[one.id]) for one in board.columns_of(project)}
    return call.answer("cols", Keyed("col", columns))
