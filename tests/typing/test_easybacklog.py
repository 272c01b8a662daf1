"""What type checkers infer for every public method; the same lines run against the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Literal, assert_type

import pytest

from agilekit import BulkReport, EasyBacklog, Listing, NotFound
from agilekit.easybacklog import (
    AcceptanceCriterion,
    Account,
    AccountChanges,
    Backlog,
    BacklogChanges,
    BacklogDraft,
    BurnDown,
    BurnUp,
    Company,
    CompanyChanges,
    CompanyDraft,
    CriterionChanges,
    CriterionDraft,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintChanges,
    SprintDraft,
    SprintStory,
    SprintStoryChanges,
    SprintStoryDraft,
    SprintStoryStatus,
    Statistics,
    StatisticsPoint,
    Story,
    StoryChanges,
    StoryDraft,
    Theme,
    ThemeChanges,
    ThemeDraft,
    VelocityStatistics,
)
from agilekit.sandbox import Sandbox
from agilekit.wire.json import JSON
from tests.typing.reading import items

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["json", "xml"])
def easy(request: pytest.FixtureRequest, agilekit_sandbox: Sandbox) -> EasyBacklog:
    format: Literal["json", "xml"] = request.param
    return EasyBacklog(**agilekit_sandbox.easybacklog.arguments(), format=format)


@pytest.fixture
def account_id(agilekit_sandbox: Sandbox) -> int:
    return agilekit_sandbox.easybacklog.account_id


@pytest.fixture
def backlog_id(agilekit_sandbox: Sandbox) -> int:
    return agilekit_sandbox.easybacklog.backlog_id


async def test_a_client_opens_as_itself_by_either_credential(
    easy: EasyBacklog, agilekit_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = agilekit_sandbox.easybacklog
    monkeypatch.setenv("AGILEKIT_EASYBACKLOG_BASE_URL", fake.base_url)
    monkeypatch.setenv("AGILEKIT_EASYBACKLOG_USER_ID", str(fake.user_id))
    monkeypatch.setenv("AGILEKIT_EASYBACKLOG_KEY", fake.token)
    basic = assert_type(EasyBacklog.from_env(transport=agilekit_sandbox.transport()), EasyBacklog)
    in_query = EasyBacklog(**fake.arguments(), token_in="query", override=True)
    async with easy as entered, basic, in_query:
        assert_type(entered, EasyBacklog)
        assert_type(entered.is_open, bool)
        assert_type(entered.base_url, str)
        assert_type(entered.concurrency, int)
        assert await basic.accounts.all() == await in_query.accounts.all()
        await in_query.accounts.update((await basic.accounts.all())[0], name="Keepers")


async def test_accounts_are_listed_read_and_updated(easy: EasyBacklog) -> None:
    async with easy:
        accounts = await items(assert_type(easy.accounts.all(), Listing[Account]))
        account = assert_type(accounts, list[Account])[0]
        _account(assert_type(await easy.accounts.get(account), Account))
        changes: AccountChanges = {
            "name": "Keepers",
            "locale_id": 2,
            "default_velocity": 2.5,
            "default_rate": None,
            "default_use_50_90": False,
            "scoring_rule_id": None,
        }
        assert_type(await easy.accounts.update(account, **changes), None)
        assert_type(await easy.accounts.update(account.id, default_rate=800), None)
        account = assert_type(await easy.accounts.get(account.id), Account)
        assert (account.name, account.default_rate) == ("Keepers", 800)


async def test_companies_are_listed_read_created_and_updated(
    easy: EasyBacklog, account_id: int
) -> None:
    async with easy:
        account = await easy.accounts.get(account_id)
        await items(assert_type(easy.companies.all(account_id), Listing[Company]))
        companies = await items(assert_type(easy.companies.all(account), Listing[Company]))
        company = assert_type(companies, list[Company])[0]
        _company(assert_type(await easy.companies.get(account, company), Company))
        draft: CompanyDraft = {"name": "Coast guard", "default_velocity": 3, "default_rate": 700}
        assert_type(await easy.companies.create(account, **draft), Company)
        changes: CompanyChanges = {"name": "Port", "default_velocity": 3.5}
        assert_type(await easy.companies.update(account, company, **changes), None)
        after = assert_type(await easy.companies.get(account_id, company.id), Company)
        assert (after.name, after.default_velocity) == ("Port", 3.5)
        # The published server has no such route, whatever the document says.
        with pytest.raises(NotFound):
            assert_type(await easy.companies.delete(account, company), None)


async def test_backlogs_are_listed_and_read(
    easy: EasyBacklog, account_id: int, backlog_id: int
) -> None:
    async with easy:
        account = await easy.accounts.get(account_id)
        backlogs = await items(assert_type(easy.backlogs.all(account), Listing[Backlog]))
        _backlog(assert_type(backlogs, list[Backlog])[0])
        every = assert_type(easy.backlogs.all(account_id, include_archived=True), Listing[Backlog])
        assert len(await items(every)) == len(backlogs) + 1
        backlog = assert_type(await easy.backlogs.get(account_id, backlog_id), Backlog)
        whole = assert_type(await easy.backlogs.get(account, backlog, associated=True), Backlog)
        themes = assert_type(whole.themes, tuple[Theme, ...] | None)
        sprints = assert_type(whole.sprints, tuple[Sprint, ...] | None)
        assert themes
        assert sprints
        stories = themes[0].stories
        assert stories
        criteria = stories[0].acceptance_criteria or ()
        assert [one.criterion for one in criteria] == [
            "A wrong password says so",
            "Five wrong ones lock the door for a minute",
        ]
        sprint = sprints[0]
        assert (sprint.completed, sprint.total_expected_points) == (True, 15)
        assert [one.id > 0 for one in sprint.sprint_stories or ()] == [True, True]


async def test_the_statistics_of_a_backlog_are_read(
    easy: EasyBacklog, account_id: int, backlog_id: int
) -> None:
    async with easy:
        statistics = assert_type(await easy.backlogs.statistics(account_id, backlog_id), Statistics)
        _statistics(statistics)
        burn_down = assert_type(statistics.burn_down, BurnDown | None)
        burn_up = assert_type(statistics.burn_up, BurnUp | None)
        velocity_stats = assert_type(statistics.velocity_stats, VelocityStatistics | None)
        assert burn_down is not None
        assert burn_up is not None
        assert velocity_stats is not None
        _burn_down(burn_down)
        _burn_up(burn_up)
        _velocity_statistics(velocity_stats)
        _statistics_point(burn_down.actual[0])


async def test_a_backlog_is_created_changed_archived_restored_and_deleted(
    easy: EasyBacklog, account_id: int
) -> None:
    async with easy:
        account = await easy.accounts.get(account_id)
        draft: BacklogDraft = {"name": "Radio", "velocity": 2.5, "rate": 700}
        backlog = assert_type(await easy.backlogs.create(account, **draft), Backlog)
        changes: BacklogChanges = {"name": "Radios", "use_50_90": True}
        assert_type(await easy.backlogs.update(account, backlog, **changes), None)
        assert_type(await easy.backlogs.archive(account, backlog), None)
        backlog = await easy.backlogs.get(account, backlog)
        assert (backlog.name, backlog.use_50_90, backlog.archived) == ("Radios", True, True)
        assert_type(await easy.backlogs.restore(account, backlog), None)
        assert (await easy.backlogs.get(account, backlog)).archived is False
        assert_type(await easy.backlogs.delete(account, backlog), None)
        with pytest.raises(NotFound) as missing:
            await easy.backlogs.get(account, backlog)
        assert_type(missing.value.status, int)


async def test_a_backlog_is_duplicated(
    easy: EasyBacklog, agilekit_sandbox: Sandbox, account_id: int, backlog_id: int
) -> None:
    agilekit_sandbox.easybacklog.ready_after_reads = 0
    async with easy:
        copy = await easy.backlogs.duplicate(account_id, backlog_id, name="Copy")
        assert_type(assert_type(copy, Backlog).ready, bool)
        draft: BacklogDraft = {"name": "Whole copy", "velocity": 3, "rate": 800}
        copy = await easy.backlogs.duplicate(account_id, backlog_id, wait=True, **draft)
        assert assert_type(copy, Backlog).ready
        assert len(await easy.themes.all(copy)) == len(await easy.themes.all(backlog_id))


async def test_a_backlog_and_a_snapshot_are_downloaded(
    easy: EasyBacklog, account_id: int, backlog_id: int, tmp_path: Path
) -> None:
    async with easy:
        backlog = await easy.backlogs.get(account_id, backlog_id)
        sprint = (await easy.sprints.all(backlog))[0]
        book, cards = tmp_path / "book.xls", tmp_path / "cards.pdf"
        download = easy.backlogs.download(account_id, backlog, book, format="xls")
        assert b"<Workbook" in assert_type(await download, Path).read_bytes()
        download = easy.backlogs.download(
            account_id,
            backlog_id,
            str(cards),
            format="pdf",
            print_scope=sprint,
            page_size="A4",
            fold_side="short",
        )
        assert assert_type(await download, Path).read_bytes().startswith(b"%PDF")
        snapshot = (await easy.snapshots.all(account_id, backlog))[0]
        download = easy.snapshots.download(
            account_id, backlog, snapshot, tmp_path / "snapshot.xls", format="xls"
        )
        assert b"<Workbook" in assert_type(await download, Path).read_bytes()
        download = easy.snapshots.download(
            account_id,
            backlog_id,
            snapshot.id,
            tmp_path / "snapshot.pdf",
            format="pdf",
            page_size="LETTER",
            fold_side="long",
        )
        assert assert_type(await download, Path).read_bytes().startswith(b"%PDF")


async def test_snapshots_are_listed_read_created_and_deleted(
    easy: EasyBacklog, agilekit_sandbox: Sandbox, account_id: int, backlog_id: int
) -> None:
    agilekit_sandbox.easybacklog.ready_after_reads = 0
    async with easy:
        backlog = await easy.backlogs.get(account_id, backlog_id)
        snapshots = await items(
            assert_type(easy.snapshots.all(account_id, backlog), Listing[Snapshot])
        )
        snapshot = assert_type(snapshots, list[Snapshot])[0]
        _snapshot(assert_type(await easy.snapshots.get(account_id, backlog, snapshot), Snapshot))
        whole = await easy.snapshots.get(account_id, backlog_id, snapshot.id, associated=True)
        assert assert_type(whole, Snapshot).themes
        made = await easy.snapshots.create(account_id, backlog, name="At noon")
        assert_type(made, Snapshot)
        made = await easy.snapshots.create(account_id, backlog_id, name="At one", wait=True)
        assert assert_type(made, Snapshot).ready
        assert_type(await easy.snapshots.delete(account_id, backlog, made), None)


async def test_themes_are_listed_read_created_updated_and_deleted(
    easy: EasyBacklog, backlog_id: int
) -> None:
    async with easy:
        themes = await items(assert_type(easy.themes.all(backlog_id), Listing[Theme]))
        theme = assert_type(themes, list[Theme])[0]
        _theme(assert_type(await easy.themes.get(backlog_id, theme), Theme))
        whole = await items(
            assert_type(easy.themes.all(backlog_id, associated=True), Listing[Theme])
        )
        stories = assert_type(whole[0].stories, tuple[Story, ...] | None)
        assert stories
        assert stories[0].acceptance_criteria
        one = assert_type(await easy.themes.get(backlog_id, theme.id, associated=True), Theme)
        assert one.stories == stories
        draft: ThemeDraft = {"name": "Gulls", "code": "GUL", "position": 1}
        theme = assert_type(await easy.themes.create(backlog_id, **draft), Theme)
        changes: ThemeChanges = {"name": "Seagulls"}
        assert_type(await easy.themes.update(backlog_id, theme, **changes), None)
        theme = await easy.themes.get(backlog_id, theme)
        assert (theme.name, theme.code, theme.position) == ("Seagulls", "GUL", 1)
        assert_type(await easy.themes.delete(backlog_id, theme), None)


async def test_a_story_goes_to_another_theme_and_a_theme_to_another_backlog(
    easy: EasyBacklog, account_id: int, backlog_id: int
) -> None:
    async with easy:
        theme = await easy.themes.create(backlog_id, name="Gulls")
        ships = (await easy.themes.all(backlog_id))[2]
        story = (await easy.stories.all(ships))[-1]
        assert_type(await easy.themes.grab_story(backlog_id, theme, story), None)
        assert [one.id for one in await easy.stories.all(theme)] == [story.id]
        target = await easy.backlogs.create(account_id, name="Birds")
        assert_type(await easy.themes.move_to(backlog_id, theme, target), None)
        assert [one.id for one in await easy.themes.all(target)] == [theme.id]


async def test_stories_are_listed_read_created_updated_and_deleted(
    easy: EasyBacklog, backlog_id: int
) -> None:
    async with easy:
        theme = (await easy.themes.all(backlog_id))[0]
        stories = await items(assert_type(easy.stories.all(theme), Listing[Story]))
        story = assert_type(stories, list[Story])[0]
        _story(assert_type(await easy.stories.get(story), Story))
        assert assert_type(await easy.stories.get(story.id, theme=theme), Story) == story
        whole = await items(
            assert_type(easy.stories.all(theme.id, associated=True), Listing[Story])
        )
        criteria = assert_type(whole[0].acceptance_criteria, tuple[AcceptanceCriterion, ...] | None)
        assert criteria
        one = await easy.stories.get(story, associated=True)
        assert one.acceptance_criteria == criteria
        draft: StoryDraft = {"as_a": "keeper", "i_want_to": "sleep", "score": 5, "color": "00ff00"}
        story = assert_type(await easy.stories.create(theme, **draft), Story)
        changes: StoryChanges = {"so_i_can": "wake", "score": None, "position": 1}
        assert_type(await easy.stories.update(theme, story, **changes), None)
        story = await easy.stories.get(story)
        assert (story.as_a, story.so_i_can, story.score) == ("keeper", "wake", None)
        assert_type(await easy.stories.delete(theme, story), None)


async def test_criteria_are_listed_read_created_updated_and_deleted(
    easy: EasyBacklog, backlog_id: int
) -> None:
    async with easy:
        story = (await easy.stories.all((await easy.themes.all(backlog_id))[0]))[1]
        criteria = await items(assert_type(easy.criteria.all(story), Listing[AcceptanceCriterion]))
        criterion = assert_type(criteria, list[AcceptanceCriterion])[0]
        _acceptance_criterion(criterion)
        assert_type(await easy.criteria.get(story, criterion), AcceptanceCriterion)
        draft: CriterionDraft = {"criterion": "The lamp is lit", "position": 1}
        made = assert_type(await easy.criteria.create(story, **draft), AcceptanceCriterion)
        changes: CriterionChanges = {"criterion": "The lamp is dark"}
        assert_type(await easy.criteria.update(story, made, **changes), None)
        assert (await easy.criteria.get(story.id, made.id)).criterion == "The lamp is dark"
        assert_type(await easy.criteria.delete(story, made), None)


async def test_sprints_are_listed_read_created_completed_reopened_and_deleted(
    easy: EasyBacklog, backlog_id: int
) -> None:
    async with easy:
        sprints = await items(assert_type(easy.sprints.all(backlog_id), Listing[Sprint]))
        sprint = assert_type(sprints, list[Sprint])[0]
        _sprint(assert_type(await easy.sprints.get(backlog_id, sprint), Sprint))
        whole = await items(
            assert_type(easy.sprints.all(backlog_id, associated=True), Listing[Sprint])
        )
        assert assert_type(whole[0].sprint_stories, tuple[SprintStory, ...] | None)
        one = assert_type(await easy.sprints.get(backlog_id, sprint.id, associated=True), Sprint)
        assert one.sprint_stories == whole[0].sprint_stories
        assert_type(await easy.sprints.reopen(backlog_id, sprint), None)
        assert (await easy.sprints.get(backlog_id, sprint)).completed is False
        assert_type(await easy.sprints.complete(backlog_id, sprint), None)
        assert (await easy.sprints.get(backlog_id, sprint)).completed is True
        draft: SprintDraft = {
            "start_on": date(2026, 5, 4),
            "duration_days": 5,
            "number_team_members": 2,
        }
        made = assert_type(await easy.sprints.create(backlog_id, **draft), Sprint)
        changes: SprintChanges = {"start_on": "2026-05-11", "explicit_velocity": 12}
        assert_type(await easy.sprints.update(backlog_id, made, **changes), None)
        made = await easy.sprints.get(backlog_id, made)
        assert (made.start_on, made.explicit_velocity) == (date(2026, 5, 11), 12)
        assert_type(await easy.sprints.delete(backlog_id, made), None)


async def test_sprint_stories_are_listed_read_created_updated_and_deleted(
    easy: EasyBacklog, backlog_id: int
) -> None:
    async with easy:
        _, sprint = await easy.sprints.all(backlog_id)
        listing = assert_type(easy.sprint_stories.all(sprint), Listing[SprintStory])
        sprint_story = assert_type(await items(listing), list[SprintStory])[0]
        _sprint_story(sprint_story)
        assert_type(await easy.sprint_stories.get(sprint, sprint_story), SprintStory)
        story = (await easy.stories.all((await easy.themes.all(backlog_id))[1]))[1]
        draft: SprintStoryDraft = {"story_id": story.id, "position": 1}
        made = assert_type(await easy.sprint_stories.create(sprint, **draft), SprintStory)
        status = (await easy.statuses.all())[1]
        changes: SprintStoryChanges = {"sprint_story_status_id": status.id}
        assert_type(await easy.sprint_stories.update(sprint, made, **changes), None)
        made = await easy.sprint_stories.get(sprint.id, made.id)
        assert (made.story_id, made.sprint_story_status_id) == (story.id, status.id)
        assert_type(await easy.sprint_stories.delete(sprint, made), None)


async def test_things_are_created_in_bulk(
    easy: EasyBacklog, account_id: int, backlog_id: int
) -> None:
    companies: list[CompanyDraft] = [{"name": "Coast guard"}, {"name": "Port"}]
    backlogs: list[BacklogDraft] = [{"name": "Radio", "velocity": 2.5}, {"name": "Birds"}]
    themes: list[ThemeDraft] = [{"name": "Gulls", "code": "GUL"}, {"name": "Terns"}]
    stories: list[StoryDraft] = [{"i_want_to": "sleep"}, {"i_want_to": "wake", "score": None}]
    criteria: list[CriterionDraft] = [{"criterion": "It is dark"}, {"criterion": "It is lit"}]
    sprints: list[SprintDraft] = [
        {"start_on": date(2040, 5, 7), "duration_days": 5, "number_team_members": 2},
        {"start_on": "2040-05-14", "duration_days": 5, "explicit_velocity": 12},
    ]
    async with easy:
        account = await easy.accounts.get(account_id)
        backlog = await easy.backlogs.get(account_id, backlog_id)
        firms = await easy.companies.create_many(account, companies)
        _company(assert_type(firms, BulkReport[Company]).items[0])
        birds = await easy.backlogs.create_many(account, backlogs)
        _backlog(assert_type(birds, BulkReport[Backlog]).items[0])
        gulls = await easy.themes.create_many(backlog, themes)
        theme = assert_type(gulls, BulkReport[Theme]).items[0]
        _theme(theme)
        told = await easy.stories.create_many(theme, stories)
        story = assert_type(told, BulkReport[Story]).items[0]
        _story(story)
        done = await easy.criteria.create_many(story, criteria)
        _acceptance_criterion(assert_type(done, BulkReport[AcceptanceCriterion]).items[0])
        weeks = await easy.sprints.create_many(backlog, sprints)
        sprint = assert_type(weeks, BulkReport[Sprint]).items[0]
        _sprint(sprint)
        assigned: list[SprintStoryDraft] = [{"story_id": one} for one in told.items]
        inside = await easy.sprint_stories.create_many(sprint, assigned, on_error="stop")
        _sprint_story(assert_type(inside, BulkReport[SprintStory]).items[0])
        reports = (firms, birds, gulls, told, done, weeks, inside)
        assert [len(report.items) for report in reports] == [2] * 7


async def test_the_catalogue_is_listed_and_read(easy: EasyBacklog) -> None:
    async with easy:
        locales = await items(assert_type(easy.locales.all(), Listing[Locale]))
        locale = assert_type(locales, list[Locale])[0]
        _locale(assert_type(await easy.locales.get(locale), Locale))
        assert_type(await easy.locales.get(locale.id), Locale)
        rules = await items(assert_type(easy.scoring_rules.all(), Listing[ScoringRule]))
        rule = assert_type(rules, list[ScoringRule])[0]
        _scoring_rule(assert_type(await easy.scoring_rules.get(rule), ScoringRule))
        assert_type(await easy.scoring_rules.get(rule.id), ScoringRule)
        statuses = await items(assert_type(easy.statuses.all(), Listing[SprintStoryStatus]))
        status = assert_type(statuses, list[SprintStoryStatus])[0]
        _sprint_story_status(assert_type(await easy.statuses.get(status), SprintStoryStatus))
        assert_type(await easy.statuses.get(status.id), SprintStoryStatus)


def test_what_is_written_has_types_of_its_own() -> None:
    account_changes: AccountChanges = {}
    assert AccountChanges.__required_keys__ == account_changes.keys()
    assert_type(account_changes.get("default_velocity"), float | None)
    assert_type(account_changes.get("default_rate"), int | None)
    assert_type(account_changes.get("default_use_50_90"), bool | None)
    assert_type(account_changes.get("name"), str | None)
    assert_type(account_changes.get("locale_id"), Locale | int | str | None)
    assert_type(account_changes.get("scoring_rule_id"), ScoringRule | int | str | None)
    backlog_changes: BacklogChanges = {}
    assert BacklogChanges.__required_keys__ == backlog_changes.keys()
    assert_type(backlog_changes.get("company_id"), Company | int | str | None)
    assert_type(backlog_changes.get("velocity"), float | None)
    assert_type(backlog_changes.get("rate"), int | None)
    assert_type(backlog_changes.get("use_50_90"), bool | None)
    assert_type(backlog_changes.get("scoring_rule_id"), ScoringRule | int | str | None)
    assert_type(backlog_changes.get("name"), str | None)
    backlog_draft: BacklogDraft = {"name": "Lamp"}
    assert BacklogDraft.__required_keys__ == backlog_draft.keys()
    assert_type(backlog_draft.get("company_id"), Company | int | str | None)
    assert_type(backlog_draft.get("velocity"), float | None)
    assert_type(backlog_draft.get("rate"), int | None)
    assert_type(backlog_draft.get("use_50_90"), bool | None)
    assert_type(backlog_draft.get("scoring_rule_id"), ScoringRule | int | str | None)
    assert_type(backlog_draft["name"], str)
    company_changes: CompanyChanges = {}
    assert CompanyChanges.__required_keys__ == company_changes.keys()
    assert_type(company_changes.get("default_velocity"), float | None)
    assert_type(company_changes.get("default_rate"), int | None)
    assert_type(company_changes.get("default_use_50_90"), bool | None)
    assert_type(company_changes.get("name"), str | None)
    company_draft: CompanyDraft = {"name": "Lamp"}
    assert CompanyDraft.__required_keys__ == company_draft.keys()
    assert_type(company_draft.get("default_velocity"), float | None)
    assert_type(company_draft.get("default_rate"), int | None)
    assert_type(company_draft.get("default_use_50_90"), bool | None)
    assert_type(company_draft["name"], str)
    criterion_changes: CriterionChanges = {}
    assert CriterionChanges.__required_keys__ == criterion_changes.keys()
    assert_type(criterion_changes.get("criterion"), str | None)
    assert_type(criterion_changes.get("position"), int | None)
    criterion_draft: CriterionDraft = {"criterion": "Lit"}
    assert CriterionDraft.__required_keys__ == criterion_draft.keys()
    assert_type(criterion_draft["criterion"], str)
    assert_type(criterion_draft.get("position"), int | None)
    sprint_changes: SprintChanges = {}
    assert SprintChanges.__required_keys__ == sprint_changes.keys()
    assert_type(sprint_changes.get("start_on"), date | str | None)
    assert_type(sprint_changes.get("duration_days"), int | None)
    assert_type(sprint_changes.get("number_team_members"), float | None)
    assert_type(sprint_changes.get("explicit_velocity"), float | None)
    sprint_draft: SprintDraft = {"start_on": "2026-05-04", "duration_days": 5}
    assert SprintDraft.__required_keys__ == sprint_draft.keys()
    assert_type(sprint_draft["start_on"], date | str)
    assert_type(sprint_draft["duration_days"], int)
    assert_type(sprint_draft.get("number_team_members"), float | None)
    assert_type(sprint_draft.get("explicit_velocity"), float | None)
    sprint_story_changes: SprintStoryChanges = {}
    assert SprintStoryChanges.__required_keys__ == sprint_story_changes.keys()
    assert_type(sprint_story_changes.get("move_to_sprint_id"), Sprint | int | str | None)
    assert_type(
        sprint_story_changes.get("sprint_story_status_id"), SprintStoryStatus | int | str | None
    )
    assert_type(sprint_story_changes.get("position"), int | None)
    sprint_story_draft: SprintStoryDraft = {"story_id": 1}
    assert SprintStoryDraft.__required_keys__ == sprint_story_draft.keys()
    assert_type(sprint_story_draft["story_id"], Story | int | str)
    assert_type(
        sprint_story_draft.get("sprint_story_status_id"), SprintStoryStatus | int | str | None
    )
    assert_type(sprint_story_draft.get("position"), int | None)
    story_changes: StoryChanges = {}
    assert StoryChanges.__required_keys__ == story_changes.keys()
    assert_type(story_changes.get("unique_id"), int | None)
    assert_type(story_changes.get("as_a"), str | None)
    assert_type(story_changes.get("i_want_to"), str | None)
    assert_type(story_changes.get("so_i_can"), str | None)
    assert_type(story_changes.get("comments"), str | None)
    assert_type(story_changes.get("score"), float | None)
    assert_type(story_changes.get("score_50"), float | None)
    assert_type(story_changes.get("score_90"), float | None)
    assert_type(story_changes.get("color"), str | None)
    assert_type(story_changes.get("position"), int | None)
    story_draft: StoryDraft = {}
    assert StoryDraft.__required_keys__ == story_draft.keys()
    assert_type(story_draft.get("unique_id"), int | None)
    assert_type(story_draft.get("as_a"), str | None)
    assert_type(story_draft.get("i_want_to"), str | None)
    assert_type(story_draft.get("so_i_can"), str | None)
    assert_type(story_draft.get("comments"), str | None)
    assert_type(story_draft.get("score"), float | None)
    assert_type(story_draft.get("score_50"), float | None)
    assert_type(story_draft.get("score_90"), float | None)
    assert_type(story_draft.get("color"), str | None)
    assert_type(story_draft.get("position"), int | None)
    theme_changes: ThemeChanges = {}
    assert ThemeChanges.__required_keys__ == theme_changes.keys()
    assert_type(theme_changes.get("code"), str | None)
    assert_type(theme_changes.get("position"), int | None)
    assert_type(theme_changes.get("name"), str | None)
    theme_draft: ThemeDraft = {"name": "Lamp"}
    assert ThemeDraft.__required_keys__ == theme_draft.keys()
    assert_type(theme_draft.get("code"), str | None)
    assert_type(theme_draft.get("position"), int | None)
    assert_type(theme_draft["name"], str)


def _account(account: Account) -> None:
    assert_type(account.id, int)
    assert_type(account.name, str | None)
    assert_type(account.locale_id, int | None)
    assert_type(account.default_velocity, float | None)
    assert_type(account.default_rate, int | None)
    assert_type(account.default_use_50_90, bool | None)
    assert_type(account.scoring_rule_id, int | None)
    assert_type(account.created_at, datetime | None)
    assert_type(account.updated_at, datetime | None)
    assert_type(account.raw, Mapping[str, JSON])


def _company(company: Company) -> None:
    assert_type(company.id, int)
    assert_type(company.account_id, int | None)
    assert_type(company.name, str | None)
    assert_type(company.default_velocity, float | None)
    assert_type(company.default_rate, int | None)
    assert_type(company.default_use_50_90, bool | None)
    assert_type(company.created_at, datetime | None)
    assert_type(company.updated_at, datetime | None)
    assert_type(company.raw, Mapping[str, JSON])


def _acceptance_criterion(acceptance_criterion: AcceptanceCriterion) -> None:
    assert_type(acceptance_criterion.id, int)
    assert_type(acceptance_criterion.story_id, int | None)
    assert_type(acceptance_criterion.criterion, str | None)
    assert_type(acceptance_criterion.position, int | None)
    assert_type(acceptance_criterion.raw, Mapping[str, JSON])


def _story(story: Story) -> None:
    assert_type(story.id, int)
    assert_type(story.theme_id, int | None)
    assert_type(story.unique_id, int | None)
    assert_type(story.as_a, str | None)
    assert_type(story.i_want_to, str | None)
    assert_type(story.so_i_can, str | None)
    assert_type(story.comments, str | None)
    assert_type(story.score, float | None)
    assert_type(story.score_50, float | None)
    assert_type(story.score_90, float | None)
    assert_type(story.points, float | None)
    assert_type(story.color, str | None)
    assert_type(story.position, int | None)
    assert_type(story.created_at, datetime | None)
    assert_type(story.updated_at, datetime | None)
    assert_type(story.acceptance_criteria, tuple[AcceptanceCriterion, ...] | None)
    assert_type(story.raw, Mapping[str, JSON])


def _theme(theme: Theme) -> None:
    assert_type(theme.id, int)
    assert_type(theme.backlog_id, int | None)
    assert_type(theme.name, str | None)
    assert_type(theme.code, str | None)
    assert_type(theme.position, int | None)
    assert_type(theme.created_at, datetime | None)
    assert_type(theme.updated_at, datetime | None)
    assert_type(theme.stories, tuple[Story, ...] | None)
    assert_type(theme.raw, Mapping[str, JSON])


def _sprint_story(sprint_story: SprintStory) -> None:
    assert_type(sprint_story.id, int)
    assert_type(sprint_story.sprint_id, int | None)
    assert_type(sprint_story.story_id, int | None)
    assert_type(sprint_story.sprint_story_status_id, int | None)
    assert_type(sprint_story.position, int | None)
    assert_type(sprint_story.created_at, datetime | None)
    assert_type(sprint_story.updated_at, datetime | None)
    assert_type(sprint_story.raw, Mapping[str, JSON])


def _sprint(sprint: Sprint) -> None:
    assert_type(sprint.id, int)
    assert_type(sprint.backlog_id, int | None)
    assert_type(sprint.iteration, int | None)
    assert_type(sprint.start_on, date | None)
    assert_type(sprint.duration_days, int | None)
    assert_type(sprint.number_team_members, float | None)
    assert_type(sprint.explicit_velocity, float | None)
    assert_type(sprint.completed_at, datetime | None)
    assert_type(sprint.created_at, datetime | None)
    assert_type(sprint.updated_at, datetime | None)
    assert_type(sprint.total_allocated_points, float | None)
    assert_type(sprint.total_expected_points, float | None)
    assert_type(sprint.total_completed_points, float | None)
    assert_type(sprint.completed, bool | None)
    assert_type(sprint.deletable, bool | None)
    assert_type(sprint.sprint_stories, tuple[SprintStory, ...] | None)
    assert_type(sprint.raw, Mapping[str, JSON])


def _snapshot(snapshot: Snapshot) -> None:
    assert_type(snapshot.id, int)
    assert_type(snapshot.name, str | None)
    assert_type(snapshot.parent_backlog_id, int | None)
    assert_type(snapshot.parent_sprint_id, int | None)
    assert_type(snapshot.velocity, float | None)
    assert_type(snapshot.rate, int | None)
    assert_type(snapshot.use_50_90, bool | None)
    assert_type(snapshot.scoring_rule_id, int | None)
    assert_type(snapshot.created_at, datetime | None)
    assert_type(snapshot.not_ready_since, datetime | None)
    assert_type(snapshot.themes, tuple[Theme, ...] | None)
    assert_type(snapshot.raw, Mapping[str, JSON])
    assert_type(snapshot.ready, bool)


def _backlog(backlog: Backlog) -> None:
    assert_type(backlog.id, int)
    assert_type(backlog.name, str | None)
    assert_type(backlog.account_id, int | None)
    assert_type(backlog.company_id, int | None)
    assert_type(backlog.velocity, float | None)
    assert_type(backlog.rate, int | None)
    assert_type(backlog.use_50_90, bool | None)
    assert_type(backlog.scoring_rule_id, int | None)
    assert_type(backlog.archived, bool | None)
    assert_type(backlog.author_id, int | None)
    assert_type(backlog.last_modified_user_id, int | None)
    assert_type(backlog.created_at, datetime | None)
    assert_type(backlog.updated_at, datetime | None)
    assert_type(backlog.not_ready_since, datetime | None)
    assert_type(backlog.themes, tuple[Theme, ...] | None)
    assert_type(backlog.sprints, tuple[Sprint, ...] | None)
    assert_type(backlog.snapshots, tuple[Snapshot, ...] | None)
    assert_type(backlog.raw, Mapping[str, JSON])
    assert_type(backlog.ready, bool)


def _locale(locale: Locale) -> None:
    assert_type(locale.id, int)
    assert_type(locale.name, str | None)
    assert_type(locale.code, str | None)
    assert_type(locale.position, int | None)
    assert_type(locale.created_at, datetime | None)
    assert_type(locale.updated_at, datetime | None)
    assert_type(locale.raw, Mapping[str, JSON])


def _scoring_rule(scoring_rule: ScoringRule) -> None:
    assert_type(scoring_rule.id, int)
    assert_type(scoring_rule.title, str | None)
    assert_type(scoring_rule.code, str | None)
    assert_type(scoring_rule.description, str | None)
    assert_type(scoring_rule.position, int | None)
    assert_type(scoring_rule.raw, Mapping[str, JSON])


def _sprint_story_status(sprint_story_status: SprintStoryStatus) -> None:
    assert_type(sprint_story_status.id, int)
    assert_type(sprint_story_status.status, str | None)
    assert_type(sprint_story_status.code, str | None)
    assert_type(sprint_story_status.position, int | None)
    assert_type(sprint_story_status.raw, Mapping[str, JSON])


def _statistics_point(statistics_point: StatisticsPoint) -> None:
    assert_type(statistics_point.iteration, int | None)
    assert_type(statistics_point.starts_on, date | None)
    assert_type(statistics_point.completed_on, date | None)
    assert_type(statistics_point.duration, float | None)
    assert_type(statistics_point.team, float | None)
    assert_type(statistics_point.points, float | None)
    assert_type(statistics_point.completed, float | None)
    assert_type(statistics_point.total_points, float | None)
    assert_type(statistics_point.actual, float | None)


def _burn_down(burn_down: BurnDown) -> None:
    assert_type(burn_down.trend, tuple[StatisticsPoint, ...])
    assert_type(burn_down.actual, tuple[StatisticsPoint, ...])
    assert_type(burn_down.projected, tuple[StatisticsPoint, ...])


def _burn_up(burn_up: BurnUp) -> None:
    assert_type(burn_up.total, tuple[StatisticsPoint, ...])
    assert_type(burn_up.actual, tuple[StatisticsPoint, ...])


def _velocity_statistics(velocity_statistics: VelocityStatistics) -> None:
    assert_type(velocity_statistics.expected_sprint, float | None)
    assert_type(velocity_statistics.actual_sprint, float | None)
    assert_type(velocity_statistics.expected_day, float | None)
    assert_type(velocity_statistics.actual_day, float | None)


def _statistics(statistics: Statistics) -> None:
    assert_type(statistics.burn_down, BurnDown | None)
    assert_type(statistics.burn_up, BurnUp | None)
    assert_type(statistics.velocity_stats, VelocityStatistics | None)
    assert_type(statistics.velocity_completed, tuple[StatisticsPoint, ...])
    assert_type(statistics.zero_points, bool | None)
    assert_type(statistics.raw, Mapping[str, JSON])
