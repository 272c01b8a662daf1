"""Every event says of what it is."""

from __future__ import annotations

import pickle
from typing import get_args

import attrs

import agilekit
from agilekit import events
from agilekit.events import Attempt, CallEnded, Event, EventContext

CONTEXT = EventContext("flow", "midori.flow.io", "/task/{task_id}", "c", "e", "j")


def test_an_event_shows_its_context_as_its_own() -> None:
    event = CallEnded("GET", "/task/1", 1.0, 1, 200, None, None, context=CONTEXT)
    for name in attrs.asdict(CONTEXT):
        assert getattr(event, name) == getattr(CONTEXT, name)


def test_an_attempt_can_be_made_as_before_and_has_no_context_then() -> None:
    attempt = Attempt("GET", "/task/1", 1, 0.1, 200, None, True)
    assert (attempt.service, attempt.route, attempt.call_id) == ("", None, None)


def test_events_can_be_pickled_as_the_errors_that_carry_them() -> None:
    attempt = Attempt("GET", "/task/1", 1, 0.1, 200, None, True, context=CONTEXT)
    assert pickle.loads(pickle.dumps(attempt)) == attempt  # noqa: S301 - our own


def test_every_event_is_public_in_both_places() -> None:
    for kind in get_args(Event):
        assert getattr(agilekit, kind.__name__) is getattr(events, kind.__name__) is kind


def test_only_an_outcome_that_nothing_tells_is_unknown() -> None:
    types = [None, "NotFound", "cancelled", "UnknownOutcome", "UnknownAfterServerError"]
    ended = [CallEnded("PUT", "/", 1.0, 1, None, "why", one) for one in types]
    assert [one.is_unknown for one in ended] == [False, False, False, True, True]
