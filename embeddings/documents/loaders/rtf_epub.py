"""RTF and EPUB by kreuzberg. Runs in the worker process only.

Kreuzberg (MIT, a release every few weeks, compiled, imports in 0.05 s) reads these in milliseconds; no code of our own
would read them better. What it writes is Markdown, whose headings and tables are noted and whose signs are taken out.
"""

import re

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.office.archive import check_archive
from embeddings.documents.loaders.superscripts import RAISED
from embeddings.documents.structure import Heading, Structure, Table, join_cells

MIME_TYPES = {
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
}
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_HEADING = re.compile(r"(?:(#{1,6}) +)?(.*)", re.DOTALL)
_EMPHASIS = re.compile(r"(?<!\\)(\*\*|__|\*(?=\S)|`+)(\S(?:[^*`\n]*?[^\s\\])?)\1")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A sign that Markdown would else take for markup."""
_NOTE_MARK = re.compile(r"\[\^\w{1,20}\](?!:)|\[\[?\d{1,4}\]?\]\(#[^)\s]*\)|\[[*†‡]\]\(#[^)\s]*\)")
_SCRIPT = re.compile(r"(?<=\w)(?:\^([\d+−n-]{1,8})\^|~(\d{1,4})~)")
"""Raised and lowered figures as kreuzberg writes them."""
_RAISED_MARK = re.compile(r"(?<=[.!?,;:)”’\"'»…])\^[\d*†‡]{1,3}\^")
"""What is raised behind a stop or quotation mark is a mark of a note."""
_NOTE = re.compile(r"^\[\^\w{1,20}\]:\s*", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\((?:#|https?:|mailto:|[\w./-]+\.x?html?)[^)\s]*\)")
_RAISED_RTF = re.compile(rb"(\\super(?:\\[a-z]+-?\d*)* ?)(\d{1,4})(?=\})")
_CELL = "\ue000"
_CELL_RTF = re.compile(rb"\\cell(?![a-z])")
"""The end of a cell, which gets a sign that no text has."""
_FOOTNOTE_RTF = re.compile(rb"\{(?:\\\*)?\\footnote\b ?")
_BRACES_RTF = re.compile(rb"\\[\\{}]|[{}]")
_LEFTOVERS = re.compile(r"^(?:!\[[^\]\n]*\]\([^)\n]*\)|<!--.*?-->)[ \t]*$", re.MULTILINE)


def load_office(data: bytes, kind: str) -> Loaded:
    """Read a file of a kind in ``MIME_TYPES``.

    Raises:
        LoadError: damaged, encrypted, a bomb, or without text.
    """
    import kreuzberg

    if kind != "rtf":
        check_archive(data, kind)
    if kind == "rtf":
        data = _CELL_RTF.sub(b"\\\\u%d?\\\\cell" % (ord(_CELL) - 0x10000), data)
        data = _with_footnotes(_RAISED_RTF.sub(_raised_rtf, data))
    # RTF has no headings; Markdown would only mark its bold and italic words.
    config = kreuzberg.ExtractionConfig(output_format="plain" if kind == "rtf" else "markdown")
    try:
        read = kreuzberg.extract_bytes_sync(data, MIME_TYPES[kind], config=config)
    except Exception as error:  # kreuzberg raises errors of a dozen classes
        raise LoadError(f"damaged {kind} ({type(error).__name__})") from error
    content = read.content.replace("\r\n", "\n")
    if kind == "rtf":
        content = "\n".join(map(_row, content.split("\n")))
    text, headings, tables = _without_markup(
        _without_note_marks(_LEFTOVERS.sub("", content)).strip(), escaped=kind != "rtf"
    )
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


def _without_note_marks(text: str) -> str:
    """Take the marks that refer to notes out of Markdown, and let a note stand as a paragraph."""
    text = re.sub(r"\n{3,}", "\n\n", _RAISED_MARK.sub("", _NOTE_MARK.sub("", _NOTE.sub("", text))))
    text = _SCRIPT.sub(lambda found: found[1].translate(RAISED) if found[1] else found[2], text)
    return _LINK.sub(r"\1", text)


def _row(line: str) -> str:
    """Write a row of an RTF table as Markdown does; kreuzberg's plain text has no sign between its cells."""
    cells = [" ".join(cell.split()) for cell in line.split(_CELL)[:-1]]
    return f"| {' | '.join(cells)} |" if len(cells) > 1 else line.replace(_CELL, "")


def _raised_rtf(found: re.Match) -> bytes:
    return found[1] + b"".join(b"\\u%d?" % ord(sign) for sign in found[2].decode("ascii").translate(RAISED))


def _with_footnotes(data: bytes) -> bytes:
    """Put the footnotes of an RTF file behind its text: kreuzberg leaves them out where they are."""
    kept, notes, at = [], [], 0
    for start in (found.start() for found in _FOOTNOTE_RTF.finditer(data)):
        if start < at:
            continue
        depth, end = 0, start
        for brace in _BRACES_RTF.finditer(data, start):
            depth += {b"{": 1, b"}": -1}.get(brace[0], 0)
            end = brace.end()
            if depth == 0:
                break
        kept.append(data[at:start])
        notes.append(
            b"\\par\\par "
            + _FOOTNOTE_RTF.sub(b"{ ", data[start:end].replace(b"\\chftn\\~", b"").replace(b"\\chftn", b""))
        )
        at = end
    if not notes:
        return data
    body, brace, rest = (b"".join(kept) + data[at:]).rpartition(b"}")
    return body + b"".join(notes) + brace + rest


def _without_markup(text: str, *, escaped: bool) -> tuple[str, tuple[Heading, ...], tuple[Table, ...]]:
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
            line = join_cells(" ".join(cell.split()) for cell in row.strip("|").split("|"))
            if start is None:
                start, header = length, line
        elif start is not None:
            tables.append(Table(start, length - 1, start + len(header), header))
            start = None
        if not is_row:
            marks, line = _HEADING.match(raw).groups()
            line = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", line))
            line = _ESCAPED.sub(r"\1", line) if escaped else line
            if marks and line:
                headings.append(Heading(length, length + len(line), len(marks), line))
        lines.append(line)
        length += len(line) + 1
    if start is not None:
        tables.append(Table(start, length - 1, start + len(header), header))
    return "\n".join(lines), tuple(headings), tuple(tables)
