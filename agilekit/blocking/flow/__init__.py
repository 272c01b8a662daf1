"""Flow: the blocking client and its resources, generated like all below."""

from agilekit.blocking.flow.client import Flow

__all__ = ["Flow"]
