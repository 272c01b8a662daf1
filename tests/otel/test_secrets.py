"""No secret in any span, metric or line of the log, whatever the credential, the format, and the
form in which a server repeats it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agilekit import AgilekitError, EasyBacklog, EventHook, Flow, FlyingDonut, KanbanTool
from agilekit.events import log
from agilekit.flyingdonut.params import CardDraft
from agilekit.session.client import Client
from agilekit.session.options import Options
from tests.contract.test_secrets import calls_of
from tests.otel.collected import Collected
from tests.secret_forms import FORMS, shows
from tests.session.scripted import Say, Scripted, Step
from tests.test_secrets import SECRET
from tests.virtual_time import in_virtual_time

Make: TypeAlias = Callable[[str, Options], Client]

URL: Final = "https://localhost:3000/api"
CLIENTS: Final[dict[str, Make]] = {
    "flyingdonut": lambda secret, options: FlyingDonut("p", secret=secret, username="u", **options),
    "flow": lambda secret, options: Flow("midori", key=secret, user_id=1, **options),
    "flow-xml": lambda secret, options: Flow(
        "midori", key=secret, user_id=1, format="xml", override=True, **options
    ),
    "easybacklog": lambda secret, options: EasyBacklog(URL, token=secret, **options),
    "easybacklog-xml": lambda secret, options: EasyBacklog(
        URL, token=secret, format="xml", override=True, **options
    ),
    "easybacklog-basic": lambda secret, options: EasyBacklog(
        URL, user_id=981, key=secret, **options
    ),
    "easybacklog-query": lambda secret, options: EasyBacklog(
        URL, token=secret, token_in="query", **options
    ),
    "kanbantool": lambda secret, options: KanbanTool("a", token=secret, **options),
    "kanbantool-xml": lambda secret, options: KanbanTool(
        "a", token=secret, format="xml", override=True, **options
    ),
    "kanbantool-query": lambda secret, options: KanbanTool(
        "a", token=secret, token_in="query", **options
    ),
    "kanbantool-jsonp": lambda secret, options: KanbanTool(
        "a", token=secret, format="jsonp", **options
    ),
}


def steps(echo: str) -> st.SearchStrategy[Step]:
    """What a server that repeats the secret may do."""
    latin = echo.encode("latin-1", "replace").decode("latin-1")
    shown = "".join(letter for letter in latin if letter.isprintable())
    return st.one_of(
        st.sampled_from([400, 401, 403, 404, 409, 422, 429, 500, 502, 503]).flatmap(
            lambda status: st.sampled_from(
                [
                    Say({"error": echo}, status, {"retry-after": "0"}),
                    Say({echo: [echo]}, status, {"retry-after": "0"}),
                    Say(f"<title>{echo}</title>".encode(), status, {"retry-after": "0"}),
                ]
            )
        ),
        st.sampled_from(
            [
                Say(echo.encode()),
                Say([echo]),
                Say({"id": echo, "name": [echo]}),
                Say(status=302, headers={"location": f"https://evil.com/{shown}"}),
                Say({}, headers={"content-encoding": shown[:20]}),
                Say(b'{"a": "', cut_by=httpx.RemoteProtocolError(f"bad line: {echo}")),
                httpx.ConnectError(echo),
                httpx.ReadError(echo),
                RuntimeError(echo),
            ]
        ),
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[str, str, list[Step]]:
    """A client, its secret, and what the server does with its requests."""
    letters = st.sampled_from("abcXYZ0189/+%&<\"'\\-_.")
    secret = draw(st.text(letters, min_size=10, max_size=24))
    echo = f"no such key: {draw(st.sampled_from(list(FORMS.values())))(secret)}"
    return draw(st.sampled_from(list(CLIENTS))), secret, draw(st.lists(steps(echo), min_size=1))


class _Lines(logging.Handler):
    """All that a formatter can write of each record."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()}\n{vars(record)!r}\n{record.exc_text}")


def _calls_of(client: Client) -> list[Callable[[], Awaitable[object]]]:
    if not isinstance(client, FlyingDonut):
        return [*calls_of(client), lambda: client.request("POST", "/things/1", body={"a": 1})]
    return [
        lambda: client.cards.get("c"),
        lambda: client.cards.in_bucket("b"),
        lambda: client.cards.create("b", title="T"),
        lambda: client.cards.update("c", title="T"),
        lambda: client.cards.create_many("b", [CardDraft(title="T")]),
    ]


async def _make_calls(name: str, secret: str, hooks: Sequence[EventHook], server: Scripted) -> None:
    options: Options = {"transport": server, "on_event": hooks, "retries": 1, "deadline": 30}
    client = CLIENTS[name](secret, options)
    async with client:
        for call in _calls_of(client):
            try:
                with anyio.move_on_after(20):
                    await call()
            except (AgilekitError, RuntimeError):
                pass


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scene=scenes())
def test_no_span_no_metric_and_no_line_shows_a_secret_that_a_server_repeats(
    scene: tuple[str, str, list[Step]],
) -> None:
    check(*scene)


@pytest.mark.parametrize("name", CLIENTS)
def test_no_span_no_metric_and_no_line_shows_the_secret(name: str) -> None:
    secret = "hush/6830&0163<a5d8"
    steps: list[Step] = [
        Say({"error": f"no such key: {secret}"}, 503, {"retry-after": "0"}),
        Say({"error": f"no such key: {secret}"}, 400),
        httpx.ReadError(f"bad line: {secret}"),
        RuntimeError(f"bad line: {secret}"),
    ]
    check(name, secret, steps)


def check(name: str, secret: str, steps: list[Step]) -> None:
    made, lines = Collected(), _Lines()
    logger = logging.Logger("of this test")
    logger.addHandler(lines)
    in_virtual_time(
        "asyncio",
        lambda: _make_calls(name, secret, [made.hook, log(logger)], Scripted(*steps)),
    )
    text = "\n".join([made.text(), *lines.lines])
    assert made.spans
    assert lines.lines
    assert not shows(text, secret)
    assert SECRET not in text  # a key that a call names in its path
