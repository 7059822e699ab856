"""Narrow columns, notes at a page's foot, heads of tables over several lines, stamps, clauses and entries."""

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from embeddings.documents.loaders.pdf.load import load_pdf

COLUMN = (
    "The ropewalk was laid out in 1764 by",
    "Jedediah Crane, a chandler of Whitby,",
    "on land that he had leased for ninety-",
    "nine years at a high rent.",
)


def drawn(*pages):
    """Draw pages of (left, base, text) or (left, base, text, size); a line of ``COLUMN`` is 170 points wide."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    for lines in pages:
        for left, base, text, *size in lines:
            page.setFont("Helvetica", size[0] if size else 11)
            if text in COLUMN[:-1]:
                space = (170 - page.stringWidth(text)) / (len(text.split()) - 1)
                page.drawString(left, base, text, wordSpace=space)
            else:
                page.drawString(left, base, text)
        page.showPage()
    page.save()
    return load_pdf(buffer.getvalue())


def column(left, top, lines=COLUMN, size=11):
    return [(left, top - 13 * at, line, size) for at, line in enumerate(lines)]


def test_a_narrow_justified_column_below_a_wide_line_is_prose():
    wide = "A paper on ropes, read to the society in the winter of 1911 by its secretary, with a map"
    found = drawn([(72, 760, wide), *column(72, 720)])
    assert found.text.split("\n\n")[1] == (
        "The ropewalk was laid out in 1764 by Jedediah Crane, a chandler of Whitby, on land that he had leased for "
        "ninety-nine years at a high rent."
    )


def test_narrow_lines_that_leave_room_stay_lines():
    assert drawn([(72, 760, "Quay Street 14"), (72, 747, "Vestmar"), (72, 734, "VM3 9QT")]).text == (
        "Quay Street 14\nVestmar\nVM3 9QT"
    )


def test_a_browser_s_own_hyphen_breaks_a_word_and_is_a_hyphen_elsewhere():
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("Sans", f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setFont("Sans", 11)
    page.drawString(
        72, 700, "Our well\u2010known technical director retired after twenty\u2010two years of develop\u2010"
    )
    page.drawString(72, 687, "ment, which he had begun himself.")
    page.save()
    assert load_pdf(buffer.getvalue()).text == (
        "Our well-known technical director retired after twenty-two years of development, which he had begun himself."
    )


PROSE = "The harbour board met on Monday and spoke of the quay, which has been closed"


def test_a_note_at_the_page_s_foot_does_not_tear_the_sentence_that_goes_on():
    first = [(72, 120, "It was a cold year."), (72, 95, PROSE), (72, 50, "1. Of 1998, which was the coldest.", 8)]
    found = drawn(first, [(72, 760, "to ships since the storm of March, and will stay so.")])
    assert f"{PROSE} to ships since the storm" in found.text
    assert found.text.index("1. Of 1998") < found.text.index(PROSE)
    assert found.structure.page(found.text.index("1. Of 1998")) == 1


def test_notes_that_were_drawn_first_stand_at_the_foot():
    found = drawn([(72, 50, "1 Count by S. Aune, 1998.", 7), (72, 760, "Curlews of the bay", 18), (72, 720, PROSE)])
    assert found.text == f"Curlews of the bay\n\n{PROSE}\n\n1 Count by S. Aune, 1998."


def test_small_print_without_a_mark_stays_where_it_is():
    found = drawn([(72, 120, PROSE), (72, 107, "and now is.", 11), (72, 60, "The hall must be swept.", 8)])
    assert found.text.endswith("\n\nThe hall must be swept.")


def test_the_lines_that_name_a_table_s_columns_are_one_row():
    head = [(72, 700, "Year"), (130, 700, "Production"), (130, 688, "(million"), (130, 676, "m3)"), (230, 700, "Price")]
    rows = [(left, 658 - 16 * at, cell) for at, row in enumerate((("2020", "18.2", "1.62"), ("2021", "18.0", "1.66")))
            for left, cell in zip((72, 130, 230), row, strict=True)]  # fmt: skip
    found = drawn([(72, 740, PROSE), *head, *rows])
    assert (
        found.text.split("\n\n")[1] == "Year | Production (million m3) | Price\n2020 | 18.2 | 1.62\n2021 | 18.0 | 1.66"
    )
    assert found.structure.tables[0].header == "Year | Production (million m3) | Price"


def test_numbers_that_stand_close_in_every_row_are_cells():
    rows = [(72 + dx, 650 - 16 * at, text) for at in range(3)
            for dx, text in ((0, f"202{at}"), (31, f"18.{at}"), (120, f"{at} 204"))]  # fmt: skip
    assert (
        drawn([(72, 700, PROSE), *rows]).text.split("\n\n")[1]
        == "2020 | 18.0 | 0 204\n2021 | 18.1 | 1 204\n2022 | 18.2 | 2 204"
    )


ROTA = [
    [["Week"], ["Cook"], ["Duties in", "the kitchen"]],
    [["1"], ["Agatha", "Blum"], ["Buy the vegetables and bake", "the bread on Wednesday."]],
    [["2"], ["Grace Obi"], ["Stocktaking."]],
    [["3"], ["Tom Wolski"], ["Order the fish, peel", "the potatoes and lock", "the store."]],
]


def test_a_cell_over_several_lines_is_one_cell():
    lines, top = [], 700
    for row in ROTA:
        for left, cell in zip((72, 130, 230), row, strict=True):
            lines += [(left, top - 12 * at, text) for at, text in enumerate(cell)]
        top -= 12 * max(map(len, row)) + 8
    found = drawn([(72, 740, PROSE), *lines, (72, top - 20, "The rota holds for the winter term, as the bursar said.")])
    assert found.text.split("\n\n")[1] == (
        "Week | Cook | Duties in the kitchen\n"
        "1 | Agatha Blum | Buy the vegetables and bake the bread on Wednesday.\n"
        "2 | Grace Obi | Stocktaking.\n"
        "3 | Tom Wolski | Order the fish, peel the potatoes and lock the store."
    )
    assert found.structure.tables[0].header == "Week | Cook | Duties in the kitchen"


def test_what_stands_at_the_right_of_a_line_of_prose_makes_no_table_of_it():
    lines = [(72, 700, "int encode (unsigned int etype, const unsigned"), (470, 700, "[Function]")]
    more = (72, 687, "char * str, unsigned int str_len, unsigned char * tl, unsigned int * tl_len, int last_len)")
    assert " | " not in drawn([(72, 740, PROSE), *lines, more]).text


def test_the_sign_of_an_item_is_no_cell():
    texts = ("Marrows: by 9 a.m.", "Jams: three jars", "Eggs: six")
    items = [line for at, one in enumerate(texts) for line in ((72, 700 - 14 * at, "-"), (90, 700 - 14 * at, one))]
    found = drawn([(72, 740, PROSE), *items])
    assert found.text.endswith("\n\n- Marrows: by 9 a.m.\n- Jams: three jars\n- Eggs: six")
    assert not found.structure.tables


def test_a_large_initial_is_part_of_its_word_and_no_title():
    lines = [(72, 720, "T", 36), (96, 732, "he fair of Upper Wick takes place for the 140th time on Saturday,")]
    found = drawn([(72, 780, "Harvest fair", 20), *lines, (96, 718, "and opens at ten.")])
    assert "The fair of Upper Wick" in found.text
    assert found.title == "Harvest fair"


def test_letters_set_apart_are_words():
    assert drawn([(72, 780, "H A R V E S T   F A I R", 22), (72, 720, PROSE)]).title == "HARVEST FAIR"


def test_a_narrow_column_that_is_not_justified_is_prose_and_code_is_not():
    lines = (
        "We thank the bell-ringers of",
        "this parish, who came on foot",
        "through the snow on Christmas",
        "Eve and rang all night.",
    )
    found = drawn([(72, 760, PROSE), (72, 700, "Thanks", 14), *column(72, 680, lines)])
    assert found.text.endswith("of this parish, who came on foot through the snow on Christmas Eve and rang all night.")
    code = ("other.x 66", "other.y y1", "other.y.y1 15", "z (NULL)")
    assert drawn([(72, 760, PROSE), *column(72, 700, code)]).text.endswith("\n".join(code))


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (("2.1 The fee is due within thirty days of receipt of the invoice.", "2.2 Interest is 1.5% a month."), 2),
        (("Ploughman's lunch . . . . . . . . . £11.20", "Welsh rarebit . . . . . . . . . . . £7.80"), 2),
        (("The works were sold in the year of the fire, which was No.", "12 of the fires that the town has seen."), 1),
    ],
)
def test_a_clause_or_an_entry_of_a_list_is_a_line(lines, parts):
    assert len(drawn(column(72, 700, lines)).text.split("\n")) == parts


def test_lines_set_to_the_right_are_no_sentence():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setFont("Helvetica", 11)
    page.drawString(72, 700, PROSE)
    page.drawString(72, 687, "to ships.")
    right = 72 + page.stringWidth(PROSE)
    page.drawRightString(right, 660, "Helen Ashworth-Singh")
    page.drawRightString(right, 647, "Chairwoman of the Board")
    page.save()
    assert load_pdf(buffer.getvalue()).text.endswith("\n\nHelen Ashworth-Singh\nChairwoman of the Board")


def test_a_stamp_across_the_page_is_neither_text_nor_title():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.saveState()
    page.translate(200, 300)
    page.rotate(45)
    page.setFont("Helvetica-Bold", 60)
    page.drawString(0, 0, "DRAFT")
    page.restoreState()
    page.setFont("Helvetica", 16)
    page.drawString(72, 760, "Service contract")
    page.setFont("Helvetica", 11)
    page.drawString(72, 700, PROSE)
    page.save()
    found = load_pdf(buffer.getvalue())
    assert (found.title, found.text) == ("Service contract", f"Service contract\n\n{PROSE}")


def test_a_mark_in_type_that_a_matrix_scales_is_seen_as_raised():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.scale(10, 10)
    text = page.beginText(7.2, 70)
    text.setFont("Helvetica", 1.1)
    text.textOut("The town had 4,512")
    text.setFont("Helvetica", 0.7)
    text.setRise(0.4)
    text.textOut("2")
    text.setFont("Helvetica", 1.1)
    text.setRise(0)
    text.textOut(" people in 2018.")
    page.drawText(text)
    page.save()
    assert load_pdf(buffer.getvalue()).text == "The town had 4,512 people in 2018."


def test_the_date_of_an_event_is_not_the_text_s_own():
    assert drawn([(72, 760, "Date of event: 14 June 2025"), (72, 700, PROSE)]).structure.date_of_file
    assert not drawn([(72, 760, "Date of issue: 14 June 2025"), (72, 700, PROSE)]).structure.date_of_file
