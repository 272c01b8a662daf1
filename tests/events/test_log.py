"""One readable line for what matters, at a level that says for whom, with fields beside it."""

from __future__ import annotations

import json
import logging
from contextlib import suppress

import anyio
import httpx
import pytest

from agilekit import AgilekitError, CallEnded, Event, FlyingDonut, JobEnded, Wait
from agilekit.events import EditEnded, EventContext, JobLook, JobResend, log
from agilekit.sandbox import Sandbox
from tests.each import each
from tests.flyingdonut.calls import BUCKET
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, Say, Scripted, Step, donut_at

pytestmark = pytest.mark.anyio

PATH = f"/api/projects/{PROJECT}"
OF_JOB = EventContext("flyingdonut", "host", "/r", "c", None, "j")


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "agilekit")


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    records = [record for record in caplog.records if record.name == "agilekit"]
    return [(record.levelname, record.getMessage()) for record in records]


async def test_a_retry_is_one_line_that_says_what_went_wrong_and_when_it_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=log()) as donut:
        await donut.project.get()
    (level, retry), (_, end) = lines(caplog)
    assert level == "INFO"
    assert retry.startswith(f"GET {PATH}: attempt 1 came to 503; the next one is in 0.")
    assert end.startswith(f"GET {PATH}: 200 in ")
    assert end.endswith(", 2 attempts")


@each(
    "step, writes, level, words",
    [
        (Say(samples.FETCH_PROJECT), False, "DEBUG", f"GET {PATH}: 200 in "),
        (Say(status=404), False, "WARNING", f"NotFound: GET {PATH}: 404 "),
        (httpx.ConnectError("refused"), False, "WARNING", f"NotSent: GET {PATH}: not sent"),
        (
            httpx.ReadError("reset"),
            True,
            "ERROR",
            f"UnknownOutcome: POST {PATH}/backlog/buckets/{BUCKET}/items: nothing tells",
        ),
        (RuntimeError("broken"), False, "WARNING", f"GET {PATH}: RuntimeError: broken"),
    ],
)
async def test_the_level_of_the_end_of_a_call_says_whether_somebody_has_to_look(
    step: Step, writes: bool, level: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    async with donut_at(Scripted(step), on_event=log(), retries=0) as donut:
        with suppress(AgilekitError, RuntimeError):
            await (donut.cards.create(BUCKET, title="T") if writes else donut.project.get())
    [(shown, line)] = lines(caplog)
    assert shown == level
    assert line.startswith(words)


async def test_a_cancelled_call_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async with donut_at(Scripted(Say({}, after=30)), on_event=log()) as donut:
        with anyio.move_on_after(0.01):
            await donut.project.get()
    [(level, line)] = lines(caplog)
    assert level == "DEBUG"
    assert line.startswith(f"GET {PATH}: cancelled after 0.")


async def test_a_conflict_is_a_line_and_the_end_of_its_edit_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=log()) as donut:
        [bucket] = await donut.buckets.all()
        card = await donut.cards.create(bucket, title="T")
        async with FlyingDonut(**sandbox.flyingdonut.arguments()) as other:
            await other.cards.update(card, title="U")
        caplog.clear()
        await donut.cards.update(card, title="V")
    conflict, end = "title was changed by somebody else: sent version 0, now 1", "(title): done in"
    told = lines(caplog)
    assert [level for level, line in told if conflict in line] == ["INFO"]
    assert [level for level, line in told if end in line] == ["DEBUG"]


