"""Sheets as they are shown: percent, money, days and times, raised figures; tables parted by empty rows."""

import io
import zipfile

import pytest

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.office.number_formats import show
from embeddings.documents.loaders.office.xlsx import load_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheets: dict[str, str], formats=(), strings="", facts="", workbook_facts="") -> bytes:
    """A workbook of sheets by name, each the XML of its rows; ``formats`` are those of styles 1, 2, ..."""
    numbered = list(enumerate(sheets.items(), start=1))
    named = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, (name, _) in numbered)
    targets = "".join(f'<Relationship Id="r{at}" Target="worksheets/sheet{at}.xml"/>' for at, _ in numbered)
    codes = "".join(f'<numFmt numFmtId="{200 + at}" formatCode="{code}"/>' for at, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(len(formats)))
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook_facts}'
        f"<sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{targets}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs><xf numFmtId="0"/>{styles}'
        "</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "docProps/core.xml": f'<p xmlns:dc="http://purl.org/dc/elements/1.1/">{facts}</p>',
        **{
            f"xl/worksheets/sheet{at}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            for at, (_, rows) in numbered
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def row(number, *cells):
    """A row of texts, of (number, style), or of None for no cell."""

    def cell(at, one):
        place = f'r="{chr(65 + at)}{number}"'
        if isinstance(one, tuple):
            return f'<c {place} s="{one[1]}"><v>{one[0]}</v></c>'
        return f'<c {place} t="inlineStr"><is><t>{one}</t></is></c>'

    filled = "".join(cell(at, one) for at, one in enumerate(cells) if one is not None)
    return f'<row r="{number}">{filled}</row>'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.05", "0%", "5%"),
        ("0.0475", "0.00%", "4.75%"),
        ("0.125", "0.##%", "12.5%"),
        ("1000", '"£"#,##0', "£1,000"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("1234.5", '#,##0.00 "kr";[Red]-#,##0.00 "kr"', "1,234.50 kr"),
        ("-5", '0;"("0")"', "(5)"),
        ("-5.25", "0.0", "-5.3"),
        ("71.5", '0.0" m"', "71.5 m"),
        ("2500000", '0.0,," million"', "2.5 million"),
        ("7", "000", "7"),
        ("0.30000000000000004", "General", "0.3"),
        ("12840", "General", "12840"),
        ("45308", "dd/mm/yyyy", "2024-01-17"),
        ("45308.5", "d. mmmm yyyy h:mm", "2024-01-17 12:00"),
        ("45308", "mmm yy", "January 2024"),
        ("45308", "yyyy", "2024"),
        ("0.375", "h:mm AM/PM", "09:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("-1", "dd/mm/yyyy", "-1"),
        ("0.5", "# ?/?", "0.5"),
        ("x", "0%", "x"),
        ("1E+300", "#,##0.00", "1E+300"),
        ("NaN", "yyyy", "NaN"),
    ],
)
def test_a_number_is_what_its_format_shows(value, code, shown):
    assert show(value, code) == shown


def test_days_may_be_counted_from_1904():
    assert show("43846", "yyyy-mm-dd", True) == "2024-01-17"


def test_cells_are_read_as_they_are_shown_in_rows_below_their_headings():
    rows = (
        row(1, "Account", "Rate", "Since") + row(2, "Saver", (0.05, 1), (43586, 2)) + row(3, "Bond", None, (43587, 2))
    )
    found = load_xlsx(workbook({"Sheet1": rows}, ["0%", "dd mmm yyyy"]))
    assert found.text == "Account | Rate | Since\nSaver | 5% | 2019-05-01\nBond | – | 2019-05-02"
    assert found.structure.tables[0].header == "Account | Rate | Since"


def test_raised_figures_in_a_cell_are_no_digits_of_its_number():
    rich = '<si><r><t>412 m</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r></si>'
    rows = row(1, "Area of the hall") + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    assert load_xlsx(workbook({"Sheet1": rows}, strings=rich)).text.endswith("412 m²")


def test_sheets_stand_below_their_names_and_empty_rows_part_tables():
    fares = row(1, "Fares of 2023") + row(3, "Ticket", "Adult") + row(4, "Return", "70") + row(6, "Pets", "free")
    found = load_xlsx(workbook({"Fares": fares, "Empty": "", "Staff": row(1, "Name", "Post") + row(2, "Ida", "Mate")}))
    assert found.text == (
        "Fares\n\nFares of 2023\n\nTicket | Adult\nReturn | 70\n\nPets | free\n\nStaff\n\nName | Post\nIda | Mate"
    )
    assert [one.text for one in found.structure.headings] == ["Fares", "Staff"]
    assert found.title == "Fares of 2023"


def test_empty_columns_are_no_cells():
    rows = row(1, None, "Day", None, None, "Hours") + row(2, None, "Monday", None, None, "9-5")
    assert load_xlsx(workbook({"Sheet1": rows})).text == "Day | Hours\nMonday | 9-5"


def test_a_cell_at_no_place_that_a_sheet_has_is_damage():
    with pytest.raises(LoadError, match="damaged"):
        load_xlsx(workbook({"S": '<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>'}))
