"""The reader: a cross-encoder that judges whether a passage answers a question and points at the answer in it.

Runs by onnxruntime and tokenizers, never with torch. Each window runs alone, unpadded: int8 activations are scaled
over what runs together, so a passage's scores would otherwise depend on its neighbours; and four windows in one run
take no less time than one after the other (4,800 tokens a second and core either way). Windows run side by side, a
core each.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoder.onnx_session import count_cores, open_session
from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from embeddings.text.paragraphs import BLANK_LINE
from qa.answer import Span
from qa.reading.model_files import INPUTS, MODEL_NAME, OUTPUTS, TOKENIZER_NAME, read_checked, read_reader_facts
from qa.reading.spans import best_spans, trim
from qa.reading.windows import Window, Windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGED = Path(__file__).parents[1] / "models" / "reader"
"""The reader that comes with citebot."""
SPANS_PER_PASSAGE = 4
MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage. Scores are logits on one scale for all passages of a question."""

    passage: Passage
    spans: tuple[Span, ...]
    """Best first; empty where nothing can be pointed at. A score is how far a span beats "not here" in its window."""
    relevance: float
    """Whether the passage answers the question, in logits."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A loaded reader. Any number of threads may share one."""

    name: str
    identity: str
    """SHA-256 of the model file."""
    passages: int
    """How many passages it is best given: fewer miss the answer, more distract."""
    context: bool
    """Whether it was trained with a context line before each passage."""
    _session: "InferenceSession"
    _windows: Windows
    _helpers: ThreadPoolExecutor

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question; the readings come in the order of the passages."""
        cut = [self._windows.cut(question, self._context(passage), passage.text) for passage in passages]
        longest_first = sorted(
            ((number, window) for number, windows in enumerate(cut) for window in windows),
            key=lambda one: -len(one[1].ids),
        )
        found: list[list[tuple[float, int, int]]] = [[] for _ in passages]
        relevance = [-np.inf] * len(passages)
        pointed = self._helpers.map(lambda one: self._point(one[1]), longest_first)
        for (number, _), (spans, judged) in zip(longest_first, pointed, strict=True):
            found[number] += spans
            relevance[number] = max(relevance[number], judged)
        return [
            Reading(passage, _distinct(passage, spans), judged)
            for passage, spans, judged in zip(passages, found, relevance, strict=True)
        ]

    def _context(self, passage: Passage) -> str:
        return context_line(passage) if self.context else ""

    def _point(self, window: Window) -> tuple[list[tuple[float, int, int]], float]:
        """Return a window's best spans as (margin over "not here", start, end), and its relevance."""
        ids = np.array([window.ids], np.int64)
        tensors = (ids, np.ones_like(ids), np.array([window.types], np.int64))
        start, end, relevance = self._session.run(list(OUTPUTS), dict(zip(INPUTS, tensors, strict=True)))
        here = slice(window.first, window.first + len(window.offsets))
        not_here = float(start[0, 0] + end[0, 0])
        spans = [
            (score - not_here, first, last)
            for score, first, last in best_spans(
                start[0, here], end[0, here], window.offsets, window.units, window.groups
            )
        ]
        return spans, float(relevance[0])


def context_line(passage: Passage) -> str:
    """Return the line that says where a passage comes from: title, section, columns of a table that began above.

    What the passage itself begins with is not repeated.
    """
    start, structure = passage.chunk.start, passage.structure
    parts = [passage.title]
    over = [heading for heading in structure.headings_over(start) if heading.start < start]
    if over and over[-1].text.casefold() != passage.title.casefold():
        parts.append(over[-1].text)
    table = structure.table_at(start)
    if table is not None and table.header_end <= start:
        parts.append(table.header)
    return ", ".join(part for part in parts if part)


def _distinct(passage: Passage, found: list[tuple[float, int, int]]) -> tuple[Span, ...]:
    """Return the best spans that do not overlap, as offsets in the document, their edges cleaned."""
    spans: list[Span] = []
    offset = passage.chunk.start
    for score, first, last in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
        first, last = trim(passage.text, first, last)
        clear = all(offset + last <= span.start or offset + first >= span.end for span in spans)
        # A heading and the text under it are two things: no answer runs from one into the other.
        if first < last and clear and not BLANK_LINE.search(passage.text, first, last):
            spans.append(Span(passage, offset + first, offset + last, score))
        if len(spans) == SPANS_PER_PASSAGE:
            break
    return tuple(spans)


def load_reader(folder: Path | None = None) -> Reader:
    """Load the reader in a folder that ``python -m qa.train.export`` wrote; None is the packaged one.

    Raises:
        CitebotError: there is no such folder, a file of it lacks or is not the one its facts name, or the model's
            inputs or outputs are others.
    """
    from tokenizers import Tokenizer

    folder = PACKAGED if folder is None else folder.expanduser()
    if not folder.is_dir():
        raise CitebotError(
            f"there is no reader in {str(folder)!r}: leave CITEBOT_READER unset for the packaged one, or set it to a"
            " folder that `python -m qa.train.export` wrote"
        )
    facts = read_reader_facts(folder)
    tokenizer = Tokenizer.from_str(read_checked(folder, TOKENIZER_NAME, facts).decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = tuple(tokenizer.token_to_id(token) for token in facts.special_tokens)
    if None in special:
        raise CitebotError(
            f"the tokenizer in {folder} lacks one of {list(facts.special_tokens)}: export the model again"
        )
    threads = min(count_cores(), MOST_THREADS)
    return Reader(
        name=folder.name,
        identity=facts.sha256[MODEL_NAME],
        passages=facts.passages,
        context=facts.context,
        _session=_open(folder, read_checked(folder, MODEL_NAME, facts)),
        _windows=Windows(tokenizer, facts.max_tokens, special),
        _helpers=ThreadPoolExecutor(threads, thread_name_prefix="reader"),
    )


def _open(folder: Path, model: bytes) -> "InferenceSession":
    session = open_session(model)
    inputs, outputs = ([one.name for one in ends] for ends in (session.get_inputs(), session.get_outputs()))
    if set(inputs) != set(INPUTS) or set(outputs) != set(OUTPUTS):
        raise CitebotError(
            f"the reader in {folder} turns {inputs} into {outputs}, expected {list(INPUTS)} and {list(OUTPUTS)}:"
            " export it with `python -m qa.train.export`"
        )
    return session
