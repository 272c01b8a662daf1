"""The sandbox itself: an ASGI 3 application with one mount per service."""

from __future__ import annotations

import math
from collections.abc import Collection  # at run time, for Sphinx
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import anyio
from attrs import evolve, frozen

from agilekit.sandbox import asgi, messages
from agilekit.sandbox.clock import Clock
from agilekit.sandbox.commits import CommitQueue, LateCommit
from agilekit.sandbox.easybacklog import EasyBacklog
from agilekit.sandbox.faults import Fault, Faults, FaultSequence, answer
from agilekit.sandbox.flow import Flow
from agilekit.sandbox.flyingdonut import Batches, FlyingDonut, Locking, RecordedForms
from agilekit.sandbox.flyingdonut.batches import Stored
from agilekit.sandbox.flyingdonut.locking import Normalisation
from agilekit.sandbox.kanbantool import KanbanTool
from agilekit.sandbox.messages import Answer, Request, Response
from agilekit.sandbox.rewriting import LENGTH, Rewriting, Way
from agilekit.sandbox.service import Service
from agilekit.sandbox.transport import SandboxTransport

if TYPE_CHECKING:
    from agilekit.sandbox.asgi import Message, Receive, Send
    from agilekit.sandbox.server import Server

T = TypeVar("T")

REMEMBERED: Final = 100_000


@frozen
class Handled:
    """A request that was handled. ``status`` is None if no byte of an answer was sent.

    What a ``commit_late`` does later is not in it, but a
    :class:`~agilekit.sandbox.commits.LateCommit` of its own.
    """

    method: str
    path: str
    status: int | None
    fault: Fault | None


