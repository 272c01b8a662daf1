"""What the four services have in common: where each is mounted, and how a client gets there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, TypedDict

from agilekit.sandbox.rewriting import Rewriting

if TYPE_CHECKING:
    from collections.abc import Callable

    from agilekit.sandbox.messages import Request, Response
    from agilekit.sandbox.transport import SandboxTransport


class ClientArguments(TypedDict):
    """The arguments that the clients of all services take."""

    base_url: str
    transport: SandboxTransport | None


class Service(ABC):
    """A service below its ``base_path``; ``base_url`` is for use in process.

    ``rewriting`` is how texts are changed before they are stored.
    """

    def __init__(self, base_path: str, transport: Callable[[], SandboxTransport]) -> None:
        self.base_path: Final[str] = base_path
        self.base_url: Final[str] = f"https://sandbox.invalid{base_path}"
        self.rewriting: Rewriting = Rewriting()
        self._transport = transport

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Answer one request; it has changed all that it changes when this returns."""

    def _client_arguments(self, url: str | None) -> ClientArguments:
        if url is None:
            return {"base_url": self.base_url, "transport": self._transport()}
        return {"base_url": f"{url}{self.base_path}", "transport": None}
