"""Blocks become messages: packed, split without tearing letters apart, balanced."""

from fake_api.checks import parsed_text
from fake_api.markup import utf16_length
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.views.markup import Block, Run, clean, fitting, head, line, render, tail, units, visible

any_text = st.text(st.characters(exclude_categories=()), max_size=300)


@given(any_text)
def test_units_are_telegrams(text):
    assert units(text) == utf16_length(text)


@given(any_text, st.integers(2, 60))
def test_what_fits_fits_and_is_never_nothing(text, limit):
    end = fitting(text, limit)
    assert units(text[:end]) <= limit
    assert end > 0 or not text


@given(any_text, st.integers(3, 60))
def test_head_and_tail_keep_the_ends_within_the_limit(text, limit):
    for cut in (head(text, limit), tail(text, limit)):
        assert units(cut) <= limit or cut == text
    assert head(text, limit) == text or text.startswith(head(text, limit)[:-1])
    assert tail(text, limit) == text or text.endswith(tail(text, limit)[1:])


@given(st.lists(st.tuples(any_text, st.booleans(), st.booleans()), max_size=6), st.integers(20, 200))
def test_messages_hold_the_text_in_order_within_the_limit(parts, limit):
    blocks = [Block((Run(text, bold=bold),), quote=quote) for text, bold, quote in parts]
    messages = render(blocks, limit)
    read = []
    for message in messages:
        text, _ = parsed_text(message, "HTML")
        assert utf16_length(text) <= limit
        read.append(text)
    whole = "".join(clean(text) for text, _, _ in parts)
    if visible(whole) and len(messages) > 0 and all(visible(clean(text)) for text, _, _ in parts):
        assert "".join("".join(read).split()) == "".join(whole.split())


def test_a_character_newer_than_our_unicode_is_not_lost():
    assert render([line("000000000000𐀀𐀀𐀀\U0003134b")], 20) == ["000000000000𐀀𐀀𐀀", "\U0003134b"]
    assert not visible("\U000e0830")


def test_a_composed_emoji_and_an_accented_letter_are_not_torn_apart():
    assert fitting("ab👩‍👩‍👧‍👦", 6) == 2
    assert fitting("abe\u0301", 3) == 2
    assert fitting("ab🇦🇿", 5) == 2
    assert fitting("ab👍🏽", 5) == 2


def test_a_split_goes_at_white_space_where_it_is_near():
    assert "one two three four"[: fitting("one two three four", 16)] == "one two three "


def test_nothing_to_see_is_an_ellipsis():
    assert render([line("\u200b\u2060 \n")]) == ["…"]
    assert render([]) == ["…"]


@given(st.text())
def test_cleaning_is_idempotent(text):
    assert clean(clean(text)) == clean(text)
