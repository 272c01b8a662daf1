"""What all calls of one session share: what it has while it is open, and how each is made."""

from __future__ import annotations

from anyio.lowlevel import EventLoopToken, current_token
from attrs import frozen

from agilekit.errors import InvalidInput
from agilekit.events import EventHook
from agilekit.session.container_locks import ContainerLocks
from agilekit.session.decode_worker import DecodeWorker
from agilekit.session.pool import Slots
from agilekit.session.rate_limiter import RateLimiter
from agilekit.wire.credential import Credential

__all__ = ["CallSettings", "SessionState"]


class SessionState:
    """What a session has while it is open, and all its views with it."""

    slots: Slots | None = None
    limiter: RateLimiter | None = None
    locks: ContainerLocks
    decode_worker: DecodeWorker
    loop: EventLoopToken
    """There are these three from when it was opened first."""

    @property
    def is_ready(self) -> bool:
        """Whether a request can be sent from here."""
        return self.slots is not None and self.limiter is not None and self.loop == current_token()

    def ready(self) -> tuple[Slots, RateLimiter]:
        """Raises InvalidInput if no request can be sent from here."""
        if self.slots is None or self.limiter is None:
            raise InvalidInput("the client is not open: make its calls inside `async with`")
        if self.loop != current_token():
            raise InvalidInput(
                "the client was opened in another event loop: open one in each, with `async with`"
            )
        return self.slots, self.limiter


@frozen(eq=False, repr=False)
class CallSettings:
    """What all calls of a session have in common."""

    state: SessionState
    origin: str
    """Scheme, host and port of the base URL."""
    credential: Credential
    timeout: float
    """Seconds for one attempt."""
    retries: int
    on_event: EventHook | None
