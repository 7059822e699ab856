"""RTF, OpenDocument, EPUB, PowerPoint and Excel by kreuzberg. Runs in the worker process only.

Kreuzberg (MIT, a release every few weeks, compiled, imports in 0.05 s) reads these in milliseconds; no code of our own
would read them better. What it writes is Markdown, whose headings and tables are noted and whose signs are taken out.
"""

import re

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.docx import check_archive
from embeddings.documents.structure import Heading, Structure, Table

MIME_TYPES = {
    "rtf": "application/rtf",
    "odt": "application/vnd.oasis.opendocument.text",
    "epub": "application/epub+zip",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_HEADING = re.compile(r"(?:(#{1,6}) +)?(.*)", re.DOTALL)
_EMPHASIS = re.compile(r"(\*\*|__|(?<![\w*])\*(?=\S))(\S(?:[^*\n]*?\S)?)\1")
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
    text, headings, tables = _without_markup(_LEFTOVERS.sub("", read.content.replace("\r\n", "\n")).strip())
    if not any(character.isalnum() for character in text):
        raise LoadError(f"{kind} without text")
    facts = read.metadata if isinstance(read.metadata, dict) else {}
    authors = [one for one in facts.get("authors") or [] if isinstance(one, str) and one.strip()]
    date = read_date(str(facts.get("created_at") or facts.get("modified_at") or ""))
    title = facts.get("title")
    return Loaded(
        text,
        title.strip() if isinstance(title, str) and title.strip() else None,
        date,
        None,
        Structure(", ".join(authors) or None, headings=headings, tables=tables, date_of_file=date is not None),
    )


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
