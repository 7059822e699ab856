"""Lines of a page become paragraphs; words broken at a line's end are whole again; running heads go."""

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from embeddings.documents.loaders.pdf.load import load_pdf

WIDTH = 400
PARAGRAPHS = [
    "The mission of the United Nations came on Monday to the town, and it met the doctors of the hospital, who told it "
    "of the fire at the station and of those who were hurt, and who showed it the new ward.",
    "It left on Tuesday. It will come again in the autumn, when the road is open, and bring what was asked for by the "
    "doctors and by the people of the town.",
]


def pdf(draw_pages) -> bytes:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    for draw in draw_pages:
        draw(page)
        page.showPage()
    page.save()
    return buffer.getvalue()


def wrap(page, text, width=WIDTH, size=11):
    lines, line = [], ""
    for word in text.split():
        if line and page.stringWidth(f"{line} {word}", "Helvetica", size) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def write(page, paragraphs, left=72, top=700, width=WIDTH, size=11, gap=8):
    page.setFont("Helvetica", size)
    for text in paragraphs:
        for line in wrap(page, text, width, size):
            page.drawString(left, top, line)
            top -= size + 3
        top -= gap
    return top


def test_wrapped_lines_are_one_paragraph_and_gaps_part_paragraphs():
    assert load_pdf(pdf([lambda page: write(page, PARAGRAPHS)])).text == "\n\n".join(PARAGRAPHS)


def test_a_heading_in_larger_type_is_a_paragraph_of_its_own():
    def draw(page):
        page.setFont("Helvetica", 16)
        page.drawString(72, 720, "A visit to the town")
        write(page, PARAGRAPHS, top=702)

    assert load_pdf(pdf([draw])).text.startswith("A visit to the town\n\nThe mission")


def test_columns_are_read_one_after_the_other():
    def draw(page):
        write(page, PARAGRAPHS[:1], width=220)
        write(page, PARAGRAPHS[1:], left=320, width=220)

    assert load_pdf(pdf([draw])).text == "\n\n".join(PARAGRAPHS)


def test_a_list_keeps_its_lines():
    items = ["- two doctors", "- twelve nurses", "- a new ward"]
    assert load_pdf(pdf([lambda page: write(page, items, gap=0)])).text == "\n".join(items)


def test_a_sentence_goes_on_over_the_page_and_running_heads_do_not_come_between():
    words = "The mission came on Monday and met the doctors of the hospital who"

    def page_of(number):
        def draw(page):
            page.setFont("Helvetica", 8)
            page.drawString(72, 810, "The Daily News")
            page.drawString(280, 30, f"Page {number}")
            write(page, [words if number < 4 else "rested."])

        return draw

    text = load_pdf(pdf([page_of(number) for number in range(1, 5)])).text
    assert "Daily" not in text and "Page" not in text
    assert text.endswith("hospital who rested.")


def test_what_repeats_in_the_text_itself_stays():
    text = load_pdf(pdf([lambda page: write(page, ["The same words."])] * 4)).text
    assert text.count("The same words.") == 4


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["The infor-", "mation came."], "The information came."),
        (["The NATO-", "led force came."], "The NATO-led force came."),
        (["A well-known man.", "It was well-", "known to all."], "It was well-known to all."),
        (["Turkish itfa-", "iye came."], "Turkish itfaiye came."),
    ],
)
def test_words_broken_at_a_line_s_end_are_whole_again(lines, text):
    assert load_pdf(pdf([lambda page: write(page, lines, gap=0)])).text.endswith(text)


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - report.docx", "report_final.indd", "(anonymous)", " "])
def test_a_title_that_a_program_put_there_is_none(title):
    def draw(page):
        page.setTitle(title)
        write(page, PARAGRAPHS)

    assert load_pdf(pdf([draw])).title is None
