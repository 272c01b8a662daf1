"""Bytes and values, and nothing that waits: no I/O, no await, no clock.

Out: values (`encode`) and a `route` -> a `request`, written as the service wants it (`dialect`,
`form`, `urls`) and signed (`credential`).

In: a `response` -> plain data (`json`, `xml`, `jsonp`) -> models (`decoder`, by the rules of
`structure`, with values from `decode` and `times`), page after page (`paging`, `paginators`); or
the error that says why not (`refusal`), without secrets (`redaction`).
"""
