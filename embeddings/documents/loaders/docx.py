"""docx by python-docx: paragraphs and tables in reading order. Runs in the worker process only.

python-docx opens the package and knows the styles; the text is taken from the XML itself, since python-docx leaves out
content controls, insertions under review and text boxes, and repeats merged cells. Headers, footers, comments and
deletions under review are no part of an article.
"""

import io
import zipfile
from collections.abc import Iterator

from embeddings.documents.loaders.loaded import Loaded, LoadError

MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 200 << 20
"""Bytes that all members together may unpack to."""
TEMPLATE_DATE = "2013-12-23T23:15:00"
"""The creation date in python-docx's own template, and so in all that programs have written with it."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = frozenset(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SIGNS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011"}
_OTHER_FORMATS = {
    "xl/workbook.xml": "Excel workbook: save it as text",
    "ppt/presentation.xml": "PowerPoint file: save it as PDF",
    "content.xml": "OpenDocument file: save it as docx",
    "META-INF/container.xml": "EPUB: save it as PDF or HTML",
}


def load_docx(data: bytes) -> Loaded:
    """Read a Word document's paragraphs and tables.

    Raises:
        LoadError: another zip archive, a damaged one, or one beyond the caps.
    """
    import docx

    _check_archive(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx raises whatever its parsers raise
        raise LoadError(f"damaged docx ({type(error).__name__})") from error
    text = "\n\n".join(_blocks(document.element.body))
    if not text.strip():
        raise LoadError("docx without text")
    facts = document.core_properties
    when = facts.created or facts.modified
    if when and when.replace(tzinfo=None).isoformat() == TEMPLATE_DATE:
        when = None
    return Loaded(text, (facts.title or "").strip() or _heading(document), when.date() if when else None)


def _check_archive(data: bytes) -> None:
    """Refuse what is no docx or a bomb, by what its members really unpack to, before any parser sees them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_names([member.filename for member in members])
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES or _unpacks_beyond(archive, members):
                raise LoadError(f"docx that unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
    except RuntimeError as error:  # zipfile's way to say that a password is wanted
        raise LoadError("encrypted zip archive: remove the password") from error
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, zipfile.zlib.error) as error:
        raise LoadError("damaged zip archive or docx") from error


def _check_names(names: list[str]) -> None:
    if len(names) > MAX_MEMBERS:
        raise LoadError(f"zip archive of {len(names)} members, at most {MAX_MEMBERS} are read")
    if "word/document.xml" not in names:
        other = next((what for name, what in _OTHER_FORMATS.items() if name in names), None)
        raise LoadError(other or "zip archive, not a docx: unpack it")


def _unpacks_beyond(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Tell whether the members hold more than they claim and may, reading them in small pieces."""
    total = 0
    for member in members:
        with archive.open(member) as content:
            while piece := content.read(1 << 20):
                total += len(piece)
                if total > MAX_UNPACKED_BYTES:
                    return True
    return False


def _blocks(parent) -> Iterator[str]:
    """Yield the text of each paragraph and each table row below an element that is not empty."""
    for child in parent.iterchildren("*"):
        if child.tag == _W + "p":
            text = _text(child)
            if text.strip():
                yield text.strip()
        elif child.tag == _W + "tbl":
            yield "\n".join(row for row in _rows(child) if row)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _rows(table) -> Iterator[str]:
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is table:
            cells = (" ".join(_blocks(cell)) for cell in row.iter(_W + "tc") if _row_of(cell) is row)
            yield " | ".join(cell for cell in cells if cell)


def _row_of(cell):
    return next(cell.iterancestors(_W + "tr"))


def _text(element) -> str:
    """Return a paragraph's text; text boxes in it follow on lines of their own."""
    parts, boxes = [], []
    for child in element.iterchildren("*"):
        if child.tag == _W + "t":
            parts.append(child.text or "")
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[child.tag])
        elif child.tag == _W + "txbxContent":
            boxes.extend(_blocks(child))
        elif child.tag not in _LEFT_OUT:
            parts.append(_text(child))
    return "\n".join(["".join(parts), *boxes])


def _heading(document) -> str | None:
    for paragraph in document.paragraphs:
        if paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return paragraph.text.strip()
    return None
