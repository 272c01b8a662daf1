"""The beginning and the end of what lasts: every end comes once, whatever ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Final, cast

import anyio
import httpx
import pytest

from agilekit import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    ConnectionLost,
    EditEnded,
    EditStarted,
    Event,
    Flow,
    FlyingDonut,
    InvalidInput,
    NotFound,
    NotSent,
    UnknownOutcome,
)
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from agilekit.session.session import Session
from tests.each import each
from tests.events.pairs import check_pairs
from tests.flyingdonut.calls import BUCKET, CARD
from tests.payloads import flyingdonut as samples
from tests.session.scripted import Say, Scripted, Step, donut_at

pytestmark = pytest.mark.anyio

Call = Callable[[FlyingDonut], Awaitable[object]]


class Stop(Exception):
    """The caller's own."""


def ended(told: list[Event]) -> CallEnded:
    [end] = [event for event in told if isinstance(event, CallEnded)]
    return end


async def test_all_events_of_a_call_say_of_which_it_is() -> None:
    told: list[Event] = []
    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_CARD))
    async with donut_at(server, on_event=told.append) as donut:
        await donut.cards.get(CARD)
    check_pairs(told)
    [context] = {event.context for event in told}
    assert (context.service, context.host) == ("flyingdonut", "www.flyingdonut.io")
    assert context.route == "/projects/{projectId}/items/{itemId}"
    assert context.call_id is not None
    assert context.edit_id is context.job_id is None


READS: Final[list[Call]] = [lambda donut: donut.project.get(), lambda donut: donut.buckets.all()]
ENDS: Final[list[tuple[Step, Call, int | None, str | None]]] = [
    (Say(samples.FETCH_PROJECT), lambda donut: donut.project.get(), 200, None),
    (Say(status=404), lambda donut: donut.project.get(), 404, "NotFound"),
    (Say(status=401), lambda donut: donut.buckets.all(), 401, "Unauthorized"),
    (
        Say(status=302, headers={"location": "http://elsewhere.com"}),
        lambda donut: donut.project.get(),
        302,
        "Redirected",
    ),
    (Say(b"no json"), lambda donut: donut.project.get(), 200, "DecodeError"),
    (Say(b"no json"), lambda donut: donut.buckets.all(), 200, "DecodeError"),
    (httpx.ConnectError("refused"), lambda donut: donut.project.get(), None, "NotSent"),
    (httpx.ReadError("reset"), lambda donut: donut.project.get(), None, "ConnectionLost"),
    (
        httpx.ReadError("reset"),
        lambda donut: donut.cards.create(BUCKET, title="T"),
        None,
        "UnknownOutcome",
    ),
    (Say(status=400), lambda donut: donut.request("GET", "/things/1"), 400, "BadRequest"),
    (Stop("enough"), lambda donut: donut.project.get(), None, "Stop"),
]


@each("step, call, status, error_type", ENDS)
async def test_the_end_of_a_call_says_what_came_of_it(
    step: Step, call: Call, status: int | None, error_type: str | None
) -> None:
    told: list[Event] = []
    async with donut_at(Scripted(step), on_event=told.append, retries=0) as donut:
        with nullcontext() if error_type is None else pytest.raises(Exception) as caught:
            await call(donut)
    check_pairs(told)
    end = ended(told)
    assert (end.status, end.error_type, end.attempts) == (status, error_type, 1)
    assert end.error == (None if caught is None else str(caught.value))


async def test_each_page_of_a_listing_is_a_call() -> None:
    told: list[Event] = []
    async with donut_at(Scripted(Say([])), on_event=told.append) as donut:
        assert await donut.buckets.all() == []
        async with donut.cards.in_bucket(BUCKET).pages(prefetch=3) as pages:
            assert [page async for page in pages] == [[]]
    check_pairs(told)
    assert len({event.call_id for event in told}) == 2


async def test_a_call_that_no_document_knows_has_no_route() -> None:
    told: list[Event] = []
    async with donut_at(Scripted(Say({})), on_event=told.append) as donut:
        await donut.request("GET", "/milestones/17")
    check_pairs(told)
    assert {event.route for event in told} == {None}
    [started] = [event for event in told if isinstance(event, AttemptStarted)]
    assert started.url_template is None
    assert started.url.endswith("/milestones/17")


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_call_that_is_cancelled_ends(anyio_backend: str) -> None:
    told: list[Event] = []
    async with donut_at(Scripted(Say({}, after=30)), on_event=told.append) as donut:
        with anyio.move_on_after(0.01):
            await donut.project.get()
    check_pairs(told)
    end = ended(told)
    assert (end.error, end.error_type, end.status) == ("cancelled", "cancelled", None)


