"""The trained reader: an exported question-answering model that points at spans or says "not here".

Runs by onnxruntime and tokenizers, never with torch. Each window runs alone, unpadded: int8 activations are scaled
over what runs together, so a passage's scores would otherwise depend on its neighbours; two windows run side by side.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.errors import CitebotError
from embeddings.onnx_session import open_session
from embeddings.passage import Passage
from qa.answer import Span
from qa.reader import Reading

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

FACTS_NAME, MODEL_NAME, TOKENIZER_NAME = "reader.json", "model.onnx", "tokenizer.json"
OUTPUTS = ("start_logits", "end_logits")
MAX_QUESTION_TOKENS = 64
"""A question longer than this loses its end; nobody reads such a question to its end either."""
STRIDE_TOKENS = 96
"""Tokens that neighbouring windows of a long passage share."""
LONGEST_ANSWER_TOKENS = 30
SPANS_PER_PASSAGE = 4
EDGES = 12
"""Starts and ends looked at, the best of each."""
MOST_THREADS = 4
_STRAY = " \t\r\n.,;:!?"
_PAIRS = {"(": ")", "[": "]", "“": "”", "«": "»", '"': '"'}


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    ids: list[int]
    types: list[int]
    first: int
    """Position of the passage's first token in ``ids``."""
    offsets: list[tuple[int, int]]
    """Code points in the passage's text, of each of its tokens in this window."""


