"""The models of the samples, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from attrs import evolve

from agilekit.easybacklog import (
    AcceptanceCriterion,
    Account,
    Backlog,
    BurnDown,
    BurnUp,
    Company,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Statistics,
    StatisticsPoint,
    Story,
    Theme,
    VelocityStatistics,
)


def _at(*parts: int) -> datetime:
    year, month, day, hour, minute, second = parts
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


_CREATED: Final = _at(2011, 1, 3, 15, 3, 0)
_UPDATED: Final = _at(2012, 5, 23, 17, 42, 10)

ACCOUNT: Final = Account(
    id=33,
    name="API Access Demo Account",
    locale_id=1,
    created_at=_at(2012, 5, 21, 21, 33, 51),
    updated_at=_at(2012, 5, 21, 21, 33, 51),
)
COMPANY: Final = Company(
    id=13,
    account_id=33,
    name="Acme company",
    default_velocity=3.0,
    default_rate=800,
    default_use_50_90=False,
    created_at=_at(2012, 5, 25, 17, 11, 20),
    updated_at=_at(2012, 5, 25, 17, 11, 42),
)
COMPANY_RETRIEVED: Final = evolve(COMPANY, updated_at=_at(2012, 5, 25, 17, 47, 24))
COMPANY_CREATED: Final = Company(
    id=14,
    name="New company name",
    default_velocity=5.0,
    created_at=_at(2012, 5, 25, 18, 2, 18),
    updated_at=_at(2012, 5, 25, 18, 2, 18),
)
BACKLOG: Final = Backlog(
    id=357,
    name="Example corporate website backlog",
    account_id=33,
    velocity=3.0,
    rate=800,
    use_50_90=False,
    archived=False,
    author_id=1,
    last_modified_user_id=1,
    created_at=_CREATED,
    updated_at=_at(2011, 2, 17, 15, 3, 0),
)
BACKLOG_CREATED: Final = Backlog(
    id=364,
    name="New backlog name",
    account_id=33,
    velocity=3.5,
    rate=800,
    archived=False,
    author_id=1,
    last_modified_user_id=1,
    created_at=_at(2012, 5, 23, 12, 16, 25),
    updated_at=_at(2012, 5, 23, 12, 16, 25),
)
BACKLOG_DUPLICATED: Final = Backlog(
    id=366,
    name="New duplicated backlog name",
    account_id=33,
    velocity=3.0,
    rate=800,
    use_50_90=False,
    scoring_rule_id=7,
    archived=False,
    author_id=1,
    last_modified_user_id=1,
    created_at=_at(2012, 5, 24, 13, 13, 18),
    updated_at=_at(2012, 5, 24, 13, 13, 18),
)
BACKLOG_TREE: Final = Backlog(
    id=357,
    name="Example corporate website backlog",
    account_id=33,
    velocity=3.0,
    rate=800,
    themes=(
        Theme(
            id=1131,
            name="Home page",
            code="HOP",
            position=1,
            stories=(
                Story(
                    id=3158,
                    unique_id=5,
                    as_a="user",
                    score=3.0,
                    color="",
                    position=1,
                    acceptance_criteria=(
                        AcceptanceCriterion(id=7658, criterion="It is fast", position=1),
                        AcceptanceCriterion(id=7659, criterion="It is small", position=2),
                    ),
                ),
                Story(id=3159, as_a="buyer", position=2, acceptance_criteria=()),
            ),
        ),
        Theme(id=1170, name="New theme", code="NET", position=2, stories=()),
    ),
    sprints=(
        Sprint(
            id=224,
            iteration=1,
            start_on=date(2011, 1, 17),
            duration_days=5,
            number_team_members=1.0,
            completed=True,
            total_completed_points=11.0,
            sprint_stories=(
                SprintStory(id=525, story_id=3158, sprint_story_status_id=4, position=1),
            ),
        ),
    ),
)
_FIRST_DAY: Final = StatisticsPoint(
    iteration=0,
    starts_on=date(2011, 1, 17),
    completed_on=date(2011, 1, 17),
    duration=5,
    team=1.0,
    points=90.0,
    completed=0,
    actual=0.0,
)
_FIRST_SPRINT: Final = StatisticsPoint(
    iteration=1,
    starts_on=date(2011, 1, 17),
    completed_on=date(2011, 1, 21),
    duration=5,
    team=1.0,
    completed=11.0,
    actual=2.2,
)
STATISTICS: Final = Statistics(
    burn_down=BurnDown(
        trend=(_FIRST_DAY,),
        actual=(_FIRST_DAY,),
        projected=(
            StatisticsPoint(
                iteration=4,
                starts_on=date(2011, 2, 7),
                completed_on=date(2011, 2, 11),
                duration=5,
                team=1.0,
                points=27.0,
                completed=21.0,
                actual=4.2,
            ),
        ),
    ),
    burn_up=BurnUp(
        total=(evolve(_FIRST_SPRINT, total_points=71.0),),
        actual=(evolve(_FIRST_SPRINT, total_points=0),),
    ),
    velocity_stats=VelocityStatistics(
        expected_sprint=15.0,
        actual_sprint=15.75,
        expected_day=3.0,
        actual_day=3.1500000000000004,
    ),
    velocity_completed=(_FIRST_SPRINT,),
)
SNAPSHOT: Final = Snapshot(
    id=358,
    name="New finance section added and agreed with client",
    parent_backlog_id=357,
    velocity=3.0,
    rate=800,
    use_50_90=False,
    created_at=_at(2011, 1, 18, 19, 3, 49),
)
SPRINT_SNAPSHOT: Final = Snapshot(
    id=363,
    name="Sprint 4",
    parent_sprint_id=227,
    velocity=3.0,
    rate=800,
    use_50_90=False,
    created_at=_at(2011, 2, 7, 2, 0, 0),
)
SNAPSHOT_CREATED: Final = Snapshot(
    id=365,
    name="New snapshot name",
    parent_backlog_id=357,
    velocity=3.0,
    rate=800,
    use_50_90=False,
    scoring_rule_id=7,
    created_at=_at(2012, 5, 24, 12, 44, 39),
)
THEME: Final = Theme(
    id=1164,
    backlog_id=366,
    name="Home page",
    code="HOP",
    position=1,
    created_at=_at(2012, 5, 24, 13, 13, 18),
    updated_at=_at(2012, 5, 25, 17, 11, 20),
)
THEME_RETRIEVED: Final = Theme(
    id=1131,
    backlog_id=357,
    name="Home page",
    code="HOP",
    position=1,
    created_at=_CREATED,
    updated_at=_UPDATED,
)
THEME_CREATED: Final = Theme(
    id=1170,
    backlog_id=357,
    name="New theme",
    code="NET",
    position=6,
    created_at=_at(2012, 5, 28, 15, 20, 41),
    updated_at=_at(2012, 5, 28, 15, 20, 41),
)
SPRINT: Final = Sprint(
    id=224,
    backlog_id=357,
    iteration=1,
    start_on=date(2011, 1, 17),
    duration_days=5,
    number_team_members=1.0,
    completed_at=_at(2011, 1, 24, 19, 5, 19),
    created_at=_CREATED,
    updated_at=_UPDATED,
    total_allocated_points=11.0,
    total_expected_points=15.0,
    total_completed_points=11.0,
    completed=True,
)
SPRINT_CREATED: Final = Sprint(
    id=230,
    backlog_id=357,
    iteration=6,
    start_on=date(2012, 1, 2),
    duration_days=5,
    explicit_velocity=30.0,
    created_at=_at(2012, 5, 29, 16, 8, 42),
    updated_at=_at(2012, 5, 29, 16, 8, 42),
    total_allocated_points=0.0,
    total_expected_points=30.0,
    total_completed_points=0.0,
    completed=False,
)
STORY: Final = Story(
    id=3158,
    theme_id=1131,
    unique_id=5,
    as_a="user",
    i_want_to="view a set of simple screen shots",
    so_i_can="understand how the products work",
    comments="Assumed use of JQuery Lightbox",
    score=3.0,
    color="",
    position=1,
    created_at=_CREATED,
    updated_at=_UPDATED,
)
STORY_CREATED: Final = Story(
    id=3267,
    theme_id=1131,
    unique_id=6,
    as_a="user",
    comments="tbc",
    color="ff0000",
    position=5,
    created_at=_at(2012, 5, 29, 16, 52, 9),
    updated_at=_at(2012, 5, 29, 16, 52, 9),
)
CRITERION: Final = AcceptanceCriterion(
    id=7658,
    story_id=3159,
    criterion="Support for tracking code in the format ?campaign=[code]",
    position=1,
)
CRITERION_CREATED: Final = AcceptanceCriterion(
    id=7941, story_id=3267, criterion="Must validation user details", position=1
)
SPRINT_STORY: Final = SprintStory(
    id=525,
    sprint_id=224,
    story_id=3159,
    sprint_story_status_id=4,
    position=1,
    created_at=_CREATED,
    updated_at=_UPDATED,
)
SPRINT_STORY_CREATED: Final = SprintStory(
    id=538,
    sprint_id=228,
    story_id=3267,
    sprint_story_status_id=1,
    position=3,
    created_at=_at(2012, 5, 29, 17, 43, 23),
    updated_at=_at(2012, 5, 29, 17, 43, 23),
)
THEME_WITH_STORIES: Final = evolve(THEME, stories=(evolve(STORY, acceptance_criteria=()),))
SPRINT_WITH_STORIES: Final = evolve(SPRINT, sprint_stories=(SPRINT_STORY,))
STORY_WITH_CRITERIA: Final = evolve(STORY, acceptance_criteria=(CRITERION,))
STORY_WITHOUT_TIMES: Final = evolve(STORY_WITH_CRITERIA, created_at=None, updated_at=None)
LOCALE: Final = Locale(
    id=1,
    name="American English ($)",
    code="en-US",
    position=10,
    created_at=_at(2011, 2, 18, 2, 53, 12),
    updated_at=_at(2012, 1, 11, 22, 57, 26),
)
SCORING_RULE: Final = ScoringRule(
    id=7,
    title="Modified Fibonacci",
    code="M",
    description="0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100",
    position=1,
)
STATUS: Final = SprintStoryStatus(id=1, status="To do", code="T", position=1)
