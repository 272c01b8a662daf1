"""What a fresh account holds: a board and nothing else, or something to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from agilekit.sandbox.options import Seed, check_seed

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.account import Account
    from agilekit.sandbox.kanbantool.state import User

_FIRST_MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


class _Ticking:
    """A clock for the seed, so that two accounts of a seed are equal."""

    def __init__(self) -> None:
        self._now = _FIRST_MORNING

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


def fill(seed: Seed, account: Account) -> None:
    check_seed(seed)
    real, account.clock = account.clock, _Ticking()
    if seed == "demo":
        _demo(account)
    else:
        account.add_board("Empty board")
    account.clock = real


def _demo(account: Account) -> None:
    omar = account.add_user("Omar Haddad", initials="OH")
    liv = account.add_user("Liv Berg", initials="LB", is_suspended=True)
    station = account.add_folder("Station", description="The lighthouse & its grounds")
    _upkeep(account, station.id, omar, liv)
    _visitors(account, omar)


def _upkeep(account: Account, folder_id: int, omar: User, liv: User) -> None:
    board = account.add_board(
        "Lighthouse upkeep",
        description="All that keeps the lamp burning",
        folder=account.folders[folder_id],
        columns=("To do", "In progress"),
        swimlanes=("Lamp room", "Grounds"),
    )
    root = next(iter(board.workflow_stages.values()))
    checks = account.add_stage(board, "Checks", parent=root, lane_width=2)
    inspection = account.add_stage(board, "Inspection", parent=checks, limit=2)
    account.add_stage(board, "Coast guard", parent=checks)
    done = account.add_stage(board, "Done", parent=root)
    account.share(board, omar)
    account.share(board, liv, ["read"])
    doing = board.columns()[1]
    doing.limit = 3
    grounds = board.rows()[1]
    bug = list(board.card_types.values())[1]

    lens = account.add_task(
        board,
        "Polish the lens",
        description="With <em>soft</em> cloth & vinegar",
        size_estimate=Decimal("2.5"),
        stage=doing,
        assigned_user_id=omar.id,
        tags="lamp,weekly",
        custom_fields={1: "First order Fresnel"},
    )
    account.add_subtask(lens, "Take off the cover", is_completed=True, assigned_user_id=omar.id)
    account.add_subtask(lens, "Upper prisms")
    account.add_subtask(lens, "Lower prisms")
    account.add_comment(lens, "The third prism has a crack.", by=omar)
    account.add_comment(lens, "Then order a new one, please.")
    start = _FIRST_MORNING + timedelta(hours=2)
    account.add_time_tracker(lens, started_at=start, ended_at=start + timedelta(minutes=50))
    account.add_time_tracker(lens, started_at=start + timedelta(hours=3), by=omar)
    leak = account.add_task(
        board,
        "Lantern roof leaks",
        card_type_id=bug.id,
        priority=1,
        stage=inspection,
        due_date=date(2026, 3, 20),
        by=omar,
    )
    account.add_comment(leak, "Only when the wind is from the north.", by=omar)
    account.add_task(board, "Spare bulb", external_link="https://example.com/bulbs", stage=doing)
    account.add_task(board, "Oil the gears", tags="lamp")
    account.add_task(board, "Wind the clockwork", tags="lamp,weekly", priority=-1)
    account.add_task(board, "Paint the railing", swimlane=grounds, size_estimate=Decimal("5.0"))
    account.add_task(board, "Mow the cliff path", swimlane=grounds, assigned_user_id=liv.id)
    account.add_task(board, "Mend the fence", swimlane=grounds, stage=done)
    for day, name in enumerate(["Trim the wick", "Sweep the stairs", "Test the fog horn"]):
        archived_at = _FIRST_MORNING + timedelta(days=day, hours=9)
        account.add_task(board, name, stage=done, archived_at=archived_at)


def _visitors(account: Account, omar: User) -> None:
    board = account.add_board("Visitors' day", owner=omar)
    _, doing, done = board.columns()
    tour = account.add_task(board, "Guided tour", size_estimate=Decimal("3.0"), stage=doing)
    account.add_subtask(tour, "Print the leaflets")
    account.add_task(board, "Tea and cake")
    account.add_task(board, "Signs at the car park", due_date=date(2026, 5, 1))
    account.add_task(board, "Ask the school choir", stage=done, by=omar)
    account.add_task(
        board, "Choose the day", stage=done, archived_at=_FIRST_MORNING + timedelta(days=1)
    )
