"""``python -m benchmarks``: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import importing, paging, reading

for benchmark in (importing, reading, paging):
    benchmark.main()
