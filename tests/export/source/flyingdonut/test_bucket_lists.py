"""A backlog that is too large for one answer is exported bucket by bucket, and loses nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random
from typing import Final

import httpx
import pytest

from agilekit.export import ProjectReport, export, verify
from agilekit.export.source.flyingdonut.card_lists import read_once
from agilekit.export.source.flyingdonut.revision import counters_of, revision_of
from agilekit.export.source.raw import without
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Project
from agilekit.wire.json import JSON
from tests.export.backups import SQLiteBackup, everything
from tests.export.clients import another, client
from tests.export.source.flyingdonut.test_card_lists import Tampered
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

LIMIT: Final = 20_000
"""Bytes: more than the cards of one bucket take, and less than those of two."""
SEEDS: Final = range(60 if FULL else 6)


def large(sandbox: Sandbox, *, tasks: bool = True) -> Project:
    project = another(sandbox, "Large", cards=0)
    for name in "abc":
        bucket = project.add_bucket(name)
        for number in range(10):
            card = project.add_card(f"{name}{number} \U0001f600", bucket=bucket, estimate=number)
            if tasks:
                project.add_task(card, "Do it")
    sprint = project.add_sprint("Sprint")
    project.add_card("In a sprint", sprint=sprint)
    return project


async def exported(
    sandbox: Sandbox, project: Project, to: Path, transport: httpx.AsyncBaseTransport | None = None
) -> ProjectReport:
    donut = client(sandbox, project, transport=transport or sandbox.transport(), largest_body=LIMIT)
    (report,) = (await export([donut], to=to)).projects
    assert report.error is None
    return report


async def test_an_export_bucket_by_bucket_has_the_rows_and_the_revision_of_any_other(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = large(sandbox)
    whole, parts = SQLiteBackup(tmp_path / "whole"), SQLiteBackup(tmp_path / "parts")
    whole.path.parent.mkdir()
    parts.path.parent.mkdir()
    await export([client(sandbox, project)], to=whole.path)
    transport = Tampered(sandbox, lambda _: None)
    await exported(sandbox, project, parts.path, transport)
    asked = [path for path in transport.asked if "/buckets/" in path]
    assert len(asked) == 2 * len(project.buckets)
    assert everything(parts, project.id) == everything(whole, project.id)
    assert verify(parts.path).ok
    before, after = whole.manifest(project.id), parts.manifest(project.id)
    assert before is not None
    assert after is not None
    assert (after["tables"], after["watermark"]) == (before["tables"], before["watermark"])


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_card_that_moves_between_buckets_meanwhile_is_lost(
    seed: int, tmp_path: Path
) -> None:
    sandbox, random, moves = Sandbox(), Random(seed), 3
    project = large(sandbox, tasks=False)
    cards, buckets = [*project.cards.values()], [*project.buckets]

    def busy(request: httpx.Request) -> None:
        nonlocal moves
        if moves and "/buckets/" in request.url.path and random.random() < 0.3:
            card = random.choice([one for one in cards if one.iteration.value is None])
            source = card.container
            card.state.change(random.choice(buckets))
            project.moved(card, source)
            moves -= 1

    backup = SQLiteBackup(tmp_path)
    report = await exported(sandbox, project, backup.path, Tampered(sandbox, busy))
    rows = {str(row["id"]): row for row in backup.rows("cards")}
    assert rows.keys() == {card.id for card in cards}
    if not report.gaps:
        for card in cards:
            assert rows[card.id]["column_id"] == card.state.value


async def test_the_revision_is_the_hash_of_one_text(sandbox: Sandbox) -> None:
    async with client(sandbox) as donut:
        project, buckets = await donut.project.get(), await donut.buckets.all()
        lists = await read_once(donut, ReadLimiter(4), lambda _: None)
        charts = {str(lists.sprints[0].id): await donut.sprints.burndown(lists.sprints[0])}
    answers: list[JSON] = [
        dict(project.raw),
        [dict(bucket.raw) for bucket in buckets],
        [bucket.answer() for bucket in lists.backlog],
        [dict(sprint.raw) for sprint in lists.sprints],
        {id: [dict(item.raw) for item in lists.items[id]] for id in sorted(lists.items)},
        {id: without(charts[id].raw, "when") for id in sorted(charts)},
    ]
    text = json.dumps(answers, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    expected = f"{counters_of(project)}, lists {digest}"
    assert revision_of(project, buckets, lists, charts) == expected