async def test_a_call_that_waits_for_a_connection_ends_when_it_is_cancelled() -> None:
    told: list[Event] = []
    async with (
        donut_at(Scripted(Say({}, after=30)), on_event=told.append, concurrency=1) as donut,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(3):
            tasks.start_soon(donut.project.get)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    check_pairs(told)
    assert [e.attempts for e in told if isinstance(e, CallEnded)].count(0) == 2


@each("kind", [CallStarted, AttemptStarted, Attempt, CallEnded])
@each("call", READS)
async def test_what_a_hook_raises_reaches_the_caller_and_the_others_hear_the_end(
    kind: type[Event], call: Call
) -> None:
    stop = Stop("enough")
    before: list[Event] = []
    after: list[Event] = []

    def raises(event: Event) -> None:
        if isinstance(event, kind):
            raise stop

    server = Scripted(Say([]))
    hooks = (before.append, raises, after.append)
    async with donut_at(server, on_event=hooks, concurrency=1) as donut:
        for _ in range(2):  # the connection was given back
            with anyio.fail_after(1), pytest.raises(Stop) as caught:
                await call(donut)
            assert caught.value is stop
    for told in (before, after):
        check_pairs(told)
    assert before == after
    assert len(server.requests) == (0 if kind in (CallStarted, AttemptStarted) else 2)


async def test_an_attempt_that_a_hook_ends_before_it_leaves_was_certainly_not_received() -> None:
    told: list[Event] = []

    def raises(event: Event) -> None:
        if isinstance(event, AttemptStarted):
            raise Stop

    server = Scripted(Say({}))
    async with donut_at(server, on_event=(told.append, raises)) as donut:
        with pytest.raises(Stop):
            await donut.cards.create(BUCKET, title="T")
    [attempt] = [event for event in told if isinstance(event, Attempt)]
    assert (attempt.maybe_received, attempt.sent_at, attempt.error_type) == (False, None, "Stop")


@each(
    "step, error_type",
    [
        (httpx.ConnectError("refused"), "NotSent"),
        (httpx.ReadError("reset"), "ConnectionLost"),
        (Say(b"x" * 20_000), "AnswerTooLarge"),
        (Say({}, after=30), "timeout"),
        (Stop("enough"), "Stop"),
        (Say(samples.FETCH_PROJECT), None),
    ],
)
async def test_an_attempt_says_in_one_word_why_no_answer_came(
    step: Step, error_type: str | None
) -> None:
    told: list[Event] = []
    server = Scripted(step)
    async with donut_at(
        server, on_event=told.append, retries=0, timeout=0.05, largest_body=10_000
    ) as donut:
        with nullcontext() if error_type is None else pytest.raises(Exception):
            await donut.project.get()
    [attempt] = [event for event in told if isinstance(event, Attempt)]
    assert attempt.error_type == error_type


class _Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@each(
    "error, words",
    [
        (Stop("half \ud800 a pair"), "half \ufffd a pair"),
        (httpx.ReadError("half \ud800 a pair"), "ReadError: half \ufffd a pair"),
        (Stop("long " * 100_000), "long " * 400),
        (_Unspeakable(), "_Unspeakable"),
        (Stop(), "Stop"),
    ],
)
async def test_whatever_is_raised_every_end_comes_in_words_that_can_be_kept(
    error: Exception, words: str
) -> None:
    told: list[Event] = []
    async with donut_at(Scripted(error), on_event=told.append, retries=0) as donut:
        with pytest.raises((Stop, _Unspeakable, ConnectionLost)):
            await donut.project.get()
    check_pairs(told)
    [attempt] = [event for event in told if isinstance(event, Attempt)]
    assert attempt.error == words
    assert words in str(ended(told).error)


async def test_headers_that_a_hook_adds_go_along_with_each_attempt() -> None:
    def adds(event: Event) -> None:
        if isinstance(event, AttemptStarted):
            event.headers["traceparent"] = f"00-{event.number:032x}-1-01"

    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say({}))
    async with donut_at(server, on_event=adds) as donut:
        await donut.project.get()
    sent = [request.headers["traceparent"] for request in server.requests]
    assert sent == [f"00-{number:032x}-1-01" for number in (1, 2)]


async def test_headers_that_a_hook_adds_follow_a_redirect_only_to_the_same_origin() -> None:
    def adds(event: Event) -> None:
        if isinstance(event, AttemptStarted):
            event.headers["baggage"] = "user=jane"

    def to(url: str) -> Say:
        return Say(status=302, headers={"location": url})

    home = "https://www.flyingdonut.io/other"
    server = Scripted(to(home), to("https://flyingdonut.io/third"), Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=adds) as donut:
        await donut.project.get()
    assert [request.headers.get("baggage") for request in server.requests] == [
        *("user=jane", "user=jane"),
        None,
    ]


