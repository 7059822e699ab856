"""RTF, EPUB, PowerPoint and Excel by kreuzberg. Runs in the worker process only.

Kreuzberg (MIT, a release every few weeks, compiled, imports in 0.05 s) reads these in milliseconds; no code of our own
would read them better. What it writes is Markdown, whose headings and tables are noted and whose signs are taken out.
"""

import io
import re
import zipfile

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.docx import check_archive
from embeddings.documents.loaders.raised import RAISED
from embeddings.documents.structure import Heading, Structure, Table

MIME_TYPES = {
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_HEADING = re.compile(r"(?:(#{1,6}) +)?(.*)", re.DOTALL)
_EMPHASIS = re.compile(r"(\*\*|__|(?<![\w*])\*(?=\S))(\S(?:[^*\n]*?\S)?)\1")
_NOTE_MARK = re.compile(r"\[\^\w{1,20}\](?!:)|\[\[?\d{1,4}\]?\]\(#[^)\s]*\)|\[[*†‡]\]\(#[^)\s]*\)")
_SCRIPT = re.compile(r"(?<=\w)(?:\^([\d+−n-]{1,8})\^|~(\d{1,4})~)")
"""Raised and lowered figures as kreuzberg writes them."""
_NOTE = re.compile(r"^\[\^\w{1,20}\]:\s*", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\((?:#|https?:|mailto:|[\w./-]+\.x?html?)[^)\s]*\)")
_MIDNIGHT = re.compile(r"\b(\d{4}-\d\d-\d\d) 00:00:00\b")
"""How a sheet's day comes out."""
_NOTES_PART = re.compile(r"ppt/notesSlides/notesSlide\d+\.xml")
_PROGRAMS = frozenset(("openpyxl", "python-pptx", "PptxGenJS"))
"""What programs enter as the author."""
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LEFTOVERS = re.compile(r"^(?:!\[[^\]\n]*\]\([^)\n]*\)|<!--.*?-->)[ \t]*$", re.MULTILINE)


def load_office(data: bytes, kind: str) -> Loaded:
    """Read a file of a kind in ``MIME_TYPES``.

    Raises:
        LoadError: damaged, encrypted, a bomb, or without text.
    """
    import kreuzberg

    if kind != "rtf":
        check_archive(data, kind)
    # RTF has no headings; Markdown would only mark its bold and italic words.
    config = kreuzberg.ExtractionConfig(output_format="plain" if kind == "rtf" else "markdown")
    try:
        read = kreuzberg.extract_bytes_sync(data, MIME_TYPES[kind], config=config)
    except Exception as error:  # kreuzberg raises errors of a dozen classes
        raise LoadError(f"damaged {kind} ({type(error).__name__})") from error
    content = read.content.replace("\r\n", "\n")
    if kind == "xlsx":
        content = _parted(_MIDNIGHT.sub(r"\1", content))
    text, headings, tables = _without_markup(_without_note_marks(_LEFTOVERS.sub("", content)).strip())
    if kind == "pptx" and (notes := _speaker_notes(data)):
        text = f"{text}\n\n{notes}" if text else notes
    if not any(character.isalnum() for character in text):
        raise LoadError(f"{kind} without text")
    facts = read.metadata if isinstance(read.metadata, dict) else {}
    authors = [
        one for one in facts.get("authors") or [] if isinstance(one, str) and one.strip() and one not in _PROGRAMS
    ]
    date = read_date(str(facts.get("created_at") or facts.get("modified_at") or ""))
    title = facts.get("title")
    return Loaded(
        text,
        title.strip() if isinstance(title, str) and title.strip() else None,
        date,
        None,
        Structure(", ".join(authors) or None, headings=headings, tables=tables, date_of_file=date is not None),
    )


def _without_note_marks(text: str) -> str:
    """Take the marks that refer to notes out of Markdown, and let a note stand as a paragraph."""
    text = re.sub(r"\n{3,}", "\n\n", _NOTE_MARK.sub("", _NOTE.sub("", text)))
    text = _SCRIPT.sub(lambda found: found[1].translate(RAISED) if found[1] else found[2], text)
    return _LINK.sub(r"\1", text)


def _parted(text: str) -> str:
    """Part the rows of a sheet where a row is empty: another table begins there. A title over one is no row of it."""
    lines: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            lines.append(line)
        elif not any(cells):
            lines.append("")
        elif len(cells) > 1 and not any(cells[1:]) and not (lines and lines[-1].startswith("|")):
            lines += [cells[0], ""]
        elif not _RULE.match(line):
            lines.append(line)
    return "\n".join(lines)


def _speaker_notes(data: bytes) -> str:
    """Return what is noted for the speaker below each slide, which kreuzberg leaves out, in the order of the slides."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if _NOTES_PART.fullmatch(name)]
        roots = [etree.fromstring(archive.read(name), parser) for name in sorted(names, key=_number)]
    texts = []
    for root in roots:
        for shape in root.iter(_P + "sp"):
            kind = shape.find(f".//{_P}ph")
            if kind is not None and kind.get("type") == "body":
                lines = ("".join(one.itertext(_A + "t")).strip() for one in shape.iter(_A + "p"))
                texts += filter(None, lines)
    return "\n\n".join(texts)


def _number(name: str) -> int:
    return int(re.search(r"\d+", name)[0])


def _without_markup(text: str) -> tuple[str, tuple[Heading, ...], tuple[Table, ...]]:
    """Write Markdown as plain lines: headings without their signs, rows of tables as cells; note where they are."""
    lines: list[str] = []
    headings: list[Heading] = []
    tables: list[Table] = []
    length, start, header = 0, None, ""
    for raw in text.split("\n"):
        line, row = raw, raw.strip()
        is_row = row.startswith("|") and row.endswith("|") and len(row) > 1
        if is_row and _RULE.match(row):
            continue
        if is_row:
            line = " | ".join(" ".join(cell.split()) or "–" for cell in row.strip("|").split("|"))
            if start is None:
                start, header = length, line
        elif start is not None:
            tables.append(Table(start, length - 1, start + len(header), header))
            start = None
        if not is_row:
            marks, line = _HEADING.match(raw).groups()
            line = _EMPHASIS.sub(r"\2", line)
            if marks and line:
                headings.append(Heading(length, length + len(line), len(marks), line))
        lines.append(line)
        length += len(line) + 1
    if start is not None:
        tables.append(Table(start, length - 1, start + len(header), header))
    return "\n".join(lines), tuple(headings), tuple(tables)
