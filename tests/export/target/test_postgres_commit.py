"""A commit whose answer is lost is found out about, or said not to be known."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.export import TargetError
from agilekit.export.target.postgres import Postgres
from tests.export.target.in_postgres import BOARD, data_of, shown
from tests.export.target.losing_proxy import LosingProxy, When, losing_proxy
from tests.postgres_server import PostgresServer


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[LosingProxy]:
    folder = Path(tempfile.mkdtemp(prefix="agilekit-"))  # the path of a socket is short
    with losing_proxy(folder, postgres.socket_folder) as proxy:
        yield proxy
    shutil.rmtree(folder)


@pytest.fixture
def through(proxy: LosingProxy, target: Postgres) -> Iterator[Postgres]:
    """The same schema, through the proxy."""
    folder, there = (
        str(Path(one).parent).replace("/", "%2F")
        for one in (proxy.listener.getsockname(), proxy.server)
    )
    through = Postgres(target.path.replace(there, folder))
    yield through
    through.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_step_whose_commit_was_lost_is_found_done_or_is_done_again(
    when: When, proxy: LosingProxy, through: Postgres, target: Postgres
) -> None:
    run = through.begin("all", resume=True)

    def lose(step: Callable[[], None]) -> None:
        proxy.loses = when
        step()
        assert proxy.loses is None

    lose(through.prepare)
    lose(lambda: through.commit(run, data_of(BOARD, "new")))
    assert shown(target) == {("1", "new")}
    lose(lambda: through.fail(run, BOARD, InvalidInput("no")))
    assert [entry["error"] for entry in target.entries()] == ["InvalidInput: no"]
    lose(lambda: through.skip(run, BOARD, "unchanged"))
    assert [entry["skipped"] for entry in target.entries()] == ["unchanged"]
    lose(lambda: through.finish([run]))
    assert target.unfinished() == []
    assert proxy.lost == 5


@pytest.mark.parametrize(("when", "there"), [("before", "old"), ("after", "new")])
def test_if_the_server_stays_away_it_is_said_that_the_outcome_is_not_known(
    when: When, there: str, proxy: LosingProxy, through: Postgres, target: Postgres
) -> None:
    run = through.begin("all", resume=True)
    through.commit(run, data_of(BOARD, "old"))
    proxy.loses, proxy.is_gone_then = when, True
    with pytest.raises(TargetError, match="during a commit, and whether it was done is not known"):
        through.commit(run, data_of(BOARD, "new"))
    # Whoever comes next waits until the lost one has ended.
    target.skip(target.begin("all", resume=True), BOARD, "seen")
    assert shown(target) == {("1", there)}


def test_a_commit_that_was_done_is_not_done_over_what_another_run_wrote_since(
    proxy: LosingProxy, through: Postgres, target: Postgres
) -> None:
    first = through.begin("first", resume=True)
    through.commit(first, data_of(BOARD, "old"))
    second = target.begin("second", resume=True)
    proxy.loses = "after"
    through.commit(first, data_of(BOARD, "first"))
    target.commit(second, data_of(BOARD, "second"))
    through.commit(first, data_of(BOARD, "late"))
    assert shown(target) == {("1", "second")}
