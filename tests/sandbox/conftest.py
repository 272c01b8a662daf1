from __future__ import annotations

import pytest

from agilekit.sandbox import Sandbox
from tests.sandbox.flyingdonut.caller import Caller


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox("empty")


@pytest.fixture
def caller(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)
