"""What is written: an export as a SQLite file or a folder, on this machine or elsewhere.

Nothing here knows where the rows come from.
"""
