"""Headings, tables and pages of a document, and what belongs to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.loaders.outline import find_outline
from embeddings.documents.loaders.plain import load_plain
from embeddings.documents.structure import (
    Heading,
    Structure,
    Table,
    structure_from_json,
    structure_to_json,
)

FARES = "| Ticket | Adult | Child |\n|---|--:|:-:|\n| Single | 40 | 20 |\n| Return | 70 | 35 |\n"


def headings(text):
    return [(one.level, one.text) for one in find_outline(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Nets\n\nText.\n\n## Thread ##\n\nHemp.", [(1, "Nets"), (2, "Thread")]),
        ("Nets\n====\n\nText.\n\nThread\n---\nHemp.", [(1, "Nets"), (2, "Thread")]),
        ("```\n# no heading\n```\n# Nets\n", [(1, "Nets")]),
        ("~~~\n# no heading\n```\n# none either\n~~~\n\n# Nets\n", [(1, "Nets")]),
        ("# [Nets](http://x.org) and **thread**\n", [(1, "Nets and thread")]),
        ("Opening hours\n\n" + "The hall is open on weekdays from nine until five in summer.", [(2, "Opening hours")]),
        ("Opening hours\n\nMonday\n\nTuesday\n", []),
        ("He was born in Oslo.\n\n" + "The hall is open on weekdays from nine until five in summer.", []),
        ("- Opening hours\n\n" + "The hall is open on weekdays from nine until five in summer.", []),
        ("#hashtag\n", []),
        (FARES, []),
    ],
)
def test_headings_are_found_as_authors_write_them(text, expected):
    assert headings(text) == expected


def test_a_pipe_table_has_its_rows_and_the_names_of_its_columns():
    text = f"# Fares\n\n{FARES}\nChildren are under 12.\n"
    (table,) = find_outline(text)[1]
    assert text[table.start : table.end] == FARES.rstrip("\n")
    assert text[table.start : table.header_end] == "| Ticket | Adult | Child |\n|---|--:|:-:|"
    assert table.header == "Ticket | Adult | Child"


def test_headings_and_tables_are_found_by_offset():
    parts = Structure(
        pages=(0, 100),
        headings=(Heading(0, 5, 1, "Nets"), Heading(10, 16, 2, "Thread"), Heading(120, 125, 1, "Boats")),
        tables=(Table(20, 60, 30, "a | b"),),
    )
    assert [one.text for one in parts.headings_over(50)] == ["Nets", "Thread"]
    assert [one.text for one in parts.headings_over(130)] == ["Boats"]
    assert (parts.page(0), parts.page(99), parts.page(100), Structure().page(5)) == (1, 1, 2, None)
    assert parts.table_at(59) == parts.tables[0]
    assert parts.table_at(60) is None


def test_a_structure_outlives_its_json():
    parts = Structure("A. Writer", "The Daily", (0, 7), (Heading(0, 5, 1, "Nets"),), (Table(2, 9, 4, "a"),), True)
    assert structure_from_json(structure_to_json(parts)) == parts
    assert structure_to_json(Structure()) == "{}"


@given(st.text(alphabet="#|-=` \n\rab1.", max_size=200))
def test_places_are_those_of_lines_of_the_text(text):
    found, tables = find_outline(text)
    for heading in found:
        assert "\n" not in text[heading.start : heading.end]
        assert heading.start == 0 or text[heading.start - 1] == "\n"
    for table in tables:
        assert table.start < table.header_end <= table.end <= len(text)
        assert table.start == 0 or text[table.start - 1] == "\n"
        assert table.end == len(text) or text[table.end] in "\r\n"


def test_a_comment_in_a_code_fence_is_no_title():
    loaded = load_plain(b"```\n# install the tools first\n```\n\n# How to mend a net\n\nOld Tor made the thread.\n")
    assert loaded.title == "How to mend a net"
