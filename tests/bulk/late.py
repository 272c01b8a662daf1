"""A container whose server commits some requests long after they have failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

import anyio
import anyio.lowlevel
from attrs import evolve

from agilekit.bulk import Creation
from agilekit.errors import UnknownOutcome
from agilekit.session.call import OnSend
from agilekit.wire.json import JSON
from tests.bulk.shelf import LOST, Note, Shelf, in_turn


class LateShelf:
    """The first request for each text of a table fails; its note comes so many seconds later."""

    def __init__(
        self, delays: Mapping[str, float | None], error: UnknownOutcome = LOST, *, turn: float = 0
    ) -> None:
        """
        delays: None is never.
        turn: the seconds that a request waits until it may leave.
        """
        self.shelf: Final = Shelf()
        self.times: Final[dict[str, list[float]]] = {}
        """When each text was sent."""
        self.looks: Final[list[float]] = []
        self._delays = dict(delays)
        self._error = error
        self._turn = turn
        self._due: list[tuple[float, str]] = []

    def creation(self, *, in_order: bool = False, least: float = 0) -> Creation[Note]:
        creation = self.shelf.kind()
        spec = in_turn(creation.spec) if in_order else creation.spec
        return evolve(
            creation,
            spec=spec,
            create=self._create,
            listing=self._listing,
            least_settle_after=least,
        )

    async def _create(self, bodies: list[JSON], on_send: OnSend) -> list[Note]:
        await anyio.sleep(self._turn)
        await on_send()
        now = anyio.current_time()
        self._commit()
        texts = [str(body["text"]) for body in bodies if isinstance(body, dict)]
        for text in texts:
            self.times.setdefault(text, []).append(now)
        if not any(text in self._delays for text in texts):
            return [self.shelf.put(body) for body in bodies]
        for text in texts:
            delay = self._delays.pop(text)
            if delay is not None:
                self._due.append((now + delay, text))
        raise self._error

    async def _listing(self) -> AsyncIterator[Note]:
        self.looks.append(anyio.current_time())
        self._commit()
        await anyio.lowlevel.checkpoint()
        for note in list(self.shelf.notes):
            yield note

    def _commit(self) -> None:
        now = anyio.current_time()
        due: Sequence[tuple[float, str]] = sorted(one for one in self._due if one[0] <= now)
        for one in due:
            self._due.remove(one)
            self.shelf.put({"text": one[1]})
