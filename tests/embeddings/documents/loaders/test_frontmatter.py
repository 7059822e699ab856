"""Front matter gives title, date and address, and never eats an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.loaders.frontmatter import front_matter_end, read_front_matter

BLOCK = '---\ntitle: "The fire: a report"\ndate: 2023-10-05\ntags:\n  - one\nurl: https://example.org/fire\n---\n'


def test_values_are_read_and_quotation_marks_taken_off():
    assert read_front_matter(BLOCK + "Text.")[0] == {
        "title": "The fire: a report",
        "date": "2023-10-05",
        "tags": "one",
        "url": "https://example.org/fire",
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_text_begins_after_the_block(newline):
    text = BLOCK.replace("\n", newline) + "Text."
    assert text[front_matter_end(text) :] == "Text."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Text.",
        "---\n",
        "---\nA rule opened this article.\n---\nAnd closed.",
        "---\nNote: between rules.\n---\nAnd closed.",
        "---\ntitle: A\nand prose\n---\n",
        "---\ntitle: A\n+++\nText",
        "---\ntitle: A\nnever closed",
        "Text\n---\ntitle: A\n---\n",
    ],
)
def test_what_only_looks_like_it_is_text(text):
    assert front_matter_end(text) == 0


def test_toml_is_read_too():
    text = '+++\ntitle = "A"\ndate = 2023-10-05\n+++\nText.'
    assert read_front_matter(text)[0] == {"title": "A", "date": "2023-10-05"}
    assert text[front_matter_end(text) :] == "Text."


def test_a_byte_order_mark_before_the_block_counts_as_a_character():
    text = "\ufeff" + BLOCK + "Text."
    assert text[front_matter_end(text) :] == "Text."


@given(
    st.dictionaries(st.sampled_from(["title", "date", "url", "tags"]), st.text("ab: -#'\"", max_size=9), min_size=1),
    st.text("ab-\n+: "),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_in_a_block_the_text_begins_after_it(values, body, newline):
    block = newline.join(["---", *(f"{key}: {value}" for key, value in values.items()), "---", ""])
    assert front_matter_end(block + body) == len(block)


@given(st.text(alphabet="-ab: \n\r\ufeff#"))
def test_the_end_lies_in_the_text(text):
    assert 0 <= front_matter_end(text) <= len(text)
