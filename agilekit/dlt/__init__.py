"""The projects of the services as a source of dlt, for every destination that dlt has.

::

    pipeline = dlt.pipeline("agile", destination="duckdb", dataset_name="agile")
    pipeline.run(agilekit.dlt.source(agilekit.connections.load()))
    print(agilekit.dlt.check(pipeline).problems)

How it goes: a resource that is not loaded reads one project after another; each table is a
transformer that makes its rows of it, and `manifest` is the last one.

- Rows go as batches of Arrow, which dlt writes as they are.
- A project is replaced as a whole: the tables are merged by the key of the project (service, host,
  project_id). A table in which a project has no rows gets a tombstone, a row that dlt drops again
  when it has deleted what it stands for.
- dlt's state keeps the watermark of each project, with the load that wrote it. It counts only if
  the table ``_dlt_loads`` of the destination says that this load came to its end.
"""

from agilekit.dlt.check import Check, check
from agilekit.dlt.source import Connections, source

__all__ = ["Check", "Connections", "check", "source"]
