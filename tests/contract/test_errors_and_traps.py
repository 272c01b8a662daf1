"""What is known of easyBacklog's errors and traps beyond its document, one fact a test.

The client meets each of them at the sandbox, in both formats.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import httpx
import pytest

from agilekit import (
    ApiError,
    BadRequest,
    EasyBacklog,
    Forbidden,
    NotFound,
    ServerError,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.easybacklog import Sprint
from agilekit.sandbox import Sandbox
from tests.contract.clients import easy_backlog, empty
from tests.session.scripted import Say, Scripted

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("format", ["json", "xml"]),
]

Format = Literal["json", "xml"]


class Scene:
    """An account with a backlog, a theme, a story and a sprint."""

    def __init__(self, sandbox: Sandbox, easy: EasyBacklog) -> None:
        self.sandbox = sandbox
        self.easy = easy
        fake = sandbox.easybacklog
        self.account = fake.account_id
        self.backlog = fake.backlog_id
        theme = fake.add_theme(fake.backlogs[self.backlog], "Home page")
        story = fake.add_story(theme, as_a="user")
        sprint = fake.add_sprint(
            fake.backlogs[self.backlog], start_on=date(2026, 3, 2), number_team_members=Decimal(2)
        )
        self.theme, self.story, self.sprint = theme.id, story.id, sprint.id

    @property
    def requests(self) -> list[str]:
        return [request.method for request in self.sandbox.requests]


@pytest.fixture
def sandbox() -> Sandbox:
    return empty()


@pytest.fixture
async def scene(sandbox: Sandbox, format: Format) -> AsyncIterator[Scene]:
    async with easy_backlog(sandbox, format=format) as easy:
        yield Scene(sandbox, easy)


# Errors


async def test_an_error_has_a_message_and_errors_only_if_a_model_was_validated(
    scene: Scene,
) -> None:
    with pytest.raises(Unprocessable) as invalid:
        await scene.easy.themes.update(scene.backlog, scene.theme, code="HOME!")
    with pytest.raises(NotFound) as missing:
        await scene.easy.accounts.get(999_999)
    for error, has_errors in ((invalid.value, True), (missing.value, False)):
        body = cast("dict[str, object]", error.body)
        assert body["status"] == "error"
        assert "type" not in body
        assert bool(body.get("errors")) is has_errors
        assert str(body["message"]) in error.message


async def test_validation_is_422(scene: Scene) -> None:
    with pytest.raises(Unprocessable):
        await scene.easy.companies.update(scene.account, await _company(scene), default_rate=5)


async def test_only_statistics_answer_400(scene: Scene) -> None:
    scene.sandbox.easybacklog.accounts[scene.account].privilege = "none"
    with pytest.raises(BadRequest):
        await scene.easy.backlogs.statistics(scene.account, scene.backlog)
    with pytest.raises(Forbidden):
        await scene.easy.backlogs.get(scene.account, scene.backlog)


async def test_statistics_without_sprints_are_a_500(scene: Scene) -> None:
    fake = scene.sandbox.easybacklog
    assert (await scene.easy.backlogs.statistics(scene.account, scene.backlog)).zero_points
    fake.remove_sprint(fake.sprints[scene.sprint])
    await scene.easy.stories.update(scene.theme, scene.story, score=3)
    with pytest.raises(ServerError):
        await scene.easy.backlogs.statistics(scene.account, scene.backlog)


async def test_426_for_plain_http_is_an_error_with_the_servers_words(format: Format) -> None:
    said = {"status": "error", "message": "Use HTTPS"}
    sandbox = empty()
    server = Scripted(Say(said, 426))
    async with easy_backlog(sandbox, format=format, transport=server) as easy:
        with pytest.raises(ApiError, match="Use HTTPS") as caught:
            await easy.accounts.all()
    assert caught.value.status == 426


async def test_a_404_names_the_resource_that_was_asked_for_though_its_parent_is_missing(
    scene: Scene,
) -> None:
    with pytest.raises(NotFound, match=r"(?i)theme"):
        await scene.easy.themes.get(999_999, scene.theme)


async def test_a_500_that_is_a_business_rule_is_never_sent_again(scene: Scene) -> None:
    easy, other = (
        scene.easy,
        await scene.easy.sprints.create(
            scene.backlog, start_on="2026-03-09", duration_days=5, explicit_velocity=10
        ),
    )
    await easy.sprint_stories.create(scene.sprint, story_id=scene.story, sprint_story_status_id=1)
    sent = scene.sandbox.count()
    with pytest.raises(UnknownOutcome) as caught:
        await easy.sprint_stories.create(other, story_id=scene.story, sprint_story_status_id=1)
    assert isinstance(caught.value, ServerError)
    assert caught.value.status == 500
    assert scene.sandbox.count() == sent + 1


# Traps


async def test_a_sprint_is_completed_by_a_string_and_nothing_else(
    scene: Scene, format: Format
) -> None:
    fake = scene.sandbox.easybacklog
    headers = {"Authorization": f"token {fake.token}"}
    path = f"{fake.base_url}/backlogs/{scene.backlog}/sprints/{scene.sprint}"
    async with httpx.AsyncClient(transport=scene.sandbox.transport()) as http:
        for fake.strict, status in ((True, 422), (False, 204)):
            answers = [
                await http.put(path, headers=headers, json={"completed": True}),
                await http.put(path, headers=headers, data={"complete": "true"}),
            ]
            assert [answer.status_code for answer in answers] == [status, status]
            assert not await _completed(scene)
    await scene.easy.sprints.complete(scene.backlog, scene.sprint)
    assert await _completed(scene)
    await scene.easy.sprints.reopen(scene.backlog, scene.sprint)
    assert not await _completed(scene)


async def test_creating_or_updating_a_backlog_sets_its_company_to_none(scene: Scene) -> None:
    fake = scene.sandbox.easybacklog
    account = fake.accounts[scene.account]
    company = fake.add_company(account, "Acme")
    made = await scene.easy.backlogs.create(scene.account, name="New", company_id=company.id)
    assert made.company_id is None
    old = fake.add_backlog(account, "Old", company=company)
    assert (await scene.easy.backlogs.get(scene.account, old.id)).company_id == company.id
    await scene.easy.backlogs.update(scene.account, old.id, name="Older", company_id=company.id)
    read = await scene.easy.backlogs.get(scene.account, old.id)
    assert (read.name, read.company_id) == ("Older", None)


async def test_a_company_that_is_created_has_no_account(scene: Scene) -> None:
    company = await scene.easy.companies.create(scene.account, name="New company")
    assert company.account_id is None


@pytest.mark.quick(2)
@pytest.mark.parametrize("what", ["duplicate", "snapshot"])
async def test_a_copy_is_made_after_the_answer_and_waited_for_if_that_is_wanted(
    scene: Scene, what: str
) -> None:
    easy, scene.sandbox.easybacklog.ready_after_reads = scene.easy, 2
    if what == "duplicate":
        at_once = await easy.backlogs.duplicate(scene.account, scene.backlog, name="Copy")
        whole = await easy.backlogs.duplicate(scene.account, scene.backlog, name="2", wait=True)
        themes = await easy.themes.all(whole)
        assert [theme.name for theme in themes] == ["Start here", "Home page"]
        assert (at_once.ready, whole.ready) == (False, True)
    else:
        early = await easy.snapshots.create(scene.account, scene.backlog, name="Snapshot")
        late = await easy.snapshots.create(scene.account, scene.backlog, name="2", wait=True)
        assert (early.ready, late.ready) == (False, True)


async def test_restoring_a_backlog_ignores_everything_else_and_nothing_else_changes_one(
    scene: Scene,
) -> None:
    easy, ids = scene.easy, (scene.account, scene.backlog)
    await easy.backlogs.archive(*ids)
    with pytest.raises(Forbidden):
        await easy.backlogs.update(*ids, name="Other")
    with pytest.raises(Forbidden):
        await easy.themes.update(scene.backlog, scene.theme, name="Other")
    assert scene.backlog not in [b.id for b in await easy.backlogs.all(scene.account)]
    everything = await easy.backlogs.all(scene.account, include_archived=True)
    assert scene.backlog in [backlog.id for backlog in everything]
    await easy.backlogs.restore(*ids)
    backlog = await easy.backlogs.get(*ids)
    assert (backlog.archived, backlog.name) == (False, everything[0].name)


async def test_a_page_size_is_written_in_capitals(scene: Scene, tmp_path: Path) -> None:
    download = scene.easy.backlogs.download
    for size in ("A4", "LETTER"):
        path = await download(
            scene.account, scene.backlog, tmp_path / size, format="pdf", page_size=size
        )
        assert _start(path) == b"%PDF-"
    with pytest.raises(ValueError, match="'A4' or 'LETTER'"):
        await download(
            scene.account,
            scene.backlog,
            tmp_path / "x.pdf",
            format="pdf",
            page_size="letter",  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        )


async def test_a_spreadsheet_is_spreadsheetml(scene: Scene, tmp_path: Path) -> None:
    path = await scene.easy.backlogs.download(
        scene.account, scene.backlog, tmp_path / "backlog.xls", format="xls"
    )
    assert _start(path) == b"<?xml"
    assert "urn:schemas-microsoft-com:office:spreadsheet" in _text(path)


def _start(path: Path) -> bytes:
    return path.read_bytes()[:5]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def _company(scene: Scene) -> int:
    fake = scene.sandbox.easybacklog
    return fake.add_company(fake.accounts[scene.account], "Acme").id


async def _completed(scene: Scene) -> bool:
    sprint: Sprint = await scene.easy.sprints.get(scene.backlog, scene.sprint)
    return bool(sprint.completed)
