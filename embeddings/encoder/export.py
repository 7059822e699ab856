"""Exports a sentence-transformers model, whole, to ONNX: transformer, pooling and what follows, in one graph.

Run as ``python -m embeddings.encoder.export FOLDER TARGET PRECISION IDENTITY``, by ``stored_model.py``; it does not
choose where, and does not lock. Ends with a proof: the exported encoder must give sentence-transformers' own vectors.
"""

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoder.quantise import quantise
from embeddings.encoder.stored_model import FACTS_NAME, MODEL_NAME, TOKENIZER_NAME, ExportFacts, read_export
from embeddings.errors import CitebotError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ONNX_OPSET = 17

LONGEST = 8192
"""Tokens. A model that names no limit, or a greater one, is read up to this."""

LEAST_COSINE = {"float32": 0.9999, "int8": 0.97}
"""How near an exported vector must lie to sentence-transformers' own, by precision."""

PROOF_TEXTS = (
    "Who put out the fire?",
    "",
    "Rotterdam\nThe port of Rotterdam is the largest in Europe, and IT handles über 400 million tonnes a year.",
    "ein Satz, eine zweite Zeile\n\tund eine dritte – 第四行。",
    "word " * 40,
    "A long text, of which only the beginning can be read. " * 1000,
)


def export_model(folder: Path, target: Path, precision: str, identity: str) -> None:
    """Write the model in ``folder`` to the existing folder ``target`` and verify it.

    Raises:
        CitebotError: the model's parts cannot be expressed, or the export gives other vectors than the model.
    """
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"}).eval()
    inputs = _write_graph(model, target / MODEL_NAME)
    if precision == "int8":
        exact = target / "float32.onnx"
        (target / MODEL_NAME).rename(exact)
        quantise(exact, target / MODEL_NAME)
        exact.unlink()
    prefix, suffix = _write_tokenizer(model, target / TOKENIZER_NAME)
    limit = model.max_seq_length
    facts = ExportFacts(
        identity=identity,
        dimension=len(model.encode("")),
        max_length=LONGEST if limit is None else min(limit, LONGEST),
        prefix=prefix,
        suffix=suffix,
        inputs=inputs,
        prompts={"query": _prompt(model, "query"), "passage": _prompt(model, "document", "passage", "corpus")},
        sha256={
            name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in (MODEL_NAME, TOKENIZER_NAME)
        },
    )
    (target / FACTS_NAME).write_text(json.dumps(asdict(facts), indent=1), "utf-8")
    _prove(model, target, precision, identity)


def _write_graph(model: "SentenceTransformer", path: Path) -> tuple[str, ...]:
    """Trace the whole pipeline; returns the names of the graph's inputs."""
    import torch

    examples = model.preprocess(["an example", "another one, of another length"])
    names = tuple(name for name in ("input_ids", "attention_mask", "token_type_ids") if name in examples)

    class Pipeline(torch.nn.Module):
        """Input tensors in, sentence embeddings out; sentence-transformers passes dictionaries."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            return self.model(dict(zip(names, tensors, strict=True)))["sentence_embedding"]

    axes = {name: {0: "batch", 1: "length"} for name in names} | {"embedding": {0: "batch"}}
    with torch.no_grad():
        torch.onnx.export(
            Pipeline(),
            tuple(examples[name] for name in names),
            path,
            input_names=list(names),
            output_names=["embedding"],
            dynamic_axes=axes,
            opset_version=ONNX_OPSET,
            dynamo=False,
        )
    return names


def _write_tokenizer(model: "SentenceTransformer", path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Save the tokenizer, without padding and truncation; returns the token ids before and after every text."""
    from tokenizers import Tokenizer

    fast = getattr(model.tokenizer, "backend_tokenizer", None)
    if fast is None:
        raise CitebotError(f"its tokenizer, {type(model.tokenizer).__name__}, is not a fast one (tokenizers)")
    tokenizer = Tokenizer.from_str(fast.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(path))
    whole, content = tokenizer.encode("a").ids, tokenizer.encode("a", add_special_tokens=False).ids
    for start in range(len(whole) - len(content) + 1):
        if whole[start : start + len(content)] == content:
            return tuple(whole[:start]), tuple(whole[start + len(content) :])
    raise CitebotError("its tokenizer changes a text between special tokens")


def _prompt(model: "SentenceTransformer", *names: str) -> str:
    """The prompt sentence-transformers' encode_query and encode_document put before a text."""
    for name in [*names, model.default_prompt_name]:
        if name in model.prompts:
            return model.prompts[name] or ""
    return ""


def _prove(model: "SentenceTransformer", target: Path, precision: str, identity: str) -> None:
    """Compare the export with the model, both as they will be used."""
    import numpy as np

    from embeddings.encoder.encoder import open_encoder

    encoder = open_encoder(model.__class__.__name__, read_export(target, identity))
    texts = list(PROOF_TEXTS)
    for kind, vectors in (("query", model.encode_query(texts)), ("passage", model.encode_document(texts))):
        lengths = np.linalg.norm(vectors, axis=1).clip(min=1e-12)
        cosines = (vectors * encoder.encode(texts, kind)).sum(axis=1) / lengths
        if not cosines.min() >= LEAST_COSINE[precision]:
            raise CitebotError(
                f"its export gives other vectors than sentence-transformers: cosine {cosines.min():.4f} for a {kind}, "
                f"wanted at least {LEAST_COSINE[precision]}; choose another encoder"
            )


if __name__ == "__main__":
    export_model(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
