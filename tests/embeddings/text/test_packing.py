"""Packing on bare numbers: which sentences share a chunk."""

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.packing import Limits, pack

LIMITS = Limits(window=100, target=60, minimum=15, overlap=20)


def as_ranges(paragraphs: list[list[list[int]]]) -> list[list[tuple[int, int]]]:
    ranges, at = [], 0
    for lines in paragraphs:
        ends = list(accumulate(map(len, lines), initial=at))
        ranges.append(list(pairwise(ends)))
        at = ends[-1]
    return ranges


def packed(
    paragraphs: list[list[list[int]]], headings: set[int] = frozenset(), limits: Limits = LIMITS
) -> list[list[int]]:
    """Pack paragraphs of lines of sentence sizes; ``headings`` are indices of sentences. Return each chunk's sizes."""
    tokens = [size for lines in paragraphs for line in lines for size in line]
    chunks = pack(tokens, as_ranges(paragraphs), lambda block: block[0] in headings, limits)
    return [tokens[first:last] for first, last in chunks]


def test_nothing_gives_nothing():
    assert packed([]) == []


def test_short_neighbours_are_merged_up_to_the_target():
    assert packed([[[20]], [[21]], [[19]], [[20]], [[41]]]) == [[20, 21, 19], [20], [41]]


def test_a_paragraph_that_fits_the_window_is_never_split():
    assert packed([[[30]], [[50, 50]], [[30]]]) == [[30], [50, 50], [30]]
    assert packed([[[50], [50]]]) == [[50, 50]]


def test_what_is_below_the_minimum_joins_the_next_beyond_the_target_else_the_one_before():
    assert packed([[[14]], [[80]]]) == [[14, 80]]
    assert packed([[[80]], [[14]]]) == [[80, 14]]
    assert packed([[[80]], [[14]], [[90]]]) == [[80, 14], [90]]
    assert packed([[[90]], [[14]], [[90]]]) == [[90], [14], [90]]


def test_a_paragraph_too_large_is_split_between_its_lines():
    assert packed([[[40], [50], [30]]]) == [[40], [50], [30]]
    assert packed([[[20], [30], [60, 10]]]) == [[20, 30], [60, 10]]


def test_a_line_too_large_is_split_evenly_repeating_a_short_sentence():
    assert packed([[[15] * 10]]) == [[15] * 5, [15] * 6]
    assert packed([[[20] * 6]]) == [[20] * 3, [20] * 4]


def test_a_long_sentence_is_not_repeated():
    assert packed([[[30, 30, 30, 30]]]) == [[30, 30], [30, 30]]


def test_a_short_sentence_is_not_repeated_where_the_next_needs_its_room():
    assert packed([[[50, 20, 90]]]) == [[50, 20], [90]]


def test_a_sentence_larger_than_the_window_is_a_chunk_alone():
    assert packed([[[10, 150, 10]]]) == [[10], [150], [10]]


def test_a_heading_goes_with_what_it_leads_to():
    assert packed([[[40]], [[5]], [[50]]], headings={1}) == [[40], [5, 50]]
    assert packed([[[40]], [[5]], [[40, 40, 40]]], headings={1}) == [[40], [5, 40, 40], [40]]
    assert packed([[[40]], [[5]]], headings={1}) == [[40, 5]]
    assert packed([[[40]], [[5]], [[6]], [[50]]], headings={1, 2}) == [[40, 5], [6, 50]]


def test_a_heading_of_several_sentences_is_a_paragraph():
    assert packed([[[50, 1]], [[40, 70]]], headings={0}) == [[50, 1], [40], [70]]


def test_a_heading_does_not_split_a_paragraph_that_fits():
    assert packed([[[16]], [[50, 40]]], headings={0}) == [[16], [50, 40]]


SIZES = st.integers(0, 70)
PARAGRAPHS = st.lists(st.lists(st.lists(SIZES, min_size=1, max_size=6), min_size=1, max_size=4), max_size=8)


@given(PARAGRAPHS, st.sets(st.integers(0, 30)), st.integers(1, 100), st.integers(1, 40), st.integers(0, 40))
def test_every_sentence_is_packed_in_order_within_the_window(paragraphs, headings, target, minimum, overlap):
    limits = Limits(100, target, minimum, overlap)
    tokens = [size for lines in paragraphs for line in lines for size in line]
    ranges = as_ranges(paragraphs)
    chunks = pack(tokens, ranges, lambda block: block[0] in headings, limits)
    covered = 0
    for (first, last), before in zip(chunks, [(0, 0), *chunks], strict=False):
        assert covered - 1 <= first <= covered < last  # at most one sentence is repeated, and something is new
        assert first > before[0] or before == (0, 0)
        assert sum(tokens[first:last]) <= 100
        if first < covered:
            assert tokens[first] <= overlap
        covered = last
    assert covered == len(tokens)
    for lines in ranges:
        first, last = lines[0][0], lines[-1][1]
        if sum(tokens[first:last]) <= 100:
            assert any(start <= first and last <= end for start, end in chunks)
