"""The files of an exported reader, checked against the hashes that were recorded at its export."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import CitebotError

FACTS_NAME, MODEL_NAME, TOKENIZER_NAME = "reader.json", "model.onnx", "tokenizer.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits", "relevance")
"""Start and end (batch, tokens), the first token's being "not here"; relevance (batch,): does the passage answer?"""
SMALLEST_WINDOW = 160
"""Tokens. A model that reads less at once could not take a question, a context and a passage."""
REMEDY = "export the model again with `python -m qa.train.export`"


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What ``reader.json`` says about the other files."""

    sha256: Mapping[str, str]
    max_tokens: int
    """Tokens the model reads at once."""
    special_tokens: tuple[str, str]
    """The first token and the separator."""
    passages: int
    """How many passages it is best given."""
    context: bool
    """Whether it was trained with a line before each passage that says where the passage comes from."""


def read_reader_facts(folder: Path) -> ReaderFacts:
    """Read a reader's facts.

    Raises:
        CitebotError: the file is missing or says something else than ``python -m qa.train.export`` writes.
    """
    path = folder / FACTS_NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        first, separator = facts["special_tokens"]
        sums = {name: str(facts["sha256"][name]) for name in (MODEL_NAME, TOKENIZER_NAME)}
        sizes = {"max_tokens": int(facts["max_tokens"]), "passages": int(facts["passages"])}
        _demand(sizes["max_tokens"] >= SMALLEST_WINDOW, f"max_tokens is below {SMALLEST_WINDOW}")
        _demand(sizes["passages"] >= 1, "passages is below 1")
        _demand(isinstance(facts["context"], bool), "context is neither true nor false")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CitebotError(f"the reader's facts {path} cannot be used ({error!r}): {REMEDY}") from error
    return ReaderFacts(sums, **sizes, special_tokens=(str(first), str(separator)), context=facts["context"])


def _demand(holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(complaint)


def read_checked(folder: Path, name: str, facts: ReaderFacts) -> bytes:
    """Read a file of the reader's, checked against the hash in its facts.

    Raises:
        CitebotError: the file is missing, unreadable or another.
    """
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CitebotError(f"the reader's file {path} cannot be read ({error.strerror}): {REMEDY}") from error
    seen, wanted = hashlib.sha256(data).hexdigest(), facts.sha256[name]
    if seen != wanted:
        raise CitebotError(
            f"the reader's file {path} has SHA-256 {seen[:12]}…, expected {wanted[:12]}…: it is damaged; restore it or"
            f" {REMEDY}"
        )
    return data
