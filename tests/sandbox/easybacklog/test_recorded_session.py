"""The sandbox answers each request of a recorded session as the running easyBacklog did."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Request
from tests.sandbox.easybacklog.recorded import EXCHANGES
from tests.sandbox.easybacklog.recorded.comparison import came, expected
from tests.sandbox.easybacklog.recorded.exchange import Page

if TYPE_CHECKING:
    from agilekit.sandbox.messages import Response
    from tests.sandbox.easybacklog.recorded.exchange import Exchange


class Recorder:
    """Asks an easyBacklog like the one that was recorded, a second after each other."""

    def __init__(self) -> None:
        self.service = Sandbox("empty").easybacklog
        self.service.sixteen_bits = True
        self.service.ruby = "2.7"
        self.service.ready_after = timedelta(seconds=1)
        self.service.clock = lambda: self.now
        self.now = datetime(2026, 11, 26, 4, 4, 41, tzinfo=UTC)
        account = self.service.accounts[self.service.account_id]
        account.name = "Acme"
        self.names = {"A": str(account.id), "token": self.service.token}

    def ask(self, exchange: Exchange) -> Response:
        self.now += timedelta(seconds=1)
        path, _, query = exchange.path.format_map(self.names).partition("?")
        headers = {"authorization": exchange.auth.format_map(self.names), **exchange.headers}
        if not exchange.auth:
            del headers["authorization"]
        form = {name: text.format_map(self.names) for name, text in exchange.form.items()}
        body = exchange.content or urlencode(form)
        if exchange.json is not None:
            body = json.dumps(exchange.json)
            headers["content-type"] = "application/json"
        base = self.service.base_path
        request = Request(exchange.method, base + path, query, headers, body.encode())
        response = self.service.handle(request)
        if exchange.remember and response.status == 201:
            self.names[exchange.remember] = str(json.loads(response.body)["id"])
        return response


def test_each_of_192_requests_is_answered_as_it_was() -> None:
    recorder = Recorder()
    assert len(EXCHANGES) == 192
    for number, exchange in enumerate(EXCHANGES):
        response = recorder.ask(exchange)
        told = f"{number}: {exchange.method} {exchange.path} {dict(exchange.form)}"
        kind = dict(response.headers).get("content-type")
        assert (response.status, kind) == (exchange.status, exchange.kind), told
        if exchange.answer is None:
            assert response.body == b"", told
        elif not isinstance(exchange.answer, Page):
            found = came(response.body, exchange.answer)
            assert found == expected(exchange.answer), told
