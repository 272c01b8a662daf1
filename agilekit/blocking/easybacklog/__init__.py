"""EasyBacklog: the blocking client and its resources, generated like all below."""

from agilekit.blocking.easybacklog.client import EasyBacklog

__all__ = ["EasyBacklog"]
