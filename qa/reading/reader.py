"""What a reader is: it reads passages for a question and points at spans, or says "not here"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.search.passage import Passage
from qa.answer import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage. Scores are logits on one scale for all passages of a question."""

    passage: Passage
    spans: tuple[Span, ...]
    """Best first; empty where nothing can be pointed at."""
    no_answer: float
    """The score of "not here": a span below it is less likely than none."""


class Reader(Protocol):
    """Reads passages. Safe to use from several threads."""

    name: str
    passages: int
    """How many passages it is best given: fewer miss the answer, more distract."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question; the readings come in the order of the passages."""
        ...
