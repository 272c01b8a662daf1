"""The authentication keys of the board."""

from __future__ import annotations

import re
from typing import Final

from agilekit.errors import InvalidInput
from agilekit.flow.routes import DELETE_AUTHENTICATION, POST_AUTHENTICATION
from agilekit.session.resource import Resource

__all__ = ["Keys"]

_KEY: Final = re.compile(r"[0-9A-Za-z_-]+")


class Keys(Resource):
    """``flow.keys``"""

    async def create(self) -> str:
        """Adds a random authentication key and returns it. A board can have 10.

        Only a client with the first key of the board may do this. Raises UnknownOutcome if
        nothing tells whether a key was added; it is never sent twice.

        Source: flow API Reference, "POST /authentication.format".
        """
        return await self._session.call(POST_AUTHENTICATION, {})

    async def delete(self, key: str) -> str | None:
        """Deletes an authentication key and returns it.

        None if the answer was lost, and the key is not found any more. No message shows the key.

        Source: flow API Reference, "DELETE /authentication/key.format".
        """
        return await self._session.call(DELETE_AUTHENTICATION, {"key": _checked_key(key)})


def _checked_key(key: object) -> str:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidInput("the key to be deleted must be one of the board's keys, as text")
    return key
