"""Small programs that show what the library does, to read and to copy.

Each is a module with a function ``main`` that takes open clients, prints what it finds, and raises
`CheckFailed` if that is not what it should be. ``agilekit demo`` runs them one after the other
against the sandbox; `scenes` prepares the sandbox for each, as with the faults that it meets.
"""
