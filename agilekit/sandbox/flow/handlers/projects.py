"""GET /projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.messages import Response


def list_projects(call: Call) -> Response:
    by_order = sorted(call.board.projects.values(), key=lambda one: -one.order)
    projects = {one.id: serializers.project(one) for one in by_order}
    return call.answer("projects", Keyed("project", projects))
