"""Windows: together they hold a whole passage, in pieces the model can take, cut between sentences where told so."""

import doctest
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa.reading.windows
from embeddings.text.encodable import encodable
from qa.reading.span_reader import load_span_reader
from qa.reading.windows import MAX_QUESTION_TOKENS, SENTENCE_WINDOW_CHARACTERS, sentence_windows, strided

SENTENCES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 30)), max_size=40)


def laid_out(gaps_and_lengths):
    spans, place = [], 0
    for gap, length in gaps_and_lengths:
        spans.append((place + gap, place + gap + length))
        place += gap + length
    return spans


@pytest.fixture
def windows(write_reader):
    return {
        kind: load_span_reader(write_reader({}, {}, windows=kind, folder=kind))._windows
        for kind in ("passage", "sentence")
    }


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.reading.windows).failed == 0


@given(SENTENCES, st.integers(1, 80))
def test_windows_of_sentences_hold_every_sentence_whole_and_move_on(parts, most):
    sentences = laid_out(parts)
    windows = sentence_windows(sentences, most)
    for start, end in sentences:
        assert any(first <= start and end <= last for first, last in windows)
    single = set(sentences)
    assert all(last - first <= most or (first, last) in single for first, last in windows)
    assert windows == sorted(set(windows))
    assert all(one[1] < other[1] for one, other in pairwise(windows))


@given(st.integers(0, 50), st.integers(0, 900), st.integers(4, 300))
def test_strided_ranges_cover_all_tokens_and_overlap(first, length, room):
    ranges = list(strided(first, first + length, room))
    covered = {token for start, end in ranges for token in range(start, end)}
    assert covered == set(range(first, first + length))
    assert all(0 < end - start <= room for start, end in ranges)
    assert all(other[0] < one[1] for one, other in pairwise(ranges))


def test_a_window_is_first_token_question_separator_passage_separator(windows):
    (window,) = windows["passage"].cut("Who?", "Rain stopped at noon.")
    words = windows["passage"].tokenizer.id_to_token
    assert " ".join(words(one) for one in window.ids) == "[CLS] who [UNK] [SEP] rain stopped at noon . [SEP]"
    assert window.types == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert window.first == 4
    assert window.offsets == [(0, 4), (5, 12), (13, 15), (16, 20), (20, 21)]


def test_short_passages_are_one_window_and_sentences_make_several(windows):
    text = " ".join(f"It was noon in Baku and rain stopped, said {n}." for n in range(20))
    assert len(windows["passage"].cut("Who?", text)) > 1  # 260 tokens into 128
    pieces = windows["sentence"].cut("Who?", text)
    texts = [text[piece.offsets[0][0] : piece.offsets[-1][1]] for piece in pieces]
    assert len(texts) > 2
    assert all(one.startswith("It was") and one.endswith(".") for one in texts)
    assert all(len(one) <= SENTENCE_WINDOW_CHARACTERS for one in texts)
    assert len(windows["sentence"].cut("Who?", "Rain. " * 3)) == 1


def test_a_long_question_is_cut_and_leaves_room_for_the_passage(windows):
    for window in windows["sentence"].cut("who put out the fire " * 400, "Rain stopped at noon. " * 50):
        assert window.first == MAX_QUESTION_TOKENS + 2
        assert len(window.ids) <= 128
        assert len(window.ids) == len(window.types)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.sampled_from('noon baku.!?"“” \n\u00a0é汉\ud83d'), max_size=200),
    st.sampled_from(["passage", "sentence"]),
)
def test_all_tokens_of_a_text_are_in_some_window(windows, text, kind):
    cutter = windows[kind]
    wanted = set(cutter.tokenizer.encode(encodable(text), add_special_tokens=False).offsets)
    assert {offset for window in cutter.cut("Who?", text) for offset in window.offsets} == wanted
