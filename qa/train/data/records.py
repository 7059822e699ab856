"""The record of all training questions: one question with one passage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Other:
    """A passage, shown under ``line``, that does not answer the question it is kept with."""

    passage: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """``passage[start:end]`` answers the question; ``start`` is None where the passage does not answer it."""

    question: str
    passage: str
    start: int | None
    end: int | None
    kind: str
    answers: tuple[str, ...] = ()
    """All gold answers: a passage that holds one of them is no negative."""
    title: str = ""
    """Title of the document, where it is known: context lines are made from it."""
    line: str = ""
    """The context line itself, where a maker wrote one."""
    line_needed: bool = False
    """True where question and passage meet only through the context line, which is then always shown."""
    home: tuple[int, int] | None = None
    """The labelled paragraph, where ``passage`` also has its neighbours."""
    others: tuple[Other, ...] = ()
    """Hard negatives that the maker wrote for this question."""

    @property
    def answer(self) -> str:
        """The gold text; empty where there is none."""
        return "" if self.start is None else self.passage[self.start : self.end]
