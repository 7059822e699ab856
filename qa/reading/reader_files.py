"""The files of an exported reader: what is in its folder, and that each is the one that was exported."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import CitebotError
from qa.reading.windows import KINDS

FACTS_NAME, MODEL_NAME, TOKENIZER_NAME = "reader.json", "model.onnx", "tokenizer.json"
OUTPUTS = ("start_logits", "end_logits")
SMALLEST_WINDOW = 128
"""Tokens. A model that reads less at once could not take a question and a passage."""
MOST_PRIOR = 1.0
"""Beyond this many logits a token every answer would be as long as it may be."""
REMEDY = "export the model anew with `python -m qa.train.export`"


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What ``reader.json`` says of the files beside it."""

    sha256: Mapping[str, str]
    max_tokens: int
    """Tokens the model reads at once."""
    special_tokens: tuple[str, str]
    """The first token and the separator."""
    passages: int
    """How many passages it is best given."""
    windows: str
    """What it reads at once: one of ``qa.reading.windows.KINDS``."""
    length_prior: float
    """Logits that a span gains by each token after its first (see ``qa.reading.spans``): some models point at less than
    people answer."""


def read_facts(folder: Path) -> ReaderFacts:
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
        prior = float(facts.get("length_prior", 0.0))
        windows = str(facts.get("windows", KINDS[0]))
        _demand(windows in KINDS, f"windows are {windows!r}, wanted is one of {list(KINDS)}")
        _demand(sizes["max_tokens"] >= SMALLEST_WINDOW, f"max_tokens is below {SMALLEST_WINDOW}")
        _demand(sizes["passages"] >= 1, "passages is below 1")
        _demand(0 <= prior <= MOST_PRIOR, f"length_prior is {prior}, wanted is 0 to {MOST_PRIOR}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CitebotError(f"the reader's facts {path} cannot be used ({error!r}): {REMEDY}") from error
    return ReaderFacts(sums, **sizes, special_tokens=(str(first), str(separator)), windows=windows, length_prior=prior)


def _demand(holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(complaint)


def read_checked(folder: Path, name: str, facts: ReaderFacts) -> bytes:
    """Read a file of the reader's, held against the hash its facts give.

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
            f"the reader's file {path} has SHA-256 {seen[:12]}…, wanted is {wanted[:12]}…: it is damaged; restore it or"
            f" {REMEDY}"
        )
    return data
