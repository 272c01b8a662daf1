"""Fetch Project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flyingdonut import serializers
from agilekit.sandbox.messages import Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call


def fetch_project(call: Call) -> Response:
    return Response.json(serializers.project(call.project))
