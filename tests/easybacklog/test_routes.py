"""What of a call is written in its route. tests/contract holds the routes to the document."""

from __future__ import annotations

from typing import Final, cast

from agilekit.easybacklog import EasyBacklog, routes
from agilekit.wire.route import Route
from tests.calls import Call
from tests.each import each
from tests.easybacklog.calls import CALLS

OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]

by_op = each("op", OPS, ids=lambda op: op.heading)


@by_op
def test_only_what_sets_or_deletes_may_be_sent_twice(op: Route[object]) -> None:
    assert op.safe_write is (op.method in ("PUT", "DELETE"))


@each("call", CALLS, ids=lambda call: call.heading)
def test_the_calls_have_samples_in_both_formats(call: Call[EasyBacklog]) -> None:
    assert (call.json is None) is (call.xml is None) is (call.result is None)
