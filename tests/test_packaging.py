"""What is installed is whole, light to import, and says what is missing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution, entry_points
from importlib.resources import files

import agilekit


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
sys.modules.update(dict.fromkeys(["click", "httpx2", "rich", "trio"]))
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
