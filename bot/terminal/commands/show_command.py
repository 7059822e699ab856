"""``citebot show``: the text that is indexed of a document, a page of it, or the text around a quote."""

import argparse
from collections.abc import Iterator

from bot.settings import Settings
from bot.terminal.answer_json import to_line
from bot.terminal.document_names import meant_document, why_missing
from bot.terminal.rendering.escape import harmless
from bot.terminal.rendering.output import Part, show_parts, write
from embeddings.documents.document import Document
from embeddings.errors import CitebotError
from embeddings.passage_index import View, open_index
from qa.answering.quote import place

AROUND_CHARACTERS = 400
"""How much of the text is shown before and after a quote."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    index = open_index(settings.index)
    try:
        document = index.snapshot.document(_identifier(index.snapshot, arguments.document))
    finally:
        index.close()
    start, end = _page(document, arguments.page) if arguments.page else (0, len(document.text))
    if arguments.around:
        quoted = _checked(document, arguments.around)
        start, end = _surroundings(document.text, *quoted)
    else:
        quoted = (start, start)
    if arguments.json:
        write(to_line(_as_json(document, start, end)) + "\n")
    elif arguments.around:
        show_parts(_marked(document, start, end, *quoted))
    else:
        write(harmless(document.text[start:end]).rstrip("\n") + "\n")
    return 0


def _identifier(snapshot: View, typed: str) -> str:
    found = meant_document(snapshot, typed)
    if found is None:
        raise CitebotError(f"no document {typed!r} in the index: {why_missing(snapshot, typed)}")
    return found


def _page(document: Document, number: int) -> tuple[int, int]:
    pages = document.structure.pages
    if not 1 <= number <= len(pages):
        known = f"pages 1 to {len(pages)}" if pages else "no pages"
        raise CitebotError(f"{document.id} has {known}, but page {number} was asked for")
    return pages[number - 1], pages[number] if number < len(pages) else len(document.text)


def _checked(document: Document, around: tuple[int, int]) -> tuple[int, int]:
    start, end = around
    if not 0 <= start <= end <= len(document.text):
        size = len(document.text)
        raise CitebotError(f"{document.id} has characters 0 to {size}, but {start}:{end} was asked for")
    return start, end


def _surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch around a quote that begins and ends at a space."""
    first = max(0, start - AROUND_CHARACTERS)
    last = min(len(text), end + AROUND_CHARACTERS)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    return first, last


def _marked(document: Document, start: int, end: int, first: int, last: int) -> Iterator[Part]:
    text = document.text
    where = place(text, first, document.structure.page(first))
    yield f"{harmless(document.id)}, {where}, characters {first} to {last}\n", "label"
    yield ("…" if start else "") + harmless(text[start:first]), "plain"
    yield "»" + harmless(text[first:last]) + "«", "good"
    yield harmless(text[last:end]) + ("…" if end < len(text) else "") + "\n", "plain"


def _as_json(document: Document, start: int, end: int) -> dict:
    structure = document.structure
    return {
        "document": document.id,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "author": structure.author,
        "site": structure.site,
        "url": document.url,
        "pages": len(structure.pages) or None,
        "start": start,
        "end": end,
        "text": document.text[start:end],
    }
