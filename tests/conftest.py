from __future__ import annotations

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def table_of_characters() -> None:
    """The first text that Hypothesis draws builds a table of all characters, which takes seconds on
    a fresh checkout: too long for the test that happens to be the first.
    """
    find(st.text(min_size=1), bool, settings=settings(database=None))
