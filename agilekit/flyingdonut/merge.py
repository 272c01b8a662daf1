"""Two answers about one entity become one: the newer, with what only the older one holds."""

from __future__ import annotations

from typing import TypeVar

from agilekit.flyingdonut.decoders import DECODER
from agilekit.flyingdonut.models import Bucket, Card, Sprint, Task
from agilekit.wire.merge import merge_raw

__all__ = ["merge"]

E = TypeVar("E", Bucket, Card, Sprint, Task)


def merge(entity: E, other: E, kind: type[E]) -> E:
    """One of two answers about an entity, and what only the other one holds.

    entity: is taken for the newer one, unless the versions say otherwise.
    """
    if _version(other) > _version(entity):
        entity, other = other, entity
    if other.raw.keys() <= entity.raw.keys():
        return entity
    return DECODER.one(kind)(merge_raw(entity.raw, other.raw))


def _version(entity: Bucket | Card | Sprint | Task) -> int:
    return -1 if isinstance(entity, Bucket) or entity.version is None else entity.version
