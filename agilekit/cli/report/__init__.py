"""``agilekit report``: a page of charts, or a few lines of text."""

from agilekit.cli.report.command import report

__all__ = ["report"]
