"""The command, whose sub-commands each have a module, and the shortest of them."""

from __future__ import annotations

import click

from agilekit.cli.clients import connections_file
from agilekit.cli.connections.check import check
from agilekit.cli.connections.init import init
from agilekit.cli.terminal import one_line
from agilekit.connections import load
from agilekit.connections.file import located
from agilekit.connections.messages import shown

__all__ = ["connections"]


@click.group
def connections() -> None:
    """List or try the connections of a file, or write a first one."""


@connections.command("list", short_help="List connections; look no secret up.")
@connections_file
def list_them(file: str | None) -> None:
    """List the connections, their services and settings; no secret is looked up."""
    found = load(file)
    click.echo(one_line(f"In {located(file)}:"), err=True)
    for name, one in found.items():
        settings = ", ".join(f"{key}={_bare(value)}" for key, value in one.settings.items())
        click.echo(one_line(f"{name:<20} {one.service:<12} {settings}"))


def _bare(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


connections.add_command(check)
connections.add_command(init)
