"""What is installed is whole, light to import, and says what is missing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, entry_points
from importlib.resources import files
from itertools import chain
from pathlib import Path

import agilekit

HOME = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _python(source: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", source]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_version_is_that_of_the_distribution() -> None:
    assert distribution("agilekit").version == agilekit.__version__


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert files("agilekit").joinpath("py.typed").is_file()


def test_the_pytest_fixture_and_the_command_are_registered() -> None:
    (plugin,) = entry_points(group="pytest11", name="agilekit")
    (command,) = entry_points(group="console_scripts", name="agilekit")
    assert plugin.value == "agilekit.sandbox.fixtures"
    assert callable(command.load())


def test_the_client_and_the_sandbox_in_process_need_no_extra() -> None:
    ran = _python(
        """
import sys
sys.modules.update(dict.fromkeys(["click", "httptools", "httpx2", "msgspec", "rich", "trio"]))
import agilekit, agilekit.export, agilekit.sandbox.fixtures
agilekit.sandbox.Sandbox().transport()
"""
    )
    assert ran.returncode == 0, ran.stderr


def test_without_its_extra_the_command_says_what_to_install() -> None:
    ran = _python(
        """
import importlib.util as util
find = util.find_spec
util.find_spec = lambda name, *rest: None if name == "click" else find(name, *rest)
from agilekit.cli import main
main()
"""
    )
    assert ran.returncode == 2
    assert ran.stderr == "Error: the command line needs click: pip install 'agilekit[cli]'\n"


def test_every_extra_that_is_named_anywhere_is_there() -> None:
    modules, pages = (HOME / "agilekit").rglob("*.py"), (HOME / "docs").rglob("*.md")
    named = set[str]()
    for file in chain(HOME.glob("*.md"), modules, pages):
        for extras in re.findall(r"(?:agilekit|'\.)\[([a-z0-9,]+)\]", file.read_text("utf-8")):
            named |= {*extras.split(",")}
    assert {"cli", "trio"} <= named <= PROJECT["optional-dependencies"].keys()


def test_the_parser_of_answers_has_its_bound_without_any_extra_too() -> None:
    bounds = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    assert "h11>=0.16" in PROJECT["dependencies"]
    assert {one for one in bounds if one.startswith("h11")} == {"h11>=0.16"}
