"""A success that shows no item is no proof that it was created."""

from __future__ import annotations

import json
from typing import Final

import httpx
import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.transport import SandboxTransport
from tests.bulk.clients import TRIALS, Trial
from tests.bulk.test_kinds import EXACT, agrees, posts, run

COUNT: Final = 6


class Saying(Sandbox):
    """Does what it is asked, and answers each create of the first few with something else."""

    def __init__(self, answer: object, *, times: int) -> None:
        super().__init__("demo")
        self.answer, self.times = answer, times

    def transport(self) -> SandboxTransport:
        return _Saying(self)


class _Saying(SandboxTransport):
    def __init__(self, sandbox: Saying) -> None:
        super().__init__(sandbox)
        self._saying = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if request.method != "POST" or not response.is_success or not self._saying.times:
            return response
        self._saying.times -= 1
        headers = {"content-type": "application/json"}
        text = json.dumps(self._saying.answer)
        return httpx.Response(response.status_code, headers=headers, text=text)


NOTHING: Final[dict[str, object]] = {
    "nothing": {},
    "errors": {"errors": ["Name has already been taken"]},
    "null": None,
    "no id": {"id": 0, "name": "Untitled", "title": "Untitled"},
    "a list": [],
}


@pytest.mark.quick(6)
@pytest.mark.parametrize("answer", [NOTHING["nothing"], NOTHING["no id"]], ids=["nothing", "no id"])
@pytest.mark.parametrize("trial", EXACT, ids=str)
def test_what_was_stored_is_found_and_not_sent_again(
    trial: Trial, answer: object, anyio_backend: str
) -> None:
    sandbox = Saying(answer, times=2)
    drafts = trial.drafts(sandbox, COUNT)
    report = run(anyio_backend, trial, sandbox, drafts)
    assert str(report) == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    assert posts(sandbox) == COUNT
    assert agrees(trial, sandbox, drafts, report)


@pytest.mark.quick(2)
@pytest.mark.parametrize("answer", NOTHING.values(), ids=NOTHING)
def test_if_nothing_is_listed_it_is_unknown(answer: object, anyio_backend: str) -> None:
    (trial,) = (trial for trial in TRIALS if trial not in EXACT)
    sandbox = Saying(answer, times=2)
    drafts = trial.drafts(sandbox, COUNT)
    report = run(anyio_backend, trial, sandbox, drafts)
    assert (len(report.created), len(report.unknown)) == (COUNT - 2, 2)
    assert posts(sandbox) == COUNT
