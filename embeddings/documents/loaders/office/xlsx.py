"""Excel by lxml: each sheet's rows, cells as they are shown. Runs in the worker process only.

What a cell holds is not what it shows: 0.05 is 5%, 45308 a day, 0.375 nine o'clock. Kreuzberg gives the numbers, and
figures without their raised type.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.blocks import Block, join_blocks, stated_facts
from embeddings.documents.loaders.office.archive import check_archive
from embeddings.documents.loaders.office.number_formats import BUILT_IN, show
from embeddings.documents.loaders.superscripts import raise_figures
from embeddings.documents.loaders.xml_text import xml_parser
from embeddings.documents.structure import join_cells

MAX_COLUMNS = 16_384
"""Excel's own limit; a cell beyond it is an attack."""
MAX_CELLS = 2_000_000
"""Empty cells between filled ones included."""
PROGRAMS = frozenset(("openpyxl", "XlsxWriter"))
"""What programs enter as the author."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_WORKBOOK = "xl/workbook.xml"
_NO_NAME = re.compile(r"(?:sheet|tabelle|feuil|hoja|лист|sayfa)\s?\d+", re.IGNORECASE)
"""What a program calls a sheet that nobody named."""
_BOOLEANS = {"1": "yes", "0": "no"}

Rows = list[list[str]]


class _Workbook:
    """The parts of an archive, and what its cells refer to."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lstrip("/"): name for name in archive.namelist()}
        self.parser = xml_parser()
        book = self.part(_WORKBOOK)
        self.starts_1904 = any(one.get("date1904") in ("1", "true") for one in book.iter(_MAIN + "workbookPr"))
        self.sheets = [(one.get("name", ""), one.get(_REL + "id")) for one in book.iter(_MAIN + "sheet")]
        self.targets = {
            one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
            for one in self.children("xl/_rels/workbook.xml.rels")
        }
        self.strings = [_rich(one) for one in self.children("xl/sharedStrings.xml")]
        self.formats = list(self._formats())

    def part(self, name: str):
        """Return the root of a part; None where the archive has none."""
        from lxml import etree

        if name not in self.names:
            return None
        # A file in ISO's own form names its elements by another address.
        data = self.archive.read(self.names[name]).replace(_STRICT, _MAIN[1:-1].encode())
        return etree.fromstring(data, self.parser)

    def children(self, name: str) -> list:
        """Return the elements of a part; none where the archive has no such part."""
        root = self.part(name)
        return [] if root is None else list(root)

    def _formats(self) -> Iterator[str]:
        """Yield the format of numbers in each style of a cell."""
        styles = self.part("xl/styles.xml")
        if styles is None:
            return
        own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(_MAIN + "numFmt")}
        for style in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"):
            number = style.get("numFmtId", "0")
            yield own.get(number) or BUILT_IN.get(number, "General")

    def rows(self, sheet) -> Iterator[list[str]]:
        """Yield the cells of each row of a sheet, empty rows between them included."""
        last = cells_seen = 0
        for row in sheet.iterfind(f"{_MAIN}sheetData/{_MAIN}row"):
            number = int(row.get("r") or last + 1)
            if number > last + 1:
                yield []
            last = number
            cells: list[str] = []
            for cell in row.iterchildren(_MAIN + "c"):
                at = _column(cell.get("r")) if cell.get("r") else len(cells)
                cells += [""] * (at - len(cells))
                cells.append(" ".join(self.shown(cell).split()))
            cells_seen += len(cells)
            if cells_seen > MAX_CELLS:
                raise LoadError(f"xlsx with more than {MAX_CELLS:,} cells: split it")
            yield cells

    def shown(self, cell) -> str:
        """Return what a cell shows."""
        kind, value = cell.get("t", "n"), cell.findtext(_MAIN + "v") or ""
        if kind == "inlineStr":
            return _rich(cell.find(_MAIN + "is"))
        if kind == "s":
            return self.strings[int(value)] if value.isdigit() and int(value) < len(self.strings) else ""
        if kind == "b":
            return _BOOLEANS.get(value, value)
        if kind != "n" or not value:
            return value
        style = int(cell.get("s") or 0)
        return show(value, self.formats[style] if style < len(self.formats) else "General", self.starts_1904)


def load_xlsx(data: bytes) -> Loaded:
    """Read the sheets of a workbook, each below its name; an empty row parts two tables.

    Raises:
        LoadError: damaged, encrypted, a bomb, or without text.
    """
    check_archive(data, "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = _Workbook(archive)
        blocks: list[Block] = []
        for name, target in book.sheets:
            sheet = book.part(book.targets.get(target, ""))
            tables = list(_tables(book.rows(sheet))) if sheet is not None else []
            if tables and not (len(book.sheets) == 1 and _NO_NAME.fullmatch(name)):
                blocks.append(("title", name))
            blocks += tables
        facts = book.children("docProps/core.xml")
    if not book.sheets:
        raise LoadError("damaged xlsx (without sheets)")
    return _joined(blocks, facts)


def _tables(rows: Iterator[list[str]]) -> Iterator[Block]:
    """Yield the tables of a sheet; a line of one cell over a table is its title, no row."""
    table: Rows = []
    for row in chain(rows, [[]]):
        filled = [cell for cell in row if cell]
        if len(filled) == 1 and not table:
            yield "text", filled[0]
        elif filled:
            table.append(row)
        elif table:
            yield "table", "\n".join(_lines(table))
            table = []


def _lines(table: Rows) -> list[str]:
    """Write rows with as many cells each as columns have anything in them."""
    width = max(map(len, table))
    used = [at for at in range(width) if any(at < len(row) and row[at] for row in table)]
    return [join_cells(row[at] if at < len(row) else "" for at in used) for row in table]


def _joined(blocks: list[Block], facts: list) -> Loaded:
    text, structure = join_blocks(blocks)
    if not any(character.isalnum() for character in text):
        raise LoadError("xlsx without text")
    stated = stated_facts(facts)
    date = read_date(stated.get("created") or stated.get("modified"))
    author = stated.get("creator") if stated.get("creator") not in PROGRAMS else None
    title = stated.get("title") or next((text for kind, text in blocks[:2] if kind == "text"), "")
    return Loaded(text, title, date, None, replace(structure, author=author or None, date_of_file=date is not None))


def _rich(item) -> str:
    """Return a string whose parts may be of other type: raised figures as such; notes of how it is spoken left out."""
    if item is None:
        return ""
    parts = [item.findtext(_MAIN + "t") or ""]
    for run in item.iterchildren(_MAIN + "r"):
        raised = run.find(f"{_MAIN}rPr/{_MAIN}vertAlign")
        text = run.findtext(_MAIN + "t") or ""
        parts.append(raise_figures(text) if raised is not None and raised.get("val") == "superscript" else text)
    return "".join(parts)


def _column(reference: str) -> int:
    """Return the number of a cell's column, from 0.

    >>> _column("A1"), _column("AB12")
    (0, 27)
    """
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = 26 * number + ord(letter.upper()) - ord("A") + 1
        if number > MAX_COLUMNS:
            raise LoadError(f"damaged xlsx (column {reference[:20]})")
    return max(0, number - 1)
