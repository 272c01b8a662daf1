"""The buckets, which divide the backlog.

Generated from `agilekit.flyingdonut.buckets` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flyingdonut.buckets import Buckets as AsyncBuckets
from agilekit.flyingdonut.models import Bucket

__all__ = ["Buckets"]


class Buckets(WrappedResource[AsyncBuckets]):
    """``donut.buckets``"""

    def all(self) -> Listing[Bucket]:
        """Lists the buckets of the backlog.

        Source: Flying Donut API, "Fetch Backlog Buckets".
        """
        return self._list(self._resource.all())

    def get(self, bucket: Bucket | str) -> Bucket:
        """Reads one bucket.

        Source: Flying Donut API, "Fetch Backlog Bucket".
        """
        return self._run(self._resource.get, bucket)
