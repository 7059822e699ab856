"""OpenDocument text, sheets and slides by lxml: paragraphs, lists, tables, notes. Runs in the worker process only.

Kreuzberg loses the words of links, puts the marks of notes at the end of their paragraph, where they glue to numbers,
and reads a raised figure as a part of the number before it (10⁵ as 105).
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.office.archive import check_archive
from embeddings.documents.loaders.superscripts import raise_figures
from embeddings.documents.loaders.xml_text import xml_parser
from embeddings.documents.structure import Heading, Structure, Table, join_cells

MAX_REPEATED = 200
"""Times that a cell is repeated: the empty ones at a sheet's edge state thousands."""
_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _STYLE, _OFFICE, _META = (_NAMESPACE % one for one in ("text", "table", "style", "office", "meta"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_LEFT_OUT = frozenset(
    (
        *(_TEXT + "tracked-changes", _TEXT + "note-citation", _TEXT + "table-of-content"),
        *(_OFFICE + "annotation", _OFFICE + "forms"),
    )
)
_SIGNS = {_TEXT + "tab": "\t", _TEXT + "line-break": "\n"}


@dataclass(slots=True)
class _Body:
    """What is read so far, in order, and what the styles say."""

    raised: frozenset[str]
    numbered: frozenset[str]
    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, seam: str = "\n\n") -> int:
        """Add a block, and return where it begins."""
        if self.parts:
            self.parts.append(seam)
            self.length += len(seam)
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start


def load_odt(data: bytes) -> Loaded:
    """Read an OpenDocument file.

    Raises:
        LoadError: damaged, encrypted, a bomb, or without text.
    """
    from lxml import etree

    check_archive(data, "odt")
    parser = xml_parser()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            roots = {
                name: etree.fromstring(archive.read(name), parser)
                for name in ("content.xml", "styles.xml", "meta.xml")
                if name in names
            }
    except etree.XMLSyntaxError as error:
        raise LoadError(f"damaged odt (line {error.lineno})") from error
    content = roots["content.xml"]
    body = _Body(*_styles(root for name, root in roots.items() if name != "meta.xml"))
    for element in content.iter(_OFFICE + "body"):
        _read_blocks(element, body)
    text = "".join(body.parts)
    if not any(character.isalnum() for character in text):
        raise LoadError("odt without text")
    stated = roots.get("meta.xml")
    date = read_date(_fact(stated, _META + "creation-date") or _fact(stated, _DC + "date"))
    author = _fact(stated, _META + "initial-creator") or _fact(stated, _DC + "creator")
    structure = Structure(
        author, headings=tuple(body.headings), tables=tuple(body.tables), date_of_file=date is not None
    )
    title = _fact(stated, _DC + "title") or next((one.text for one in body.headings), None)
    return Loaded(text, title, date, None, structure)


def _fact(root, tag: str) -> str | None:
    found = root.find(f".//{tag}") if root is not None else None
    return " ".join("".join(found.itertext()).split()) or None if found is not None else None


def _styles(roots: Iterator) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the styles that raise text, and of those of lists that are numbered."""
    raised, numbered = set(), set()
    for root in roots:
        for style in root.iter(_STYLE + "style"):
            facts = style.find(_STYLE + "text-properties")
            place = facts.get(_STYLE + "text-position", "") if facts is not None else ""
            if place.startswith("super") or (place[:1].isdigit() and not place.startswith("0")):
                raised.add(style.get(_STYLE + "name"))
        for style in root.iter(_TEXT + "list-style"):
            if style.find(_TEXT + "list-level-style-number") is not None:
                numbered.add(style.get(_STYLE + "name"))
    return frozenset(raised), frozenset(numbered)


def _read_blocks(parent, body: _Body) -> None:
    for child in parent.iterchildren("*"):
        if child.tag in (_TEXT + "p", _TEXT + "h"):
            _read_paragraph(child, body)
        elif child.tag == _TEXT + "list":
            _read_list(child, body, child.get(_TEXT + "style-name"), first=True)
        elif child.tag == _TABLE + "table":
            _read_table(child, body)
        elif child.tag not in _LEFT_OUT:
            _read_blocks(child, body)


def _read_paragraph(element, body: _Body) -> None:
    text = _line(element, body)
    if text:
        start = body.add(text)
        if element.tag == _TEXT + "h":
            level = element.get(_TEXT + "outline-level", "1")
            level = int(level) if level.isascii() and level.isdigit() else 1
            body.headings.append(Heading(start, body.length, min(6, max(1, level)), " ".join(text.split())))
    _read_inside(element, body)


def _read_inside(element, body: _Body) -> None:
    """Read the notes of a paragraph and the boxes set in it, which follow it."""
    for inner in element.iterchildren("*"):
        if inner.tag == _TEXT + "note-body":
            if text := " ".join(filter(None, (_line(one, body) for one in inner.iter(_TEXT + "p")))):
                body.add(text)
        elif inner.tag == _TABLE + "table":
            _read_table(inner, body)
        elif inner.tag in (_TEXT + "p", _TEXT + "h"):
            _read_paragraph(inner, body)
        elif inner.tag not in _LEFT_OUT:
            _read_inside(inner, body)


def _read_list(listing, body: _Body, style: str | None, *, first: bool) -> bool:
    """Add the items of a list, each on a line; return whether the next item is still the first."""
    for number, item in enumerate(listing.iterchildren(_TEXT + "list-item", _TEXT + "list-header"), start=1):
        marked = False
        for child in item.iterchildren("*"):
            if child.tag == _TEXT + "list":
                first = _read_list(child, body, child.get(_TEXT + "style-name") or style, first=first)
            elif child.tag in (_TEXT + "p", _TEXT + "h"):
                text = _line(child, body)
                if text:
                    mark = "" if marked else f"{number}. " if style in body.numbered else "- "
                    body.add(mark + text, "\n\n" if first else "\n")
                    marked, first = True, False
                before = body.length
                _read_inside(child, body)
                first = first or body.length > before
    return first


def _read_table(table, body: _Body) -> None:
    rows = list(_rows(table, body))
    if rows and table.getparent().tag == _OFFICE + "spreadsheet" and (sheet := table.get(_TABLE + "name")):
        start = body.add(sheet)
        body.headings.append(Heading(start, body.length, 2, sheet))
    if rows:
        start = body.add("\n".join(rows))
        header = next((row for row in rows[:-1] if " | " in row), "")
        if header:
            at = start + "\n".join(rows).index(header)
            body.tables.append(Table(at, body.length, at + len(header), header))


def _rows(table, body: _Body) -> Iterator[str]:
    """Yield each row that is not empty; a cell is repeated in each column that it covers."""
    for row in table.iter(_TABLE + "table-row"):
        if next(row.iterancestors(_TABLE + "table")) is not table:
            continue
        cells: list[str] = []
        own = list(row.iterchildren(_TABLE + "table-cell", _TABLE + "covered-table-cell"))
        for cell in own:
            text = " ".join(" ".join(_line(one, body).split()) for one in cell.iter(_TEXT + "p", _TEXT + "h")).strip()
            if cell.tag == _TABLE + "covered-table-cell" and cells and len(own) > 2:
                text = text or cells[-1]
            times = cell.get(_TABLE + "number-columns-repeated", "1")
            cells += [text] * min(MAX_REPEATED, int(times) if times.isascii() and times.isdigit() else 1)
        if own and cells and not cells[-1] and own[-1].get(_TABLE + "number-columns-repeated"):
            while cells and not cells[-1]:
                cells.pop()  # The rest of a sheet's row.
        filled = [cell for cell in cells if cell]
        if filled:
            yield filled[0] if len(filled) == 1 and len(own) < 2 else join_cells(cells)


def _line(element, body: _Body) -> str:
    return "".join(_pieces(element, body, raised=False)).strip()


def _pieces(element, body: _Body, *, raised: bool) -> Iterator[str]:
    """Yield the text of a paragraph, its notes and boxes left out; raised figures are written as such."""

    def written(text: str | None) -> str:
        # White space in the file is a single space; more is written as elements.
        text = " ".join(f".{text or ''}.".split())[1:-1]
        return raise_figures(text) if raised else text

    yield written(element.text)
    for child in element.iterchildren("*"):
        if child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag == _TEXT + "s":
            count = child.get(_TEXT + "c", "1")
            yield " " * min(MAX_REPEATED, int(count) if count.isascii() and count.isdigit() else 1)
        elif child.tag in (_TEXT + "span", _TEXT + "a") or (
            child.tag.startswith(_TEXT)
            and child.tag not in _LEFT_OUT
            and child.tag not in (_TEXT + "note", _TEXT + "p")
        ):
            yield from _pieces(child, body, raised=raised or child.get(_TEXT + "style-name") in body.raised)
        yield written(child.tail)
