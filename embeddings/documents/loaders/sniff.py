"""What a file is, by its content: a name promises nothing."""

import codecs
import re

from embeddings.documents.loaders.decode import BYTE_ORDER_MARKS
from embeddings.documents.loaders.loaded import LoadError

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst")
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
HEAD_BYTES = 4096
"""Where a page says that it is one."""
PAGE_BYTES = 1 << 20
"""How far into a file its first tag may stand."""
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
    (b"{\\rtf", "RTF: save it as docx or text"),
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
"""Marks that no text begins with; what else is no text shows in its bytes."""


def sniff(data: bytes, name: str) -> str:
    """Return "pdf", "docx" (any zip archive), "html" or "text".

    What is named ``.html`` is HTML where it has a tag; a file of another name where it begins as a page begins; one
    named as text only where it is built like a page too, so that an article about tags stays the article it is.

    Raises:
        LoadError: a known format that is not read.
    """
    for mark, reason in _REFUSED:
        if data.startswith(mark):
            raise LoadError(reason)
    if _is_pdf(data):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    return "html" if _is_html(_in_utf8(data[:PAGE_BYTES]), name.lower()) else "text"


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
