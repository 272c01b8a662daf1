"""The command ``agilekit`` and what all of its sub-commands share."""

from __future__ import annotations

import click

from agilekit import AgilekitError, InvalidInput, __version__
from agilekit.cli.connections import connections
from agilekit.cli.create import create
from agilekit.cli.demo import demo
from agilekit.cli.error_messages import message_of
from agilekit.cli.export import export
from agilekit.cli.journal import journal
from agilekit.cli.report import report
from agilekit.cli.sandbox import sandbox
from agilekit.cli.signals import interruptible

__all__ = ["commands"]


class _UsageError(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Prints an error of the library in the words of the command line: exit code 2 for a wrong
    argument, 1 for any other.
    """

    def invoke(self, ctx: click.Context) -> object:
        try:
            with interruptible():
                result: object = super().invoke(ctx)
        except AgilekitError as error:
            kind = _UsageError if isinstance(error, InvalidInput) else click.ClickException
            name = ctx.invoked_subcommand
            raise kind(message_of(error, (name and self.get_command(ctx, name)) or None)) from error
        return result


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    commands=[connections, create, demo, export, journal, report, sandbox],
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Work with agile services from the shell.

    New here? `agilekit demo` shows in a few seconds what the library does. It needs no account and
    no network: it talks to a sandbox that it starts itself.

    Exit codes: 0 all went well, 1 something failed, 2 the command was wrong, 3 nothing tells
    whether something that was sent was made; 130, 143, 129 SIGINT, SIGTERM or SIGHUP ended it.
    """
