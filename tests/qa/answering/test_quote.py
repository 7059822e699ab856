"""A quote is the whole sentences that a span touches, and says where it is."""

from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.sentences import split_sentences
from qa.answering.quote import place, widen

TEXT = "It rained. The fire was put out by them. All slept."


def test_a_span_widens_to_its_sentence():
    start, end = widen(TEXT, TEXT.index("fire"), TEXT.index("fire") + 4)
    assert TEXT[start:end] == "The fire was put out by them."


def test_a_span_over_two_sentences_widens_to_both():
    start, end = widen(TEXT, TEXT.index("them"), TEXT.index("slept"))
    assert TEXT[start:end] == "The fire was put out by them. All slept."


@given(st.text(alphabet="aB.?! \n\u00ab\u201d\U0001f600"), st.integers(0, 40), st.integers(1, 20))
def test_the_span_stays_inside_and_the_edges_are_sentence_edges(text, start, length):
    start = min(start, max(0, len(text) - 1))
    end = min(start + length, len(text))
    left, right = widen(text, start, end)
    assert 0 <= left <= start and end <= right <= max(end, len(text))
    if text[start:end].strip():
        assert left == start or left in {s for s, _ in split_sentences(text)}
        assert right == end or right in {e for _, e in split_sentences(text)}


def test_places_count_paragraphs_or_lines():
    text = "Title\n\nOne.\n\nTwo. Three.\n"
    assert place(text, text.index("Three")) == "paragraph 3 of 3"
    assert place(text.replace("\n", "\r\n"), 9) == "paragraph 2 of 3"
    assert place("One line\nand another", 10) == "line 2 of 2"
