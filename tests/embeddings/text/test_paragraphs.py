"""Paragraphs, the author's lines in them, and which of these are headings."""

import pytest

from embeddings.text.paragraphs import is_heading, split_paragraphs


def paragraphs(text: str, start: int = 0) -> list[list[str]]:
    return [[text[first:last] for first, last in lines] for lines in split_paragraphs(text, start)]


@pytest.mark.parametrize("blank", ["\n\n", "\n \t\n", "\r\n\r\n", "\r\r", "\n\n\n\n", "\u2029", "\n\u00a0\n"])
def test_a_blank_line_parts_paragraphs(blank):
    assert paragraphs(f"{blank} One two{blank}Three {blank}") == [["One two"], ["Three"]]


def test_the_lines_of_a_list_stay_in_their_paragraph():
    assert paragraphs("Three things:\n- one\n- two\n\nEnd.") == [["Three things:", "- one", "- two"], ["End."]]


def test_a_letter_numbers_an_item_and_an_initial_none():
    assert paragraphs("2. Bees may be kept.\na. A keeper is insured.\nb. Hives stand apart.") == [
        ["2. Bees may be kept.", "a. A keeper is insured.", "b. Hives stand apart."]
    ]
    wrapped = (
        "The lighthouse of the town was built by the engineer Halvor\nB. Strand, and by his sister, who was born\n"
        "c. 1820 in a house by the sea."
    )
    assert paragraphs(wrapped) == [[wrapped]]


def test_rows_of_a_table_are_lines_however_wide():
    rows = ["Ivo Castellan | Baker | 2019-09-02 | 31500 | at the quay", "Ana Lumley | cook | 2021-01-11 | 33250 | here"]
    assert paragraphs("\n".join(rows)) == [rows]


def test_text_before_the_start_is_left_out():
    assert paragraphs("One.\n\nTwo.", 6) == [["Two."]]


def test_a_page_break_inside_a_paragraph_is_white_space():
    wrapped = (
        "The mission of the United Nations, which came on\n\x0cMonday, has met the president of Azerbaijan in Baku"
    )
    assert paragraphs(wrapped) == [[wrapped]]


def test_a_line_that_was_broken_early_is_the_authors():
    text = "A short line\nThen a long one that says what happened on that day in the town\nand goes on below"
    assert paragraphs(text) == [["A short line", text[13:]]]


def test_narrow_lines_are_the_authors():
    assert paragraphs("Roses are very red\nViolets are blue") == [["Roses are very red", "Violets are blue"]]


@pytest.mark.parametrize("ending", [",", "-"])
def test_a_line_that_ends_in_a_comma_or_hyphen_goes_on(ending):
    text = f"In Baku{ending}\nAzerbaijan the president met the director of the office on Monday"
    assert paragraphs(text) == [[text]]


def test_the_signs_of_a_formula_are_not_lines():
    assert paragraphs("f\n(\nx\n)") == [["f\n(\nx\n)"]]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Early life", True),
        ("## Works.", True),
        ("The causes are:", True),
        ("Life (1990–2001)", True),
        ("He was born.", False),
        ("- an item", False),
        ("1. An item", False),
        ("word " * 20 + "word", False),
        ("“Quoted”", False),
    ],
)
def test_a_heading_is_short_and_has_no_stop(line, heading):
    assert is_heading(line) is heading
