"""Whatever the texts are, what is learned of a server holds for them, and costs little."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.bulk.identity.rewrites import RewriteModel, comparable_text
from agilekit.bulk.identity.similarity import Skeleton
from tests.bulk.identity.test_rewrites import learned
from tests.bulk.servers import TEXTS, Server, servers
from tests.timing import takes_at_most


@settings(deadline=None)
@given(servers(), st.lists(TEXTS, max_size=4), TEXTS)
def test_whatever_the_order_of_its_steps_what_a_server_shows_is_possible_or_similar(
    server: Server, texts: Sequence[str], sent: str
) -> None:
    """So that no item which is a draft's is taken for somebody else's.

    Servers that change the case twice, or escape twice, are not learned.
    """
    rewriting, shown = learned(server, *texts), server(sent)
    steps = {*server.steps}
    does_twice = any(
        len(steps & kind) > 1
        for kind in ({"upper", "lower", "recase"}, {"escape", "escape quotes"})
    )
    if rewriting.is_known and comparable_text(shown) and not does_twice:
        similar = Skeleton.of(sent).is_similar(Skeleton.of(shown))
        assert similar or rewriting.possible(sent).includes(shown)


@settings(deadline=None)
@given(servers(), st.lists(TEXTS, min_size=1, max_size=6))
def test_what_was_learned_is_expected(server: Server, texts: Sequence[str]) -> None:
    rewriting = learned(server, *texts)
    if rewriting.is_known:
        for text in texts:
            assert rewriting.possible(text).includes(server(text)) or not comparable_text(
                server(text)
            )
            assert comparable_text(rewriting.expected(text)) == comparable_text(server(text))


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_is_known_of_a_server_that_changes_nothing_does_not_hang_on_the_order(
    texts: list[str], random: Random
) -> None:
    one = learned(str, *texts)
    random.shuffle(texts)
    other = learned(str, *texts)
    assert one.possible("Box & lid 1234567890") == other.possible("Box & lid 1234567890")


@pytest.mark.parametrize(
    "texts",
    [
        [f"Card {n}" for n in range(3000)],
        [f"Card {'x' * n}" for n in range(1000)],
        [f"\U0001f389 {n} \u00fc & <b>" for n in range(3000)],
    ],
    ids=["usual", "each longer than the one before", "special"],
)
def test_a_text_that_is_shown_as_it_was_sent_costs_next_to_nothing(texts: list[str]) -> None:
    rewriting = RewriteModel()
    with takes_at_most(200e-6 * len(texts)):  # 10e-6 on a quiet machine
        for text in texts:
            rewriting.learn(text, text)


@pytest.mark.quick(1)
@pytest.mark.parametrize("text", ["x" * 50_000, "a b " * 10_000, f"a{' ' * 50_000}b"])
def test_very_long_texts_are_learned_in_little_time(text: str) -> None:
    rewriting = RewriteModel()
    with takes_at_most(10):
        for shown in (text, text[:20_000]):
            rewriting.learn(text, shown)
            rewriting.possible(text)
