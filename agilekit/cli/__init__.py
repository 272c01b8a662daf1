"""The command line: ``agilekit``, or ``python -m agilekit``. Needs the extra ``cli``."""

from __future__ import annotations

import sys
from importlib.util import find_spec

__all__ = ["main"]


def main() -> None:
    """Runs the command line of this process, and ends the process with its exit code."""
    if missing := [name for name in ("click", "h11", "rich") if find_spec(name) is None]:
        sys.stderr.write(
            f"Error: the command line needs {', '.join(missing)}: pip install 'agilekit[cli]'\n"
        )
        sys.exit(2)
    from agilekit.cli.commands import commands

    commands(prog_name="agilekit")
