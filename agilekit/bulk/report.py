"""What became of the drafts of a job, as its caller sees it: three outcomes, and the report.

The report holds no outcomes itself. It reads them from where the job has kept them, `Outcomes`: in
memory, in the journal of the job, or in one that is opened without a job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    Protocol,
    TypeAlias,
    TypeVar,
    overload,
)

from attrs import field, frozen

from agilekit.errors import AgilekitError
from agilekit.first_use import FirstUse
from agilekit.wire.json import JSON
from agilekit.wire.serializable import Serializable
from agilekit.wire.short_repr import short_repr

if TYPE_CHECKING:
    from agilekit.bulk.journal import outcomes as journal_outcomes
else:
    journal_outcomes = FirstUse("agilekit.bulk.journal.outcomes")  # with SQLite

__all__ = [
    "BulkProgress",
    "BulkReport",
    "Created",
    "Draft",
    "Outcome",
    "OutcomeKind",
    "Outcomes",
    "PossibleDuplicate",
    "ProgressHook",
    "Refused",
    "Unknown",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

Draft: TypeAlias = Mapping[str, object]
OutcomeKind: TypeAlias = Literal["created", "refused", "unknown"]


@frozen
class Created(Serializable, Generic[T_co]):
    """A draft that became an item."""

    _also_plain: ClassVar = ("outcome",)

    position: int
    """The draft's place in the input, from 0."""
    draft: Draft = field(repr=short_repr)
    item: T_co = field(repr=short_repr)
    unstored: tuple[str, ...] = ()
    """The fields of the draft that the service does not show as they were sent."""

    @property
    def outcome(self) -> Literal["created"]:
        return "created"


@frozen
class Refused(Serializable):
    """A draft that certainly became nothing: it was not valid, refused, or never sent."""

    _also_plain: ClassVar = ("outcome",)

    position: int
    draft: Draft = field(repr=short_repr)
    error: AgilekitError

    @property
    def outcome(self) -> Literal["refused"]:
        return "refused"


@frozen
class Unknown(Serializable):
    """A draft that was sent, and nothing tells whether it became an item."""

    _also_plain: ClassVar = ("outcome",)

    position: int
    draft: Draft = field(repr=short_repr)
    error: AgilekitError
    """Its ``evidence``, if it has any, names the items that the draft may have become."""

    @property
    def outcome(self) -> Literal["unknown"]:
        return "unknown"


@frozen
class PossibleDuplicate(Serializable):
    """An item that a draft may have become, although another one is reported as that draft's."""

    position: int
    """Of a draft that was sent more than once."""
    item_id: str
    """Of an item that belongs to no draft of the job."""


Outcome: TypeAlias = Created[T] | Refused | Unknown


@frozen
class BulkProgress(Serializable):
    """How many drafts have which outcome, and how many are still to be settled."""

    created: int = 0
    refused: int = 0
    unknown: int = 0
    unsettled: int = 0


ProgressHook: TypeAlias = Callable[[BulkProgress], object]


class Outcomes(Protocol[T_co]):
    """Where the outcomes of a job can be read."""

    def count(self, kind: OutcomeKind) -> int: ...

    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]: ...

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[T_co]]:
        """The outcomes of one kind or of all, in the order of the input."""
        ...


@frozen
class BulkReport(Serializable, Generic[T]):
    """What became of every draft, in the order of the input.

    If the job has a journal, the outcomes are read from it when they are asked for.
    """

    _also_plain: ClassVar = ("outcomes", "possible_duplicates")

    _outcomes: Outcomes[T]
    stopped: bool = False
    """Whether the job took no more drafts, or left some unsettled: because of `reason`, because
    ``stop`` was set, or because something was not created and ``on_error`` is ``"stop"``."""
    reason: AgilekitError | None = None
    """What the job stopped at: an error that blames no draft, such as a credential that is refused
    or a service that is down, or that of the draft that ``on_error="stop"`` asks to stop at. If it
    did not stop: why it could not look once more at its end, though it had sent something twice;
    then `possible_duplicates` proves nothing."""

    @overload
    @staticmethod
    def open(path: str | PathLike[str]) -> BulkReport[Mapping[str, JSON]]: ...
    @overload
    @staticmethod
    def open(path: str | PathLike[str], *, load: Callable[[JSON], U]) -> BulkReport[U]: ...
    @staticmethod
    def open(
        path: str | PathLike[str], *, load: Callable[[JSON], Any] | None = None
    ) -> BulkReport[Any]:
        """Reads the journal of a job, without running the job and without changing the file.

        A journal that a job is writing is read as it was at the time of the call; what is under way
        then counts as of unknown outcome.

        load: makes an item of its data, as the service gave it: ``CARDS.load`` of
            `agilekit.flyingdonut.specs` and the like. If it is left out, items are that data.

        Raises JournalError if there is no journal, or a damaged one. Reading the outcomes later
        raises it, too, if a job has written to the file since.
        """
        return BulkReport(journal_outcomes.open_outcomes(path, load))

    def __iter__(self) -> Iterator[Outcome[T]]:
        """Each outcome, read one after the other."""
        return self._outcomes.read()

    def __len__(self) -> int:
        return sum(self._outcomes.count(kind) for kind in ("created", "refused", "unknown"))

    @property
    def outcomes(self) -> tuple[Outcome[T], ...]:
        return tuple(self)

    @property
    def created(self) -> list[Created[T]]:
        return [one for one in self._outcomes.read("created") if isinstance(one, Created)]

    @property
    def refused(self) -> list[Refused]:
        return [one for one in self._outcomes.read("refused") if isinstance(one, Refused)]

    @property
    def unknown(self) -> list[Unknown]:
        return [one for one in self._outcomes.read("unknown") if isinstance(one, Unknown)]

    @property
    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]:
        """Items that belong to no draft, and that a draft which was sent twice may have become."""
        return self._outcomes.possible_duplicates()

    @property
    def items(self) -> list[T]:
        """The items that were created, in the order of their drafts."""
        return [outcome.item for outcome in self.created]

    def __repr__(self) -> str:
        stopped = ", stopped" if self.stopped else ""
        reason = "" if self.reason is None else f" ({type(self.reason).__name__})"
        return f"<BulkReport: {self}{stopped}{reason}>"

    def __str__(self) -> str:
        count, doubled = self._outcomes.count, len(self.possible_duplicates)
        more = f", {doubled} possible duplicate{'s' if doubled > 1 else ''}" if doubled else ""
        return (
            f"{count('created')} created, {count('refused')} refused, "
            f"{count('unknown')} of unknown outcome{more}"
        )
