"""What a file is, by its content: a name promises nothing."""

import codecs
import io
import re
import zipfile
from pathlib import PurePosixPath

from embeddings.documents.files.decode import BYTE_ORDER_MARKS
from embeddings.documents.loaded import LoadError

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst")
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
MAX_MEMBERS = 5_000
"""Members of a zip archive; no document has as many."""
HEAD_BYTES = 4096
"""Where a page says that it is one."""
PAGE_BYTES = 1 << 20
"""How far into a file its first tag may be."""
# Atomic, or a head full of comments would be tried in exponentially many ways.
_PAGE_START = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+(?:<!doctype\s++html|<html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(?:p|div|body|head|title|article|span|a|h[1-6]|br|meta)\b[^<>]*+>", re.IGNORECASE)
_FRAME = re.compile(rb"<(?:head|body|title|meta)\b[^<>]*+>", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:html|head|body|title)\s*+>", re.IGNORECASE)
_PDF = re.compile(rb"%PDF-\d")
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word or Office format: save it as docx"),
    (b"\x1f\x8b", "gzip archive: unpack it"),
    (b"\xfd7zXZ\x00", "xz archive: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive: unpack it"),
    (b"Rar!\x1a\x07", "RAR archive: unpack it"),
    (b"\x28\xb5\x2f\xfd", "zstd archive: unpack it"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\0", "database"),
)
"""Signatures that no text begins with; other binary files are recognised by their bytes."""
_ARCHIVES = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("META-INF/container.xml", "epub"),
    ("content.xml", "odt"),
)
"""Zip archives that are documents, by a member that each has."""
_CODE = {
    "program code": (
        ".py .pyi .js .mjs .ts .tsx .jsx .java .c .h .cc .cpp .hpp .cs .go .rs .rb .php .pl .lua .swift .kt .scala .r"
        " .sh .bash .bat .ps1 .sql .map .wasm"
    ),
    "style sheet": ".css .scss .sass .less",
    "settings of a program": ".yml .yaml .toml .ini .cfg .conf .lock .properties",
}
"""File name endings that no article has."""
_REFUSED_ENDINGS = {ending: what for what, endings in _CODE.items() for ending in endings.split()}
_MAIL_START = re.compile(
    rb"(?:From|Received|Return-Path|MIME-Version|Date|Subject|Message-ID|Delivered-To|X-[\w-]+): ", re.IGNORECASE
)
_MAIL_HEADER = re.compile(
    rb"^(?:Content-Type|MIME-Version|Message-ID|Content-Transfer-Encoding): ", re.IGNORECASE | re.MULTILINE
)
_CALENDAR = re.compile(rb"\s*+BEGIN:V(?:CALENDAR|CARD)\s", re.IGNORECASE)
_XML_START = re.compile(rb"\s*+<\?xml[^>]*+>\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<|\s*+<(?:rss|feed|svg)[\s>]", re.DOTALL)


def sniff(data: bytes, name: str) -> str:
    """Return the kind of a file: "text", "html", "pdf", "docx", "mail", "csv" or another that a loader reads.

    What is named ``.html`` is HTML where it has a tag; a file of another name where it begins as a page begins; one
    named as text only where it is built like a page too, so that an article about tags stays the article it is. A
    file named as text is never taken for mail, XML or data.

    Raises:
        LoadError: a known format that is not read.
    """
    for mark, reason in _REFUSED:
        if data.startswith(mark):
            raise LoadError(reason)
    name = name.lower()
    if _is_pdf(data):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(data)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    start = _in_utf8(data[:PAGE_BYTES])
    if not name.endswith(TEXT_SUFFIXES):
        if kind := _kind_of_data(start, name):
            return kind
        if _is_html(start, name):
            return "html"
        if what := _REFUSED_ENDINGS.get(PurePosixPath(name).suffix):
            raise LoadError(f"{what}, not an article")
    return "html" if _is_html(start, name) else "text"


def _kind_of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
        if len(names) > MAX_MEMBERS:
            raise LoadError(f"zip archive of {len(names)} members, at most {MAX_MEMBERS} are read")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise LoadError("damaged zip archive or docx") from error
    kind = next((kind for member, kind in _ARCHIVES if member in names), None)
    if kind is None:
        raise LoadError("zip archive: unpack it")
    return kind


def _kind_of_data(start: bytes, name: str) -> str | None:
    head = start[:HEAD_BYTES]
    if name.endswith((".eml", ".mhtml", ".mht")) or (_MAIL_START.match(head) and _MAIL_HEADER.search(head)):
        saved = name.endswith((".mhtml", ".mht")) or b"multipart/related" in head.lower()
        return "mhtml" if saved else "mail"
    if _CALENDAR.match(head):
        return "calendar"
    if name.endswith((".csv", ".tsv")):
        return "csv"
    if name.endswith((".json", ".jsonl", ".ndjson", ".ipynb", ".geojson")):
        return "json"
    if name.endswith((".srt", ".vtt")):
        return "subtitles"
    is_page = name.endswith(HTML_SUFFIXES) or _PAGE_START.match(head)
    if not is_page and (name.endswith((".xml", ".rss", ".atom", ".svg", ".opml")) or _XML_START.match(head)):
        return "xml"
    return None


def _is_pdf(data: bytes) -> bool:
    if _PDF.match(data):
        return True
    # Readers allow up to 1,024 bytes before the mark; an article may mention the mark, but holds no PDF objects.
    return bool(_PDF.search(data[:1024])) and b"endobj" in data


def _is_html(start: bytes, name: str) -> bool:
    if name.endswith(HTML_SUFFIXES):
        return bool(_PAGE_START.match(start[:HEAD_BYTES]) or _TAG.search(start))
    if not _PAGE_START.match(start[:HEAD_BYTES]):
        return False
    return not name.endswith(TEXT_SUFFIXES) or bool(_FRAME.search(start) and _CLOSING.search(start))


def _in_utf8(start: bytes) -> bytes:
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return start.decode(encoding, "ignore").encode("utf-8", "ignore")
    return start.removeprefix(codecs.BOM_UTF8)
