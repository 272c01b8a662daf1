"""The verdicts, cell by cell of the tables that `judging` opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

import pytest
from attrs import evolve

from agilekit.versioned import Abort, Attribute, Force, Merge, Reapply, Strategy, Versioned, judging
from agilekit.versioned.edit import FORCED, Edit
from agilekit.versioned.judging import Evidence, Verdict, judge
from tests.each import each

Row: TypeAlias = tuple[str, str, str, str, Verdict]

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
    """Each cell of the docstring: table, version, value, column, verdict."""
    assert judging.__doc__ is not None
    tables = re.findall(
        r"^version +value .*?\n=+[ =]+\n(.*?)\n=", judging.__doc__, re.MULTILINE | re.DOTALL
    )
    for table, text in zip(TABLES, tables, strict=True):
        for line in text.splitlines():
            version, value, *cells = re.split(r"  +", line.strip())
            for column, cell in zip(COLUMNS, cells, strict=True):
                yield table, version, value, column, Verdict[cell]


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


@each(("table", "version", "value", "column", "verdict"), list(rows()))
def test_a_verdict_is_that_of_the_table(
    table: str, version: str, value: str, column: str, verdict: Verdict
) -> None:
    edit = an_edit(table)
    if version == "unknown":
        edit.current = Versioned()
    assert judge(edit, Versioned(VALUES[value], VERSIONS[version]), COLUMNS[column]) is verdict


@pytest.mark.parametrize("table", TABLES)
def test_what_settled_as_it_was_sent_was_never_applied(table: str) -> None:
    lost = evolve(COLUMNS["lost"], settled=True)
    assert judge(an_edit(table), Versioned("Leave it", SENT), lost) is Verdict.AGAIN
    assert judge(an_edit(table), Versioned("Leave it", SENT - 1), lost) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("value", "version", "verdict"),
    [
        ("Leave it", SENT + 1, Verdict.CONFLICT),
        ("PAINT the  door", SENT + 1, Verdict.UNKNOWN),
        ("Leave it", SENT + 2, Verdict.UNKNOWN),
        (MINE, SENT + 9, Verdict.DONE),
    ],
)
def test_a_forced_value_is_given_up_only_at_exactly_the_next_version(
    value: str, version: int, verdict: Verdict
) -> None:
    lost = evolve(COLUMNS["lost"], settled=True)
    assert judge(an_edit("forced"), Versioned(value, version), lost) is verdict


def test_without_a_version_known_before_a_lost_force_stays_unknown() -> None:
    edit = an_edit("forced")
    edit.current = Versioned()
    lost = evolve(COLUMNS["lost"], settled=True)
    assert judge(edit, Versioned("Leave it", SENT), lost) is Verdict.UNKNOWN


@pytest.mark.parametrize("version", [SENT, SENT + 1, SENT + 2])
def test_a_forced_function_is_in_place_only_by_the_answer_of_its_only_attempt(version: int) -> None:
    edit = an_edit("computed", Force())
    assert edit.sent == FORCED
    ours = Versioned[object](MINE, version)
    assert judge(edit, ours, COLUMNS["open"]) is Verdict.DONE
    lost = evolve(COLUMNS["lost"], settled=True)
    wanted = Verdict.AGAIN if version == SENT else Verdict.UNKNOWN
    assert judge(edit, ours, lost) is wanted


@pytest.mark.parametrize(
    ("column", "verdict"),
    [
        ("applied", Verdict.DONE),
        ("refused", Verdict.AGAIN),
        ("partly", Verdict.UNKNOWN),
        ("success", Verdict.DONE),
        ("apart", Verdict.UNKNOWN),
    ],
)
def test_a_forced_function_that_is_ours_is_proved_by_its_answer_only(
    column: str, verdict: Verdict
) -> None:
    edit = an_edit("computed", Force())
    assert judge(edit, Versioned(MINE, SENT + 1), COLUMNS[column]) is verdict


def test_an_accepted_force_is_in_place_as_whatever_a_server_that_heeds_it_has_made_of_it() -> None:
    other = Versioned[object]("Leave it", SENT + 1)
    heeded = evolve(COLUMNS["applied"], heeded=True)
    assert judge(an_edit("computed", Force()), other, heeded) is Verdict.DONE
    several = evolve(heeded, alone=False)
    assert judge(an_edit("forced"), other, several) is Verdict.MAYBE
    assert judge(an_edit("forced"), other, evolve(several, refuses_whole=False)) is Verdict.DONE


@pytest.mark.parametrize(
    ("strategy", "verdict"),
    [
        (Reapply(), Verdict.MAYBE),
        (Abort(), Verdict.UNKNOWN),
        (Merge(_mine), Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("column", ["partly", "success"])
def test_only_what_may_replace_is_sent_once_more_to_tell(
    strategy: Strategy, verdict: Verdict, column: str
) -> None:
    edit = an_edit(strategy=strategy)
    assert judge(edit, Versioned(VALUES["alike"], SENT + 1), COLUMNS[column]) is verdict


@pytest.mark.parametrize("value", ["alike", "another"])
def test_a_value_that_was_left_alone_twice_is_in_place_only_if_it_is_alike(value: str) -> None:
    again = evolve(COLUMNS["success"], again=True)
    found = Versioned[object](VALUES[value], SENT)
    wanted = {"alike": Verdict.DONE, "another": Verdict.AGAIN}[value]
    assert judge(an_edit(), found, again) is wanted
    # A function would have been made of nothing, and who aborts or merges claims no rewriting.
    assert judge(an_edit("computed"), found, again) is Verdict.AGAIN
    assert judge(an_edit(strategy=Abort()), found, again) is Verdict.AGAIN
    assert judge(an_edit(), found, evolve(again, accepted=False)) is Verdict.AGAIN


@pytest.mark.parametrize(
    ("version", "verdict"), [(SENT + 1, Verdict.DONE), (SENT + 2, Verdict.UNKNOWN)]
)
def test_an_identical_value_counts_as_mine_only_at_the_next_version(
    version: int, verdict: Verdict
) -> None:
    edit = an_edit("computed", Reapply(identical="mine"))
    assert judge(edit, Versioned(MINE, version), COLUMNS["lost"]) is verdict
    assert judge(edit, Versioned("Leave it", version), COLUMNS["lost"]) is Verdict.UNKNOWN


@each("strategy", [Reapply(), Force(), Abort()])
@each("table", ["plain", "computed"])
@each("value", ["alike", "another"])
def test_an_acceptance_of_several_proves_each_only_if_it_is_known_what_a_refusal_concerns(
    strategy: Strategy, table: str, value: str
) -> None:
    edit = an_edit(table, strategy)
    several = evolve(COLUMNS["applied"], alone=False)
    assert judge(edit, Versioned(MINE, SENT + 1), several) is Verdict.DONE
    found = Versioned[object](VALUES[value], SENT + 1)
    may_replace = table == "plain" and not isinstance(strategy, Abort)
    wanted = Verdict.MAYBE if may_replace else Verdict.UNKNOWN
    assert judge(edit, found, several) is wanted
    for whole in (True, False):
        known = evolve(several, refuses_whole=whole, heeded=True)
        assert judge(edit, found, known) is Verdict.DONE


@each("table", TABLES)
@each("apart", [False, True])
@each("value", VALUES)
def test_an_acceptance_that_may_be_of_an_ignored_attribute_proves_no_other_value(
    table: str, apart: bool, value: str
) -> None:
    edit, found = an_edit(table), Versioned[object](VALUES[value], SENT + 3)
    heeded = evolve(COLUMNS["applied"], apart=apart, heeded=True)
    assert judge(edit, found, heeded) is Verdict.DONE
    wanted = Verdict.DONE
    if value == "another" and apart:
        wanted = Verdict.UNKNOWN
    elif value == "another" and table == "forced":
        wanted = Verdict.MAYBE
    assert judge(edit, found, evolve(heeded, heeded=False)) is wanted


@pytest.mark.parametrize(
    ("table", "version", "verdict"),
    [
        ("plain", SENT + 1, Verdict.CONFLICT),
        ("plain", SENT + 2, Verdict.UNKNOWN),
        ("computed", SENT + 1, Verdict.UNKNOWN),
        ("forced", SENT + 1, Verdict.UNKNOWN),
    ],
)
def test_what_is_read_apart_after_an_acceptance_of_several_is_not_sent_over(
    table: str, version: int, verdict: Verdict
) -> None:
    several = evolve(COLUMNS["applied"], alone=False, apart=True)
    assert judge(an_edit(table), Versioned("Leave it", version), several) is verdict


def test_a_server_that_refuses_as_a_whole_has_applied_nothing_of_what_it_refused() -> None:
    whole = evolve(COLUMNS["partly"], refuses_whole=True)
    found = Versioned[object]("Leave it", SENT + 1)
    assert judge(an_edit("computed"), found, whole) is Verdict.CONFLICT
    assert judge(an_edit("computed"), found, evolve(whole, lost=True)) is Verdict.UNKNOWN


@pytest.mark.parametrize("table", ["plain", "computed"])
@pytest.mark.parametrize("accepted", [True, False])
def test_what_a_late_answer_shows_as_it_was_sent_is_sent_again(table: str, accepted: bool) -> None:
    late = Evidence(accepted=accepted, lost=True)
    assert judge(an_edit(table), Versioned("Old", SENT), late) is Verdict.AGAIN


def test_an_acceptance_after_a_lost_reply_proves_only_what_the_server_is_known_to_mean() -> None:
    late = Evidence(accepted=True, lost=True)
    edit, ours = an_edit("computed"), Versioned[object](MINE, SENT + 1)
    assert judge(edit, ours, late) is Verdict.ASK
    assert judge(edit, ours, evolve(late, refuses_conflicts=True)) is Verdict.DONE
    assert judge(edit, ours, evolve(late, refuses_conflicts=False)) is Verdict.UNKNOWN


def test_what_is_read_apart_and_older_than_what_was_sent_proves_nothing() -> None:
    older = Versioned[object](MINE, SENT - 1)
    assert judge(an_edit(), older, COLUMNS["apart"]) is Verdict.AGAIN
    assert judge(an_edit("computed"), older, COLUMNS["apart"]) is Verdict.UNKNOWN
    refused = evolve(COLUMNS["partly"], apart=True)
    assert judge(an_edit(), older, refused) is Verdict.AGAIN
    assert judge(an_edit("computed"), older, refused) is Verdict.UNKNOWN
    # In an answer, it is what the server holds: its versions have begun again.
    assert judge(an_edit(), Versioned("Leave it", SENT - 1), COLUMNS["refused"]) is (
        Verdict.CONFLICT
    )


@pytest.mark.parametrize(
    ("column", "value", "verdict"),
    [
        ("applied", None, Verdict.DONE),
        ("refused", MINE, Verdict.AGAIN),
        ("success", MINE, Verdict.DONE),
        ("success", "Leave it", Verdict.UNKNOWN),
        ("success", None, Verdict.UNKNOWN),
        ("lost", MINE, Verdict.DONE),
        ("lost", None, Verdict.UNKNOWN),
    ],
)
def test_what_bears_no_version_is_judged_by_the_status(
    column: str, value: object, verdict: Verdict
) -> None:
    assert judge(an_edit(), Versioned(value), COLUMNS[column]) is verdict
    if value is not None and verdict is Verdict.DONE:
        computed = judge(an_edit("computed"), Versioned(value), COLUMNS[column])
        assert computed is Verdict.UNKNOWN


def test_nothing_is_found_where_nothing_was_to_be_written() -> None:
    edit = an_edit()
    edit.change = edit.mine = ""
    assert judge(edit, Versioned(), COLUMNS["success"]) is Verdict.UNKNOWN
