"""What a question speaks of is found by its small words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.phrases import noun_phrases


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("Why did the mayor of Rovik resign in May?", ["the mayor of Rovik", "May"]),
        ("What is throat cancer?", ["throat cancer"]),
        ("Is throat cancer treatable?", ["throat cancer"]),
        ("Where do Mako sharks live?", ["Mako sharks"]),
        ("What causes throat cancer?", ["throat cancer"]),
        ("How did the Neverending Story film end?", ["the Neverending Story film"]),
        ("Tell me about the Lewis and Clark expedition", ["the Lewis and Clark expedition"]),
        ("Does acidic reflux have side effects?", ["acidic reflux", "side effects"]),
        ("How does it work?", []),
        ("Who leads the WHO in the US?", ["the WHO", "the US"]),
        ("What is the largest?", []),
    ],
)
def test_noun_phrases(question, phrases):
    assert [phrase.text for phrase in noun_phrases(question)] == phrases


@given(st.text(max_size=80))
def test_a_phrase_is_the_text_at_its_offsets_and_phrases_do_not_overlap(question):
    end = 0
    for phrase in noun_phrases(question):
        assert phrase.text == question[phrase.start : phrase.end] and end <= phrase.start < phrase.end
        end = phrase.end
