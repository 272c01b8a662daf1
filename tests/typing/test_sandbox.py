"""What type checkers infer for the sandbox and its fixture."""

from __future__ import annotations

from typing import assert_type

import pytest

from agilekit.sandbox import Faults, Sandbox

pytestmark = pytest.mark.anyio


async def test_the_fixture_is_a_sandbox_that_counts_what_it_handled(
    agilekit_sandbox: Sandbox,
) -> None:
    agilekit_sandbox.faults = Faults(latency=0.001, methods=frozenset({"GET"}))
    assert_type(agilekit_sandbox.faults, Faults)
    assert_type(agilekit_sandbox.count("GET"), int)
    assert_type([handled.status for handled in agilekit_sandbox.requests], list[int | None])
    assert_type(agilekit_sandbox.flyingdonut.project_id, str)
    async with agilekit_sandbox.serve() as server:
        assert_type(server.url, str)
