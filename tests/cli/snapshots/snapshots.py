"""Runs every command for its help and with every mistake, at each width of a terminal."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Final
from unittest.mock import patch

import click

from agilekit.cli.commands import commands
from tests.cli.snapshots.mistakes import WITHOUT_A_FILE, mistakes_of, write_files

__all__ = ["FOLDER", "MADE_WITH", "WIDTHS", "all_commands", "made_with", "taken"]

FOLDER: Final = Path(__file__).parent
WIDTHS: Final = (60, 80, 120)
MADE_WITH: Final = FOLDER / "made_with.txt"
"""The library whose words many of the errors are; the next version may have others."""
_HOME: Final = "/home/jane"


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it, the first of which is ``agilekit``."""
    yield from _walk(("agilekit",), commands)


def _walk(
    path: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _walk((*path, name), below)


def made_with() -> str:
    """What `MADE_WITH` would hold if the snapshots were made now."""
    return f"click {'.'.join(version('click').split('.')[:2])}\n"


def taken() -> dict[str, str]:
    """The texts of all snapshots, by the paths of their files."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        for name in ("work", "empty"):
            (home / name).mkdir()
        write_files(home / "work")
        return dict(_all(home))


def _all(home: Path) -> Iterator[tuple[str, str]]:
    for width in WIDTHS:
        for path, command in all_commands():
            name = f"{width}/{'-'.join(path)}"
            with chdir(home / "work"):
                yield f"{name}.help.txt", _shown(width, home, [*path, "--help"])
                errors = [_shown(width, home, [*path, *one]) for one in mistakes_of(path, command)]
            with chdir(home / "empty"):
                errors += [
                    _shown(width, home, [*path, *one])
                    for one in WITHOUT_A_FILE.get(" ".join(path), [])
                ]
            yield f"{name}.errors.txt", "\n".join(errors)


def _shown(width: int, home: Path, line: Sequence[str]) -> str:
    """What a terminal of this width shows of a command."""
    # Not by click's runner, to which every terminal is 80 wide.
    shown = StringIO()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AGILEKIT_", "XDG_"))}
    variables = inherited | {"HOME": str(home), "COLUMNS": str(width)}
    with (
        patch.dict(os.environ, variables, clear=True),
        patch("sys.stdin", StringIO()),
        redirect_stdout(shown),
        redirect_stderr(shown),
    ):
        code = _exit_code(line[1:])
    prompt = f"~/{Path.cwd().name} $ {shlex.join(line)}"
    end = f"(exit code {code})\n" if code else ""
    return f"{prompt}\n{shown.getvalue()}{end}".replace(str(home), _HOME)


def _exit_code(arguments: Sequence[str]) -> object:
    try:
        commands(arguments, prog_name="agilekit")
    except SystemExit as end:
        return end.code
    raise AssertionError("a command ends its process")
