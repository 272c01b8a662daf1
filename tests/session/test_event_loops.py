"""A client belongs to the event loop that it was opened in."""

from __future__ import annotations

import anyio
import anyio.to_thread
import pytest

from agilekit import FlyingDonut, InvalidInput
from tests.session.scripted import Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


async def test_a_call_in_another_event_loop_is_refused_before_anything_is_sent(
    anyio_backend_name: str,
) -> None:
    server = Scripted(Say({}))

    async def read(donut: FlyingDonut) -> None:
        with pytest.raises(InvalidInput, match="another event loop"):
            await donut.project.get()

    async with donut_at(server) as donut:
        await anyio.to_thread.run_sync(lambda: anyio.run(read, donut, backend=anyio_backend_name))
        assert server.requests == []
        await donut.project.get()
