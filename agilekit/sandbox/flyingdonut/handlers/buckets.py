"""The buckets of the backlog, without their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flyingdonut import serializers
from agilekit.sandbox.messages import Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call


def fetch_backlog_buckets(call: Call) -> Response:
    return Response.json([serializers.bucket(it) for it in call.project.buckets.values()])


def fetch_backlog_bucket(call: Call) -> Response:
    return Response.json(serializers.bucket(call.bucket()))
