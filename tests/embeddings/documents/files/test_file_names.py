"""Names that do not count, and names that cannot be shown."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.files.file_names import (
    INDEX_MARK,
    are_ordinary,
    fault_of,
    is_left_out,
    is_saved_with_page,
    printable,
)


@pytest.mark.parametrize(
    "name",
    [
        *(".git", ".a.txt.swp", "a.txt~", "~$report.docx", "#a.txt#", "Thumbs.db", "a.CRDOWNLOAD", "__MACOSX"),
        ".~lock.report.docx#",
    ],
)
def test_leavings_do_not_count(name):
    assert is_left_out(name)


@pytest.mark.parametrize("name", ["a.txt", "#1 in the charts.txt", "#", "~a.txt", "template.txt", "a", "notes.md"])
def test_articles_count(name):
    assert not is_left_out(name)


@pytest.mark.parametrize(
    "name", ["a\n.txt", "a\x1b[2J.txt", "a\u202etxt.exe", "a\x7f", os.fsdecode(b"\xff.txt"), "\ud800"]
)
def test_names_with_control_characters_or_not_in_utf8_are_faulty(name):
    assert "rename it" in fault_of(name)
    assert fault_of(printable(name)) is None


@pytest.mark.parametrize("name", ["Пожар.txt", "می‌خواهم.md", "a b.txt", "👨‍👩‍👧.txt"])
def test_names_of_all_scripts_are_right(name):
    assert fault_of(name) is None
    assert printable(name) == name


@given(st.text(st.characters()))
def test_any_name_can_be_shown_on_one_line(name):
    assert len(printable(name).splitlines()) <= 1
    printable(name).encode("utf-8")


PIECES = [
    ".",
    "~",
    "~$",
    "#",
    "_files",
    ".files",
    "_Dateien",
    "page.html",
    "page",
    "a",
    "é",
    "\x1b",
    ".SWP",
    ".part",
    "Thumbs.db",
]


@given(st.lists(st.lists(st.sampled_from([*PIECES, INDEX_MARK]), min_size=1, max_size=3).map("".join), max_size=4))
def test_nothing_is_to_be_said_of_ordinary_names(names):
    said = [
        is_left_out(name)
        or fault_of(name)
        or is_saved_with_page(name, set(names))
        or name in (INDEX_MARK, ".gitignore")
        for name in names
    ]
    assert not (are_ordinary(names) and any(said))


def test_names_of_articles_are_ordinary():
    assert are_ordinary(["2024-01-01.txt", "Bridge.html", "notes (2).md", "a~b.txt"])
