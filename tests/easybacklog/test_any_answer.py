"""Whatever a server answers, a read gives a model or says that the answer is not as documented."""

from __future__ import annotations

from contextlib import suppress
from typing import Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agilekit.easybacklog import routes
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.payloads import easybacklog as samples
from tests.sizes import examples

NAMES: Final = sorted(
    {*samples.BACKLOG, *samples.BACKLOG_TREE, *samples.SNAPSHOTS, *samples.STATISTICS}
    | {*samples.SPRINT, *samples.STORY, "backlog", "criteria", "stories", "acceptance_criteria"}
)
LEAVES: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["2011-01-03 15:03:00 UTC", "1  2", "a b c", "3.0", "true", "2011-01-17"])
)
ANSWERS: Final = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=20,
)


READS: Final = [
    cast("Route[object]", op)
    for op in vars(routes).values()
    if isinstance(op, Route) and op.method == "GET"
]


@given(st.sampled_from(READS), ANSWERS)
@settings(max_examples=examples(5), suppress_health_check=[HealthCheck.too_slow])
def test_any_data_becomes_a_model_or_is_malformed(op: Route[object], data: JSON) -> None:
    with suppress(Malformed):
        op.decode(data)


def test_a_backlog_that_is_nested_without_end_is_malformed() -> None:
    deep: JSON = {}
    for _ in range(5000):
        deep = {"backlog": deep}
    with pytest.raises(Malformed):
        routes.RETRIEVE_BACKLOG.decode(deep)
