"""The examples of the documentation pass the type checkers as they stand: the way there and back.

All pages are checked by ``nox -s types``, which says what is wrong by the lines of the pages.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.typing.examples import PAGES, complaints, module_of

PAGE = """\
# A page

```python
import anyio

bucket, *_ = await donut.buckets.all()
```

In a list, an example is further in:

- so

  ```python
  async with anyio.create_task_group() as group:
      group.start_soon(donut.cards.get, bucket.id, "too much")
  ```

```python
print(bucket.nme.value)
bucket = await flow.tasks.get(b"no number")
```

```text
print(bucket.neither)
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_each_line_of_an_example_keeps_its_number(page: Path) -> None:
    lines = module_of(page).splitlines()
    told = {number: line.strip() for number, line in enumerate(lines[2:], 3) if line.strip()}
    written = PAGE.splitlines()
    assert told == {number: written[number - 1].strip() for number in (4, 6, 14, 15, 19, 20)}


def test_a_page_without_examples_makes_no_module(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```text\nx = 1\n```\n")
    assert module_of(page) == ""


def test_every_page_with_examples_is_python_that_can_be_compiled() -> None:
    modules = [text for page in PAGES if (text := module_of(page))]
    assert len(modules) > 10
    for text in modules:
        compile(text, "page", "exec", dont_inherit=True)


@pytest.mark.slow
def test_both_checkers_tell_what_is_wrong_by_the_line_of_the_page(
    page: Path, tmp_path: Path
) -> None:
    pytest.importorskip("mypy", reason="the checkers are installed in the session `types`")
    pytest.importorskip("pyright", reason="the checkers are installed in the session `types`")
    folder = tmp_path / "modules"
    folder.mkdir()
    said = complaints([page], folder)
    for place, checker in product(("15:", "19:7", "20:31"), (": error:", " - error:")):
        assert any(text.startswith(f"{page}:{place}") and checker in text for text in said), said
    assert {text.removeprefix(f"{page}:").split(":")[0] for text in said} == {"15", "19", "20"}
