"""The pytest plugin of agilekit: one fixture, and nothing else happens when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from agilekit.sandbox import Sandbox


@pytest.fixture
def agilekit_sandbox() -> Sandbox:
    """A fresh :class:`agilekit.sandbox.Sandbox` with the demo seed and no faults."""
    from agilekit.sandbox import Sandbox  # the plugin is loaded in every run of pytest

    return Sandbox()
