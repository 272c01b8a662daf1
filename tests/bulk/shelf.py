"""A container of notes without a server; a script says what becomes of each request to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from typing import Final, Required, TypeAlias, TypedDict, cast

import anyio
import anyio.lowlevel
from attrs import evolve, frozen

from agilekit.bulk import CreateSpec, Creation, Draft, Ids, Send
from agilekit.errors import CallError, InvalidInput, UnknownOutcome
from agilekit.session.call import OnSend
from agilekit.session.session import Session
from agilekit.wire.json import JSON
from agilekit.wire.route import Route

LOST: Final = UnknownOutcome("no answer came")


@frozen
class Note:
    id: int
    text: str
    size: int | None = None


@frozen
class Fate:
    """What becomes of one request: how many of its bodies are applied, and the error, if any."""

    error: CallError | None = None
    applied: int | None = None
    """The first so many; None is all."""


Decide: TypeAlias = Callable[[list[str]], Fate]
"""By the texts of a request."""
OK: Final = Fate()


class NoteDraft(TypedDict, total=False):
    text: Required[str]
    size: int


async def _by_no_session(_: Session, __: Ids, ___: list[JSON], ____: OnSend) -> list[Note]:
    raise NotImplementedError


def _notes(_: JSON) -> list[Note]:
    raise NotImplementedError


_LISTING: Final = Route("List Notes", "GET", "/notes", _notes)


class Shelf:
    """Takes one fate for each request, and the last one for all that follow."""

    def __init__(
        self,
        *fates: Fate | Decide,
        notes: Sequence[Note] = (),
        latency: float = 0,
        keeps: bool = True,
        settle_after: float = 40,
    ) -> None:
        """
        latency: the seconds that a request to create takes.
        settle_after: the seconds for which a request may be at work.
        keeps: whether the notes are kept; without, memory is not the shelf's.
        """
        self.notes: Final = list(notes)
        self.requests: Final[list[list[str]]] = []
        self.listings = 0
        self.created = 0
        self.unreadable: CallError | None = None
        """Why the shelf cannot be listed."""
        self.watch: Callable[[], object] = lambda: None
        """Is called while a request is under way."""
        self.settle_after = settle_after
        self._fates = fates or (OK,)
        self.latency = latency
        self._keeps = keeps
        self._last = max((note.id for note in notes), default=0)

    @property
    def texts(self) -> list[str]:
        return [note.text for note in self.notes]

    def put(self, body: JSON) -> Note:
        """What somebody writes."""
        assert isinstance(body, dict)
        self._last += 1
        note = Note(self._last, str(body["text"]).strip(), cast("int | None", body.get("size")))
        if self._keeps:
            self.notes.append(note)
        self.created += 1
        return note

    def kind(
        self, *, name: str = "shelf", batch_size: int = 1, lists_all: bool = True
    ) -> Creation[Note]:
        spec = CreateSpec(
            name="notes",
            container=(),
            draft=NoteDraft,
            write={},
            send=Send(_LISTING, _by_no_session),
            batch_size=batch_size,
            listing=_LISTING,
            lists_all=lists_all,
            item_key=lambda note: str(note.id),
            sequence=lambda note: note.id,
            label=lambda note: note.text,
            draft_label=lambda body: str(_of(body)["text"]),
            draft_fields=_draft_fields,
            item_fields=lambda note: {"size": note.size},
            compared=lambda _: ("size",),
            dump=lambda note: {"id": note.id, "text": note.text, "size": note.size},
            load=_note,
        )
        return Creation(
            spec=spec,
            container_key={"at": name},
            encode=_body,
            create=self._create,
            listing=self._listing,
            settle_after=self.settle_after,
        )

    async def _create(self, bodies: list[JSON], on_send: OnSend) -> list[Note]:
        texts = [str(_of(body)["text"]) for body in bodies]
        fate = self._fates[min(len(self.requests), len(self._fates) - 1)]
        fate = fate if isinstance(fate, Fate) else fate(texts)
        if self._keeps:
            self.requests.append(texts)
        await on_send()
        self.watch()
        await anyio.sleep(self.latency)
        made = [self.put(body) for body in bodies[: fate.applied]]
        if fate.error is not None:
            raise fate.error
        return made

    async def _listing(self) -> AsyncIterator[Note]:
        self.listings += 1
        await anyio.lowlevel.checkpoint()
        if self.unreadable is not None:
            raise self.unreadable
        for note in list(self.notes):
            yield note


def in_turn(spec: CreateSpec[Note]) -> CreateSpec[Note]:
    """The same, at a server that computes from what is there."""
    op = evolve(spec.send.route, one_writer=True)
    return evolve(spec, send=evolve(spec.send, route=op))


def notes(count: int) -> list[Draft]:
    return [{"text": f"Note {number}"} for number in range(count)]


def _body(draft: object) -> JSON:
    if not isinstance(draft, Mapping):
        raise InvalidInput(f"a note is a mapping, not {draft!r:.60}")
    given = cast("Mapping[object, object]", draft)
    text, size = given.get("text"), given.get("size")
    if not isinstance(text, str) or not text or not given.keys() <= {"text", "size"}:
        raise InvalidInput(f"a note has a text, not {draft!r:.60}")
    return {"text": text} if size is None else {"text": text, "size": int(str(size))}


def _of(body: JSON) -> Mapping[str, JSON]:
    assert isinstance(body, dict)
    return body


def _draft_fields(body: JSON) -> Mapping[str, Hashable]:
    size = _of(body).get("size")
    return {"size": size} if isinstance(size, int) else {}


def _note(data: JSON) -> Note:
    found = _of(data)
    if not {"id", "text"} <= found.keys():
        raise ValueError("a note has an id and a text")
    size = found.get("size")
    return Note(int(str(found["id"])), str(found["text"]), None if size is None else int(str(size)))
