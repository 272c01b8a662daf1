"""XML bodies become the data that a JSON body would give."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.wire.json import JSON
from agilekit.wire.xml import load
from tests.each import each


def data(body: str) -> JSON:
    return load(body.encode()).data


@each(
    ("element", "value"),
    [
        ('<x type="integer">6</x>', 6),
        ('<x type="integer"> 6\n</x>', 6),
        ('<x type="decimal">1.0</x>', 1.0),
        ('<x type="float">0.25</x>', 0.25),
        ('<x type="boolean">true</x>', True),
        ('<x type="boolean">false</x>', False),
        ('<x type="date">2011-02-07</x>', "2011-02-07"),
        ('<x type="datetime">2010-01-14T13:02:22+01:00</x>', "2010-01-14T13:02:22+01:00"),
        ('<x type="integer" nil="true"/>', None),
        ('<x type="integer" nil="true"></x>', None),
        ('<x nil="true"/>', None),
        ('<x type="integer"/>', None),
        ('<x type="Integer">6</x>', 6),
        ('<x type="Float">0.5</x>', 0.5),
        ('<x type="Boolean">true</x>', True),
        ('<x type="Array"><y>a</y></x>', ["a"]),
        ('<x type="yaml">--- 188\n</x>', 188),
        ('<x type="yaml">--- 188\n...\n</x>', 188),
        ('<x type="yaml">--- -9\n</x>', -9),
        ('<x type="yaml">--- \n...\n</x>', None),
        ('<x type="yaml" nil="true"/>', None),
        ('<x type="yaml">--- a b\n</x>', "--- a b\n"),
        ("<x/>", ""),
        ("<x></x>", ""),
        ("<x>Kanban board</x>", "Kanban board"),
        ("<x> spaces stay </x>", " spaces stay "),
        ("<x>a &amp; b &lt;c&gt; &#252;</x>", "a & b <c> ü"),
        ("<x><![CDATA[<b>bold</b>]]></x>", "<b>bold</b>"),
        ('<x type="array"/>', []),
        ('<x type="array"><y type="integer">1</y></x>', [1]),
        ('<x type="array"><y>a</y>\n <y>b</y></x>', ["a", "b"]),
        ('<x type="array"><y nil="true"/></x>', [None]),
        ("<x><y>1</y><y>2</y></x>", {"y": ["1", "2"]}),
    ],
)
def test_an_element_becomes_its_value(element: str, value: JSON) -> None:
    found = data(f"<root><x-y>{element}</x-y></root>")
    assert found == {"x_y": {"x": value}}
    assert isinstance(found, dict)
    assert repr(found) == repr({"x_y": {"x": value}})


def test_the_name_of_the_root_does_not_matter() -> None:
    assert data('<nil-classes type="array"/>') == []
    assert data("<hash><id type='integer'>1</id></hash>") == {"id": 1}


def test_attributes_are_keys_beside_the_children() -> None:
    body = '<backlog id="1" scoring-rule="fibonacci"><themes><theme name="a"/></themes></backlog>'
    assert data(body) == {
        "id": "1",
        "scoring_rule": "fibonacci",
        "themes": {"theme": {"name": "a"}},
    }


def test_pagination_stands_beside_the_items() -> None:
    document = load(
        b'<tasks type="array"><task><id type="integer">1</id></task>'
        b"<pagination><page>1</page><total_pages>2</total_pages><total_entries>53</total_entries>"
        b"<previous_page></previous_page><next_page>2</next_page></pagination></tasks>"
    )
    assert document.data == [{"id": 1}]
    assert document.pagination == {
        "page": "1",
        "total_pages": "2",
        "total_entries": "53",
        "previous_page": "",
        "next_page": "2",
    }


def test_a_board_reads_as_its_json_would() -> None:
    board = """<?xml version="1.0" encoding="UTF-8"?>
    <board>
      <created-at type="datetime">2010-01-09T18:44:06+01:00</created-at>
      <folder-id type="integer">1</folder-id>
      <name>Kanban board</name>
      <workflow-stages type="array">
        <workflow-stage>
          <id type="integer">1</id>
          <limit type="integer" nil="true"/>
          <name nil="true"/>
        </workflow-stage>
      </workflow-stages>
      <card-types type="array">
      </card-types>
    </board>"""
    assert data(board) == {
        "created_at": "2010-01-09T18:44:06+01:00",
        "folder_id": 1,
        "name": "Kanban board",
        "workflow_stages": [{"id": 1, "limit": None, "name": None}],
        "card_types": [],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_encoding_is_the_one_that_the_document_declares(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a><b>Grüße</b></a>'
    assert load(text.encode(encoding)).data == {"b": "Grüße"}


@each(
    "body",
    [
        b"",
        b"not xml",
        b"<a>",
        b"<a></b>",
        b'{"a": 1}',
        b"<a/><b/>",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>\xff</a>",
        b'<a><b type="integer">x</b></a>',
        b'<a><b type="integer">1.5</b></a>',
        b'<a><b type="decimal">NaN</b></a>',
        b'<a><b type="boolean">maybe</b></a>',
        b"<a>&nothing;</a>",
    ],
)
def test_anything_but_a_document_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(body)


def test_entities_are_refused_before_they_can_grow() -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{lines}]><a>&e9;</a>'
    with pytest.raises(ValueError, match="entities"):
        load(bomb.encode())


def test_external_entities_are_refused() -> None:
    with pytest.raises(ValueError, match="entities"):
        load(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')


def test_deep_nesting_is_refused_in_little_memory() -> None:
    deep = b"<a>" * 1_000_000 + b"</a>" * 1_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="deep"):
        load(deep)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(deep) / 2


@given(st.binary() | st.text().map(str.encode) | st.text().map(lambda t: f"<a>{t}</a>".encode()))
def test_any_bytes_are_a_document_or_a_value_error(body: bytes) -> None:
    try:
        load(body)
    except ValueError:
        return


def test_text_stands_beside_attributes() -> None:
    data = load(b'<phases><item id="1">4054931</item><item id="2"/></phases>').data
    assert data == {"item": [{"id": "1", "#text": "4054931"}, {"id": "2"}]}


@pytest.mark.parametrize("name", ["html", "HTML"])
def test_a_web_page_is_not_a_document_even_if_it_is_well_formed(name: str) -> None:
    page = f"<{name}><head><title>Sign in</title></head></{name}>"
    with pytest.raises(ValueError, match="a web page"):
        load(page.encode())


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of open files")
def test_a_process_without_files_left_is_a_value_error() -> None:
    program = """
import resource
from agilekit.wire.xml import load

resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
try:
    load(b"<a/>")
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "open files" in done.stdout
