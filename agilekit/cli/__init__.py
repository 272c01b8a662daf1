"""The command line: ``agilekit``, or ``python -m agilekit``. Needs the extra ``cli``."""

from __future__ import annotations

from agilekit.cli import signals

__all__ = ["main"]


def main() -> None:
    """Runs the command line of this process, and ends the process with its exit code."""
    signals.install_handlers()  # before click is loaded, which takes a moment
    import sys
    from importlib.util import find_spec

    if missing := [name for name in ("click", "h11", "rich") if find_spec(name) is None]:
        sys.stderr.write(
            f"Error: the command line needs {', '.join(missing)}: pip install 'agilekit[cli]'\n"
        )
        sys.exit(2)
    from agilekit.cli.commands import commands
    from agilekit.cli.terminal import escape_the_unencodable

    escape_the_unencodable(sys.stdout)
    try:
        commands(prog_name="agilekit")
    except signals.Interrupted as interrupted:
        if not interrupted.is_reported:
            sys.stderr.write("Aborted!\n")
        raise
