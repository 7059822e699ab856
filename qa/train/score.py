"""Exact match and F1 of a model on labelled examples, the passage given."""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer

from qa.evaluation.metrics import exact_match, f1
from qa.train.examples import Example
from qa.train.features import MAX_QUESTION_TOKENS, MAX_TOKENS, special_ids
from qa.train.model import SpanModel

LONGEST_ANSWER = 30
"""Tokens."""


@torch.inference_mode()
def score_model(model: SpanModel, tokenizer: Tokenizer, examples: Sequence[Example]) -> tuple[float, float]:
    """Return (exact match, F1), each 0 to 1, over answerable examples; the model is left in training mode."""
    model.eval()
    exact, overlap = 0.0, 0.0
    for example in examples:
        answer = predict(model, tokenizer, example)
        exact += exact_match(answer, example.answers)
        overlap += f1(answer, example.answers)
    model.train()
    return exact / max(1, len(examples)), overlap / max(1, len(examples))


def predict(model: SpanModel, tokenizer: Tokenizer, example: Example) -> str:
    """Return the best span's words; the passage is cut to the window."""
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
    passage = tokenizer.encode(example.passage, add_special_tokens=False)
    ids = passage.ids[: MAX_TOKENS * 2 - 3 - len(question)]
    ids = ids[: 512 - 3 - len(question)]
    cls, sep = special_ids(tokenizer)
    row = torch.tensor([[cls, *question, sep, *ids, sep]])
    types = torch.tensor([[0] * (len(question) + 2) + [1] * (len(ids) + 1)])
    start, end = model(row, torch.ones_like(row), types)
    first = len(question) + 2
    start, end = start[0, first : first + len(ids)], end[0, first : first + len(ids)]
    joint = (start[:, None] + end[None, :]).triu().tril(LONGEST_ANSWER - 1)
    joint = joint.masked_fill(torch.ones_like(joint).triu().tril(LONGEST_ANSWER - 1) == 0, -1e9)
    begin, stop = divmod(int(joint.argmax()), len(ids))
    return example.passage[passage.offsets[begin][0] : passage.offsets[stop][1]]
