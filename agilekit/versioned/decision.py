"""What an answer says about one attribute of an update.

The rule: nothing is called done that the server may not have done, and nothing is called a
conflict that it may have done. A status proves nothing before it is known how this server answers a
conflict; then an acceptance does. What the servers leave open is decided attribute by attribute.

*Ours* is exactly the value that was sent, *alike* what a server may have made of it (`equality`). A
version is *as sent*, the *next* one, so that whoever changed the attribute was the only one, or a
*later* one. The columns are what proves something beside the value:

- *applied*: accepted by a server that is known to refuse conflicts by their status
- *refused*: refused for certain, because the attribute was sent alone, or because this server is
  known to refuse an update as a whole, and nothing was lost before
- *partly*: refused with other attributes, any of which may have been applied
- *success*: accepted by a server that answers conflicts with a success, too
- *open*: accepted, and how this server answers a conflict is not yet known
- *apart*: as *success*, but the value was read by a request of its own, after the answer
- *lost*: no answer, or one after a reply that was lost; then the value was read

A plain value:

=======  =======  ========  ========  ========  ========  ========  ========  ========
version  value    applied   refused   partly    success   open      apart     lost
=======  =======  ========  ========  ========  ========  ========  ========  ========
as sent  ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
as sent  alike    AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     UNKNOWN
as sent  another  AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     UNKNOWN
next     ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
next     alike    DONE      CONFLICT  MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
next     another  DONE      CONFLICT  CONFLICT  CONFLICT  ASK       CONFLICT  CONFLICT
later    ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
later    alike    DONE      CONFLICT  MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
later    another  DONE      CONFLICT  CONFLICT  CONFLICT  ASK       UNKNOWN   UNKNOWN
=======  =======  ========  ========  ========  ========  ========  ========  ========

A computed or merged one, which may be inside what was found:

=======  =======  ========  ========  ========  ========  ========  ========  ========
version  value    applied   refused   partly    success   open      apart     lost
=======  =======  ========  ========  ========  ========  ========  ========  ========
as sent  ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
as sent  alike    AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     UNKNOWN   UNKNOWN
as sent  another  AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     UNKNOWN   UNKNOWN
next     ours     DONE      CONFLICT  UNKNOWN   DONE      DONE      UNKNOWN   UNKNOWN
next     alike    DONE      CONFLICT  UNKNOWN   UNKNOWN   ASK       UNKNOWN   UNKNOWN
next     another  DONE      CONFLICT  UNKNOWN   CONFLICT  ASK       UNKNOWN   UNKNOWN
later    ours     DONE      CONFLICT  UNKNOWN   DONE      DONE      UNKNOWN   UNKNOWN
later    alike    DONE      CONFLICT  UNKNOWN   UNKNOWN   ASK       UNKNOWN   UNKNOWN
later    another  DONE      CONFLICT  UNKNOWN   CONFLICT  ASK       UNKNOWN   UNKNOWN
=======  =======  ========  ========  ========  ========  ========  ========  ========

A plain value with version -1, where *as sent* is the version known before it was sent:

=======  =======  ========  ========  ========  ========  ========  ========  ========
version  value    applied   refused   partly    success   open      apart     lost
=======  =======  ========  ========  ========  ========  ========  ========  ========
as sent  ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
as sent  alike    AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     MAYBE     UNKNOWN
as sent  another  AGAIN     AGAIN     AGAIN     AGAIN     AGAIN     MAYBE     UNKNOWN
next     ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
next     alike    DONE      AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
next     another  MAYBE     AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
later    ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
later    alike    DONE      AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
later    another  MAYBE     AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
unknown  ours     DONE      DONE      DONE      DONE      DONE      DONE      DONE
unknown  alike    MAYBE     AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
unknown  another  MAYBE     AGAIN     MAYBE     MAYBE     ASK       UNKNOWN   UNKNOWN
=======  =======  ========  ========  ========  ========  ========  ========  ========

Beside the tables:

- An answer that shows every version as sent, and ours though the attribute was not known to have
  this value, may only repeat the request: then the value is read apart.
- Once a server can no longer be at work on what was lost (*settled*), what is as sent was never
  applied: AGAIN; nor was a plain value of version -1 for which another's is found at the next
  version: CONFLICT.
- A plain value that was sent twice, accepted the second time, and left as it is: DONE if alike.
- What was accepted and shown as it was before may have been applied all the same: a refusal of the
  very same after it is as one after a lost reply.
- What is unmoved in a value read apart may also be old: AGAIN then sends the very same again, which
  can be applied only once.
- The acceptance of several attributes proves each of them only if it is known whether this server
  refuses an update as a whole or attribute by attribute: it may refuse only what is stale as a
  whole. Before that is known, what is not ours is MAYBE, or UNKNOWN if it was computed.
- A server may accept an attribute and ignore it. So *applied* proves another value only if this
  server was seen to change the attribute, or shows in the answer to a request with a version that
  it has moved. If it was read apart it is UNKNOWN.
- 207 is as *success* at every server.
- MAYBE sends a plain value once more, with the version that was found, which is no harm if it was
  applied. Of `Merge` and `Abort`, which must not do so, it is UNKNOWN; so is a second MAYBE.
- CONFLICT takes it that no server makes *another* value of ours. If a plain value is given up, and
  one that was taken for another's without a refusal was found in its place twice, it is unknown.
  So is a computed one that was taken for a conflict without a refusal three times in a row, each
  time at exactly the next version.
- `Reapply(identical="mine")` takes a computed value that is ours at the next version as DONE.
- Nothing that a server lacks a version for can be proved but by its status.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from agilekit.versioned.edit import FORCED, Edit
from agilekit.versioned.strategies import Reapply, Versioned

__all__ = ["Decision", "Evidence", "decide"]


class Decision(Enum):
    DONE = "in place"
    CONFLICT = "certainly not applied: somebody else changed it"
    AGAIN = "not applied, and not stale"
    MAYBE = "applied, or not: sending it once more tells, and does no harm"
    UNKNOWN = "applied, or not"
    ASK = "depends on how this server answers a conflict"


@frozen(kw_only=True)
class Evidence:
    """How an answer came about, beside what it shows."""

    accepted: bool
    alone: bool = True
    """Whether the request named no other attribute."""
    lost: bool = False
    """Whether an earlier send of the same value with the same version may have been applied."""
    apart: bool = False
    """Whether the value was read by a request of its own."""
    again: bool = False
    """Whether the same value was sent before, and what is found is what was found then."""
    settled: bool = False
    """Whether the server can no longer be at work on what was sent."""
    refuses_conflicts: bool | None = None
    """Whether this server refuses a conflict by its status; None: not yet known."""
    refuses_whole: bool | None = None
    """Whether a refusal of this server concerns every attribute of an update; None: not yet known.
    """

    heeded: bool = False
    """Whether this server was seen to change the attribute, and does not ignore it."""

    @property
    def proves_applied(self) -> bool:
        refuses = self.accepted and self.refuses_conflicts is True
        return refuses and (self.alone or self.refuses_whole is not None)

    @property
    def proves_not_applied(self) -> bool:
        return not self.accepted and not self.lost and (self.alone or self.refuses_whole is True)

    @property
    def is_of_several(self) -> bool:
        """Whether some of what was accepted may have been left out."""
        return self.accepted and self.refuses_conflicts is True and not self.proves_applied

    @property
    def is_open(self) -> bool:
        """Whether it has to be asked what this acceptance means."""
        return self.accepted and self.refuses_conflicts is None

    @property
    def direct(self) -> bool:
        """Whether the value stands in the answer of the only attempt."""
        return not self.lost and not self.apart


def decide(edit: Edit, found: Versioned[object], evidence: Evidence) -> Decision:
    """The tables of this module."""
    version = found.version
    if version is None:
        return _decide_unversioned(edit, found, evidence)
    if edit.sent == FORCED:
        return _decide_forced(edit, found, version, evidence)
    if version <= edit.sent if evidence.apart else version == edit.sent:
        return _decide_unmoved(edit, found, evidence)
    return _decide_moved(edit, found, version, evidence)


def _decide_unversioned(edit: Edit, found: Versioned[object], evidence: Evidence) -> Decision:
    if evidence.proves_not_applied:
        return Decision.AGAIN
    shown = found.value is not None and edit.plain and edit.is_ours(found)
    return Decision.DONE if evidence.proves_applied or shown else Decision.UNKNOWN


def _decide_unmoved(edit: Edit, found: Versioned[object], evidence: Evidence) -> Decision:
    if found.version == edit.sent and edit.is_ours(found):
        return Decision.DONE
    settled = evidence.settled and found.version == edit.sent
    if evidence.proves_not_applied or settled:
        return Decision.AGAIN
    if evidence.apart:
        answered = evidence.accepted or not evidence.lost
        return Decision.AGAIN if answered and edit.plain else Decision.UNKNOWN
    left = evidence.accepted and evidence.again and edit.repeatable
    return Decision.DONE if left and edit.could_be_ours(found) else Decision.AGAIN


def _decide_moved(
    edit: Edit, found: Versioned[object], version: int, evidence: Evidence
) -> Decision:
    ours = edit.is_ours(found)
    if evidence.proves_applied:
        seen = not evidence.apart or evidence.heeded or edit.could_be_ours(found)
        return Decision.DONE if seen else Decision.UNKNOWN
    if evidence.proves_not_applied:
        return Decision.DONE if ours and edit.plain else Decision.CONFLICT
    if ours and (edit.plain or (evidence.accepted and evidence.direct)):
        return Decision.DONE
    if evidence.is_open:
        return Decision.ASK
    if evidence.is_of_several and evidence.direct:
        return _maybe(edit)
    by_one = version == edit.sent + 1
    if ours:
        return Decision.DONE if by_one and _takes_identical(edit) else Decision.UNKNOWN
    alike = edit.could_be_ours(found)
    if edit.plain and evidence.direct:
        return _maybe(edit) if alike else Decision.CONFLICT
    certain = by_one if edit.plain else evidence.accepted and evidence.direct
    return Decision.CONFLICT if certain and not alike else Decision.UNKNOWN


def _decide_forced(
    edit: Edit, found: Versioned[object], version: int, evidence: Evidence
) -> Decision:
    ours = edit.is_ours(found)
    if ours and (edit.plain or (evidence.accepted and evidence.direct)):
        return Decision.DONE
    if evidence.proves_not_applied:
        return Decision.AGAIN
    known = edit.current.version
    if known is not None and version <= known:
        if evidence.direct or (evidence.settled and version == known):
            return Decision.AGAIN
        return Decision.UNKNOWN if evidence.lost else _maybe(edit)
    if evidence.proves_applied:
        seen = ours or (known is not None and edit.could_be_ours(found))
        if seen or evidence.heeded:
            return Decision.DONE
    if evidence.is_open:
        return Decision.ASK
    if evidence.direct:
        return _maybe(edit)
    by_one = known is not None and version == known + 1
    certain = by_one and evidence.settled and edit.plain and not edit.could_be_ours(found)
    return Decision.CONFLICT if certain else Decision.UNKNOWN


def _maybe(edit: Edit) -> Decision:
    return Decision.MAYBE if edit.repeatable else Decision.UNKNOWN


def _takes_identical(edit: Edit) -> bool:
    return isinstance(edit.strategy, Reapply) and edit.strategy.identical == "mine"
