"""A call is interrupted by Ctrl-C and other signals, and answers what only its thread may do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.blocking.interrupted import LATE, SCENES
from tests.each import each

TREE: Final = Path(__file__).parents[2]
LONGEST: Final = 60.0  # seconds; it takes two where nothing hangs


def lines_of(program: str) -> list[str]:
    """What a program of this folder prints. It ends in order, and has no complaints."""
    command = [sys.executable, "-m", f"tests.blocking.{program}"]
    ran = subprocess.run(
        command, cwd=TREE, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.splitlines()


@pytest.fixture(scope="module")
def played() -> dict[str, dict[str, Any]]:
    """What came of each scene of the program, which ends by itself with a client left open."""
    scenes = [json.loads(line) for line in lines_of("interrupted")]
    assert [scene["scene"] for scene in scenes] == [*SCENES, LATE]
    return {scene["scene"]: scene for scene in scenes}


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends itself signals")


@each("scene", SCENES)
def test_an_interrupted_call_raises_what_the_handler_does_and_the_client_can_go_on(
    scene: str, played: dict[str, dict[str, Any]]
) -> None:
    raised = "Hurry" if scene == "another signal" else "KeyboardInterrupt"
    assert (played[scene]["raised"], played[scene]["after"]) == (raised, True)


def test_an_interrupted_job_tells_what_it_has_done_as_the_cause(
    played: dict[str, dict[str, Any]],
) -> None:
    for scene in ("a job", "a job of a list"):
        assert played[scene]["created"] > 0
        assert played[scene]["unknown"] > 0  # sent, and not answered
    assert played["its drafts"]["created"] + played["its drafts"]["unknown"] <= 2


def test_a_generator_is_interrupted_and_closed_in_the_thread_of_the_caller(
    played: dict[str, dict[str, Any]],
) -> None:
    assert played["a job"]["seen"] == ["closed here"]
    assert played["its drafts"]["seen"] == ["raised in the generator"]


def test_pages_are_left_when_they_are_interrupted(played: dict[str, dict[str, Any]]) -> None:
    assert played["pages"]["seen"] == ["the context is left"]


def test_a_thread_that_goes_on_after_the_main_one_still_has_its_client(
    played: dict[str, dict[str, Any]],
) -> None:
    assert played[LATE]["after"]


def test_a_second_signal_does_not_wait_for_the_call(played: dict[str, dict[str, Any]]) -> None:
    assert played["a stubborn call"]["context"] == "KeyboardInterrupt"
    assert played["a job, twice"]["created"] is None  # nobody has waited for its report


@pytest.mark.slow
def test_interruptions_at_any_moment_leave_neither_a_call_nor_a_thread_behind() -> None:
    assert lines_of("hammered") == ["True, ['agilekit.blocking']", "[]"]
