"""Targets of other packages are found by the scheme of a URL, and replace nothing."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.export import Target, export, verify
from agilekit.export.target import entry_points
from agilekit.export.target.open_target import open_target
from agilekit.export.target.sqlite import SQLite
from agilekit.sandbox import Sandbox
from tests.export.clients import client


def shelf(url: str) -> Target:
    """A target of another package."""
    return SQLite(Path(url.removeprefix("shelf://")))


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def install(*values: str, scheme: str = "shelf") -> None:
        installed = EntryPoints(EntryPoint(scheme, value, "agilekit.targets") for value in values)
        monkeypatch.setattr(entry_points, "entry_points", installed.select)

    return install


HERE = f"{__name__}:shelf"


@pytest.mark.anyio
async def test_an_export_goes_to_the_target_of_a_package(
    install: Callable[..., None], sandbox: Sandbox, tmp_path: Path
) -> None:
    install(HERE)
    to = f"shelf://{tmp_path}/x"
    report = await export([client(sandbox)], to=to)
    assert not report.failed
    assert verify(to).projects == 1
    assert SQLite(tmp_path / "x").entries()


def test_what_is_installed_twice_is_one(install: Callable[..., None], tmp_path: Path) -> None:
    install(HERE, HERE)
    assert open_target(f"shelf://{tmp_path}/x").path == f"{tmp_path}/x"


def test_packages_with_different_targets_for_a_scheme_are_named(
    install: Callable[..., None],
) -> None:
    install(HERE, "other.package:shelf")
    with pytest.raises(InvalidInput, match=r"shelf://: \S+:shelf, other\.package:shelf"):
        open_target("shelf://x")


def test_a_package_that_cannot_be_loaded_is_named(install: Callable[..., None]) -> None:
    install("tests.export.nothing:shelf")
    with pytest.raises(InvalidInput, match=r"tests\.export\.nothing:shelf, cannot be loaded"):
        open_target("shelf://secret@x")


def test_a_format_is_for_files_and_folders(install: Callable[..., None]) -> None:
    install(HERE)
    with pytest.raises(InvalidInput, match="format is for files and folders"):
        open_target("shelf://x", "parquet")


@pytest.mark.parametrize("url", ["file:///x", "memory://x", "postgresql://x", "dir::shelf://x"])
def test_what_is_reached_without_a_package_is_not_replaced(
    url: str, install: Callable[..., None]
) -> None:
    install("tests.export.nothing:shelf", scheme=url.partition(":")[0])
    assert entry_points.target_of_a_package(url) is None


def broken_shelf(url: str) -> Target:
    raise KeyError(url)


def test_a_target_of_a_package_that_cannot_be_made_is_named(install: Callable[..., None]) -> None:
    install(f"{__name__}:broken_shelf")
    with pytest.raises(InvalidInput, match="broken_shelf, does not take this URL: KeyError"):
        open_target("shelf://x")
