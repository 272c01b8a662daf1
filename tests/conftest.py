from __future__ import annotations

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

from tests.ids import LONGEST, LONGEST_PART, short
from tests.sizes import FULL

# What the tests say of a commit does not hang on chance; `nox -s chaos` searches with new values.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", max_examples=5000, print_blob=True)
settings.load_profile("search" if FULL else "repeatable")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def table_of_characters() -> None:
    """The first text that Hypothesis draws builds a table of all characters, which takes seconds on
    a fresh checkout: too long for the test that happens to be the first.
    """
    find(st.text(min_size=1), bool, settings=settings(database=None))


def pytest_make_parametrize_id(val: object) -> str | None:
    if isinstance(val, str | bytes | int) and len(repr(val)) > LONGEST_PART:
        return short(val)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if len(item.nodeid) > LONGEST:
            raise pytest.UsageError(f"an id of {len(item.nodeid)} characters: {item.nodeid[:400]}")
