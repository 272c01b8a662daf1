"""``agilekit connections``: what the file of connections names, whether it works, and a new one."""

from agilekit.cli.connections.command import connections

__all__ = ["connections"]
