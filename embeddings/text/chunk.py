"""A chunk: a run of whole sentences of one document, small enough for the encoder to see whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a chunk is; its text is always ``document.text[start:end]``."""

    document: str
    """Document id: the path below the docs folder."""
    start: int
    end: int
