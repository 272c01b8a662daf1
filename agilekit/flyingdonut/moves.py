"""Where a card is: in a sprint, by its ``iteration``, or in a bucket, by its ``state``.

Neither is documented as writable. In recorded answers a card that entered a sprint has ``state``
null, so a card that is only taken out of its sprint may be in no list at all: what an update says
of one has to go with what it says of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agilekit.errors import InvalidInput
from agilekit.flyingdonut.models import Bucket, Sprint
from agilekit.flyingdonut.params import CardChanges

__all__ = ["checked_location", "move_to"]


def move_to(destination: object) -> CardChanges:
    """The changes that put a card there, and out of where it was. Raises InvalidInput."""
    if isinstance(destination, Sprint):
        return {"iteration": destination.id, "state": None}
    if isinstance(destination, Bucket):
        return {"iteration": None, "state": destination.id}
    raise InvalidInput(
        f"to must be a sprint or a bucket, as it was read, not {destination!r:.60}: "
        "an id does not tell which of the two it is of"
    )


def checked_location(changes: Mapping[str, object]) -> dict[str, object]:
    """The changes of a card, if none of them can leave it in neither list.

    What a function computes is checked when it is called. Raises InvalidInput.
    """
    iteration, state = changes.get("iteration"), changes.get("state")
    result = dict(changes)
    # None in one is right only if the other has a value. What two functions will give is not known
    # yet, so then the state must have one.
    if state is None:
        _forbid_none(result, "iteration", "to take a card out of its sprint, say where it goes")
    if iteration is None or (callable(iteration) and callable(state)):
        _forbid_none(result, "state", "a card leaves its bucket only for a sprint")
    return result


def _forbid_none(changes: dict[str, object], name: str, reason: str) -> None:
    if name not in changes:
        return
    change = changes[name]
    if callable(change):
        changes[name] = _never_none(change, name, reason)
    elif change is None:
        raise _neither(name, reason)


def _never_none(change: Callable[..., object], name: str, reason: str) -> Callable[..., object]:
    def compute(now: object) -> object:
        value = change(now)
        if value is None:
            raise _neither(name, reason)
        return value

    return compute


def _neither(name: str, reason: str) -> InvalidInput:
    return InvalidInput(f"{name} cannot be None here: {reason}: cards.move(card, to=…)")
