"""The cards of the backlog and of the sprints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Unpack

from agilekit.first_use import FirstUse
from agilekit.flyingdonut.models import Bucket, BucketCards, Card, Sprint, SprintItem
from agilekit.flyingdonut.moves import checked_location, move_to
from agilekit.flyingdonut.params import CardChanges, CardDraft, id_of
from agilekit.flyingdonut.routes import (
    CREATE_BACKLOG_BUCKET_CARD,
    FETCH_BACKLOG_BUCKET_CARDS,
    FETCH_BACKLOG_CARDS,
    FETCH_CARD,
    FETCH_SPRINT_CARDS,
)
from agilekit.flyingdonut.scope import ScopedResource
from agilekit.session.listing import Listing
from agilekit.versioned import OnConflict, Reapply
from agilekit.wire.json import JSON

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.flyingdonut import specs, survey, updates
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.flyingdonut.specs")
    survey = FirstUse("agilekit.flyingdonut.survey")
    updates = FirstUse("agilekit.flyingdonut.updates")

__all__ = ["Cards"]


class Cards(ScopedResource):
    """``donut.cards``"""

    def in_backlog(self) -> Listing[BucketCards]:
        """Lists the buckets of the backlog, each with its cards.

        Source: Flying Donut API, "Fetch Backlog Cards".
        """
        return self._scope.session.listing(FETCH_BACKLOG_CARDS, self._scope.ids())

    def in_bucket(self, bucket: Bucket | str) -> Listing[Card]:
        """Lists the cards of one bucket.

        Source: Flying Donut API, "Fetch Backlog Bucket Cards".
        """
        ids = self._scope.ids(bucketId=id_of(bucket, Bucket))
        return self._scope.session.listing(FETCH_BACKLOG_BUCKET_CARDS, ids)

    def in_sprint(self, sprint: Sprint | str) -> Listing[SprintItem]:
        """Lists the cards of a sprint and, among them, their tasks.

        Source: Flying Donut API, "Fetch Sprint Cards".
        """
        ids = self._scope.ids(iterationId=id_of(sprint, Sprint))
        return self._scope.session.listing(FETCH_SPRINT_CARDS, ids)

    async def get(self, card: Card | str) -> Card:
        """Reads one card.

        Source: Flying Donut API, "Fetch Card".
        """
        ids = self._scope.ids(itemId=id_of(card, Card))
        return await self._scope.session.call(FETCH_CARD, ids)

    async def create(self, bucket: Bucket | str, **draft: Unpack[CardDraft]) -> Card:
        """Creates one card in a bucket: ``title=``, ``summary=``, ``estimate=``.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: Flying Donut API, "Create Backlog Bucket Card".
        """
        ids = self._scope.ids(bucketId=id_of(bucket, Bucket))
        body: JSON = {"username": self._scope.author(), **specs.CARDS.encode(draft)}
        return await self._scope.session.call(CREATE_BACKLOG_BUCKET_CARD, ids, body)

    async def create_many(
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
        ids = self._scope.ids(bucketId=id_of(bucket, Bucket))
        beside = {"username": self._scope.author()}
        everywhere = partial(survey.survey_cards, self._scope)
        creation = specs.CARDS.within(self._scope.session, ids, beside=beside, survey=everywhere)
        return await bulk.create_many(creation, drafts, batch_size=batch_size, **options)

    async def update(
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
        return await updates.update(
            self._scope,
            updates.CARD_UPDATES,
            card,
            checked_location(changes),
            on_conflict,
            base=base,
            extra=extra,
        )

    async def move(
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
        return await self.update(card, on_conflict=on_conflict, **move_to(to))