@each(
    "name, value",
    [
        ("Authorization", "secret other"),
        ("user-agent", "mine"),
        ("Host", "evil.com"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "0"),
        ("bad name", "x"),
        ("good", "line\r\nbreak: 1"),
        ("good", "ö"),
        ("", "x"),
        ("good", 1),
        ("good", b"x"),
        (b"good", "x"),
        (1, "x"),
        ("X-There-Already", "other"),
    ],
)
async def test_a_hook_cannot_replace_a_header_or_add_one_that_breaks_the_message(
    name: object, value: object
) -> None:
    told: list[Event] = []

    def adds(event: Event) -> None:
        if isinstance(event, AttemptStarted):
            event.headers["x-there-already"] = "1"
            cast("dict[object, object]", event.headers)[name] = value

    server = Scripted(Say({}))
    async with donut_at(server, on_event=(told.append, adds)) as donut:
        with pytest.raises(InvalidInput, match="on_event added the header"):
            await donut.project.get()
    assert server.requests == []
    check_pairs(told)


async def test_an_edit_tells_its_end_and_its_calls_bear_its_id() -> None:
    told: list[Event] = []
    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=told.append) as donut:
        [bucket] = await donut.buckets.all()
        card = await donut.cards.create(bucket, title="T")
        async with FlyingDonut(**sandbox.flyingdonut.arguments()) as other:
            await other.cards.update(card, title="U")
        told.clear()
        view = donut.using(username="jane.smith", deadline=60)
        await view.cards.update(card, title="V")
    check_pairs(told)
    [id] = {event.edit_id for event in told}
    assert id is not None
    assert {event.service for event in told} == {"flyingdonut"}
    [started, *_, end] = told
    assert isinstance(started, EditStarted)
    assert isinstance(end, EditEnded)
    assert (end.attributes, end.error, end.is_unknown) == (("title",), None, False)
    assert end.route == "/projects/{projectId}/items/{itemId}"
    assert len([event for event in told if isinstance(event, CallEnded)]) > 1


@each(
    "step, error, error_type",
    [
        (Say(status=404), NotFound, "NotFound"),
        (httpx.ConnectError("refused"), NotSent, "NotSent"),
        (Say(b"?", status=202), UnknownOutcome, "UnknownOutcome"),
    ],
)
async def test_an_edit_that_fails_says_why(
    step: Step, error: type[Exception], error_type: str
) -> None:
    told: list[Event] = []
    async with donut_at(
        Scripted(Say(samples.FETCH_CARD), step), on_event=told.append, retries=0
    ) as donut:
        with pytest.raises(error):
            await donut.cards.update(CARD, title="T")
    check_pairs(told)
    [end] = [event for event in told if isinstance(event, EditEnded)]
    assert end.error_type == error_type


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_edits_that_wait_for_each_other_end_when_they_are_cancelled(
    anyio_backend: str,
) -> None:
    told: list[Event] = []
    server = Scripted(Say(samples.FETCH_CARD), Say({}, after=30))
    async with (
        donut_at(server, on_event=told.append) as donut,
        anyio.create_task_group() as tasks,
    ):
        card = await donut.cards.get(CARD)
        for number in range(3):
            tasks.start_soon(
                lambda title: donut.cards.update(card, title=title), f"number {number}"
            )
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    check_pairs(told)
    ends = [event.error_type for event in told if isinstance(event, EditEnded)]
    assert ends == ["cancelled"] * 3


@each("kind", [EditStarted, EditEnded])
async def test_what_a_hook_raises_of_an_edit_reaches_the_caller(kind: type[Event]) -> None:
    told: list[Event] = []

    def raises(event: Event) -> None:
        if isinstance(event, kind):
            raise Stop

    sandbox = Sandbox("empty")
    async with FlyingDonut(
        **sandbox.flyingdonut.arguments(), on_event=(raises, told.append)
    ) as donut:
        [bucket] = await donut.buckets.all()
        card = await donut.cards.create(bucket, title="T")
        for _ in range(2):  # the lock of the card was given back
            with pytest.raises(Stop):
                await donut.cards.update(card, title="U")
    check_pairs(told)


async def test_nothing_is_made_for_events_that_nobody_hears() -> None:
    server = Scripted(httpx.ReadError("reset"))
    async with donut_at(server, retries=0) as donut:
        session: Session = vars(donut)["_session"]
        assert session.for_edit() is session.for_job() is session
        with pytest.raises(ConnectionLost) as caught:
            await donut.project.get()
    [attempt] = caught.value.attempts
    assert (attempt.service, attempt.call_id) == ("flyingdonut", None)


async def test_a_secret_id_is_in_no_event_and_no_url() -> None:
    sandbox = Sandbox("demo")
    told: list[Event] = []
    async with Flow(**sandbox.flow.arguments(), on_event=told.append) as flow:
        with pytest.raises(NotFound):
            await flow.keys.delete("0123456789abcdef")
    shown = repr([(event, event.context) for event in told])
    assert "0123456789abcdef" not in shown
    [started] = [event for event in told if isinstance(event, AttemptStarted)]
    assert started.url.endswith("/authentication/********.json")
    assert (started.url_template or "").endswith("/authentication/{key}.json")


def test_a_call_of_each_service_names_it() -> None:
    sandbox = Sandbox("empty")
    for name, service in SERVICES.items():
        arguments = getattr(sandbox, name).arguments()
        client: object = service.client(**arguments)
        session: Session = vars(client)["_session"]
        assert session.server.service == name
