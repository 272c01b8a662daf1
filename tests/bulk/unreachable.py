"""A sandbox that one connection in twenty does not reach."""

from __future__ import annotations

from random import Random
from typing import Final

import httpx

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.transport import SandboxTransport

_ODDS: Final = 0.05


class OftenUnreachable(Sandbox):
    """Refuses connections while it has any faults."""

    def transport(self) -> SandboxTransport:
        return _Refusing(self)


class _Refusing(SandboxTransport):
    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self._faulty = sandbox
        self._random = Random(sandbox.faults.seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._faulty.faults != Faults() and self._random.random() < _ODDS:
            raise httpx.ConnectError("Connection refused", request=request)
        return await super().handle_async_request(request)
