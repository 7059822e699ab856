"""A larger reader as teacher: the small one learns from its distributions over all tokens (Hinton et al. 2015).

Both read the same windows, token by token: their tokenizers cut words alike and number the pieces otherwise. The
teacher is an exported reader, and is asked once about a window, however often the window is learnt from.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from qa.reading.reader_files import TOKENIZER_NAME
from qa.reading.span_reader import SpanReader, load_span_reader
from qa.reading.windows import Window
from qa.train.features import Features, special_ids
from qa.train.model import NEVER, SHARED_WEIGHT

TEMPERATURE = 2.0
"""Above 1 the teacher's second guesses count for more."""
NAMES = ("keys", "lengths", "logits")


class Teacher:
    """An exported reader that says what it thinks of windows, and remembers what it said."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, threads: int, memory: Path):
        """Load the reader in ``folder``; ``tokenizer`` is the student's, ``memory`` a file for what was said.

        Raises:
            CitebotError: it cannot be loaded.
            SystemExit: the two tokenizers do not have the same pieces.
        """
        self._reader: SpanReader = load_span_reader(folder)
        self._ids = matching_ids(tokenizer, Tokenizer.from_file(str(folder / TOKENIZER_NAME)))
        self._threads = ThreadPoolExecutor(threads)
        self._memory = memory
        self._said = _remembered(memory) if memory.exists() else {}

    def __call__(self, windows: Sequence[Features]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (start, end) logits, each (windows, tokens of the longest)."""
        said = list(self._threads.map(self._say, windows))
        longest = max(logits.shape[1] for logits in said)
        padded = np.full((2, len(said), longest), NEVER, np.float32)
        for row, logits in enumerate(said):
            padded[:, row, : logits.shape[1]] = logits
        start, end = torch.from_numpy(padded)
        return start, end

    def _say(self, window: Features) -> np.ndarray:
        key = _key(window)
        if key not in self._said:
            ids = [self._ids[one] for one in window.ids]
            self._said[key] = np.stack(self._reader.logits(Window(ids, window.types, 0, [], []))).astype(np.float16)
        return self._said[key]

    def save(self) -> None:
        """Write what was said into the file, by rename."""
        if not self._said:
            return
        logits = list(self._said.values())
        arrays = (
            np.frombuffer(b"".join(self._said), np.uint8),
            np.array([one.shape[1] for one in logits]),
            np.concatenate(logits, axis=1),
        )
        temporary = self._memory.with_name(f"{self._memory.name}.tmp")
        with temporary.open("wb") as file:
            np.savez(file, **dict(zip(NAMES, arrays, strict=True)))
        temporary.replace(self._memory)


def _remembered(path: Path) -> dict[bytes, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        keys, lengths, logits = (file[name] for name in NAMES)
    parts = np.split(logits, np.cumsum(lengths)[:-1], axis=1)
    return dict(zip(map(bytes, keys.reshape(len(lengths), -1)), parts, strict=True))


def _key(window: Features) -> bytes:
    """Return what tells windows apart: question and passage together."""
    return hashlib.blake2b(np.array([window.ids, window.types], np.int32).tobytes(), digest_size=16).digest()


def matching_ids(student: Tokenizer, teacher: Tokenizer) -> list[int]:
    """Return the teacher's id of each of the student's pieces, in the order of the student's.

    Raises:
        SystemExit: the teacher lacks pieces of the student's: it would cut words otherwise.
    """
    known = teacher.get_vocab()
    ids = [0] * student.get_vocab_size()
    special = dict(zip(special_ids(student), special_ids(teacher), strict=True))
    # A teacher that has both spellings of a piece writes the one its own tokenizer is set to.
    unknown = getattr(teacher.model, "unk_token", None)
    others = {"[PAD]": "<pad>", "[MASK]": "<mask>", "[UNK]": unknown or "<unk>"}
    missing = []
    for piece, number in student.get_vocab().items():
        found = special.get(number, known.get(others.get(piece, piece), known.get(piece)))
        missing += [piece] if found is None else []
        ids[number] = found or 0
    if missing:
        raise SystemExit(f"the teacher's tokenizer lacks {len(missing)} pieces of the student's, {missing[0]!r} first")
    return ids


def taught_loss(
    student: tuple[torch.Tensor, torch.Tensor], teacher: tuple[torch.Tensor, torch.Tensor], groups: list[int]
) -> torch.Tensor:
    """Return how far the student's distributions are from the teacher's, within passages and over each question's.

    The counterpart of ``span_loss``: the divergence within each passage, "not here" among its tokens, and for
    questions with several passages that over all of them without it. ``groups`` are the group sizes, in order.
    """
    loss = sum(_divergence(mine, other) for mine, other in zip(student, teacher, strict=True)) / 2
    shared, first = [], 0
    for size in groups:
        if size > 1:
            rows = slice(first, first + size)
            shared += [
                _divergence(mine[rows, 1:].reshape(1, -1), other[rows, 1:].reshape(1, -1))
                for mine, other in zip(student, teacher, strict=True)
            ]
        first += size
    if shared:
        loss = loss + SHARED_WEIGHT * torch.stack(shared).sum() / (2 * len(groups))
    return loss


def _divergence(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence at the temperature, scaled so that its slope is that of a loss without one."""
    mine, other = (nn.functional.log_softmax(one / TEMPERATURE, dim=-1) for one in (student, teacher))
    return nn.functional.kl_div(mine, other, reduction="batchmean", log_target=True) * TEMPERATURE**2
