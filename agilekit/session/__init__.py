"""The only place that waits.

A `session` makes each `call` in attempts (`retry`, within a `retry_budget`): an attempt takes a
slot of the `pool`, waits for the `rate_limiter` (and its `pause`), and goes through the `transport`
to one of the HTTP libraries (`http_library`). A `listing` makes a call for each page; a `download`
writes an answer to a file.
"""
