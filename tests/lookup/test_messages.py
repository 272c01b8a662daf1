"""What is said of a name that means nothing: what there is, the nearest first, and never all."""

from __future__ import annotations

import pytest

from agilekit import InvalidInput
from agilekit.sandbox import Sandbox
from tests.lookup.looking import found, reader_of

pytestmark = pytest.mark.anyio


async def refused(sandbox: Sandbox, name: str, given: str, *kinds: str) -> str:
    async with reader_of(sandbox, name) as reader:
        with pytest.raises(InvalidInput) as caught:
            await found(reader, given, *kinds)
    return str(caught.value)


async def test_the_nearest_names_come_first_and_the_rest_is_counted() -> None:
    sandbox = Sandbox("empty")
    names = [f"Board {chr(65 + number) * 9}" for number in range(26)]
    boards = [sandbox.kanbantool.add_board(name) for name in (*names, "Harbour", "Harbor")]
    message = await refused(sandbox, "kanbantool", "harbur", "boards")
    assert message.startswith("no board is called 'harbur'; there are: Harbour (")
    assert message.endswith(" and 19 more")
    assert message.index(f"({boards[-2].id})") < message.index(f"({boards[-1].id})")
    assert message.count("Board ") == 8 - message.count("Empty board")


async def test_a_long_name_is_cut_and_its_id_is_not() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.kanbantool.add_board("x" * 4000)
    message = await refused(sandbox, "kanbantool", "y" * 4000, "boards")
    assert f"x… ({board.id})" in message
    assert len(message) < 300


async def test_where_there_is_nothing_that_is_said() -> None:
    sandbox = Sandbox("empty")
    (bucket,) = next(iter(sandbox.flyingdonut.projects.values())).buckets.values()
    message = await refused(sandbox, "flyingdonut", "Default/Oil", "cards")
    assert message == f"no card is called 'Oil' in Default ({bucket.id}); there is none"


async def test_the_kinds_are_named_where_there_are_several() -> None:
    sandbox = Sandbox("demo")
    message = await refused(sandbox, "flyingdonut", "Sprint 1 light the lamp/x", "cards")
    assert message.startswith(
        "no bucket or sprint is called 'Sprint 1 light the lamp'; there are: "
    )
    assert "Sprint 1: light the lamp (sprint 66b1d2a05eed0a6100000004, past), " in message
    assert "Default (bucket 66b1d2a05eed0a6100000002)" in message