@each(
    "event, level, words",
    [
        (
            CallEnded("POST", "/p", 1, 1, None, "POST /p: why", "UnknownOutcome", context=OF_JOB),
            "INFO",
            "UnknownOutcome: POST /p: why",
        ),
        (
            EditEnded("/p", ("title", "estimate"), 1, "PUT /p: why", "VersionConflict"),
            "WARNING",
            "VersionConflict: PUT /p: why",
        ),
        (EditEnded("/p", ("title",), 1, "cancelled", "cancelled"), "DEBUG", "the edit of /p"),
        (
            JobLook("cards", 1, 0.5, 3, 1, 1, 1, None, None, context=OF_JOB),
            "INFO",
            "creating cards (job j): looked for 3 lost drafts: 1 are created, 1 are sent again, 1",
        ),
        (
            JobLook("cards", 1, 0.5, 3, 0, 0, 3, "why", "NotSent", context=OF_JOB),
            "WARNING",
            "creating cards (job j): cannot look for 3 lost drafts: NotSent: why",
        ),
        (
            JobResend("cards", (4, 7), "missing", context=OF_JOB),
            "INFO",
            "creating cards (job j): sends 2 drafts again (missing)",
        ),
        (JobEnded("cards", 1, 9, 0, 0, None, None), "INFO", "creating cards (job None): ended"),
        (JobEnded("cards", 1, 9, 1, 0, None, None), "WARNING", "creating cards"),
        (JobEnded("cards", 1, 9, 0, 0, "why", "Unauthorized"), "WARNING", "creating cards"),
        (JobEnded("cards", 1, 9, 1, 1, None, None), "ERROR", "creating cards"),
        (
            JobEnded("cards", 1, 9, 0, 0, "cancelled", "cancelled"),
            "WARNING",
            "creating cards (job None): ended after 1 s with 9 created, 0 refused, 0 unknown; it",
        ),
        (Wait("GET", "/p", 0.25, "pace"), "INFO", "GET /p: waits 0.25 s (pace)"),
    ],
)
def test_each_kind_of_event_has_its_level_and_its_words(
    event: Event, level: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    log()(event)
    [(shown, line)] = lines(caplog)
    assert shown == level
    assert line.startswith(words)
    assert "\n" not in line


async def test_the_fields_are_plain_and_named_as_those_of_the_event(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[Event] = []
    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=[log(), told.append]) as donut:
        await donut.project.get()
    [wait] = [event for event in told if isinstance(event, Wait)]
    record = caplog.records[-2]
    fields = {name: value for name, value in vars(record).items() if name.startswith("agilekit_")}
    assert json.loads(json.dumps(fields)) == {
        "agilekit_event": "Wait",
        "agilekit_service": "flyingdonut",
        "agilekit_host": "www.flyingdonut.io",
        "agilekit_route": "/projects/{projectId}",
        "agilekit_call_id": wait.call_id,
        "agilekit_edit_id": None,
        "agilekit_job_id": None,
        "agilekit_method": "GET",
        "agilekit_path": PATH,
        "agilekit_seconds": wait.seconds,
        "agilekit_reason": "retry",
        "agilekit_after": "503",
    }


def test_another_logger_can_be_named_or_passed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("mine.agile", logging.getLogger("mine.agile")):
        log(logger)(Wait("GET", "/p", 0.25, "pace"))
    assert [record.name for record in caplog.records] == ["mine.agile"] * 2


def test_percent_signs_in_what_is_logged_are_no_directives(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log()(Wait("GET", "/a%20b", 0.25, "pace"))
    [(_, line)] = lines(caplog)
    assert "/a%20b" in line


def test_what_a_server_says_in_several_lines_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    log()(CallEnded("GET", "/p", 1, 1, 400, "GET /p: 400 no\nERROR forged\r\n", "BadRequest"))
    [(_, line)] = lines(caplog)
    assert line == "BadRequest: GET /p: 400 no ERROR forged"


def test_what_would_order_a_terminal_about_is_escaped(caplog: pytest.LogCaptureFixture) -> None:
    log()(CallEnded("GET", "/p", 1, 1, 400, "GET /p: 400 \x1b[2J\u202eüber", "BadRequest"))
    [(_, line)] = lines(caplog)
    assert line == r"BadRequest: GET /p: 400 \x1b[2J\u202eüber"
