"""Every cell of the tables that `decision` opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

import pytest
from attrs import evolve

from agilekit.versioned import (
    Abort,
    Attribute,
    Force,
    Merge,
    Reapply,
    Strategy,
    Versioned,
    decision,
)
from agilekit.versioned.decision import Decision, Evidence, decide
from agilekit.versioned.edit import FORCED, Edit
from tests.each import each

Row: TypeAlias = tuple[str, str, str, str, Decision]

SENT: Final = 7
MINE: Final = "Paint the door"
VALUES: Final = {"ours": MINE, "alike": "PAINT the  door", "another": "Leave it"}
VERSIONS: Final = {"as sent": SENT, "next": SENT + 1, "later": SENT + 3, "unknown": SENT + 1}
COLUMNS: Final = {
    "applied": Evidence(accepted=True, refuses_conflicts=True),
    "refused": Evidence(accepted=False),
    "partly": Evidence(accepted=False, alone=False),
    "success": Evidence(accepted=True, refuses_conflicts=False),
    "open": Evidence(accepted=True),
    "apart": Evidence(accepted=True, refuses_conflicts=False, apart=True),
    "lost": Evidence(accepted=False, lost=True, apart=True),
}
TABLES: Final = ("plain", "computed", "forced")


def rows() -> Iterator[Row]:
    """Each cell of the docstring: table, version, value, column, decision."""
    assert decision.__doc__ is not None
    tables = re.findall(
        r"^version +value .*?\n=+[ =]+\n(.*?)\n=", decision.__doc__, re.MULTILINE | re.DOTALL
    )
    for table, text in zip(TABLES, tables, strict=True):
        for line in text.splitlines():
            version, value, *cells = re.split(r"  +", line.strip())
            for column, cell in zip(COLUMNS, cells, strict=True):
                yield table, version, value, column, Decision[cell]


def _mine(*_: object) -> str:
    return MINE


def an_edit(table: str = "plain", strategy: Strategy | None = None) -> Edit:
    """An edit that was sent, as `table` says."""
    base = Versioned[object]("Old", SENT)
    strategy = strategy or (Force() if table == "forced" else Reapply())
    change: object = _mine if table == "computed" else MINE
    edit = Edit("title", Attribute(str), change, strategy, base)
    edit.start(Versioned())
    edit.propose()
    edit.sent = edit.version
    return edit


def test_the_tables_are_whole() -> None:
    cells = [(table, version, value, column) for table, version, value, column, _ in rows()]
    assert len(cells) == len(set(cells)) == (9 + 9 + 12) * len(COLUMNS)


@each(("table", "version", "value", "column", "decision"), list(rows()))
def test_every_cell_is_decided_as_the_table_says(
    table: str, version: str, value: str, column: str, decision: Decision
) -> None:
    edit = an_edit(table)
    if version == "unknown":
        edit.current = Versioned()
    assert decide(edit, Versioned(VALUES[value], VERSIONS[version]), COLUMNS[column]) is decision


@pytest.mark.parametrize("table", TABLES)
def test_what_settled_as_it_was_sent_was_never_applied(table: str) -> None:
    lost = evolve(COLUMNS["lost"], settled=True)
    assert decide(an_edit(table), Versioned("Leave it", SENT), lost) is Decision.AGAIN
    assert decide(an_edit(table), Versioned("Leave it", SENT - 1), lost) is Decision.UNKNOWN


@pytest.mark.parametrize(
    ("value", "version", "decision"),
    [
        ("Leave it", SENT + 1, Decision.CONFLICT),
        ("PAINT the  door", SENT + 1, Decision.UNKNOWN),
        ("Leave it", SENT + 2, Decision.UNKNOWN),
        (MINE, SENT + 9, Decision.DONE),
    ],
)
def test_a_forced_value_is_given_up_only_at_exactly_the_next_version(
    value: str, version: int, decision: Decision
) -> None:
    lost = evolve(COLUMNS["lost"], settled=True)
    assert decide(an_edit("forced"), Versioned(value, version), lost) is decision


def test_without_a_version_known_before_a_lost_force_stays_unknown() -> None:
    edit = an_edit("forced")
    edit.current = Versioned()
    lost = evolve(COLUMNS["lost"], settled=True)
    assert decide(edit, Versioned("Leave it", SENT), lost) is Decision.UNKNOWN


@pytest.mark.parametrize("version", [SENT, SENT + 1, SENT + 2])
def test_a_forced_function_is_in_place_only_by_the_answer_of_its_only_attempt(version: int) -> None:
    edit = an_edit("computed", Force())
    assert edit.sent == FORCED
    ours = Versioned[object](MINE, version)
    assert decide(edit, ours, COLUMNS["open"]) is Decision.DONE
    lost = evolve(COLUMNS["lost"], settled=True)
    wanted = Decision.AGAIN if version == SENT else Decision.UNKNOWN
    assert decide(edit, ours, lost) is wanted


@pytest.mark.parametrize(
    ("column", "decision"),
    [
        ("applied", Decision.DONE),
        ("refused", Decision.AGAIN),
        ("partly", Decision.UNKNOWN),
        ("success", Decision.DONE),
        ("apart", Decision.UNKNOWN),
    ],
)
def test_a_forced_function_that_is_ours_is_proved_by_its_answer_only(
    column: str, decision: Decision
) -> None:
    edit = an_edit("computed", Force())
    assert decide(edit, Versioned(MINE, SENT + 1), COLUMNS[column]) is decision


def test_an_accepted_force_is_in_place_as_whatever_a_server_that_heeds_it_has_made_of_it() -> None:
    other = Versioned[object]("Leave it", SENT + 1)
    heeded = evolve(COLUMNS["applied"], heeded=True)
    assert decide(an_edit("computed", Force()), other, heeded) is Decision.DONE
    several = evolve(heeded, alone=False)
    assert decide(an_edit("forced"), other, several) is Decision.MAYBE
    assert decide(an_edit("forced"), other, evolve(several, refuses_whole=False)) is Decision.DONE


@pytest.mark.parametrize(
    ("strategy", "decision"),
    [
        (Reapply(), Decision.MAYBE),
        (Abort(), Decision.UNKNOWN),
        (Merge(_mine), Decision.UNKNOWN),
    ],
)
@pytest.mark.parametrize("column", ["partly", "success"])
def test_only_what_may_replace_is_sent_once_more_to_tell(
    strategy: Strategy, decision: Decision, column: str
) -> None:
    edit = an_edit(strategy=strategy)
    assert decide(edit, Versioned(VALUES["alike"], SENT + 1), COLUMNS[column]) is decision


@pytest.mark.parametrize("value", ["alike", "another"])
def test_a_value_that_was_not_applied_twice_is_in_place_only_if_it_is_alike(value: str) -> None:
    again = evolve(COLUMNS["success"], again=True)
    found = Versioned[object](VALUES[value], SENT)
    wanted = {"alike": Decision.DONE, "another": Decision.AGAIN}[value]
    assert decide(an_edit(), found, again) is wanted
    # A function would have been made of nothing, and who aborts or merges claims no rewriting.
    assert decide(an_edit("computed"), found, again) is Decision.AGAIN
    assert decide(an_edit(strategy=Abort()), found, again) is Decision.AGAIN
    assert decide(an_edit(), found, evolve(again, accepted=False)) is Decision.AGAIN


@pytest.mark.parametrize(
    ("version", "decision"), [(SENT + 1, Decision.DONE), (SENT + 2, Decision.UNKNOWN)]
)
def test_an_identical_value_counts_as_mine_only_at_the_next_version(
    version: int, decision: Decision
) -> None:
    edit = an_edit("computed", Reapply(identical="mine"))
    assert decide(edit, Versioned(MINE, version), COLUMNS["lost"]) is decision
    assert decide(edit, Versioned("Leave it", version), COLUMNS["lost"]) is Decision.UNKNOWN


@each("strategy", [Reapply(), Force(), Abort()])
@each("table", ["plain", "computed"])
@each("value", ["alike", "another"])
def test_an_acceptance_of_several_proves_each_only_if_it_is_known_what_a_refusal_concerns(
    strategy: Strategy, table: str, value: str
) -> None:
    edit = an_edit(table, strategy)
    several = evolve(COLUMNS["applied"], alone=False)
    assert decide(edit, Versioned(MINE, SENT + 1), several) is Decision.DONE
    found = Versioned[object](VALUES[value], SENT + 1)
    may_replace = table == "plain" and not isinstance(strategy, Abort)
    wanted = Decision.MAYBE if may_replace else Decision.UNKNOWN
    assert decide(edit, found, several) is wanted
    for whole in (True, False):
        known = evolve(several, refuses_whole=whole, heeded=True)
        assert decide(edit, found, known) is Decision.DONE


@each("table", TABLES)
@each("apart", [False, True])
@each("value", VALUES)
def test_an_acceptance_that_may_be_of_an_ignored_attribute_proves_no_other_value(
    table: str, apart: bool, value: str
) -> None:
    edit, found = an_edit(table), Versioned[object](VALUES[value], SENT + 3)
    heeded = evolve(COLUMNS["applied"], apart=apart, heeded=True)
    assert decide(edit, found, heeded) is Decision.DONE
    wanted = Decision.DONE
    if value == "another" and apart:
        wanted = Decision.UNKNOWN
    elif value == "another" and table == "forced":
        wanted = Decision.MAYBE
    assert decide(edit, found, evolve(heeded, heeded=False)) is wanted


@pytest.mark.parametrize(
    ("table", "version", "decision"),
    [
        ("plain", SENT + 1, Decision.CONFLICT),
        ("plain", SENT + 2, Decision.UNKNOWN),
        ("computed", SENT + 1, Decision.UNKNOWN),
        ("forced", SENT + 1, Decision.UNKNOWN),
    ],
)
def test_what_is_read_apart_after_an_acceptance_of_several_is_not_sent_over(
    table: str, version: int, decision: Decision
) -> None:
    several = evolve(COLUMNS["applied"], alone=False, apart=True)
    assert decide(an_edit(table), Versioned("Leave it", version), several) is decision


def test_a_server_that_refuses_as_a_whole_has_applied_nothing_of_what_it_refused() -> None:
    whole = evolve(COLUMNS["partly"], refuses_whole=True)
    found = Versioned[object]("Leave it", SENT + 1)
    assert decide(an_edit("computed"), found, whole) is Decision.CONFLICT
    assert decide(an_edit("computed"), found, evolve(whole, lost=True)) is Decision.UNKNOWN


@pytest.mark.parametrize("table", ["plain", "computed"])
@pytest.mark.parametrize("accepted", [True, False])
def test_what_a_late_answer_shows_as_it_was_sent_is_sent_again(table: str, accepted: bool) -> None:
    late = Evidence(accepted=accepted, lost=True)
    assert decide(an_edit(table), Versioned("Old", SENT), late) is Decision.AGAIN


def test_an_acceptance_after_a_lost_reply_proves_only_what_the_server_is_known_to_mean() -> None:
    late = Evidence(accepted=True, lost=True)
    edit, ours = an_edit("computed"), Versioned[object](MINE, SENT + 1)
    assert decide(edit, ours, late) is Decision.ASK
    assert decide(edit, ours, evolve(late, refuses_conflicts=True)) is Decision.DONE
    assert decide(edit, ours, evolve(late, refuses_conflicts=False)) is Decision.UNKNOWN


def test_what_is_read_apart_and_older_than_what_was_sent_proves_nothing() -> None:
    older = Versioned[object](MINE, SENT - 1)
    assert decide(an_edit(), older, COLUMNS["apart"]) is Decision.AGAIN
    assert decide(an_edit("computed"), older, COLUMNS["apart"]) is Decision.UNKNOWN
    refused = evolve(COLUMNS["partly"], apart=True)
    assert decide(an_edit(), older, refused) is Decision.AGAIN
    assert decide(an_edit("computed"), older, refused) is Decision.UNKNOWN
    # In an answer, it is what the server holds: its versions have begun again.
    assert decide(an_edit(), Versioned("Leave it", SENT - 1), COLUMNS["refused"]) is (
        Decision.CONFLICT
    )


@pytest.mark.parametrize(
    ("column", "value", "decision"),
    [
        ("applied", None, Decision.DONE),
        ("refused", MINE, Decision.AGAIN),
        ("success", MINE, Decision.DONE),
        ("success", "Leave it", Decision.UNKNOWN),
        ("success", None, Decision.UNKNOWN),
        ("lost", MINE, Decision.DONE),
        ("lost", None, Decision.UNKNOWN),
    ],
)
def test_what_bears_no_version_is_decided_by_the_status(
    column: str, value: object, decision: Decision
) -> None:
    assert decide(an_edit(), Versioned(value), COLUMNS[column]) is decision
    if value is not None and decision is Decision.DONE:
        computed = decide(an_edit("computed"), Versioned(value), COLUMNS[column])
        assert computed is Decision.UNKNOWN


def test_nothing_is_found_if_nothing_was_to_be_written() -> None:
    edit = an_edit()
    edit.change = edit.mine = ""
    assert decide(edit, Versioned(), COLUMNS["success"]) is Decision.UNKNOWN
