"""How the tests run: on which event loops, which of them by default, and what their ids are."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from inspect import signature
from itertools import groupby
from zlib import crc32

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

from tests.event_loops import NOTHING_WAITS, WAITING
from tests.ids import LONGEST, LONGEST_PART, short
from tests.postgres_server import PostgresServer, postgres_server
from tests.sizes import FULL, spread

# What the tests say of a commit does not depend on chance; `nox -s chaos` searches with new values.
settings.register_profile("quick", derandomize=True, max_examples=30)
settings.register_profile("slow", derandomize=True)
settings.register_profile("search", max_examples=5000, print_blob=True)
settings.load_profile("search" if FULL else "quick")


@pytest.fixture(scope="session", autouse=True)
def table_of_characters() -> None:
    """The first text that Hypothesis draws builds a table of all characters, which takes seconds on
    a fresh checkout: too long for the test that happens to be the first.
    """
    find(st.text(min_size=1), bool, settings=settings(database=None))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """One server for all tests of a process."""
    with postgres_server() as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end of a run: the garbage collector never looks at it, which
    it would do at length in each of its rounds.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test on both event loops if something waits in it: by its folder, or by its naming
    `anyio_backend` itself, as what runs in virtual time does.

    Outside of the code that waits, one of the two is slow: of every other test asyncio, else trio.
    What simulates at length does so on one of them, in the full form on both.
    """
    chosen = any(
        "anyio_backend" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    if chosen or "anyio_backend" not in metafunc.fixturenames:
        return
    path = metafunc.definition.path.relative_to(metafunc.config.rootpath / "tests").as_posix()
    name = metafunc.definition.originalname
    named = "anyio_backend" in signature(metafunc.function).parameters
    if not named and path.startswith(NOTHING_WAITS):
        return
    simulates = any(map(metafunc.definition.get_closest_marker, ("slow", "quick")))
    first, second = ("asyncio", "trio") if crc32(name.encode()) % 2 else ("trio", "asyncio")
    if simulates and not FULL:
        loops: list[object] = [first]
    elif path.startswith(WAITING):
        loops = [first, second]
    else:
        loops = [first, pytest.param(second, marks=pytest.mark.slow)]
    metafunc.parametrize("anyio_backend", loops)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by the marks that are set here
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for _, group in groupby(items, key=lambda item: item.nodeid.split("[")[0]):
        cases = [case for case in group if not case.get_closest_marker("slow")]
        for mark in cases[0].iter_markers("quick") if cases else ():
            quick = spread(int(mark.args[0]), len(cases))
            for number, case in enumerate(cases):
                if number not in quick:
                    case.add_marker("slow")
    for item in items:
        if len(item.nodeid) > LONGEST:
            raise pytest.UsageError(f"an id of {len(item.nodeid)} characters: {item.nodeid[:400]}")


def pytest_make_parametrize_id(val: object) -> str | None:
    if isinstance(val, str | bytes | int) and len(repr(val)) > LONGEST_PART:
        return short(val)
    return None


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for a process or a clock."""
    return (os.cpu_count() or 1) + 1
