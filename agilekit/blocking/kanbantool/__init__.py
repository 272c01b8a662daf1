"""KanbanTool: the blocking client and its resources, generated like all below."""

from agilekit.blocking.kanbantool.client import KanbanTool

__all__ = ["KanbanTool"]
