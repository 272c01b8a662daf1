"""Whatever a server does: each confirmed edit is in its history once, each conflict never, each
unknown one at most once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, Literal, Unpack, cast

import pytest

from agilekit import FlyingDonut, Options
from agilekit.sandbox import Faults, Sandbox
from tests.sizes import FULL
from tests.versioned.editors import Edited, End, check
from tests.versioned.server import PROJECT, SECRET
from tests.versioned.unruly import CARD, Change, Manners, Shape, Unruly

RUNS: Final = 900 if FULL else 12
STATUSES: Final = (200, 400, 409, 412, 422)
SHAPES: Final[tuple[Shape, ...]] = ("card", "wrapped", "list", "no id", "nothing", "empty")
PARTS: Final = range(4)
MISLEADING: Final[tuple[Shape, ...]] = (
    "repeated",
    "beside what was sent",
    "before and after",
    "beside another",
)


class Documented(Unruly):
    """A server that was written from the document for these tests."""

    card_id = CARD

    def client(self, **options: Unpack[Options]) -> FlyingDonut:
        options["transport"] = self
        return FlyingDonut(PROJECT, secret=SECRET, username="client", **options)

    def changes(self) -> Sequence[Change]:
        return self.history


def _manners(random: Random) -> Manners:
    normalise = random.random() < 0.25
    return Manners(
        status=random.choice(STATUSES),
        whole=random.random() < 0.5,
        partly=random.choice((None, None, 200, 207)),
        ignores=random.choice(((), (), (), ("title",), ("summary",), ("estimate",))),
        raises_always=random.random() < 0.15,
        waves_through=random.random() < 0.15,
        conflict_shape=random.choice(("card", "of another", *SHAPES, *MISLEADING)),
        success_shape=random.choice(("card", "card", *SHAPES, *MISLEADING)),
        steps=random.choice(((1, 1), (1, 1), (1, 3))),
        lag=random.choice((0.0, 0.0, 1.0)),
        store=_trimmed if normalise else lambda _, value: value,
        unread=random.choice(((), (), (), ("title",), ("estimate", "summary"))),
        trouble=random.choice((0.0, 0.05, 0.15, 0.3)),
        latency=random.choice((0.0, 0.02)),
    )


def _trimmed(name: str, value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


class Sandboxed:
    """The sandbox, with what it can do to edits."""

    def __init__(self, random: Random) -> None:
        self.sandbox = _sandbox(random)
        self._home = home = self.sandbox.flyingdonut
        self._project = home.projects[home.project_id]
        card = self._project.add_card("Old", estimate=5)
        self.card_id = card.id
        self._card = card
        self._project.history.recording = True
        self._authors: dict[Any, str] = {}

    def client(self, **options: Unpack[Options]) -> FlyingDonut:
        options["transport"] = self.sandbox.transport()
        home = self._home
        return FlyingDonut(
            home.project_id,
            secret=home.secret,
            username=home.username,
            base_url=home.base_url,
            **options,
        )

    def change(self, name: str, value: Any, author: str) -> None:
        plain = value["markdown"] if name == "summary" else value
        self._authors[plain] = author
        attribute: Any = getattr(self._card, name)
        attribute.change(plain)

    def commit_due(self) -> None:
        self.sandbox.settle()

    def changes(self) -> Sequence[Change]:
        found: list[Change] = []
        values: dict[str, Any] = {"title": "Old", "summary": "", "estimate": 5}
        for one in self._project.history.changes:
            if one.entity == self.card_id and one.after != one.before:
                value: Any = one.value
                asked = {"markdown": value} if one.attribute == "summary" else value
                before = values[one.attribute]
                author = self._authors.get(value, "client")
                found.append(Change(one.attribute, asked, before, one.before, one.forced, author))
                values[one.attribute] = value
        return [change for change in found if change.name in values]


def _sandbox(random: Random) -> Sandbox:
    trouble = random.choice((0.0, 0.1, 0.3)) / 6
    scopes: Sequence[Literal["whole", "attribute"]] = ("whole", "attribute")
    return Sandbox(
        seed="empty",
        faults=Faults(
            drop_before=trouble,
            drop_after=trouble,
            commit_late=trouble,
            commit_status=random.choice((None, 504)),
            error_after=trouble,
            rate_limited=trouble,
            retry_after=0.1,
            bad_gateway=trouble,
            seed=random.randint(0, 1 << 30),
        ),
        conflict_status=random.choice(STATUSES),
        conflict_scope=random.choice(scopes),
        conflicts_show=cast("Any", random.choice(("all", "wrapped", "nothing"))),
        answers_show=cast("Any", random.choice(("all", "all", "no id", "no values", "empty"))),
        normalise=cast("Any", random.choice(((), (), ("recase",)))),
        read_lag=random.choice((0.0, 0.0, 1.0)),
        version_steps=random.choice(((1, 1), (1, 3))),
        ignore=random.choice(((), (), ("estimate",))),
    )


def _counted(backend: str, part: int, make: Callable[[Random, int], Edited]) -> Counter[End]:
    ends = Counter[End]()
    wrong: list[str] = []
    for seed in range(part * RUNS, (part + 1) * RUNS):
        random = Random(seed)
        server = make(random, seed)
        told, found = check(backend, server, seed)
        ends += told
        wrong += [f"seed {seed}: {one}" for one in found]
    assert not wrong, "\n".join(wrong[:10])
    # The library is of use only if it knows much of what it did.
    assert 2 * ends["confirmed"] > ends["unknown"]
    return ends


@pytest.mark.quick(2)
@pytest.mark.parametrize("part", PARTS)
def test_no_edit_is_lost_doubled_or_wrongly_reported(part: int, anyio_backend: str) -> None:
    def make(random: Random, seed: int) -> Edited:
        return Documented(_manners(random), seed)

    ends = _counted(anyio_backend, part, make)
    assert sum(ends.values()) > 20 * RUNS  # in the long form, 144,000 edits of attributes in all


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_nor_is_one_in_the_sandbox(part: int, anyio_backend: str) -> None:
    def make(random: Random, _: int) -> Edited:
        return Sandboxed(random)

    _counted(anyio_backend, part, make)
