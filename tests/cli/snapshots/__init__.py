"""What every command says of itself, and of each mistake, as files to be read in a review.

``python -m tests.cli.snapshots`` writes them anew. For each width of a terminal there is a folder,
and for each command two files: ``COMMAND.help.txt`` and ``COMMAND.errors.txt``. `mistakes` has what
is mistyped; `snapshots` runs it.
"""
