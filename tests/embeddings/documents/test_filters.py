"""Filters admit documents by path and by date."""

import datetime

import pytest

from embeddings.documents.filters import Filters

DAY = datetime.date(2023, 10, 5)


def test_no_filter_admits_everything():
    assert not Filters()
    assert Filters().admit("a.txt", None)


@pytest.mark.parametrize(
    ("patterns", "admitted"),
    [
        (("news/*",), True),
        (("*.md",), False),
        (("*.md", "news/*.txt"), True),
        (("NEWS/*",), False),
        (("news/2023/a.txt",), True),
    ],
)
def test_any_of_the_paths_may_fit(patterns, admitted):
    assert Filters(paths=patterns).admit("news/2023/a.txt", None) is admitted


@pytest.mark.parametrize(
    ("since", "until", "admitted"),
    [
        (DAY, None, True),
        (None, DAY, True),
        (DAY + datetime.timedelta(1), None, False),
        (None, DAY - datetime.timedelta(1), False),
        (DAY, DAY, True),
    ],
)
def test_dates_are_inclusive(since, until, admitted):
    assert Filters(since=since, until=until).admit("a.txt", DAY) is admitted


def test_a_document_without_a_date_passes_no_date_filter():
    assert not Filters(since=DAY).admit("a.txt", None)
    assert Filters(paths=("*",)).admit("a.txt", None)


def test_a_folder_means_what_lies_below_it_in_any_unicode_form():
    assert Filters(paths=("news",)).admit("news/2023/fire.txt", None)
    assert Filters(paths=("news/",)).admit("news/fire.txt", None)
    assert not Filters(paths=("new",)).admit("news/fire.txt", None)
    assert Filters(paths=("caf\u00e9/*",)).admit("cafe\u0301/menu.txt", None)
