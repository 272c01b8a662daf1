"""Marks are written so that they can be read again, whatever a server makes of the text."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit import InvalidInput
from agilekit.bulk.identity.marks import JobMark, Mark

JOB = JobMark("title", "k3f9x2ab")
OTHER = JobMark("title", "zzzzzzzz")


@settings(deadline=None)
@given(st.integers(0, 10**9), st.text())
def test_a_mark_is_read_again(position: int, text: str) -> None:
    marked = str(JOB.on(position, text))
    assert JOB.position(marked) == position
    assert OTHER.position(marked) is None
    for shown in (marked.upper(), marked.capitalize(), escape(marked), f"  {marked}", marked[:40]):
        assert JOB.position(shown) == position


@settings(deadline=None)
@given(st.integers(0, 10**9), st.text())
def test_the_documented_expression_takes_a_mark_out_again(position: int, text: str) -> None:
    marked = str(JOB.on(position, text))
    assert re.sub(r"\[ak-[0-9a-z]+-\d+\] ?", "", marked, count=1) == text


def test_a_mark_stands_before_the_text() -> None:
    assert JOB.on(17, "Paint the door") == "[ak-k3f9x2ab-17] Paint the door"


@pytest.mark.parametrize("nothing", [None, ""])
def test_where_there_is_no_text_the_mark_is_all(nothing: object) -> None:
    assert JOB.on(0, nothing) == "[ak-k3f9x2ab-0]"


@pytest.mark.parametrize("value", [7, 0, False, ["a"], {"a": 1}, b"a"])
def test_what_is_not_a_text_stays_as_it_is_so_that_the_draft_is_refused(value: object) -> None:
    assert JOB.on(0, value) is value


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "Paint the door",
        "[ak-k3f9x2ab-]",
        "[ak-k3f9x2ab-x]",
        "[ak-k3f9x2ab-1",
        "ak-k3f9x2ab-1",
        "[ak-k3f9x2abc-1]",
        "[ak-k3f-1]",
        f"[ak-k3f9x2ab-{'1' * 16}]",
    ],
)
def test_what_is_not_a_mark_of_the_job_has_no_position(text: object) -> None:
    assert JOB.position(text) is None


def test_of_several_marks_that_of_the_job_counts_the_first_one() -> None:
    text = "[ak-zzzzzzzz-1] [ak-k3f9x2ab-2] [ak-k3f9x2ab-3] Paint"
    assert (JOB.position(text), OTHER.position(text)) == (2, 1)
    assert JOB.position(f"[ak-k3f9x2ab-{'1' * 15}]") == int("1" * 15)


def test_each_job_has_a_mark_of_its_own() -> None:
    jobs = {JobMark.new("title").job for _ in range(100)}
    assert len(jobs) == 100
    assert {JobMark.new("name").field for _ in range(3)} == {"name"}
    for job in jobs:
        assert re.fullmatch("[0-9a-z]{8}", job)
        assert Mark("title", job).job == job


@pytest.mark.parametrize("job", ["abcd", "0" * 32, "k3f9x2ab", None])
def test_an_id_is_4_to_32_letters_and_digits(job: str | None) -> None:
    assert Mark("title", job).job == job


@pytest.mark.parametrize("job", ["", "abc", "0" * 33, "K3F9X2AB", "a-bcd", "abcd\n", "\u00e4bcde"])
def test_another_id_is_refused(job: str) -> None:
    with pytest.raises(
        InvalidInput, match="a job id has 4 to 32 characters, a to z and 0 to 9, not"
    ):
        Mark("title", job)
