"""What no span may cut in two, and what none may run across."""

import doctest
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.reading.span_bounds
from qa.reading.span_bounds import groups_of, units_of


def tokens(text: str):
    return [match.span() for match in re.finditer(r"[^\W\d_]+|\d+|[^\w\s]", text)]


def cut(text: str) -> list[str]:
    """The text's units."""
    offsets = tokens(text)
    units = units_of(text, offsets, list(range(len(offsets))))
    joined: dict[int, tuple[int, int]] = {}
    for unit, (start, end) in zip(units, offsets, strict=True):
        joined[unit] = (joined.get(unit, (start, end))[0], end)
    return [text[start:end] for start, end in joined.values()]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.reading.span_bounds).failed == 0


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("nearly 2,800 men", "2,800"),
        ("section 3.4 forbids", "3.4"),
        ("case 07-1315 of", "07-1315"),
        ("about $17.50 an hour", "$17.50"),
        ("rose by 4.5% in", "4.5%"),
        ("the Lumo K2 kettle", "K2"),
        ("by Anna Smith-Jones yesterday", "Smith-Jones"),
        ("of the U.S. Coast", "U.S."),
    ],
)
def test_a_number_a_code_and_a_name_are_whole(text, whole):
    assert whole in cut(text)


def test_a_span_of_years_may_be_cut():
    assert {"1914", "1918"} <= set(cut("the war of 1914-1918 ended"))


def test_a_sentence_is_a_group_and_so_is_a_list_over_lines():
    text = "She was born in Bergen. He was not.\n\n- boats\n- nets\n\nNobody came."
    groups = groups_of(text, tokens(text))
    named = {text[start:end]: group for group, (start, end) in zip(groups, tokens(text), strict=True)}
    assert named["Bergen"] != named["He"]
    assert named["boats"] == named["nets"]
    assert named["nets"] != named["Nobody"]


def test_each_cell_of_a_row_is_a_group():
    text = "Year | Price\n2024 | 16.3 million\n\nIt was a cold year."
    groups = groups_of(text, tokens(text))
    named = {text[start:end]: group for group, (start, end) in zip(groups, tokens(text), strict=True)}
    assert len({named[word] for word in ("Year", "Price", "2024", "16", "It")}) == 5
    assert named["16"] == named["million"]


@given(st.text(st.sampled_from("ab1.,-$% \n*U.S|"), max_size=60))
def test_there_is_one_unit_and_one_group_a_token_and_groups_come_in_order(text):
    offsets = tokens(text)
    units, groups = units_of(text, offsets, list(range(len(offsets)))), groups_of(text, offsets)
    assert len(units) == len(groups) == len(offsets)
    assert all(one <= other for one, other in pairwise(groups))
