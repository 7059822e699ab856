"""Names and dates are found as they are written."""

import re

import pytest

from qa.question.names_and_dates import DATE, NAME


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("then Ilham Əliyev met Hans van der Berg.", ["Ilham Əliyev", "Hans van der Berg"]),
        ("the University of Pittsburgh won", ["University of Pittsburgh"]),
        ("nobody came", []),
    ],
)
def test_a_run_of_capitalised_words_is_a_name(text, names):
    assert [match.group() for match in NAME.finditer(text)] == names


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 6 June 2021 and May 4, 1999", ["6 June 2021", "May 4, 1999"]),
        ("November 2012, Monday, the 1990's", ["November 2012", "Monday", "1990's"]),
        ("12 ships", []),
    ],
)
def test_days_months_and_years_are_dates(text, dates):
    assert re.findall(DATE, text) == dates
