"""Front matter gives title, date and address, and never eats an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.loaders.frontmatter import front_matter_end, read_front_matter

BLOCK = '---\ntitle: "The fire: a report"\ndate: 2023-10-05\ntags:\n  - one\nurl: https://example.org/fire\n---\n'


def test_values_are_read_and_quotation_marks_taken_off():
    assert read_front_matter(BLOCK + "Text.") == {
        "title": "The fire: a report",
        "date": "2023-10-05",
        "url": "https://example.org/fire",
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_text_begins_behind_the_block(newline):
    text = BLOCK.replace("\n", newline) + "Text."
    assert text[front_matter_end(text) :] == "Text."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Text.",
        "---\n",
        "---\nA rule opened this article.\n---\nAnd closed.",
        "---\ntitle: A\nnever closed",
        "Text\n---\ntitle: A\n---\n",
    ],
)
def test_what_only_looks_like_it_is_text(text):
    assert front_matter_end(text) == 0


@given(st.text(alphabet="-ab: \n\r\ufeff#"))
def test_the_end_lies_in_the_text(text):
    assert 0 <= front_matter_end(text) <= len(text)
