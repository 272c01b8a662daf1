"""``python -m benchmarks``: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import creating, exporting, importing, paging, reading

for benchmark in (importing, reading, paging, creating, exporting):
    benchmark.main()
