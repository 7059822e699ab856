"""Mail (.eml) and pages saved as one file (.mhtml), by Python's own ``email``. Runs in the worker process only.

``email`` undoes quoted-printable and base64 and knows every charset that Python does; kreuzberg reads both too, but
keeps header lines in the text and gives a saved page without its headings.
"""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.html.page import load_html
from embeddings.documents.loaders.outline import find_outline
from embeddings.documents.structure import Structure


def load_mail(data: bytes) -> Loaded:
    """Read a message: its text, else its HTML as text; subject, sender and day are its title, author and date.

    Raises:
        LoadError: no text in it.
    """
    message = BytesParser(policy=email.policy.default).parsebytes(data)
    body = message.get_body(("plain", "html"))
    if body is None:
        raise LoadError("mail without text")
    if body.get_content_type() == "text/html":
        read = load_html(_bytes_of(body))
        text, structure = read.text, read.structure
    else:
        text = body.get_content().replace("\r\n", "\n").strip()
        headings, tables = find_outline(text)
        structure = Structure(headings=headings, tables=tables)
    if not text.strip():
        raise LoadError("mail without text")
    author = _author(message)
    day = message["date"].datetime.date() if message["date"] and message["date"].datetime else None
    title = str(message["subject"] or "").strip() or None
    return Loaded(text, title, day, None, Structure(author, None, (), structure.headings, structure.tables))


def load_saved_page(data: bytes) -> Loaded:
    """Read a page that a browser saved as MHTML: its first HTML part.

    Raises:
        LoadError: no HTML page in it.
    """
    message = BytesParser(policy=email.policy.default).parsebytes(data)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        raise LoadError("saved page without HTML in it")
    read = load_html(_bytes_of(page))
    address = message["snapshot-content-location"] or page["content-location"]
    if read.url is None and address and str(address).startswith(("http://", "https://")):
        return Loaded(read.text, read.title, read.date, str(address).strip(), read.structure)
    return read


def _author(message: EmailMessage) -> str | None:
    senders = message["from"].addresses if message["from"] and hasattr(message["from"], "addresses") else ()
    return next((one.display_name or one.addr_spec for one in senders), None) or None


def _bytes_of(part: EmailMessage) -> bytes:
    """Return a part's text in UTF-8, which its own HTML may not say."""
    try:
        return part.get_content().encode("utf-8", "replace")
    except (LookupError, UnicodeError):
        return part.get_payload(decode=True) or b""