@dataclass(frozen=True, slots=True)
class SpanReader:
    """A loaded reader. Any number of threads may share one."""

    name: str
    identity: str
    """SHA-256 of the model file."""
    passages: int
    """How many passages it is best given."""
    _session: "InferenceSession"
    _tokenizer: "Tokenizer"
    _max_tokens: int
    _special: tuple[int, int]
    _helpers: ThreadPoolExecutor

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Point at the best spans of each passage. Scores are unnormalised logits, comparable across passages."""
        windows = [window for n, one in enumerate(passages) for window in self._windows(question, n, one.text)]
        logits = list(self._helpers.map(self._run, windows))
        readings = []
        for number, passage in enumerate(passages):
            own = [
                (window, *scores) for window, scores in zip(windows, logits, strict=True) if window.passage == number
            ]
            readings.append(_reading(passage, own))
        return readings

    def _windows(self, question: str, number: int, text: str) -> list[_Window]:
        asked = self._tokenizer.encode(_encodable(question), add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
        content = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        cls, sep = self._special
        room = self._max_tokens - len(asked) - 3
        windows, begin = [], 0
        while content.ids:
            part = content.ids[begin : begin + room]
            ids = [cls, *asked, sep, *part, sep]
            types = [0] * (len(asked) + 2) + [1] * (len(part) + 1)
            windows.append(_Window(number, ids, types, len(asked) + 2, content.offsets[begin : begin + room]))
            if begin + room >= len(content.ids):
                break
            begin += room - STRIDE_TOKENS
        return windows

    def _run(self, window: _Window) -> tuple[np.ndarray, np.ndarray]:
        ids = np.array([window.ids], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([window.types], np.int64),
        }
        start, end = self._session.run(list(OUTPUTS), feed)
        return start[0], end[0]


def _reading(passage: Passage, windows: Sequence[tuple[_Window, np.ndarray, np.ndarray]]) -> Reading:
    """Put the windows of one passage together: the best spans of all, and the least sure "not here"."""
    found: list[tuple[float, int, int]] = []
    no_answer = np.inf if windows else 0.0
    for window, start, end in windows:
        no_answer = min(no_answer, float(start[0] + end[0]))
        found += best_spans(start, end, window.first, window.offsets)
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    spans: list[Span] = []
    for score, begin, stop in found:
        begin, stop = trim(passage.text, begin, stop)
        offset = passage.chunk.start
        clear = all(offset + stop <= span.start or offset + begin >= span.end for span in spans)
        if begin < stop and clear:
            spans.append(Span(passage, offset + begin, offset + stop, score))
        if len(spans) == SPANS_PER_PASSAGE:
            break
    return Reading(passage, tuple(spans), float(no_answer))


def best_spans(
    start: np.ndarray, end: np.ndarray, first: int, offsets: Sequence[tuple[int, int]]
) -> list[tuple[float, int, int]]:
    """Return (score, start, end) of the best spans by the joint best of start ≤ end, as offsets in the passage.

    ``start`` and ``end`` are the logits of all tokens of a window; its passage's begin at ``first``.
    """
    start, end = start[first : first + len(offsets)], end[first : first + len(offsets)]
    found = []
    for begin in np.argsort(-start, kind="stable")[:EDGES]:
        stops = end[begin : begin + LONGEST_ANSWER_TOKENS]
        for stop in np.argsort(-stops, kind="stable")[:EDGES]:
            score = float(start[begin] + stops[stop])
            found.append((score, offsets[begin][0], offsets[begin + stop][1]))
    return found


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave stray punctuation at the edges out, by moving the offsets only; a bracket stays where its pair is inside.

    >>> trim('He said (“no”), ', 8, 15)
    (8, 14)
    """
    while start < end and (
        text[start] in _STRAY or (text[start] in _PAIRS and _PAIRS[text[start]] not in text[start + 1 : end])
    ):
        start += 1
    while start < end and (text[end - 1] in _STRAY and not _is_abbreviation(text, start, end)):
        end -= 1
    opening = {closing: one for one, closing in _PAIRS.items()}
    while start < end and text[end - 1] in opening and opening[text[end - 1]] not in text[start : end - 1]:
        end -= 1
    return start, end


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the full stop at the end belongs to the word before it: "U.S." and "J." keep theirs."""
    word = text[start:end].split()[-1] if text[start:end].split() else ""
    return text[end - 1] == "." and ("." in word[:-1] or len(word) == 2) and word[0].isalpha()


def load_span_reader(folder: Path, name: str | None = None) -> SpanReader:
    """Load a reader from the folder that ``python -m qa.train.export`` wrote.

    Raises:
        CitebotError: a file lacks or is not the one its facts name, or the model's outputs are others.
    """
    from tokenizers import Tokenizer

    facts = _facts(folder)
    model = _checked(folder, MODEL_NAME, facts)
    tokenizer = Tokenizer.from_str(_checked(folder, TOKENIZER_NAME, facts).decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    session = open_session(model)
    outputs = [output.name for output in session.get_outputs()]
    if set(outputs) != set(OUTPUTS):
        raise CitebotError(
            f"the reader in {folder} gives {outputs}, wanted are {list(OUTPUTS)}: export a question-answering model"
            " with `python -m qa.train.export`"
        )
    special = tuple(tokenizer.token_to_id(token) for token in facts["special_tokens"])
    threads = min(len(os.sched_getaffinity(0)), MOST_THREADS)
    return SpanReader(
        name=name or folder.name,
        identity=facts["sha256"][MODEL_NAME],
        passages=int(facts["passages"]),
        _session=session,
        _tokenizer=tokenizer,
        _max_tokens=int(facts["max_tokens"]),
        _special=special,
        _helpers=ThreadPoolExecutor(threads, thread_name_prefix="reader"),
    )


def _facts(folder: Path) -> dict:
    path = folder / FACTS_NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        for key in ("sha256", "max_tokens", "special_tokens", "passages"):
            facts[key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CitebotError(
            f"the reader's facts {path} cannot be used ({error!r}): export the model with `python -m qa.train.export`"
        ) from error
    return facts


def _checked(folder: Path, name: str, facts: dict) -> bytes:
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CitebotError(
            f"the reader's file {path} cannot be read ({error.strerror}): export the model anew"
        ) from error
    seen = hashlib.sha256(data).hexdigest()
    if seen != facts["sha256"].get(name):
        raise CitebotError(
            f"the reader's file {path} has SHA-256 {seen[:12]}…, wanted is {str(facts['sha256'].get(name))[:12]}…:"
            " it is damaged; restore it or export the model anew"
        )
    return data


def _encodable(text: str) -> str:
    """The text with lone surrogates replaced one for one, so that offsets stay."""
    return text.encode("utf-8", "replace").decode("utf-8")
