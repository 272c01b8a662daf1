"""Exports and creation in bulk on a cluster of Dask that is there already.

===========================  ======================================================================
`exporter`                   `export_on`: the shards of an export, one task each
`creator`, `creator_task`    `create_on`: the containers of one credential, one task each
`cluster`                    the tasks on their way: sent, heard of, ended, and cancelled
`worker`                     what runs in the processes of the cluster
===========================  ======================================================================

Who tries again: the calls of a client do, as everywhere. Dask runs the task of a worker that was
lost on another one, as often as its own ``distributed.scheduler.allowed-failures`` says (3). A task
ends in a report, never in an exception: so there is nothing that Dask could repeat besides.
"""

from agilekit.dask.creator import CreateJob, CreateJobProgress, CreateJobReport, create_on
from agilekit.dask.exporter import export_on

__all__ = ["CreateJob", "CreateJobProgress", "CreateJobReport", "create_on", "export_on"]
