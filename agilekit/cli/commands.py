"""The command ``agilekit`` and what all of its sub-commands share.

The module of a sub-command is loaded when the command is asked for: by itself when it runs, with
all others for the help.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from agilekit import AgilekitError, InvalidInput, __version__
from agilekit.cli.signals import deferred, interruptible, raise_received
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit.cli import error_messages
else:
    error_messages = FirstUse("agilekit.cli.error_messages")

__all__ = ["commands"]

_SUMMARIES: Final = {
    "connections": "List, try or write connections.",
    "create": "Create what a file has, exactly once.",
    "demo": "See in seconds what the library does.",
    "export": "Export every project; verify an export.",
    "journal": "Look into the journal of a bulk job.",
    "list": "List what there is, with its ids.",
    "report": "Make a page of charts of an export.",
    "sandbox": "Serve local fakes of the four services.",
    "show": "Show one card, task or story.",
}
"""Each is a module of `agilekit.cli`, and the command in it; shells show what it does."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Of a file that standard output goes to. Files of their own are the commands' own matter."""


class _LateCommands(MutableMapping[str, click.Command]):
    """The sub-commands by their names; each is loaded when it is first looked up."""

    def __init__(self) -> None:
        self._known: dict[str, click.Command | None] = dict.fromkeys(_SUMMARIES)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if known is not None:
            return known
        loaded: click.Command = getattr(import_module(f"agilekit.cli.{name}"), name)
        loaded.short_help = _SUMMARIES[name]
        self._known[name] = loaded
        return loaded

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


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
            command = (name and self.get_command(ctx, name)) or None
            raise kind(error_messages.message_of(error, command)) from error
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise click.ClickException(f"nothing more can be printed: {error.strerror}") from error
        return result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        with deferred():
            found = super().resolve_command(ctx, args)
        raise_received()
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names of commands, none of which is loaded, or the options of this one."""
        names = [
            CompletionItem(name, help=summary)
            for name, summary in _SUMMARIES.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    commands=_LateCommands(),
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Work with agile services from the shell.

    New here? `agilekit demo` shows in a few seconds what the library does. It needs no account and
    no network: it talks to a sandbox that it starts itself.

    Exit codes: 0 all went well, 1 something failed, 2 the command was wrong, 3 nothing tells
    whether something that was sent was made; 130, 143, 129 SIGINT, SIGTERM or SIGHUP ended it.
    """
