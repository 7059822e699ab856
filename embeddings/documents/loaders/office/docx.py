"""docx by python-docx: paragraphs and tables in reading order. Runs in the worker process only.

python-docx opens the package and knows the styles; the text is taken from the XML itself, since python-docx leaves out
content controls, insertions under review and text boxes, and repeats merged cells. Headers, footers, comments and
deletions under review are no part of an article.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.office.archive import check_archive
from embeddings.documents.loaders.superscripts import raise_figures
from embeddings.documents.structure import Heading, Structure, Table, join_cells

TEMPLATE_DATE = "2013-12-23T23:15:00"
"""The creation date in python-docx's own template, and so in all that programs have written with it."""
MAX_SPAN = 50
"""Columns that a cell of a table may cover."""
TEMPLATE_AUTHOR = "python-docx"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = frozenset(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SIGNS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011"}


def load_docx(data: bytes) -> Loaded:
    """Read a Word document's paragraphs and tables, with its headings, list marks and notes.

    Raises:
        LoadError: a damaged archive, or one beyond the caps.
    """
    import docx

    check_archive(data, "docx")
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx raises whatever its parsers raise
        raise LoadError(f"damaged docx ({type(error).__name__})") from error
    body = _Body(document)
    parts: list[str] = []
    headings: list[Heading] = []
    tables: list[Table] = []
    length = 0
    was_item = False
    for block in _notes_below_lists(body.blocks(document.element.body)):
        seam = ("\n" if block.item and was_item else "\n\n") if parts else ""
        start = length + len(seam)
        end = start + len(block.text)
        if block.level:
            headings.append(Heading(start, end, block.level, " ".join(block.text.split())))
        elif block.header:
            at = start + block.text.index(block.header)
            tables.append(Table(at, end, at + len(block.header), block.header))
        parts += [seam, block.text]
        length, was_item = end, block.item
    text = "".join(parts)
    if not text.strip():
        raise LoadError("docx without text")
    facts = document.core_properties
    when = facts.created or facts.modified
    if when and when.replace(tzinfo=None).isoformat() == TEMPLATE_DATE:
        when = None
    author = (facts.author or "").strip()
    structure = Structure(
        author if author and author != TEMPLATE_AUTHOR else None,
        headings=tuple(headings),
        tables=tuple(tables),
        date_of_file=when is not None,
    )
    title = (facts.title or "").strip() or _heading(document)
    return Loaded(text, title, when.date() if when else None, None, structure)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table: its text, a heading's level, a table's row of names, whether it is an item or a note."""

    text: str
    level: int = 0
    header: str = ""
    item: bool = False
    note: bool = False


class _Body:
    """A document's blocks, and what its other parts say of them: styles, numbering, notes."""

    def __init__(self, document) -> None:
        self.levels = {style.style_id: _level(style.name) for style in document.styles if style.name}
        self.notes = _notes(document)
        self.formats = _number_formats(document)
        self.counts: dict[tuple[str, int], int] = {}

    def blocks(self, parent) -> Iterator[_Block]:
        """Yield each paragraph, table and note below an element that is not empty, in reading order."""
        for child in parent.iterchildren("*"):
            if child.tag == _W + "p":
                yield from self.paragraph(child)
            elif child.tag == _W + "tbl":
                if rows := list(_rows(child)):
                    header = next((row for row in rows[:-1] if " | " in row), "")
                    yield _Block("\n".join(rows), header=header)
                    yield from self.notes_in(child)
            elif child.tag not in _LEFT_OUT:
                yield from self.blocks(child)

    def paragraph(self, element) -> Iterator[_Block]:
        text = _text(element).strip()
        if text:
            style = element.find(f"{_W}pPr/{_W}pStyle")
            level = self.levels.get(style.get(_W + "val"), 0) if style is not None else 0
            mark = "" if level else self.mark(element, style)
            yield _Block(mark + text, level=level, item=bool(mark))
        yield from self.notes_in(element)

    def notes_in(self, element) -> Iterator[_Block]:
        for reference in element.iter(_W + "footnoteReference", _W + "endnoteReference"):
            note = self.notes.get((reference.tag, reference.get(_W + "id")))
            if note:
                yield _Block(note, note=True)

    def mark(self, element, style) -> str:
        """Return the sign or the number before a list item, as Word shows it; "" for other paragraphs."""
        number = element.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        depth = element.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        identifier = number.get(_W + "val") if number is not None else ""
        level = int(depth.get(_W + "val")) if depth is not None else 0
        name = style.get(_W + "val") if style is not None else ""
        if identifier in ("", "0"):
            if not name.startswith("List"):
                return ""
            identifier = name
        kind = self.formats.get((identifier, level)) or ("decimal" if "Number" in name else "bullet")
        if kind in ("bullet", "none"):
            return "- "
        count = self.counts[identifier, level] = self.counts.get((identifier, level), 0) + 1
        for deeper in [key for key in self.counts if key[0] == identifier and key[1] > level]:
            del self.counts[deeper]
        return f"{count}. " if kind == "decimal" else f"{_letter(count, kind)}. "


def _notes_below_lists(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Move the notes to items of a list below it: they would tear it."""
    held: list[_Block] = []
    in_list = False
    for block in blocks:
        if block.note and in_list:
            held.append(block)
            continue
        if not block.item:
            yield from held
            held.clear()
        in_list = block.item
        yield block
    yield from held


def _level(style_name: str) -> int:
    """Return the level of a heading's style, 0 for any other.

    >>> _level("Heading 2"), _level("Title"), _level("Normal")
    (2, 1, 0)
    """
    found = re.fullmatch(r"(?:heading|überschrift|titre|заголовок) (\d)", style_name, re.IGNORECASE)
    return int(found[1]) if found else 1 if style_name.lower() == "title" else 0


def _letter(count: int, kind: str) -> str:
    if "Letter" in kind:
        letter = chr(ord("a") + (count - 1) % 26)
        return letter.upper() if kind.startswith("upper") else letter
    roman = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[count] if count < 10 else str(count)
    return roman.upper() if kind.startswith("upper") else roman


def _parts_of(document, ending: str) -> Iterator:
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(ending):
            yield parse_xml(relation.target_part.blob)


def _notes(document) -> dict[tuple[str, str], str]:
    """Return the texts of foot- and endnotes by the tag and the number that refer to them."""
    notes = {}
    for kind in ("footnote", "endnote"):
        for root in _parts_of(document, f"/{kind}s"):
            for note in root.iter(_W + kind):
                text = " ".join(filter(None, (_text(one).strip() for one in note.iter(_W + "p"))))
                if text and note.get(_W + "type") in (None, "normal"):
                    notes[f"{_W}{kind}Reference", note.get(_W + "id")] = text
    return notes


def _number_formats(document) -> dict[tuple[str, int], str]:
    """Return how each level of each list is numbered: "bullet", "decimal", "lowerLetter" and so on."""
    formats = {}
    for root in _parts_of(document, "/numbering"):
        abstract = {
            (one.get(_W + "abstractNumId"), int(level.get(_W + "ilvl"))): level.find(_W + "numFmt").get(_W + "val")
            for one in root.iter(_W + "abstractNum")
            for level in one.iter(_W + "lvl")
            if level.find(_W + "numFmt") is not None
        }
        for number in root.iter(_W + "num"):
            of = number.find(_W + "abstractNumId")
            for (name, level), kind in abstract.items():
                if of is not None and of.get(_W + "val") == name:
                    formats[number.get(_W + "numId"), level] = kind
    return formats


def _rows(table) -> Iterator[str]:
    """Yield each row that is not empty; a cell is repeated in each column and row that it covers."""
    above: dict[int, str] = {}
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is not table:
            continue
        cells: list[str] = []
        own = [cell for cell in row.iter(_W + "tc") if _row_of(cell) is row]
        for cell in own:
            text = " ".join(_texts(cell))
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(_W + "val") != "restart":
                text = text or above.get(len(cells), "")
            wide = cell.find(f"{_W}tcPr/{_W}gridSpan")
            covered = int(wide.get(_W + "val") or 1) if wide is not None and len(own) > 1 else 1
            cells += [text] * min(covered, MAX_SPAN)
        above = dict(enumerate(cells))
        if any(cells):
            yield join_cells(cells)


def _texts(parent) -> Iterator[str]:
    """Yield the text of each paragraph and each table row below an element that is not empty."""
    for child in parent.iterchildren("*"):
        if child.tag == _W + "p":
            if text := _text(child).strip():
                yield text
        elif child.tag == _W + "tbl":
            yield "\n".join(_rows(child))
        elif child.tag not in _LEFT_OUT:
            yield from _texts(child)


def _row_of(cell):
    return next(cell.iterancestors(_W + "tr"))


def _text(element) -> str:
    """Return a paragraph's text; text boxes in it follow on lines of their own."""
    parts, boxes = [], []
    for child in element.iterchildren("*"):
        if child.tag == _W + "t":
            parts.append(_apart(child.text or "", element))
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[child.tag])
        elif child.tag == _W + "txbxContent":
            boxes.extend(_texts(child))
        elif child.tag not in _LEFT_OUT:
            parts.append(_text(child))
    return "\n".join(["".join(parts), *boxes])


def _apart(text: str, run) -> str:
    """Write raised figures as such, as in 10⁵: beside a number they would be read as a part of it."""
    place = run.find(f"{_W}rPr/{_W}vertAlign")
    raised = place is not None and place.get(_W + "val") == "superscript"
    figures = text.strip()
    return text.replace(figures, raise_figures(figures)) if raised and figures else text


def _heading(document) -> str | None:
    for paragraph in document.paragraphs:
        if paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return paragraph.text.strip()
    return None
