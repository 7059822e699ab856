"""The trained reader: an exported question-answering model that points at spans or says "not here".

Runs by onnxruntime and tokenizers, never with torch. Each window runs alone, unpadded: int8 activations are scaled
over what runs together, so a passage's scores would otherwise depend on its neighbours; windows run side by side.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoder.cores import count_cores
from embeddings.encoder.onnx_session import open_session
from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from embeddings.text.paragraphs import BLANK_LINE
from qa.answer import Span
from qa.reading.reader import Reading
from qa.reading.reader_files import MODEL_NAME, OUTPUTS, TOKENIZER_NAME, read_checked, read_facts
from qa.reading.spans import best_spans, trim
from qa.reading.windows import Window, Windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SPANS_PER_PASSAGE = 4
MOST_THREADS = 4
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class SpanReader:
    """A loaded reader. Any number of threads may share one."""

    name: str
    identity: str
    """SHA-256 of the model file."""
    passages: int
    """How many passages it is best given."""
    _session: "InferenceSession"
    _windows: Windows
    _helpers: ThreadPoolExecutor
    _prior: float
    """Its length prior, see ``qa.reading.spans.best_spans``."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Point at the best spans of each passage. A score is how far a span beats "not here", in logits.

        "Not here" is that of the window the span was found in, so ``no_answer`` is 0 throughout and scores of
        different passages compare.
        """
        cut = [self._windows.cut(question, passage.text) for passage in passages]
        longest_first = sorted(
            ((number, window) for number, windows in enumerate(cut) for window in windows),
            key=lambda one: -len(one[1].ids),
        )
        found: list[list[tuple[float, int, int]]] = [[] for _ in passages]
        spans_of = self._helpers.map(lambda one: self._point(one[1]), longest_first)
        for (number, _), spans in zip(longest_first, spans_of, strict=True):
            found[number] += spans
        return [
            Reading(passage, _distinct(passage, spans), 0.0) for passage, spans in zip(passages, found, strict=True)
        ]

    def logits(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Return a window's start and end logits, each float32 (tokens,)."""
        ids = np.array([window.ids], np.int64)
        tensors = (ids, np.ones_like(ids), np.array([window.types], np.int64))
        start, end = self._session.run(list(OUTPUTS), dict(zip(INPUTS, tensors, strict=True)))
        return start[0], end[0]

    def _point(self, window: Window) -> list[tuple[float, int, int]]:
        start, end = self.logits(window)
        here = slice(window.first, window.first + len(window.offsets))
        not_here = float(start[0] + end[0])
        return [
            (score - not_here, first, last)
            for score, first, last in best_spans(start[here], end[here], window.offsets, window.words, self._prior)
        ]


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


def load_span_reader(folder: Path, name: str | None = None) -> SpanReader:
    """Load a reader from the folder that ``python -m qa.train.export`` wrote.

    Raises:
        CitebotError: a file lacks or is not the one its facts name, or the model's inputs or outputs are others.
    """
    from tokenizers import Tokenizer

    facts = read_facts(folder)
    tokenizer = Tokenizer.from_str(read_checked(folder, TOKENIZER_NAME, facts).decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = tuple(tokenizer.token_to_id(token) for token in facts.special_tokens)
    if None in special:
        raise CitebotError(
            f"the tokenizer in {folder} lacks one of {list(facts.special_tokens)}: export the model anew"
        )
    threads = min(count_cores(), MOST_THREADS)
    return SpanReader(
        name=name or folder.name,
        identity=facts.sha256[MODEL_NAME],
        passages=facts.passages,
        _session=_open(folder, read_checked(folder, MODEL_NAME, facts)),
        _windows=Windows(tokenizer, facts.windows, facts.max_tokens, special),
        _helpers=ThreadPoolExecutor(threads, thread_name_prefix="reader"),
        _prior=facts.length_prior,
    )


def _open(folder: Path, model: bytes) -> "InferenceSession":
    session = open_session(model)
    inputs, outputs = ([one.name for one in ends] for ends in (session.get_inputs(), session.get_outputs()))
    if set(inputs) != set(INPUTS) or set(outputs) != set(OUTPUTS):
        raise CitebotError(
            f"the reader in {folder} turns {inputs} into {outputs}, wanted are {list(INPUTS)} and {list(OUTPUTS)}:"
            " export a question-answering model with `python -m qa.train.export`"
        )
    return session
