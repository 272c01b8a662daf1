"""FlyingDonut: the blocking client and its resources, generated like all below."""

from agilekit.blocking.flyingdonut.client import FlyingDonut

__all__ = ["FlyingDonut"]
