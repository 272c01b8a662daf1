"""What the destination of a pipeline holds, asked by the SQL client that dlt has for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from agilekit.export.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Generator

    from dlt import Pipeline

__all__ = ["Dataset", "completed_loads", "opened_dataset"]

_ROWS_AT_ONCE: Final = 10_000


@frozen
class Dataset:
    """The dataset of a pipeline, open for reading."""

    # Any: the client of a library that may be missing, in one version or another.
    client: Any
    schema: Any

    def holds(self, table: str) -> bool:
        """Whether something was loaded into a table, or it was emptied."""
        return self._name(table) in self.schema.tables

    def type_of(self, table: str, column: str) -> str | None:
        """The type that dlt has for a column."""
        columns = self.schema.get_table_columns(self._name(table))
        found: str | None = columns.get(self._name(column), {}).get("data_type")
        return found

    def select(
        self, table: str, columns: Sequence[str], order: Sequence[str] = (), where: str = ""
    ) -> Iterator[Sequence[Any]]:
        """The rows of a table; those that are equal in `order` come together."""
        names, by = self._list(columns), self._list(order)
        of = self.client.make_qualified_table_name(self._name(table))
        sql = f"SELECT {names} FROM {of}"  # noqa: S608 - our own names, quoted by dlt
        sql += f" WHERE {where}" * bool(where) + f" ORDER BY {by}" * bool(by)
        with self.client.execute_query(sql) as cursor:
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from rows

    def completed_loads(self) -> set[str]:
        """The ids of the loads that came to their end: what dlt writes last of each."""
        found = self.select(
            self.schema.loads_table_name, ["load_id"], where=f"{self._list(['status'])} = 0"
        )
        return {str(load_id) for (load_id,) in found}

    def _name(self, name: str) -> str:
        found: str = self.schema.naming.normalize_identifier(name)
        return found

    def _list(self, names: Sequence[str]) -> str:
        return ", ".join(self.client.escape_column_name(self._name(name)) for name in names)


@contextmanager
def opened_dataset(pipeline: Pipeline, schema: str) -> Generator[Dataset]:
    """Raises ExportError for whatever the destination, or dlt, does not allow."""
    try:
        with pipeline.sql_client(schema) as client:
            yield Dataset(client, pipeline.schemas[schema])
    except ExportError:
        raise
    except Exception as error:  # of any driver
        raise ExportError(
            f"cannot be read: {type(error).__name__}: {error}", f"dataset {pipeline.dataset_name}"
        ) from error


def completed_loads(pipeline: Pipeline, schema: str) -> set[str]:
    """The loads of a pipeline that came to their end; none if the destination does not tell."""
    try:
        with opened_dataset(pipeline, schema) as dataset:
            return dataset.completed_loads()
    except ExportError:
        return set()  # nothing is proved, so everything is read
