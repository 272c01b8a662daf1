"""An export holds what the services hold, exactly, and tells failures without the secret."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from agilekit import FlyingDonut, KanbanTool
from agilekit.export import ExportReport, export
from agilekit.sandbox import Sandbox
from tests.export.backups import Backup, everything
from tests.export.clients import client, seeded
from tests.secret_forms import FORMS, shows

pytestmark = pytest.mark.anyio

SECRET = "not-for-the-manifest-5c1d5a9e"


def files_of(backup: Backup) -> str:
    """Every byte of an export."""
    folder: Path = backup.path.parent
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "\n".join(file.read_bytes().decode("latin-1") for file in files)


def told_by(report: ExportReport) -> str:
    errors = [f"{one.error} {one.error!r} {vars(one.error)}" for one in report.failed if one.error]
    return "\n".join([str(report), repr(report), *errors])


@pytest.mark.quick(6)
@pytest.mark.parametrize("form", FORMS)
async def test_a_project_whose_refusal_repeats_the_secret_fails_without_it(
    form: str, backup: Backup
) -> None:
    said = f"no such key: {FORMS[form](SECRET)}, sorry"

    async def refuse(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"message": said, FORMS[form](SECRET): said})

    async with FlyingDonut("p", secret=SECRET, transport=httpx.MockTransport(refuse)) as donut:
        report = await export([donut], to=backup.path)
    assert report.failed
    assert "********" in str(backup.error("p"))
    assert not shows(files_of(backup), SECRET)
    assert not shows(told_by(report), SECRET)


@pytest.mark.quick(6)
@pytest.mark.parametrize("form", FORMS)
async def test_a_gap_whose_refusal_repeats_the_secret_is_told_without_it(
    form: str, sandbox: Sandbox, backup: Backup
) -> None:
    fake, inner = sandbox.kanbantool, sandbox.transport()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/users.json"):
            return httpx.Response(403, json={"message": f"not for {FORMS[form](fake.token)} sorry"})
        return await inner.handle_async_request(request)

    async with KanbanTool(
        token=fake.token, base_url=fake.base_url, transport=httpx.MockTransport(answer)
    ) as kanban:
        report = await export([kanban], to=backup.path)
    gaps = [gap for one in report.succeeded for gap in one.gaps if "users" in gap]
    assert gaps
    assert all("********" in gap for gap in gaps)
    manifests = [backup.manifest(str(one.project_id)) for one in report.succeeded]
    assert "********" in repr(manifests)
    assert not shows(repr(manifests) + told_by(report), fake.token)
    assert fake.token not in files_of(backup)


async def test_a_card_that_holds_the_secret_is_exported_as_it_is(
    sandbox: Sandbox, backup: Backup
) -> None:
    project = seeded(sandbox)
    title = f"Rotate {project.secret}"
    project.add_card(title)
    async with client(sandbox) as donut:
        await export([donut], to=backup.path)
    rows = everything(backup, project.id)["cards"]
    (row,) = [row for row in rows if row["title"] == title]
    assert title in str(row["raw"])
