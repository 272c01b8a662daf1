"""``agilekit demo``: what the library is for, against a sandbox that fails. An act is a file."""

from agilekit.cli.demo.command import demo

__all__ = ["demo"]
