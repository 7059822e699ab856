"""PDF by pypdfium2: the text layer, page after page. Runs in the worker process only.

PDFium is what Chromium reads PDFs with: fuzzed for years, some ten times as fast as pypdf, and under a free licence
(PyMuPDF is AGPL). It crashes rather than hangs on what it does not like, which the worker process contains.
"""

import re

from embeddings.loaders.dates import read_date
from embeddings.loaders.loaded import Loaded, LoadError

MAX_PAGES = 5_000
MAX_CHARACTERS = 10_000_000
_HYPHENATED = re.compile("(?<=\\w)(?:\ufffe|\u00ad)\\r?\\n?|(?<=[a-z])-\\r?\\n(?=[a-z])")


def load_pdf(path: str) -> Loaded:
    """Read a PDF's text layer; words hyphenated at a line's end are joined.

    Raises:
        LoadError: encrypted, damaged, without a text layer, or beyond the caps.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise LoadError("encrypted PDF: remove the password" if locked else "damaged PDF") from error
    if len(document) > MAX_PAGES:
        raise LoadError(f"PDF of {len(document)} pages, at most {MAX_PAGES} are read: split it")
    pages, total = [], 0
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage().get_text_range()
        page.close()
        total += len(text)
        if total > MAX_CHARACTERS:
            raise LoadError(f"PDF of more than {MAX_CHARACTERS:,} characters: split it")
        pages.append(_HYPHENATED.sub("", text).replace("\r\n", "\n").strip())
    whole = "\n\n".join(page for page in pages if page)
    if not whole:
        raise LoadError("PDF without a text layer: scan it with text recognition")
    stated = document.get_metadata_dict()
    return Loaded(
        whole, stated.get("Title", "").strip() or None, read_date(stated.get("CreationDate", "").removeprefix("D:"))
    )
