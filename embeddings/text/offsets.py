"""Places in a document's text: pairs of offsets, and chunks. The text of each is always ``text[start:end]``."""

from dataclasses import dataclass

Offsets = tuple[int, int]
"""(start, end), in code points."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one document, small enough for the encoder to see whole."""

    document: str
    """Document id: the path below the docs folder."""
    start: int
    end: int
