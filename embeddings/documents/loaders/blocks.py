"""Blocks of an Office file (titles, paragraphs, tables) as one text, and what its properties state."""

from collections.abc import Iterable

from embeddings.documents.structure import Heading, Structure, Table

Block = tuple[str, str]
"""A kind ("title", "text", "table" or "list") and a text; a table's first line names its columns."""


def join_blocks(blocks: list[Block]) -> tuple[str, Structure]:
    """Return the blocks as paragraphs, with the headings and tables among them."""
    headings: list[Heading] = []
    tables: list[Table] = []
    length = 0
    for kind, text in blocks:
        if kind == "title":
            headings.append(Heading(length, length + len(text), 2, " ".join(text.split())))
        header, below, _ = text.partition("\n")
        if kind == "table" and below and " | " in header:
            tables.append(Table(length, length + len(text), length + len(header), header))
        length += len(text) + 2
    return "\n\n".join(text for _, text in blocks), Structure(headings=tuple(headings), tables=tuple(tables))


def stated_facts(properties: Iterable | None) -> dict[str, str]:
    """Return what a file's ``docProps/core.xml`` states, by the names of its elements."""
    return {one.tag.rpartition("}")[2]: " ".join((one.text or "").split()) for one in properties or ()}
