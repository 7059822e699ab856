"""Windows: together they hold a whole passage, in pieces the model can take, behind the question."""

import doctest
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa.reading.windows
from embeddings.text.words import encodable
from qa.reading.reader import load_reader
from qa.reading.windows import MAX_CONTEXT_TOKENS, MAX_QUESTION_TOKENS, strided


@pytest.fixture
def windows(write_reader):
    return load_reader(write_reader({}, {}))._windows


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.reading.windows).failed == 0


@given(st.integers(0, 50), st.integers(0, 900), st.integers(4, 300))
def test_strided_ranges_cover_all_tokens_and_overlap(first, length, room):
    ranges = list(strided(first, first + length, room))
    covered = {token for start, end in ranges for token in range(start, end)}
    assert covered == set(range(first, first + length))
    assert all(0 < end - start <= room for start, end in ranges)
    assert all(other[0] < one[1] for one, other in pairwise(ranges))


def told(windows, window):
    return " ".join(windows.tokenizer.id_to_token(one) for one in window.ids)


def test_a_window_is_first_token_question_separator_passage_separator(windows):
    (window,) = windows.cut("Who?", "", "Rain stopped at noon.")
    assert told(windows, window) == "[CLS] who [UNK] [SEP] rain stopped at noon . [SEP]"
    assert window.types == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert window.first == 4
    assert window.offsets == [(0, 4), (5, 12), (13, 15), (16, 20), (20, 21)]


def test_the_context_is_between_question_and_passage(windows):
    (window,) = windows.cut("Who?", "The Fire", "Rain stopped at noon.")
    assert told(windows, window) == "[CLS] who [UNK] [SEP] the fire [SEP] rain stopped at noon . [SEP]"
    assert window.types == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert window.first == 7
    assert window.offsets[0] == (0, 4)


def test_a_long_question_and_a_long_context_are_cut_and_leave_room_for_the_passage(windows):
    for window in windows.cut("who put out the fire " * 400, "baku " * 99, "Rain stopped at noon. " * 50):
        assert window.first == MAX_QUESTION_TOKENS + MAX_CONTEXT_TOKENS + 3
        assert len(window.ids) <= 160
        assert len(window.ids) == len(window.types)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(st.sampled_from('noon baku.!?"“” \n\u00a0é汉\ud83d'), max_size=200))
def test_all_tokens_of_a_text_are_in_some_window(windows, text):
    wanted = set(windows.tokenizer.encode(encodable(text), add_special_tokens=False).offsets)
    assert {offset for window in windows.cut("Who?", "", text) for offset in window.offsets} == wanted
