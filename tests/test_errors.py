"""The errors: a tree, each also the fitting builtin, and each able to travel."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import agilekit
from agilekit import errors
from agilekit.errors import ConflictDetail
from agilekit.events import Attempt
from agilekit.export import TargetError
from agilekit.versioned import Versioned
from tests.each import each

ATTEMPTS = (
    Attempt("GET", "/p", 1, 0.25, None, "ReadTimeout", True),
    Attempt("GET", "/p", 2, 1.5, 503, None, True),
)


def by_pickle(error: object) -> object:
    return pickle.loads(pickle.dumps(error))  # noqa: S301


ALL = [
    getattr(errors, name) for name in errors.__all__ if issubclass(getattr(errors, name), Exception)
]
OF_CALLS = [cls for cls in ALL if issubclass(cls, errors.CallError)]


def test_every_error_is_public_and_drawn_in_the_tree() -> None:
    for cls in ALL:
        assert getattr(agilekit, cls.__name__) is cls
        assert issubclass(cls, errors.AgilekitError)
        assert errors.__doc__ is not None
        assert f" {cls.__name__}" in errors.__doc__


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("InvalidInput", ValueError),
        ("NotSent", ConnectionError),
        ("ConnectionLost", ConnectionError),
        ("DeadlineExceeded", TimeoutError),
        ("DecodeError", ValueError),
        ("NotFound", LookupError),
    ],
)
def test_an_error_is_the_fitting_builtin_too(name: str, builtin: type[Exception]) -> None:
    assert issubclass(getattr(errors, name), builtin)


@each("cls", OF_CALLS)
@each("travel", [by_pickle, copy.copy])
def test_an_error_survives_a_journey(cls: type[Any], travel: Any) -> None:
    error = cls("went wrong", method="PUT", path="/p", attempts=ATTEMPTS)
    error.add_note("placed before: title")
    if isinstance(error, errors.ApiError):
        error.status, error.body = 418, {"error": ["tea"]}
    if isinstance(error, errors.VersionConflict):
        error.conflicts = {"title": ConflictDetail(Versioned("a", 1), "b", Versioned("c", 2))}
    arrived = travel(error)
    assert type(arrived) is cls
    assert vars(arrived) == vars(error)
    assert str(arrived) == str(error)
    assert arrived.attempts == ATTEMPTS


def test_the_error_of_a_target_survives_a_journey_with_its_advice() -> None:
    error = TargetError("is full", "backup.sqlite", "make room")
    arrived = by_pickle(error)
    assert isinstance(arrived, TargetError)
    assert (str(arrived), vars(arrived)) == (str(error), vars(error))


def test_an_interrupted_job_survives_a_journey_with_its_report() -> None:
    arrived = by_pickle(errors.BulkInterrupted("ended", report="the report"))  # type: ignore[arg-type]
    assert isinstance(arrived, errors.BulkInterrupted)
    assert (str(arrived), str(arrived.report)) == ("ended", "the report")


def test_an_invalid_input_survives_a_journey() -> None:
    arrived = pickle.loads(pickle.dumps(errors.InvalidInput("wrong")))  # noqa: S301
    assert (type(arrived), str(arrived)) == (errors.InvalidInput, "wrong")


@each("cls", OF_CALLS)
def test_an_error_names_its_call_and_its_attempts(cls: type[Any]) -> None:
    message = str(cls("went wrong", method="PUT", path="/p", attempts=ATTEMPTS))
    assert message.startswith("PUT /p: ")
    assert "went wrong [2 attempts, 1.75 s: ReadTimeout, 503]" in message


@each("cls", OF_CALLS)
def test_a_single_attempt_needs_no_history(cls: type[Any]) -> None:
    assert "attempt" not in str(cls("wrong", method="PUT", path="/p", attempts=ATTEMPTS[:1]))
