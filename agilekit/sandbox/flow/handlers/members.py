"""GET /members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.messages import Response


def list_members(call: Call) -> Response:
    board = call.board
    by_joined = sorted(board.members.values(), key=lambda one: one.joined)
    members = {one.id: serializers.member(one, board.board_name) for one in by_joined}
    return call.answer("members", Keyed("member", members))
