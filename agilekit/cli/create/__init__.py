"""``agilekit create``: a file of drafts becomes things in a service, each exactly once."""

from agilekit.cli.create.command import create

__all__ = ["create"]
