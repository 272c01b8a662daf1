"""A bucket of the backlog with its cards, as one reading shows it.

Usually all buckets come in one answer, and their cards are held as they came. A backlog that is
too large for one answer is read bucket by bucket, and is packed: the ids and numbers of its cards
are at hand, all else is compressed, and comes back as often as it is asked for.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias, cast

from attrs import frozen

from agilekit.export.source.raw import without
from agilekit.flyingdonut import Bucket, BucketCards, Card
from agilekit.flyingdonut.decoders import DECODER
from agilekit.wire.json import JSON

__all__ = ["BucketList", "HeldBucket", "PackedBucket", "packed"]

Numbers: TypeAlias = Sequence[tuple[str, int | None]]
"""The ids of cards, and the numbers that they bear."""

_LEVEL: Final = 1  # of compression: the fastest
_CARDS: Final = 500  # that are unpacked at once
_card: Final = DECODER.one(Card)


@frozen
class HeldBucket:
    """As the answer about the whole backlog shows it."""

    shown: BucketCards

    @property
    def id(self) -> str:
        return self.shown.id

    @property
    def bucket(self) -> Bucket:
        """Without its cards."""
        alone = without(self.shown.raw, "items")
        return Bucket(id=self.shown.id, title=self.shown.title, raw=alone)

    @property
    def numbers(self) -> Numbers:
        return [(card.id, card.cid) for card in self.shown.cards]

    def cards(self) -> Iterable[Card]:
        return self.shown.cards

    def answer(self) -> dict[str, JSON]:
        """The bucket with its cards, as the service answered."""
        return dict(self.shown.raw)


@frozen
class PackedBucket:
    """As the answer about its cards shows it."""

    bucket: Bucket
    numbers: Numbers
    _packed: tuple[bytes, ...]

    @property
    def id(self) -> str:
        return self.bucket.id

    def cards(self) -> Iterator[Card]:
        return map(_card, self._raws())

    def answer(self) -> dict[str, JSON]:
        """The same as of a bucket that is held."""
        return {**self.bucket.raw, "items": [*self._raws()]}

    def _raws(self) -> Iterator[JSON]:
        for part in self._packed:
            yield from cast("list[JSON]", json.loads(zlib.decompress(part)))


BucketList: TypeAlias = HeldBucket | PackedBucket


def packed(bucket: Bucket, cards: Sequence[Card]) -> PackedBucket:
    parts = (cards[first : first + _CARDS] for first in range(0, len(cards), _CARDS))
    texts = (json.dumps([dict(card.raw) for card in part]) for part in parts)
    return PackedBucket(
        bucket,
        tuple((card.id, card.cid) for card in cards),
        tuple(zlib.compress(text.encode(), _LEVEL) for text in texts),
    )
