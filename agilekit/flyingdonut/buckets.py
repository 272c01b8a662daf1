"""The buckets, which divide the backlog."""

from __future__ import annotations

from agilekit.flyingdonut.models import Bucket
from agilekit.flyingdonut.params import id_of
from agilekit.flyingdonut.routes import FETCH_BACKLOG_BUCKET, FETCH_BACKLOG_BUCKETS
from agilekit.flyingdonut.scope import ScopedResource
from agilekit.session.listing import Listing

__all__ = ["Buckets"]


class Buckets(ScopedResource):
    """``donut.buckets``"""

    def all(self) -> Listing[Bucket]:
        """Lists the buckets of the backlog.

        Source: Flying Donut API, "Fetch Backlog Buckets".
        """
        return self._scope.session.listing(FETCH_BACKLOG_BUCKETS, self._scope.ids())

    async def get(self, bucket: Bucket | str) -> Bucket:
        """Reads one bucket.

        Source: Flying Donut API, "Fetch Backlog Bucket".
        """
        ids = self._scope.ids(bucketId=id_of(bucket, Bucket))
        return await self._scope.session.call(FETCH_BACKLOG_BUCKET, ids)
