"""Which loader reads which format: to add one, write its loader, name it here, and let ``files/sniff.py`` know it."""

from collections.abc import Callable
from functools import partial

from embeddings.documents.files.sniff import sniff
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.calendar_contacts import load_calendar
from embeddings.documents.loaders.csv_json_subtitles import load_csv, load_json, load_subtitles
from embeddings.documents.loaders.html.page import load_html
from embeddings.documents.loaders.mail import load_mail, load_saved_page
from embeddings.documents.loaders.office.docx import load_docx
from embeddings.documents.loaders.office.odt import load_odt
from embeddings.documents.loaders.office.pptx import load_pptx
from embeddings.documents.loaders.office.xlsx import load_xlsx
from embeddings.documents.loaders.pdf.load import load_pdf
from embeddings.documents.loaders.plain import load_plain
from embeddings.documents.loaders.rtf_epub import MIME_TYPES, load_office
from embeddings.documents.loaders.xml_text import load_xml

MAX_NESTING = 3
"""Messages attached to messages."""


def _load_mail(data: bytes, depth: int = 0) -> Loaded:
    return load_mail(data, partial(_load_attached, depth=depth + 1))


def _load_attached(data: bytes, name: str, depth: int) -> Loaded:
    """Read a file attached to a message, by its content as any other."""
    kind = sniff(data, name)
    if kind == "text":
        return load_plain(data)
    if kind != "mail":
        return load(kind, data)
    if depth > MAX_NESTING:
        raise LoadError("message too deep in messages")
    return _load_mail(data, depth)


LOADERS: dict[str, Callable[[bytes], Loaded]] = {
    "html": load_html,
    "docx": load_docx,
    "pdf": load_pdf,
    "odt": load_odt,
    "pptx": load_pptx,
    "xlsx": load_xlsx,
    "mail": _load_mail,
    "mhtml": load_saved_page,
    "xml": load_xml,
    "csv": load_csv,
    "json": load_json,
    "subtitles": load_subtitles,
    "calendar": load_calendar,
    **{kind: partial(load_office, kind=kind) for kind in MIME_TYPES},
}


def load(kind: str, data: bytes) -> Loaded:
    """Read a file of this format.

    Raises:
        LoadError: the file cannot be read, with what is wrong with it.
    """
    try:
        return LOADERS[kind](data)
    except (LoadError, MemoryError):
        raise  # After a MemoryError the process ends: its memory is too full to read the next file.
    except Exception as error:  # a parser's own failure is that file's, not the build's
        raise LoadError(f"damaged {kind} ({type(error).__name__})") from error
