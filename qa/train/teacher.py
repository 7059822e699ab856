"""A larger reader as teacher: the small one learns from its distributions over all tokens (Hinton et al. 2015).

Both read the same windows, token by token: their tokenizers cut words alike and number the pieces otherwise.
"""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from qa.train.features import special_ids
from qa.train.low_rank import halve_frozen, merge_adapters
from qa.train.model import SHARED_WEIGHT, SpanModel

TEMPERATURE = 2.0
"""Above 1 the teacher's second guesses count for more."""
RUN_NAME = "run.json"


class Teacher:
    """A fitted reader that says what it thinks of a batch."""

    def __init__(self, checkpoint: Path, body: Path, tokenizer: Tokenizer):
        """Load a checkpoint of ``python -m qa.train.fit``, fitted from ``body``; ``tokenizer`` is the student's.

        Raises:
            SystemExit: the two tokenizers do not have the same pieces.
        """
        run = json.loads((checkpoint.parent / RUN_NAME).read_text(encoding="utf-8"))
        self._model = SpanModel(body, adapters=run["adapters"])
        self._model.load_learnt(torch.load(checkpoint, weights_only=True)["model"])
        merge_adapters(self._model.body)
        halve_frozen(self._model.body)
        self._model.eval()
        self._ids = matching_ids(tokenizer, Tokenizer.from_file(str(body / "tokenizer.json")))

    @torch.inference_mode()
    def __call__(self, tensors: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (start, end) logits, each (batch, tokens), for the student's tensors."""
        return self._model(**{**tensors, "input_ids": self._ids[tensors["input_ids"]]})


def matching_ids(student: Tokenizer, teacher: Tokenizer) -> torch.Tensor:
    """Return the teacher's id of each of the student's pieces, int64 (vocabulary,).

    Raises:
        SystemExit: the teacher lacks pieces of the student's: it would cut words otherwise.
    """
    known = teacher.get_vocab()
    ids = torch.zeros(student.get_vocab_size(), dtype=torch.int64)
    special = dict(zip(special_ids(student), special_ids(teacher), strict=True))
    others = {"[PAD]": "<pad>", "[MASK]": "<mask>", "[UNK]": "<unk>"}
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
