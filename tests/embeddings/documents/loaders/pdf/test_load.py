"""PDFs as people have them: raised marks, running heads, broken words, forms, tables, titles, text set sideways."""

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as DrawnTable

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.pdf.load import load_pdf

INPUTS = Path(__file__).parents[2] / "inputs"
PROSE = (
    "The harbour board met on Monday and spoke of the quay, which has been closed to ships since the storm of March."
)


def loaded(name):
    return load_pdf((INPUTS / name).read_bytes())


def flowing(*parts):
    buffer = io.BytesIO()
    body = getSampleStyleSheet()["BodyText"]
    SimpleDocTemplate(buffer, pagesize=A4).build(
        [Paragraph(part, body) if isinstance(part, str) else part for part in parts]
    )
    return load_pdf(buffer.getvalue())


def drawn(draw, pages=1):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    for number in range(1, pages + 1):
        draw(page, number)
        page.showPage()
    page.save()
    return load_pdf(buffer.getvalue())


def test_a_raised_footnote_mark_is_no_part_of_the_number_before_it():
    text = loaded("harbour.pdf").text
    assert "a population of 4,512 in 2018, and the harbour handled 83,190 tons of freight." in text
    assert "signed into law by Governor Anna Larsen on 3 May 2019" in text


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("It cost 1,200<super>3</super> crowns in all.", "It cost 1,200 crowns in all."),
        ("It cost 1,200<super>*</super>, as was said.", "It cost 1,200, as was said."),
        ("On the 21<super>st</super> of May it rained.", "On the 21st of May it rained."),
        ("The hall has 450 m<super>2</super> of floor.", "The hall has 450 m² of floor."),
        ("It took 10<super>6</super> years or so.", "It took 10⁶ years or so."),
        ("The air held CO<sub>2</sub> and dust.", "The air held CO₂ and dust."),
        ("Olav Berg<super>12</super> said so.", "Olav Berg said so."),
        ("It fell by 61 metres<super>2</super> in a year.", "It fell by 61 metres in a year."),
        ("It stood in 1998<super>a,b</super> still.", "It stood in 1998 still."),
        ("It covers 4,310<super>2</super> hectares.", "It covers 4,310 hectares."),
        ("It held 31 g kg<super>-1</super> of salt.", "It held 31 g kg⁻¹ of salt."),
    ],
)
def test_raised_and_lowered_marks_are_read_as_what_they_are(marked, read):
    assert flowing(PROSE, marked).text == f"{PROSE}\n\n{read}"


def test_lines_of_other_distances_are_paragraphs_by_their_own_distance():
    text = loaded("notice.pdf").text
    assert "must receive comments on this proposed rule by September 21, 2020, in writing.\n\nACTION: " in text
    assert "thirty metres and built before 1990.\n\nThe board" in text


def test_heads_and_feet_that_alternate_between_pages_go():
    text = loaded("book.pdf").text
    assert "Chapter one" not in text
    assert "short history" not in text
    assert "reserved" not in text
    assert "kept a diary in which he noted every ship that passed" in text


def test_words_broken_at_line_ends_are_joined_and_hyphens_of_words_stay():
    text = loaded("hyphen.pdf").text
    for word in (
        "capabilities",
        "ORGANIZATION",
        "well-known",
        "Anglo-Norwegian",
        "12-15",
        "1998-2004",
        "A-12",
        "re-elected",
    ):
        assert word in text.split() or f"{word}," in text or f"{word} " in text, word


def test_values_of_form_fields_come_after_their_labels():
    assert "Name of the ship: Havfruen" in loaded("form.pdf").text


def test_what_is_filled_in_ends_with_its_field_and_dates_nothing():
    def draw(page, number):
        page.drawString(60, 780, "Rowing club: application for membership")
        for at, (label, value) in enumerate([("Full name", "Beatrix Nakamura"), ("Date of birth", "17 August 1991")]):
            page.drawString(60, 740 - 32 * at, f"{label}:")
            page.acroForm.textfield(name=label, value=value, x=180, y=735 - 32 * at, width=250, height=18)
        page.drawString(60, 640, "Can swim:")
        page.acroForm.checkbox(name="swim", checked=True, x=180, y=635, size=14)

    found = drawn(draw)
    assert found.text.split("\n\n")[1:] == [
        "Full name: Beatrix Nakamura",
        "Date of birth: 17 August 1991",
        "Can swim: yes",
    ]
    assert found.structure.date_of_file


def test_a_table_is_rows_of_cells_with_its_columns_named():
    rows = [["Ticket", "Adult", "Child"], ["Single", "40", "20"], ["Return", "70", "35"]]
    found = flowing(PROSE, Spacer(1, 12), DrawnTable(rows, style=[("GRID", (0, 0), (-1, -1), 1, colors.black)]), PROSE)
    assert "\n\nTicket | Adult | Child\nSingle | 40 | 20\nReturn | 70 | 35\n\n" in found.text
    (table,) = found.structure.tables
    assert table.header == "Ticket | Adult | Child"
    assert found.text[table.start : table.end].endswith("Return | 70 | 35")


def test_a_title_over_two_lines_is_one_and_replaces_a_missing_one():
    def draw(page, number):
        page.setFont("Helvetica-Bold", 20)
        page.drawString(72, 760, "The harbour of Rovik")
        page.drawString(72, 736, "and its ships")
        page.setFont("Helvetica", 11)
        page.drawString(72, 700, PROSE[:90])

    assert drawn(draw).title == "The harbour of Rovik and its ships"


def test_text_set_sideways_is_read():
    def draw(page, number):
        page.setFont("Helvetica", 11)
        page.drawString(72, 700, PROSE[:90])
        page.saveState()
        page.translate(40, 300)
        page.rotate(90)
        page.drawString(0, 0, "Olav Berg paid for the bell.")
        page.restoreState()

    assert "\n\nOlav Berg paid for the bell." in drawn(draw).text


def test_pages_are_known_by_where_they_begin():
    def draw(page, number):
        page.setFont("Helvetica", 11)
        page.drawString(72, 600, f"On day {['one', 'two', 'three'][number - 1]} the ferry sank.")

    found = drawn(draw, pages=3)
    assert [found.structure.page(found.text.index(word)) for word in ("one", "two", "three")] == [1, 2, 3]


def test_text_without_letters_is_refused_as_a_scan_is():
    with pytest.raises(LoadError, match="without a text layer"):
        drawn(lambda page, number: page.drawString(72, 600, "|| .. 1 // -- ~~ 77 :: ;; ''"))


def test_a_stamp_of_the_scanner_on_each_page_is_no_text():
    picture = Image.new("L", (60, 85), 250)

    def draw(page, number):
        page.drawInlineImage(picture, 0, 0, *A4)
        page.drawString(400, 10, f"Scanned by CamScanner, page {number}")

    with pytest.raises(LoadError, match="without a text layer"):
        drawn(draw, pages=2)


@pytest.mark.parametrize(
    ("line", "own"),
    [("Date: 3 May 2019", True), ("3 May 2019", True), ("Published on 3 May 2019", True), ("Born: 3 May 2019", False)],
)
def test_a_labelled_date_is_the_text_s_own_where_its_label_says_so(line, own):
    def draw(page, number):
        page.drawString(60, 780, line)
        page.drawString(60, 740, PROSE)

    assert drawn(draw).structure.date_of_file is not own


def test_the_day_the_file_was_made_is_its_date_only_where_the_text_has_none():
    assert flowing(PROSE).structure.date_of_file
    dated = flowing("Published 5 October 2023", PROSE)
    assert (str(dated.date), dated.structure.date_of_file) == ("2023-10-05", False)
