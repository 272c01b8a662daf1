"""What is read: for each service a reader of its projects, and the rows that these become.

Nothing here knows where the rows are written to.
"""
