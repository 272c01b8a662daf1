"""The journal of a bulk job: what was sent, on disk before it leaves, and what became of it.

A draft is known by its position in the input and by a hash of its content. Its row goes from *sent*
to *created*, *refused*, *unknown* or *unsent*; a row that is *sent* when a job begins is one whose
request was on its way when the job before it ended.

The file is an SQLite database in WAL mode with full synchronisation, so that what is written there
survives a crash of the machine. One process at a time can write to it; any other can read it.

==========  =======================================================================================
`file`      whether a file is a journal, its tables, and the job to which it belongs
`rows`      the row of a draft, with its checksum
`commits`   many tasks write, few commits are made
`journal`   a journal that a job has open
`snapshot`  a journal that is read without its job
`damage`    what is said of a journal that is not as it was written
`store`     `JournalStore`: what a job remembers, kept in its journal
`outcomes`  outcomes and errors as rows, and back
==========  =======================================================================================
"""

from agilekit.bulk.journal.damage import damaged
from agilekit.bulk.journal.journal import Journal
from agilekit.bulk.journal.rows import Row, State
from agilekit.bulk.journal.snapshot import Snapshot, read

__all__ = ["Journal", "Row", "Snapshot", "State", "damaged", "read"]
