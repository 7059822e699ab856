"""What a file is, by its content: a name promises nothing."""

import re

from embeddings.loaders.loaded import LoadError

_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_HTML_TAG = re.compile(rb"<(?:p|div|body|head|title|article|span|a|h[1-6]|br|meta)\b[^>]*>", re.IGNORECASE)
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_HEAD_BYTES = 4096
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word or Office format: save it as docx"),
    (b"{\\rtf", "RTF: save it as docx or text"),
    (b"\x1f\x8b", "gzip archive: unpack it"),
    (b"BZh", "bzip2 archive: unpack it"),
    (b"\xfd7zXZ\x00", "xz archive: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive: unpack it"),
    (b"Rar!", "RAR archive: unpack it"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\0", "database"),
)


def sniff(data: bytes, name: str) -> str:
    """Return "pdf", "docx", "html" or "text".

    Text named ``.html`` is HTML where it has a tag; text of any other name only where it begins as a page begins, so
    that an article about tags stays the article it is.

    Raises:
        LoadError: a known format that is not read.
    """
    for mark, reason in _REFUSED:
        if data.startswith(mark):
            raise LoadError(reason)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    head = data.removeprefix(b"\xef\xbb\xbf")[:_HEAD_BYTES]
    if _HTML_START.match(head):
        return "html"
    if name.lower().endswith(HTML_SUFFIXES) and _HTML_TAG.search(data):
        return "html"
    return "text"
