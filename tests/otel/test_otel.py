"""The hook as a whole: where its spans go, for how many clients, and what it needs."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from agilekit import KanbanTool
from tests.otel.collected import Collected
from tests.payloads import flyingdonut as samples
from tests.session.scripted import SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


async def test_one_hook_serves_several_clients() -> None:
    made = Collected()
    one, other = Scripted(Say(samples.FETCH_PROJECT)), Scripted(Say([]))
    async with (
        donut_at(one, on_event=made.hook) as donut,
        KanbanTool("a", token=SECRET, transport=other, on_event=made.hook) as kanban,
    ):
        await donut.project.get()
        await kanban.boards.all()
    services = {str((span.attributes or {}).get("agilekit.service")) for span in made.spans}
    assert services == {"flyingdonut", "kanbantool", "None"}


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("agilekit.otel")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(ImportError, match=r"pip install 'agilekit\[otel\]'"):
        import_module("agilekit.otel")
