"""HTML by trafilatura: the article without menus and adverts, with its title, date and address.

Trafilatura is the best kept of the extractors (monthly releases, top of its own and others' benchmarks). Its guess at a
date from anywhere in a page is switched off: only what the page states counts. Runs in the worker process only.
"""

from embeddings.loaders.dates import read_date
from embeddings.loaders.decode import decode
from embeddings.loaders.loaded import Loaded, LoadError

MAX_DEPTH = 2_000
"""Nested elements; a page has dozens, a bomb has as many as it likes, and parsers recurse."""


def load_html(data: bytes) -> Loaded:
    """Extract the article of an HTML page.

    Raises:
        LoadError: no text in it, or nested beyond reason.
    """
    import trafilatura
    from trafilatura.settings import use_config

    if data.count(b"<div") > MAX_DEPTH * 50:
        raise LoadError("HTML page with too many elements")
    page = _page_text(data)
    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    found = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_precision=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
        config=config,
    )
    text = (found.text if found else None) or trafilatura.html2txt(page)
    if not text or not text.strip():
        raise LoadError("HTML page without text")
    return Loaded(
        text, found.title if found else None, read_date(found.date if found else None), found.url if found else None
    )


def _page_text(data: bytes) -> str:
    """Decode a page: UTF-8 where it is, else as it declares itself, else as detected."""
    import re

    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    if declared:
        try:
            return data.decode(declared.group(1).decode("ascii"))
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)
