"""``agilekit export``: every project of every connection, into one place."""

from agilekit.cli.export.command import export

__all__ = ["export"]
