"""Reads projects as exports do: a malformed value costs its column, and is named in the gaps."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.reader import OnRead, PreviousExport, ProjectReader, ignore_read
from agilekit.wire.lenient import leniently

__all__ = ["find_projects", "read_project"]


async def find_projects(reader: ProjectReader) -> list[tuple[ProjectRef, list[str]]]:
    """Every project that a client leads to, with what was odd in the answer that lists it."""
    with leniently() as odd:
        found = await reader.projects()
    ids = [ref.project_id for ref in found]
    return [(ref, odd.gaps_of(ref.project_id, ids)) for ref in found]


async def read_project(
    reader: ProjectReader,
    ref: ProjectRef,
    gaps: Sequence[str],
    on_read: OnRead = ignore_read,
    previous: PreviousExport | None = None,
) -> ProjectData:
    """A project, read whole.

    gaps: those that `find_projects` gave.
    """
    with leniently() as odd:
        data = await reader.read(ref, on_read, previous)
    return evolve(data, gaps=tuple(dict.fromkeys((*gaps, *data.gaps, *odd.gaps()))))
