"""Drafts as a job sends them, and what is learned of their server, without a job."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from attrs import evolve

from agilekit.bulk import Draft
from agilekit.bulk.identity.marks import JobMark
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.store import Entry
from tests.bulk.shelf import Note, Shelf

__all__ = ["entries", "marked", "matcher", "notes_of"]


def entries(*drafts: Draft | str) -> list[Entry]:
    """Drafts by their places; a text is a draft that says nothing else."""
    encode = Shelf().kind().encode
    given = [{"text": draft} if isinstance(draft, str) else draft for draft in drafts]
    return [Entry(place, draft, encode(draft)) for place, draft in enumerate(given)]


def matcher(*learned: tuple[str, str]) -> ItemMatcher[Note]:
    """What is known after some texts were shown as others."""
    known = ItemMatcher(Shelf().kind().spec)
    for number, (text, shown) in enumerate(learned):
        (draft,) = entries(text)
        known.learn(draft.body, Note(number, shown))
    return known


def marked(field: str = "text") -> ItemMatcher[Note]:
    """Of drafts that bear the marks of the job k3f9x2ab."""
    spec = Shelf().kind().spec

    def fields(note: Note) -> Mapping[str, Hashable]:
        return {"text": note.text, "size": note.size}

    known = ItemMatcher(evolve(spec, item_fields=fields))
    known.mark = JobMark(field, "k3f9x2ab")
    return known


def notes_of(texts: Sequence[str], *, first: int = 11) -> list[Note]:
    return [Note(first + place, text) for place, text in enumerate(texts)]
