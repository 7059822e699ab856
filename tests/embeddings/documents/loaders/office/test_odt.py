"""OpenDocument text, sheets and slides: what kreuzberg loses, glues or moves is where it belongs."""

import io
import zipfile

import pytest

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.office.odt import load_odt

NAMES = ("office", "text", "table", "style", "draw")
DECLARED = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMES)
STYLES = (
    '<style:style style:name="Up"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1"/></text:list-style>'
)
META = (
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<office:meta><dc:title>The bell</dc:title><dc:creator>Ida Holm</dc:creator>"
    "<meta:creation-date>2023-10-05T10:00:00</meta:creation-date></office:meta></office:document-meta>"
)


def loaded(blocks, kind="text", **members):
    content = (
        f"<office:document-content {DECLARED}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:{kind}>{blocks}</office:{kind}></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in {"content.xml": content, **members}.items():
            made.writestr(name, text)
    return load_odt(buffer.getvalue())


def row(*cells):
    written = "".join(
        f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" if one else "<table:table-cell/>"
        for one in cells
    )
    return f"<table:table-row>{written}</table:table-row>"


def test_a_note_follows_its_paragraph_and_its_mark_leaves_the_number():
    note = (
        "<text:note><text:note-citation>2</text:note-citation><text:note-body><text:p>Paid by Olga.</text:p>"
        "</text:note-body></text:note>"
    )
    text = loaded(f"<text:p>It cost 4,512{note} crowns.</text:p><text:p>The end.</text:p>").text
    assert text == "It cost 4,512 crowns.\n\nPaid by Olga.\n\nThe end."


def test_words_of_links_are_text_and_raised_figures_stay_apart():
    power = '10<text:span text:style-name="Up">5</text:span>'
    text = loaded(f"<text:p>It took {power} bricks, says <text:a>the board</text:a>.</text:p>").text
    assert text == "It took 10⁵ bricks, says the board."


def test_white_space_is_what_its_elements_say():
    assert loaded("<text:p>a\n  b<text:s text:c='2'/>c<text:tab/>d<text:line-break/>e</text:p>").text == "a b  c\td\ne"


def test_items_are_marked_and_stay_together():
    items = "<text:list-item><text:p>Cut the rope.</text:p></text:list-item><text:list-item><text:p>Tie it.</text:p>"
    inner = "<text:list><text:list-item><text:p>Twice.</text:p></text:list-item></text:list></text:list-item>"
    plain = loaded(f"<text:p>Do:</text:p><text:list>{items}{inner}</text:list>")
    assert plain.text == "Do:\n\n- Cut the rope.\n- Tie it.\n- Twice."
    numbered = loaded(f'<text:list text:style-name="Numbers">{items}</text:list-item></text:list>')
    assert numbered.text == "1. Cut the rope.\n2. Tie it."


def test_cells_keep_their_columns_and_their_names_are_known():
    found = loaded(f"<table:table>{row('Item', 'Income', 'Expense')}{row('Seeds', '', '1,215')}</table:table>")
    assert found.text == "Item | Income | Expense\nSeeds | – | 1,215"
    assert found.structure.tables[0].header == "Item | Income | Expense"


def test_the_empty_edge_of_a_sheet_is_no_cell():
    edge = '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
    rows = (row("Oven", "Year") + row("A", "2004")).replace("</table:table-row>", edge)
    found = loaded(f'<table:table table:name="Ovens">{rows}</table:table>', "spreadsheet")
    assert found.text == "Ovens\n\nOven | Year\nA | 2004"


def test_boxes_are_read_and_comments_and_deletions_are_not():
    box = "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
    comment = "<office:annotation><text:p>mattress</text:p></office:annotation>"
    deleted = "<text:tracked-changes><text:p>mattress</text:p></text:tracked-changes>"
    assert loaded(f"{deleted}<text:p>Outside{comment}.{box}</text:p>").text == "Outside.\n\nIn a box."
    assert loaded(f"<draw:page>{box}</draw:page>", "presentation").text == "In a box."


def test_title_author_and_date_are_stated_or_the_heading():
    heading = '<text:h text:outline-level="2">The old bell</text:h><text:p>It rang.</text:p>'
    stated = loaded(heading, **{"meta.xml": META})
    assert (stated.title, stated.structure.author, str(stated.date)) == ("The bell", "Ida Holm", "2023-10-05")
    bare = loaded(heading)
    assert (bare.title, bare.date) == ("The old bell", None)
    assert [(one.level, one.text) for one in bare.structure.headings] == [(2, "The old bell")]


@pytest.mark.parametrize(("blocks", "reason"), [("<text:p> </text:p>", "without text"), ("<text:p>", "damaged odt")])
def test_what_cannot_be_read_is_named(blocks, reason):
    with pytest.raises(LoadError, match=reason):
        loaded(blocks)
