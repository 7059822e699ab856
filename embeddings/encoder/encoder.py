"""The encoder: texts become unit vectors. Runs an exported model with onnxruntime and tokenizers, never with torch.

Each text runs alone, unpadded, on one thread, and several texts run side by side: on two cores that is faster than
batches (no padding), and a vector depends on its own text only, to the bit (int8 activations are scaled over what runs
together). Measured by benchmarks/index/encode.py.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from embeddings.encoder.model_source import find_source
from embeddings.encoder.onnx_session import count_cores, open_session
from embeddings.encoder.stored_model import Export, ExportFacts, obtain_export
from embeddings.text.words import encodable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Kind = Literal["query", "passage"]

MOST_THREADS = 8
"""Texts in work at once over all callers, at most; fewer where there are fewer cores."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A sentence encoder. Any number of threads may share one."""

    name: str
    facts: ExportFacts
    max_tokens: int
    """Content tokens of a passage that the model sees; special tokens and prompt are already taken off."""
    _session: "InferenceSession"
    _tokenizer: "Tokenizer"
    _turns: threading.BoundedSemaphore
    _helpers: ThreadPoolExecutor
    _threads: int

    @property
    def identity(self) -> str:
        """Hex digest that changes whenever the vectors would; the same on every machine."""
        return self.facts.identity

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.facts.dimension

    def encode(
        self, texts: Sequence[str], kind: Kind = "passage", progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """Encode texts: float32 (len(texts), dimension), rows of unit length, in the order of ``texts``.

        A text longer than the model reads is cut at its end. ``progress`` is called in this thread with the number of
        texts done so far, and at last with ``len(texts)``.
        """
        if isinstance(texts, str):
            raise TypeError("encode wants a sequence of texts, not one text")
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        prompt = self.facts.prompts[kind]
        todo, finished, stop = iter(range(len(texts))), count(1), threading.Event()

        def work(report: Callable[[int], None] | None = None) -> None:
            for row in _until(stop, todo):
                vectors[row] = self._vector(prompt + texts[row])
                done = next(finished)
                if report is not None and done < len(texts):
                    report(done)

        # The caller works too; a helper that never got its turn is cancelled, not waited for.
        helpers = [self._helpers.submit(work) for _ in range(min(len(texts), self._threads) - 1)]
        try:
            work(progress)
            for helper in helpers:
                if not helper.cancel():
                    helper.result()
        finally:
            stop.set()
        if progress is not None and len(texts):
            progress(len(texts))
        return vectors

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each token in code points of ``text``: the whole of it, without special tokens."""
        return self._tokenizer.encode(encodable(text), add_special_tokens=False).offsets

    def _vector(self, text: str) -> np.ndarray:
        """The unit vector of one text, float32 (dimension,); zeros where the model gives no direction at all."""
        facts = self.facts
        content = self._tokenizer.encode(encodable(text), add_special_tokens=False).ids
        room = facts.max_length - len(facts.prefix) - len(facts.suffix)
        ids = np.array([[*facts.prefix, *content[:room], *facts.suffix]], np.int64)
        tensors = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        with self._turns:
            vector = self._session.run(None, {name: tensors[name] for name in facts.inputs})[0][0]
        length = float(np.linalg.norm(vector))
        return vector / length if 0 < length < np.inf else np.zeros_like(vector)


def load_encoder(name: str | None = None, cache: Path | None = None) -> Encoder:
    """Load an encoder: the packaged all-MiniLM-L6-v2, or a sentence-transformers folder or hub name.

    The first use of a model exports it into the folder ``cache``, which takes some 15 seconds; None is the user's.

    Raises:
        CitebotError: no such model, or one that is damaged or cannot be exported, or no cache can be written.
    """
    source = find_source(name, cache)
    return open_encoder(source.name, obtain_export(source, cache))


def open_encoder(name: str, export: Export) -> Encoder:
    """Make an encoder of a verified export."""
    from tokenizers import Tokenizer

    threads = min(count_cores(), MOST_THREADS)
    tokenizer = Tokenizer.from_str(export.tokenizer.decode("utf-8"))
    facts = export.facts
    prompt = tokenizer.encode(facts.prompts["passage"], add_special_tokens=False).ids
    return Encoder(
        name=name,
        facts=facts,
        max_tokens=facts.max_length - len(facts.prefix) - len(facts.suffix) - len(prompt),
        _session=open_session(export.model),
        _tokenizer=tokenizer,
        _turns=threading.BoundedSemaphore(threads),
        _helpers=ThreadPoolExecutor(max(1, threads - 1), thread_name_prefix="encoder"),
        _threads=threads,
    )


def _until(stop: threading.Event, rows: Iterator[int]) -> Iterator[int]:
    for row in rows:
        if stop.is_set():
            return
        yield row
