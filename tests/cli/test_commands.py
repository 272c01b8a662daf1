"""What all commands share: help, version, errors, and the message where the extra is missing."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import agilekit
from agilekit.cli import main
from agilekit.cli.commands import commands
from agilekit.cli.event_loop import run
from tests.cli import shell


def test_the_version_is_that_of_the_package() -> None:
    result = shell.agilekit("--version")
    assert (result.returncode, result.stdout) == (0, f"agilekit {agilekit.__version__}\n")


_LOADED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from agilekit.cli import main
main()
"""


def _loaded_by(*arguments: str) -> set[str]:
    """The modules that a process of the command line has loaded at its end."""
    command = [sys.executable, "-c", _LOADED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stderr.split())


def test_the_version_loads_no_command_and_nothing_that_commands_need() -> None:
    loaded = _loaded_by("--version")
    assert "agilekit.cli.commands" in loaded
    assert loaded & {f"agilekit.cli.{name}" for name in commands.commands} == set()
    needed = ("services", "connections", "session", "wire", "bulk", "export", "report", "sandbox")
    assert loaded & {f"agilekit.{name}" for name in needed} == set()
    assert loaded & {"anyio", "asyncio", "cattrs", "h11", "httpx", "rich", "tenacity"} == set()


def test_a_command_loads_no_other() -> None:
    loaded = _loaded_by("journal", "--help")
    others = {f"agilekit.cli.{name}" for name in commands.commands}
    assert loaded & others == {"agilekit.cli.journal"}


_SIGNALLED = """
import signal
from agilekit.cli import commands, main
load = commands.import_module
def load_signalled(name):
    signal.raise_signal(signal.SIGTERM)
    module = load(name)
    print("loaded")
    return module
commands.import_module = load_signalled
main()
"""


def test_a_signal_while_a_command_is_loaded_ends_it_when_it_is_loaded() -> None:
    command = [sys.executable, "-c", _SIGNALLED, "journal", "show", "not there"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, "loaded\n", "Aborted!\n")


def test_main_runs_the_command_line_of_this_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["agilekit", "--help"])
    monkeypatch.setattr(
        "agilekit.cli.signals.install_handlers", lambda: None
    )  # of the test's process
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert "Usage: agilekit [OPTIONS] COMMAND" in capsys.readouterr().out
    assert sys.stdout.errors == "agilekit.escape"  # so that no name in another script ends it


@pytest.mark.parametrize("name", [None, *commands.commands])
def test_help_fits_a_terminal_and_explains_every_option(name: str | None) -> None:
    arguments = ["--help"] if name is None else [name, "--help"]
    result = CliRunner().invoke(commands, arguments, terminal_width=80, prog_name="agilekit")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80
    command: click.Command = commands if name is None else commands.commands[name]
    for option in command.params:
        if isinstance(option, click.Argument):
            assert str(option.name).upper() in result.output
            continue
        assert isinstance(option, click.Option)
        assert option.help, option.name
        assert all(one in result.output for one in option.opts)


def test_no_command_takes_a_secret_as_an_argument() -> None:
    for command in commands.commands.values():
        for parameter in command.params:
            assert "--secret" not in parameter.opts


@pytest.mark.parametrize("missing", ["click", "rich", "h11"])
def test_without_the_extra_it_says_what_to_install(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from agilekit.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 2
    assert missing in result.stderr
    assert "pip install 'agilekit[cli]'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("error", "code"), [(agilekit.InvalidInput, 2), (agilekit.CallError, 1)])
def test_an_error_of_the_library_is_one_line(
    error: type[agilekit.AgilekitError], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command
    def fail() -> None:
        raise error("it went\nwrong")

    monkeypatch.setitem(commands.commands, "fail", fail)
    result = CliRunner().invoke(commands, ["fail"])
    assert (result.exit_code, result.stderr) == (code, "Error: it went wrong\n")


async def _interrupted() -> None:
    raise BaseExceptionGroup("from a task group", [KeyboardInterrupt()])


async def _failing() -> None:
    raise ExceptionGroup("from a task group", [OSError("broken")])


def test_an_interrupt_leaves_the_event_loop_as_itself() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(_interrupted)


def test_any_other_group_of_errors_stays_one() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        run(_failing)
    assert caught.group_contains(OSError)
