"""The carriers that the tests over connections run on."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import pytest

from agilekit.session.http_library import HttpLibrary, http_named

_NEEDS: Final = {"httpx": ("httpx",), "httpx2": ("httpx2",), "fast": ("httptools", "msgspec")}


@pytest.fixture(params=[name for name, modules in _NEEDS.items() if all(map(find_spec, modules))])
def http(request: pytest.FixtureRequest) -> HttpLibrary:
    """Each carrier that is installed."""
    return http_named(request.param)
