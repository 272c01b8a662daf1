"""The cards of the backlog and of the sprints.

Generated from `agilekit.flyingdonut.cards` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.flyingdonut.cards import Cards as AsyncCards
from agilekit.flyingdonut.models import Bucket, BucketCards, Card, Sprint, SprintItem
from agilekit.flyingdonut.params import CardChanges, CardDraft
from agilekit.versioned import OnConflict, Reapply
from agilekit.wire.json import JSON

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Cards"]


class Cards(WrappedResource[AsyncCards]):
    """``donut.cards``"""

    def in_backlog(self) -> Listing[BucketCards]:
        """Lists the buckets of the backlog, each with its cards.

        Source: Flying Donut API, "Fetch Backlog Cards".
        """
        return self._list(self._resource.in_backlog())

    def in_bucket(self, bucket: Bucket | str) -> Listing[Card]:
        """Lists the cards of one bucket.

        Source: Flying Donut API, "Fetch Backlog Bucket Cards".
        """
        return self._list(self._resource.in_bucket(bucket))

    def in_sprint(self, sprint: Sprint | str) -> Listing[SprintItem]:
        """Lists the cards of a sprint and, among them, their tasks.

        Source: Flying Donut API, "Fetch Sprint Cards".
        """
        return self._list(self._resource.in_sprint(sprint))

    def get(self, card: Card | str) -> Card:
        """Reads one card.

        Source: Flying Donut API, "Fetch Card".
        """
        return self._run(self._resource.get, card)

    def create(self, bucket: Bucket | str, **draft: Unpack[CardDraft]) -> Card:
        """Creates one card in a bucket: ``title=``, ``summary=``, ``estimate=``.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: Flying Donut API, "Create Backlog Bucket Card".
        """
        return self._run(self._resource.create, bucket, **draft)

    def create_many(
        self,
        bucket: Bucket | str,
        drafts: bulk.Drafts[CardDraft],
        *,
        batch_size: int = 50,
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Card]:
        """Creates a card for each draft, exactly once, and reports by position what became of each.

        drafts: mappings with the keywords of `create`, from any iterable or async iterable; it is
            read no further ahead than the requests in flight.
        batch_size: how many cards one request creates at most.
        options: `BulkOptions`: ``journal=``, ``mark=``, ``on_error=``, ``on_outcome=``,
            ``on_progress=``, ``settle_after=``, ``stop=``.

        One bad draft spoils no other: it is reported, as is every error of the server. A create
        whose answer is lost is looked up in the bucket, and sent again if it created nothing.

        Raises JournalError if the journal cannot be used, and BulkInterrupted for what `drafts`
        or a hook raises.

        Source: Flying Donut API, "Create Backlog Bucket Card".
        """
        return self._run(
            self._resource.create_many, bucket, taken_here(drafts), batch_size=batch_size, **options
        )

    def update(
        self,
        card: Card | str,
        *,
        on_conflict: OnConflict = Reapply(),  # noqa: B008 - frozen
        base: Mapping[str, int] | None = None,
        extra: Mapping[str, JSON] | None = None,
        **changes: Unpack[CardChanges],
    ) -> Card:
        """Changes attributes of a card and returns the card as it is afterwards.

        card: as it was read, so that each attribute is sent with the version that was read; or an
            id, for which the card is read first.
        changes: by attribute the new value, or a function that computes it from the current one.
            What is left out is not sent; None clears. To move a card, use `move`.
        on_conflict: what to do if somebody else changed an attribute meanwhile, for all attributes
            or by attribute: `Reapply` makes the change again from the current value, `Merge` sends
            what your function makes of base, mine and theirs, `Force` replaces whatever is there by
            version -1, `Abort` raises. A plain value, reapplied, replaces what others wrote, which
            the result tells in `replaced`; a function does not.
        base: by attribute, the version that was read, for a caller that has kept no more than that.
        extra: attributes that have no keyword, by their names on the wire, each sent with the
            version that `card.raw` shows.

        The result's `raw` is what was read, with what the answers showed laid over it.

        Raises InvalidInput before anything is sent; VersionConflict if the change was not placed;
        UnknownOutcome if nothing tells whether it was. Every error that ends an update tells in
        `applied` which attributes were placed before it.

        Source: Flying Donut API, "Update Card".
        """
        return self._run(
            self._resource.update, card, on_conflict=on_conflict, base=base, extra=extra, **changes
        )

    def move(
        self,
        card: Card | str,
        *,
        to: Sprint | Bucket,
        on_conflict: OnConflict = Reapply(),  # noqa: B008 - frozen
    ) -> Card:
        """Moves a card into a sprint or a bucket, and returns the card as it is afterwards.

        to: as it was read, since an id does not tell which of the two it is of.

        One `update` sets both `iteration` and `state`: one is the id, the other null. No document
        says that they can be written; the attributes bear versions as the documented ones do. In
        recorded answers a card in a sprint has `state` null, so that setting `iteration` to null
        and no more may leave the card in neither list.

        Raises the errors of `update`.

        Source: Flying Donut API, "Update Card".
        """
        return self._run(self._resource.move, card, to=to, on_conflict=on_conflict)
