"""What the clients of all services have in common."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from agilekit.session.session import Session

__all__ = ["Client"]


class Client:
    """A service's client, to be entered with ``async with``."""

    _session: Session

    async def __aenter__(self) -> Self:
        await self._session.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.__aexit__(kind, error, trace)

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._session.is_open

    @property
    def base_url(self) -> str:
        """What the path of every call stands below."""
        return self._session.server.base_url

    @property
    def concurrency(self) -> int:
        """How many requests may be in flight at once."""
        return self._session.concurrency
