"""Servers of another hand, and the people who use them: no double that the report does not name."""

from __future__ import annotations

from itertools import product
from typing import Final, Literal

import pytest
from attrs import evolve

from tests.bulk.unruly.manners import Manners
from tests.bulk.unruly.people import Act
from tests.bulk.unruly.rewrites import WAYS
from tests.bulk.unruly.scenario import Scenario, Texts, play
from tests.bulk.unruly.state import Versions
from tests.sizes import FULL

COUNT: Final = 200 if FULL else 60
SEEDS: Final = pytest.mark.parametrize("seed", range(5 if FULL else 1))
PARTS, GAPS = (0.3, 0.6, 0.9), (0.0, 5.0, 3600.0)
CRASHES: Final = [*(product(PARTS, GAPS) if FULL else zip(PARTS, GAPS, strict=True))]
"""After which part of a job it ends, and how many seconds later it is resumed."""
EDITS: Final[tuple[Act, ...]] = ("rename", "mend", "move", "plan", "delete")
LOSSY: Final = Manners(lost_before=0.05, lost_after=0.05, lost_reads=0.02)
ALL_TEXTS: Final[tuple[Texts, ...]] = ("plain", "numbered at the end", "rich")


def exact(scenario: Scenario, backend: str) -> None:
    """Every good draft was created once, and nothing stays open."""
    found = play(scenario, backend)
    bad = scenario.count // scenario.bad_every if scenario.bad_every else 0
    good = scenario.count - bad
    assert not found.complaints
    assert found.reports == [f"{good} created, {bad} refused, 0 of unknown outcome"] * scenario.jobs


def honest(scenario: Scenario, backend: str) -> None:
    """Nothing is claimed that is not so, and nothing was doubled without being named."""
    found = play(scenario, backend)
    assert not found.complaints, found.reports


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("parts", [False, True], ids=["whole", "in parts"])
def test_a_server_that_keeps_texts_gets_each_draft_once_and_none_is_unknown(
    parts: bool, batch_size: int, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, late=0.05, failed_after=0.02, parts=parts, seed=seed)
    scenario = Scenario(manners=manners, count=COUNT, batch_size=batch_size, bad_every=20)
    exact(scenario, anyio_backend)
    exact(evolve(scenario, alike=3), anyio_backend)


