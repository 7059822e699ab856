"""Dates are read as stated and never guessed."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.files.dates import date_in_path, read_date

DAY = datetime.date(2023, 10, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2023-10-05",
        "2023-10-05T10:00:00Z",
        "5 October 2023",
        "5th Oct. 2023",
        "October 5, 2023",
        "05.10.2023",
        "2023/10/05",
        "20231005120000Z",
    ],
)
def test_common_forms_are_read(text):
    assert read_date(text) == DAY


@pytest.mark.parametrize("text", [None, "", "yesterday", "10/05/2023", "2023-13-45", "5 Foober 2023", "1204 pages"])
def test_what_states_no_date_gives_none(text):
    assert read_date(text) is None


@pytest.mark.parametrize("path", ["2023-10-05_fire.txt", "news/2023/10/05/fire.txt", "news/fire_2023.10.05.html"])
def test_a_path_may_state_a_date(path):
    assert date_in_path(path) == DAY


@pytest.mark.parametrize("path", ["000_4fae22fe13dc8cd8.txt", "report-2023.txt", "20231005.txt", "a/2023/99/99.txt"])
def test_other_paths_state_none(path):
    assert date_in_path(path) is None


@given(st.text())
def test_no_text_breaks_it(text):
    read_date(text)
    date_in_path(text)
