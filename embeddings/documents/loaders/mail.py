"""Mail (.eml) and pages saved as one file (.mhtml), by Python's own ``email``. Runs in the worker process only.

``email`` undoes quoted-printable and base64 and knows every charset that Python does; kreuzberg reads both too, but
keeps header lines in the text and gives a saved page without its headings.
"""

import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import islice

from embeddings.documents.files.decode import decode
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.html.page import load_html
from embeddings.documents.loaders.outline import find_outline
from embeddings.documents.structure import Heading, Structure, Table

MAX_ATTACHMENTS = 50
STUB_SHARE = 0.4
"""A plain text with less than this share of the HTML text's length is not the same message."""
_QUOTED = re.compile(r"^[ \t]?(?:>[ \t]?)+")
"""What a mail program puts before each line of the message that is answered."""
LoadAttached = Callable[[bytes, str], Loaded]
"""Reads the bytes of an attached file of a name."""


def load_mail(data: bytes, load_attached: LoadAttached) -> Loaded:
    """Read a message: its text, else its HTML as text; subject, sender and day are its title, author and date.

    What is attached to it follows, each file below its name; of what cannot be read, pictures aside, the warning tells.

    Raises:
        LoadError: no text in it.
    """
    message = BytesParser(policy=email.policy.default).parsebytes(data)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    parts = [_fuller([_read_body(body) for body in bodies if body is not None])]
    faults: list[str] = []
    for attached in islice(message.iter_attachments(), MAX_ATTACHMENTS):
        if attached in bodies or attached.get_content_maintype() in ("image", "audio", "video"):
            continue
        name = " ".join((attached.get_filename() or "attached message").split())
        try:
            read = load_attached(_attached_bytes(attached), name)
        except LoadError as error:
            faults.append(f"{name} ({error})")
            continue
        named = Loaded(name, structure=Structure(headings=(Heading(0, len(name), 1, name),)))
        parts += [named, replace(read, text=read.text.rstrip())]
    text, structure = _joined([part for part in parts if part.text.strip()])
    if not text.strip():
        raise LoadError("mail without text")
    day = message["date"].datetime.date() if message["date"] and message["date"].datetime else None
    title = str(message["subject"] or "").strip() or None
    warning = f"attached, and not read: {', '.join(faults)}" if faults else None
    return Loaded(text, title, day, None, replace(structure, author=_author(message)), warning)


def _read_body(body: EmailMessage) -> Loaded:
    if body.get_content_type() == "text/html":
        try:
            return load_html(_bytes_of(body))
        except LoadError:
            return Loaded("")
    lines = decode(_bytes_of(body)).replace("\r\n", "\n").split("\n")
    text = "\n".join(_QUOTED.sub("", line) for line in lines).strip()
    headings, tables = find_outline(text)
    return Loaded(text, structure=Structure(headings=headings, tables=tables))


def _fuller(read: list[Loaded]) -> Loaded:
    """Return the first body, the plain one, but where it only says that the message is HTML the other."""
    if not read:
        return Loaded("")
    return read[-1] if len(read[0].text) < STUB_SHARE * len(read[-1].text) else read[0]


def _attached_bytes(attached: EmailMessage) -> bytes:
    if attached.get_content_type() == "message/rfc822":
        return attached.get_payload(0).as_bytes()
    return attached.get_payload(decode=True) or b""


def _joined(parts: list[Loaded]) -> tuple[str, Structure]:
    """Join texts by blank lines; their headings and tables move along."""
    headings: list[Heading] = []
    tables: list[Table] = []
    at = 0
    for part in parts:
        headings += (replace(one, start=at + one.start, end=at + one.end) for one in part.structure.headings)
        tables += (
            replace(one, start=at + one.start, end=at + one.end, header_end=at + one.header_end)
            for one in part.structure.tables
        )
        at += len(part.text) + 2
    return "\n\n".join(part.text for part in parts), Structure(headings=tuple(headings), tables=tuple(tables))


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
    """Return a part's text in UTF-8, or as it is where only its content can tell the encoding.

    Chrome states none for the pages that it saves.
    """
    raw = part.get_payload(decode=True) or b""
    stated = part.get_content_charset("us-ascii")
    if stated in ("us-ascii", "utf-8"):
        return raw
    try:
        return raw.decode(stated).encode("utf-8", "replace")
    except (LookupError, UnicodeError):
        return raw
