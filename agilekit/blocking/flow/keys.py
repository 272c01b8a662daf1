"""The authentication keys of the board.

Generated from `agilekit.flow.keys` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.keys import Keys as AsyncKeys

__all__ = ["Keys"]


class Keys(WrappedResource[AsyncKeys]):
    """``flow.keys``"""

    def create(self) -> str:
        """Adds a random authentication key and returns it. A board can have 10.

        Only a client with the first key of the board may do this. Raises UnknownOutcome if
        nothing tells whether a key was added; it is never sent twice.

        Source: flow API Reference, "POST /authentication.format".
        """
        return self._run(self._resource.create)

    def delete(self, key: str) -> str | None:
        """Deletes an authentication key and returns it.

        None if the answer was lost, and the key is not found any more. No message shows the key.

        Source: flow API Reference, "DELETE /authentication/key.format".
        """
        return self._run(self._resource.delete, key)