class Sandbox:
    """Local fakes of the services, with state that lasts as long as this object.

    Each service is an attribute, with its secrets, its state, and what its documents leave open as
    options that can be assigned at any time. A request whose body is larger than 64 MiB is refused
    with 413.

    ``seed``: "demo" has something to look at in each service, "empty" the least that there can be.

    - ``rewrite``: what every service does to the texts that it is sent before it stores them, any
      of "strip", "nfc", "recase", "upper", "escape" (``&amp;`` for ``&``) and "cut", to ``cut_to``
      characters: see :class:`~agilekit.sandbox.rewriting.Rewriting`. It can be assigned as
      ``rewriting``, here to all services, and to each of them.

    The other arguments are those of Flying Donut; its ``locking``, ``batches`` and ``recorded`` can
    be assigned.

    - ``conflict_status``: the status of the answer to a stale update, 200 or any 4xx.
    - ``conflict_scope``: "whole" fails the whole update for one stale attribute, "attribute" checks
      each by itself.
    - ``conflicts_show``: what the answer to a stale update holds: "all" as the document says,
      "wrapped" the same under the key ``current``, "nothing" an error only.
    - ``answers_show``: what the answer to an accepted update holds: "all" as in the document,
      "no id" all but ``_id``, "no values" only ``_id`` and ``version``, "nothing" ``{}``; "empty"
      is a 204 without a body.
    - ``normalise``: True for {"strip", "round"}, or any of: "strip" stored titles, "recase" them (a
      capital and small letters), "cut" them to 40 characters, "round" estimates to one decimal, or
      snap them to the nearest card of a planning "deck".
    - ``ignore``: names of attributes that an update accepts and leaves as they are.
    - ``read_lag``: seconds; a GET shows what was there so long ago, the answer to a write the
      present.
    - ``version_steps``: versions rise by as much with each change, from the first to the last,
      drawn with ``version_seed``.
    - ``recorded``: forms of answers that recordings show and the document does not.
    - ``batches``: of an array of creates that is refused for a bad draft, nothing is stored
      ("whole"), or what comes before that draft ("up to the first bad one"); the answer is the
      refusal either way.
    - ``largest_batch``: an array of more drafts is refused with 413, and nothing of it is stored.

    Raises :class:`ValueError` for an option out of range.
    """

    def __init__(
        self,
        seed: Literal["empty", "demo"] = "demo",
        *,
        faults: Faults | None = None,
        rewrite: Collection[Way] = (),
        cut_to: int = LENGTH,
        conflict_status: int = 409,
        conflict_scope: Literal["whole", "attribute"] = "whole",
        conflicts_show: Literal["all", "wrapped", "nothing"] = "all",
        answers_show: Literal["all", "no id", "no values", "nothing", "empty"] = "all",
        normalise: bool | Collection[Normalisation] = False,
        ignore: Collection[str] = (),
        read_lag: float = 0.0,
        version_steps: tuple[int, int] = (1, 1),
        version_seed: int = 0,
        recorded: RecordedForms | None = None,
        batches: Stored = "whole",
        largest_batch: int | None = None,
    ) -> None:
        locking = Locking(
            status=conflict_status,
            scope=conflict_scope,
            normalise=normalise,
            ignore=frozenset(ignore),
            conflicts_show=conflicts_show,
            answers_show=answers_show,
            read_lag=read_lag,
            version_steps=version_steps,
            version_seed=version_seed,
        )
        self.flyingdonut: Final = FlyingDonut(
            seed,
            self.transport,
            locking=locking,
            recorded=recorded or RecordedForms(),
            batches=Batches(stored=batches, largest=largest_batch),
        )
        self.flow: Final = Flow(seed, self.transport)
        self.easybacklog: Final = EasyBacklog(seed, self.transport)
        self.kanbantool: Final = KanbanTool(seed, self.transport)
        self._services: tuple[Service, ...] = (
            self.flyingdonut,
            self.flow,
            self.easybacklog,
            self.kanbantool,
        )
        self.rewriting = Rewriting(ways=rewrite, length=cut_to)
        self.requests: Final[list[Handled]] = []
        """The requests that were handled, oldest first; the oldest of very many are forgotten."""
        self.late_commits: Final[list[LateCommit]] = []
        """The changes that were made late, oldest first; the oldest of very many are forgotten."""
        self._queue: Final = CommitQueue()
        self._clock: Final = Clock()
        self._sequence = FaultSequence(faults or Faults())

    def __repr__(self) -> str:
        handled, pending = len(self.requests), self.pending
        return f"<Sandbox: {self.faults!r}, requests={handled}, pending={pending}>"

    @property
    def faults(self) -> Faults:
        """What goes wrong from now on; assigning it starts its sequence anew."""
        return self._sequence.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._sequence = FaultSequence(faults)

    @property
    def rewriting(self) -> Rewriting:
        """What services make of texts; assigning it gives it to all four."""
        return self._rewriting

    @rewriting.setter
    def rewriting(self, rewriting: Rewriting) -> None:
        self._rewriting = rewriting
        for service in self._services:
            service.rewriting = rewriting

    def latency(self, method: str) -> float:
        """Seconds that a request waits before it is handled."""
        return self.faults.latency if self.faults.concern(method) else 0.0

    def count(self, method: str | None = None) -> int:
        """How many requests were handled, of one method or of all."""
        return sum(method in (None, record.method) for record in self.requests)

    @property
    def pending(self) -> int:
        """How many late commits are still to come."""
        return len(self._queue)

    def commit_due(self) -> None:
        """Make the changes of late commits that are due by now, the earliest first.

        Every request does so before it is handled; call it before you look at the state yourself.
        Outside of an event loop no time passes, so that nothing more is due.
        """
        self._commit_until(self._clock.now())

    def settle(self) -> None:
        """Make all the changes of late commits that are still to come, the earliest first."""
        self._commit_until(math.inf)

    def came(self, request: Request) -> Request:
        """The request with the time of now: its latency is still to come."""
        return evolve(request, came=self._clock.now())

    def handle(self, request: Request) -> Answer:
        """Handle one request in one go: nothing awaits between reading and writing the state.

        Outside of an event loop no time passes: late commits wait for :meth:`settle`.
        """
        now = self._clock.now()
        self._commit_until(now)
        if len(request.body) > messages.LARGEST_BODY:
            return self._too_large(request)
        decision = self._sequence.decide(request.method, writes=request.writes)
        storm = decision.storm and request.method == "PUT"
        given = evolve(request, storm=storm, at=now)
        if decision.fault == "commit_late":
            self._queue.add(given, now + self._sequence.commit_delay())
        result = answer(self.faults, decision.fault, lambda: self._serve(given))
        status = None if result.delivery == "dropped" else result.response.status
        fault = decision.fault or ("conflict_storm" if storm else None)
        _remember(self.requests, Handled(request.method, request.path, status, fault))
        return result

    def _too_large(self, request: Request) -> Answer:
        _remember(self.requests, Handled(request.method, request.path, 413, None))
        return Answer(Response.json({"error": "The body is larger than 64 MiB"}, 413))

    def _commit_until(self, end: float) -> None:
        now = self._clock.now()
        for request in self._queue.due(end):
            # settle() makes changes before their time: they are made now, not in the future.
            status = self._serve(evolve(request, at=min(request.at, now))).status
            record = LateCommit(request.method, request.path, request.at, status)
            _remember(self.late_commits, record)

    def _serve(self, request: Request) -> Response:
        for service in self._services:
            if request.path.startswith(f"{service.base_path}/"):
                return service.handle(request)
        return Response.json({"error": "No service is mounted at this path"}, 404)

    def transport(self) -> SandboxTransport:
        """A transport that reaches this sandbox in process, whatever the host of the URL."""
        return SandboxTransport(self)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Server:
        """Serve over HTTP/1.1 while the returned context is open; port 0 takes a free one."""
        from agilekit.sandbox.server import Server  # needs the extra `sandbox`

        return Server(self, host, port)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await asgi.live(receive, send)
            return
        if scope["type"] != "http":
            raise NotImplementedError(f"The sandbox speaks HTTP only, not {scope['type']}")
        body = await asgi.read_body(receive)
        request = Request.read(
            scope["method"],
            scope.get("raw_path") or scope["path"].encode(),
            scope.get("query_string", b""),
            scope["headers"],
            body or b"",
        )
        if body is None:
            await asgi.deliver(self._too_large(request), send)
            return
        request = self.came(request)
        await anyio.sleep(self.latency(request.method))
        await asgi.deliver(self.handle(request), send)


def _remember(records: list[T], record: T) -> None:
    if len(records) >= REMEMBERED:
        del records[: REMEMBERED // 2]
    records.append(record)
