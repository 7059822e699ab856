"""Pointing: the best pairs of start and end, and edges moved until the answer is clean."""

import doctest
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.reading.spans
from qa.reading.spans import EDGES, LONGEST_ANSWER_TOKENS, best_spans, trim

LOGITS = st.integers(1, 10).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-40, 40), min_size=n, max_size=n) for _ in range(2)])
)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.reading.spans).failed == 0


@given(LOGITS)
def test_spans_are_those_of_an_exhaustive_search(logits):
    start, end = (np.array(one, np.float32) for one in logits)
    count = len(start)
    assert count <= EDGES
    offsets = [(10 * n, 10 * n + 9) for n in range(count)]
    wanted = [
        (float(start[i] + end[j]), offsets[i][0], offsets[j][1]) for i, j in product(range(count), repeat=2) if i <= j
    ]
    found = best_spans(start, end, offsets, list(range(count)), [0] * count)
    assert found == sorted(wanted, key=lambda one: (-one[0], one[1], one[2]))


def test_no_span_is_longer_than_the_cap():
    count = LONGEST_ANSWER_TOKENS + 20
    start, end = np.zeros(count, np.float32), np.zeros(count, np.float32)
    start[0], end[-1], end[5] = 9, 9, 3
    offsets = [(n, n + 1) for n in range(count)]
    found = best_spans(start, end, offsets, list(range(count)), [0] * count)
    assert found[0] == (12.0, 0, 6)
    assert max(last - first for _, first, last in found) <= LONGEST_ANSWER_TOKENS


def test_a_span_begins_and_ends_with_whole_words():
    # Words 0 and 2 have two pieces each.
    words, offsets = [0, 0, 1, 2, 2], [(0, 2), (2, 4), (5, 6), (7, 9), (9, 11)]
    start, end = np.array([1, 9, 0, 2, 9.0]), np.array([9, 1, 0, 9, 2.0])
    found = best_spans(start, end, offsets, words, [0] * 5)
    assert {(first, last) for _, first, last in found} == {(0, 4), (0, 6), (0, 11), (5, 6), (5, 11), (7, 11)}
    assert found[0] == (4.0, 7, 11)


def test_a_span_stays_in_its_group():
    offsets = [(n, n + 1) for n in range(4)]
    found = best_spans(np.array([5.0, 0, 0, 0]), np.array([0, 0, 0, 5.0]), offsets, [0, 1, 2, 3], [0, 0, 1, 1])
    assert {(first, last) for _, first, last in found} == {(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)}


def test_nothing_gives_nothing():
    assert best_spans(np.zeros(0), np.zeros(0), [], [], []) == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" the fire, ", "the fire"),
        ("J.", "J."),
        ("the U.S.", "the U.S."),
        ("the fire.", "the fire"),
        ("1990.", "1990"),
        ("(NATO)", "(NATO)"),
        ("(NATO", "NATO"),
        ("NATO)", "NATO"),
        ('"no"', '"no"'),
        ('no"', "no"),
        ("“no", "no"),
        ("Baku (the capital)", "Baku (the capital)"),
        ("Baku).", "Baku"),
        ("$5.50", "$5.50"),
        ("-3 °C", "-3 °C"),
        (".,;", ""),
        ("", ""),
    ],
)
def test_stray_punctuation_and_half_pairs_go(text, clean):
    start, end = trim(f"x{text}y", 1, 1 + len(text))
    assert f"x{text}y"[start:end] == clean


@given(st.text(st.sampled_from('ab.,()“”" \n[]'), max_size=20), st.data())
def test_trimming_only_moves_the_edges_inwards_and_once_is_enough(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = trim(text, start, end)
    assert start <= first <= last <= end
    assert [one for one in text[start:first] + text[last:end] if one.isalnum()] == []
    assert trim(text, first, last) == (first, last)
