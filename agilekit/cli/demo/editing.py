"""Act 2: many editors, one card, a bad network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import anyio
from attrs import define, field

from agilekit import FlyingDonut, Reapply, UnknownOutcome
from agilekit.cli.demo.witness import Witness
from agilekit.cli.progress import bar
from agilekit.flyingdonut import Card
from agilekit.sandbox import Faults, Sandbox

__all__ = ["edit"]

_EDITORS: Final = 20
_CHANGES: Final = 5
_WANTED: Final = _CHANGES * sum(range(1, _EDITORS + 1))
_EDIT: Final = f"""
2. Flying Donut: {_EDITORS} editors add to the estimate of one card, {_CHANGES} times each
   From here each request takes 5 ms; 1 % are answered 429 with Retry-After,
   3 % are answered 502, and 3 % lose their connection before anything is done.
   The editors share 4 clients that know nothing of each other, so versions
   conflict, too."""
_SETTLE: Final = """\
   An outcome is unknown where a reply was lost and, when the edit was sent
   again, somebody else had changed the card. The edit may be inside their
   value, so it is not guessed. Now the faults are off, and the sum tells that
   none of them was made. They are made again."""


def _faults(seed: int) -> Faults:
    return Faults(
        latency=0.005,
        rate_limited=0.01,
        retry_after=0.05,
        bad_gateway=0.03,
        drop_before=0.03,
        seed=seed,
    )


async def edit(
    clients: Sequence[FlyingDonut], card: Card, witness: Witness, sandbox: Sandbox, seed: int
) -> int:
    """Lets the editors at the card, and returns what its estimate must be in the end."""
    witness.say(_EDIT)
    sandbox.faults = _faults(seed)
    edits = _Edits()
    with bar(witness.console, "edits", _EDITORS * _CHANGES) as step:
        async with anyio.create_task_group() as editors:
            for number in range(_EDITORS):
                donut = clients[number % len(clients)]
                editors.start_soon(edits.make, donut, card, number + 1, step)
    sandbox.faults = Faults()
    made, unknown = _EDITORS * _CHANGES - len(edits.unknown), len(edits.unknown)
    witness.say(f"   {made} edits confirmed, {unknown} of unknown outcome")
    witness.say(
        f"   {witness.conflicts} version conflicts met, {witness.retries} requests sent again"
    )
    await _settle(clients[0], card, edits, witness)
    return _WANTED


@define
class _Edits:
    confirmed: int = 0
    """The sum of the edits that the library says were made."""
    unknown: list[int] = field(factory=list[int])
    """The edits of which it says that nobody knows."""

    async def make(
        self, donut: FlyingDonut, card: Card, amount: int, step: Callable[[int], None]
    ) -> None:
        for _ in range(_CHANGES):
            try:
                await _add(donut, card, amount)
            except UnknownOutcome:
                self.unknown.append(amount)
            else:
                self.confirmed += amount
            step(1)


async def _settle(donut: FlyingDonut, card: Card, edits: _Edits, witness: Witness) -> None:
    """Looks whether the edits of unknown outcome were made, and makes those that were not."""
    found = (await donut.cards.get(card)).estimate.value or 0
    witness.say(f"   The confirmed edits add up to {edits.confirmed}; the card says {found:g}.")
    witness.check("sum of the confirmed edits", found, edits.confirmed)
    if witness.wrong or not edits.unknown:
        return
    witness.say(_SETTLE)
    for amount in edits.unknown:
        found = (await _add(donut, card, amount)).estimate.value or 0
    witness.say(f"   All edits add up to {_WANTED}; the card says {found:g}.")
    witness.check("sum of all edits", found, _WANTED)


async def _add(donut: FlyingDonut, card: Card, amount: int) -> Card:
    return await donut.cards.update(
        card, estimate=lambda now: (now or 0) + amount, on_conflict=Reapply(attempts=100)
    )