@pytest.mark.quick(4)
@SEEDS
@pytest.mark.parametrize("texts", ALL_TEXTS)
@pytest.mark.parametrize("way", WAYS)
def test_no_double_is_made_in_silence_if_texts_are_stored_otherwise(
    way: str, texts: Texts, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, ways=(way,), parts=True, seed=seed)
    scenario = Scenario(
        manners=manners, count=COUNT, batch_size=5, bad_every=15, texts=texts, alike=1 + seed % 2
    )
    honest(scenario, anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("way", WAYS)
def test_no_double_is_made_in_silence_if_the_very_first_replies_are_lost(
    way: str, seed: int, anyio_backend: str
) -> None:
    # So that the rewriting cannot be learned from an answer.
    manners = Manners(lost_after=0.9, ways=(way,), seed=seed)
    honest(
        Scenario(manners=manners, count=12, batch_size=1, concurrency=12, texts="rich"),
        anyio_backend,
    )


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("order", ["reversed", "shuffled"])
@pytest.mark.parametrize("way", ["upper", "cut to 20", "prefixed", "escaped", "stripped"])
def test_answers_in_another_order_and_in_other_words_are_given_to_no_wrong_draft(
    way: str, order: Literal["reversed", "shuffled"], seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, ways=(way,), answers=order, seed=seed)
    for texts in ALL_TEXTS:
        honest(Scenario(manners=manners, count=COUNT, batch_size=7, texts=texts), anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("field", ["summary", "estimate"])
def test_no_double_is_made_in_silence_if_a_field_is_dropped(
    field: Literal["summary", "estimate"], seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, drops=field, seed=seed)
    honest(Scenario(manners=manners, count=COUNT, batch_size=5, alike=2), anyio_backend)


@pytest.mark.slow
@SEEDS
@pytest.mark.parametrize("act", EDITS)
@pytest.mark.parametrize(("part", "gap"), CRASHES)
def test_no_double_is_made_in_silence_if_one_card_in_five_was_edited_before_the_job_was_resumed(
    part: float, gap: float, act: Act, seed: int, anyio_backend: str
) -> None:
    scenario = Scenario(
        manners=evolve(LOSSY, seed=seed),
        count=COUNT,
        batch_size=5,
        concurrency=8,
        crashes=1,
        crash_at=part,
        gap=gap,
        between=(act,),
    )
    honest(scenario, anyio_backend)
    honest(evolve(scenario, between=(*EDITS, "write another", "add a task")), anyio_backend)


@pytest.mark.quick(1)
@pytest.mark.parametrize("versions", ["from 0", "from 1", "absent"])
def test_of_a_large_job_that_is_resumed_after_edits_no_card_is_doubled_in_silence(
    versions: Versions, anyio_backend: str
) -> None:
    scenario = Scenario(
        manners=evolve(LOSSY, versions=versions, seed=1),
        count=2000 if FULL else 200,
        batch_size=50,
        concurrency=16,
        crashes=1,
        crash_at=0.7,
        gap=60.0,
        between=EDITS,
    )
    honest(scenario, anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("way", WAYS)
def test_no_double_is_made_in_silence_if_rewritten_cards_were_edited_before_the_job_was_resumed(
    way: str, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, ways=(way,), parts=True, seed=seed)
    scenario = Scenario(
        manners=manners,
        count=COUNT,
        batch_size=5,
        bad_every=11,
        texts="rich",
        crashes=2,
        crash_wait=0.02,
        gap=2.0,
        between=EDITS,
    )
    honest(scenario, anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("act", ["write another", "write a near one", "add a task", "move", "plan"])
def test_no_double_is_made_in_silence_while_others_are_at_work(
    act: Act, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, late=0.03, seed=seed)
    honest(
        Scenario(manners=manners, count=COUNT, batch_size=3, meanwhile=(act,)),
        anyio_backend,
    )


@pytest.mark.quick(1)
@SEEDS
@pytest.mark.parametrize("act", ["write another", "add a task"])
def test_others_who_write_something_else_leave_no_draft_unknown(
    act: Act, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, late=0.03, seed=seed)
    exact(
        Scenario(manners=manners, count=COUNT, batch_size=3, meanwhile=(act,)),
        anyio_backend,
    )


@pytest.mark.quick(1)
@SEEDS
@pytest.mark.parametrize("alike", [1, 3])
def test_two_jobs_of_the_same_titles_at_once_make_no_card_more_than_there_are_drafts(
    alike: int, seed: int, anyio_backend: str
) -> None:
    scenario = Scenario(
        manners=evolve(LOSSY, late=0.03, seed=seed), count=COUNT, batch_size=5, alike=alike, jobs=2
    )
    honest(scenario, anyio_backend)


@pytest.mark.quick(1)
@SEEDS
@pytest.mark.parametrize("alike", [1, 3])
def test_with_marks_each_of_two_jobs_of_the_same_titles_reports_its_own_cards(
    alike: int, seed: int, anyio_backend: str
) -> None:
    scenario = Scenario(
        manners=evolve(LOSSY, late=0.03, seed=seed),
        count=COUNT,
        batch_size=5,
        alike=alike,
        jobs=2,
        mark=True,
    )
    exact(scenario, anyio_backend)
    exact(evolve(scenario, crashes=1, gap=2.0), anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("way", [way for way in WAYS if not way.startswith("cut")])
def test_marks_are_exact_under_rewriting(way: str, seed: int, anyio_backend: str) -> None:
    manners = evolve(LOSSY, ways=(way,), parts=True, answers="shuffled", seed=seed)
    scenario = Scenario(
        manners=manners, count=COUNT, batch_size=5, bad_every=15, texts="rich", alike=2, mark=True
    )
    exact(scenario, anyio_backend)


@pytest.mark.quick(2)
@SEEDS
@pytest.mark.parametrize("acts", [("rename",), ("move",), ("plan",), ("rename", "mend", "move")])
def test_marks_are_exact_though_cards_are_renamed_and_moved(
    acts: tuple[Act, ...], seed: int, anyio_backend: str
) -> None:
    scenario = Scenario(
        manners=evolve(LOSSY, seed=seed),
        count=COUNT,
        batch_size=5,
        alike=2,
        mark=True,
        crashes=1,
        gap=2.0,
        between=acts,
        meanwhile=acts,
        meanwhile_odds=0.1,
    )
    exact(scenario, anyio_backend)


@pytest.mark.quick(1)
@SEEDS
@pytest.mark.parametrize("way", ["cut to 40", "cut to 20"])
def test_a_mark_that_is_cut_off_makes_no_double_in_silence(
    way: str, seed: int, anyio_backend: str
) -> None:
    manners = evolve(LOSSY, ways=(way,), seed=seed)
    honest(Scenario(manners=manners, count=COUNT, mark=True, texts="rich"), anyio_backend)
    honest(
        Scenario(manners=evolve(LOSSY, drops="summary", seed=seed), count=COUNT, mark=True),
        anyio_backend,
    )
