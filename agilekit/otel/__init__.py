"""Traces and metrics of OpenTelemetry, by a hook for ``on_event``.

::

    async with FlyingDonut.from_env(on_event=agilekit.otel.hook()) as donut: …

============  =====================================================================================
`hook`        one hook of both of the following
`spans`       a span for each call, with one below it for each attempt; edits and jobs are above
              their calls; what the program has as its current span is above all
`metrics`     how long requests take, and what the library does by itself
`attributes`  how both name what they tell
============  =====================================================================================

It needs only the API of OpenTelemetry (the extra ``otel``). Which SDK there is, where it sends and
what it samples is the program's. No span and no metric holds a secret or a query.
"""

try:
    from agilekit.otel.hook import hook
except ModuleNotFoundError as _error:
    raise ImportError(f"{_error}: pip install 'agilekit[otel]'") from _error

__all__ = ["hook"]
