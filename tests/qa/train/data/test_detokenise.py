"""Text made natural again: nothing is lost but spaces, and every offset leads to the same letter."""

from hypothesis import given
from hypothesis import strategies as st

from qa.train.data.detokenise import join_tokens, tidy_spacing

TOKENS = st.lists(
    st.sampled_from(["fire", "Brno", "1,000", ",", ".", "``", "''", '"', "-LRB-", "-RRB-", "'s", "n't", "$", "-", "%"]),
    max_size=25,
)


@given(TOKENS)
def test_each_token_is_where_its_span_says_in_their_order(tokens):
    text, spans = join_tokens(tokens)
    brackets = {"-LRB-": "(", "-RRB-": ")", "``": '"', "''": '"'}
    assert [text[start:end] for start, end in spans] == [brackets.get(token, token) for token in tokens]
    end = 0
    for start, stop in spans:
        assert text[end:start] in ("", " ")
        end = stop
    assert end == len(text)


def test_quotes_and_brackets_cling_to_what_they_hold():
    assert join_tokens(["``", "No", "''", ",", "he", "said", "-LRB-", "twice", "-RRB-", "."])[0] == (
        '"No", he said (twice).'
    )
    assert join_tokens(["Baku", "'s", "fire", "cost", "$", "5"])[0] == "Baku's fire cost $5"


@given(st.text(alphabet="ab 1-,.;:!?%()[]$'s", max_size=60))
def test_only_spaces_go_and_every_offset_leads_to_the_same_letter(text):
    tidied, places = tidy_spacing(text)
    assert len(places) == len(text) + 1
    assert places == sorted(places)
    assert tidied.replace(" ", "") == text.replace(" ", "")
    for offset, character in enumerate(text):
        if character != " ":
            assert tidied[places[offset]] == character


def test_spaces_before_punctuation_go():
    assert tidy_spacing("Well , it rained ( twice ) .")[0] == "Well, it rained (twice)."
