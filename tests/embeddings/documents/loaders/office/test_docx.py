"""A Word document's text, in reading order, with what python-docx alone would leave out."""

import datetime
import io
from copy import deepcopy
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from embeddings.documents.loaders.office.docx import _Block, _notes_below_lists, load_docx

INPUTS = Path(__file__).parents[2] / "inputs"


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def loaded_xml(*blocks: str):
    """Load a document whose body is these blocks of WordprocessingML."""
    document = docx.Document()
    for block in blocks:
        document.element.body.insert(-1, parse_xml(block.replace(" ", f" {nsdecls('w')} ", 1)))
    return load_docx(saved(document))


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_paragraphs_and_tables_come_in_order():
    document = docx.Document()
    document.add_heading("A visit", 0)
    document.add_paragraph("The mission came on Monday.")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Staff"
    table.cell(1, 0).text, table.cell(1, 1).text = "Doctors", "12"
    document.add_paragraph("It will come again.")
    loaded = load_docx(saved(document))
    assert loaded.text == "A visit\n\nThe mission came on Monday.\n\nStaff\nDoctors | 12\n\nIt will come again."
    assert loaded.title == "A visit"


def test_a_nested_table_is_read_once():
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "outer"
    cell.add_table(1, 1).cell(0, 0).text = "inner"
    assert load_docx(saved(document)).text == "outer inner"


def test_insertions_count_and_deletions_do_not():
    deleted = '<w:del w:id="1" w:author="a"><w:r><w:delText>not </w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2" w:author="a">{run("put out ")}</w:ins>'
    assert loaded_xml(f"<w:p >{run('It was ')}{deleted}{inserted}{run('today.')}</w:p>").text == "It was put out today."


def test_content_controls_and_links_are_text():
    block = f"<w:sdt ><w:sdtContent><w:p>{run('In a control.')}</w:p></w:sdtContent></w:sdt>"
    inline = f"<w:p >{run('See ')}<w:hyperlink>{run('the report')}</w:hyperlink>{run('.')}</w:p>"
    assert loaded_xml(block, inline).text == "In a control.\n\nSee the report."


def test_breaks_and_tabs_are_white_space():
    assert loaded_xml("<w:p ><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>").text == "a\tb\nc"


def test_title_and_date_are_what_the_properties_state():
    document = docx.Document()
    document.add_paragraph("Text.")
    document.core_properties.title = "Stated"
    document.core_properties.created = datetime.datetime(2023, 10, 5, 12)
    loaded = load_docx(saved(document))
    assert (loaded.title, loaded.date) == ("Stated", datetime.date(2023, 10, 5))


def test_the_date_of_the_template_is_none():
    document = docx.Document()
    document.add_paragraph("Text.")
    assert load_docx(saved(document)).date is None


def test_footnotes_follow_the_paragraph_that_refers_to_them():
    loaded = load_docx((INPUTS / "lighthouse.docx").read_bytes())
    before, note, after = loaded.text.split("\n\n")[1:4]
    assert before == "The lighthouse was built in 1851 by the engineer Halvor Strand."
    assert note == "The plans were drawn by his sister Marit Strand, who was paid 200 crowns."
    assert after == "It was put out for ever in 1986."


def test_a_note_to_an_item_or_a_cell_tears_neither_list_nor_table():
    blocks = [
        _Block("- boots", item=True),
        _Block("Boots can be borrowed.", note=True),
        _Block("- gloves", item=True),
        _Block("They are thin.", note=True),
        _Block("The end."),
        _Block("At last.", note=True),
    ]
    below = [block.text for block in _notes_below_lists(blocks)]
    assert below == ["- boots", "- gloves", "Boots can be borrowed.", "They are thin.", "The end.", "At last."]
    data = (INPUTS / "lighthouse.docx").read_bytes()
    document = docx.Document(io.BytesIO(data))
    reference = deepcopy(next(document.element.body.iter(qn("w:footnoteReference"))))
    document.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("Strand")._r.append(reference)
    assert load_docx(saved(document)).text.count("The plans were drawn by his sister") == 2


def test_headings_and_tables_are_known():
    document = docx.Document()
    document.add_heading("Fares", 1)
    table = document.add_table(2, 2)
    for row, cells in enumerate((("Ticket", "Adult"), ("Return", "70"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    loaded = load_docx(saved(document))
    (heading,), (found,) = loaded.structure.headings, loaded.structure.tables
    assert (heading.text, heading.level) == ("Fares", 1)
    assert loaded.text[found.start : found.end] == "Ticket | Adult\nReturn | 70"
    assert found.header == "Ticket | Adult"
