"""Export a reader's weights to int8 ONNX: ``python -m qa.train.export --weights FILE --tokenizer FILE --out FOLDER``.

The weights are a safetensors file whose names are those of transformers' ``BertModel``, with ``span.*`` (start and end
for every token), ``pooler.dense.*`` and ``relevance.*``. Of several files (runs of one start and different seeds) the
mean is exported. The folder can go into ``CITEBOT_READER``.

Matrices are quantised by column (``embeddings/encoder/quantise.py``): F1 86.7 against 86.8 in float32 on 400 questions
of the development titles. Tried and left: scales for blocks of 128 (F1 86.5, 8% slower) and the fusions of
``onnxruntime.transformers.optimizer`` (a tenth slower: opening a session fuses as much, with an exact GELU that is
quicker than theirs, and quantised matrix products that the fused attention loses).
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from embeddings.encoder.onnx_session import open_session
from embeddings.encoder.quantise import quantise
from qa.reading.model_files import FACTS_NAME, INPUTS, MODEL_NAME, OUTPUTS, TOKENIZER_NAME

OPSET = 17
MAX_TOKENS = 384
PASSAGES = 6
MAX_DRIFT = 1e-3
"""Logits of the float32 export may differ so far from torch's."""
SPECIAL_TOKENS = ("[CLS]", "[SEP]")


def main() -> int:
    """Export a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, nargs="+", required=True, help="safetensors files of trained readers")
    parser.add_argument("--tokenizer", type=Path, required=True, help="its tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--context", action="store_true", help="it was taught to look at where a passage comes from")
    parser.add_argument("--passages", type=int, default=PASSAGES, help=f"passages it is given (default: {PASSAGES})")
    parser.add_argument("--float32", action="store_true", help="leave the weights as they are: four times the size")
    arguments = parser.parse_args()
    facts = {"passages": arguments.passages, "context": arguments.context}
    export(load_network(*arguments.weights), arguments.tokenizer, arguments.out, facts, quantised=not arguments.float32)
    return 0


class Network(nn.Module):
    """The reader as it is exported: a BERT body, start and end logits for every token, one relevance logit."""

    def __init__(self, weights: Mapping[str, torch.Tensor]):
        """Build the network that a set of weights belongs to; its sizes are theirs.

        Raises:
            KeyError: a part of it is missing.
        """
        from transformers import BertConfig, BertModel

        super().__init__()
        words, width = weights["embeddings.word_embeddings.weight"].shape
        layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
        config = BertConfig(
            vocab_size=words,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=max(1, width // HEAD_WIDTH),
            intermediate_size=len(weights["encoder.layer.0.intermediate.dense.bias"]),
            max_position_embeddings=len(weights["embeddings.position_embeddings.weight"]),
            attn_implementation="eager",
        )
        self.body = BertModel(config)
        self.span, self.relevance = nn.Linear(width, 2), nn.Linear(width, 1)
        self.body.load_state_dict(
            {name: values for name, values in weights.items() if not name.startswith(("span.", "relevance."))}
        )
        for name in ("span", "relevance"):
            getattr(self, name).load_state_dict({part: weights[f"{name}.{part}"] for part in ("weight", "bias")})

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor):
        """Return start and end logits (batch, tokens) and relevance (batch,)."""
        read = self.body(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        logits = self.span(read.last_hidden_state)
        return logits[..., 0], logits[..., 1], self.relevance(read.pooler_output)[:, 0]


HEAD_WIDTH = 32
"""Of the body that readers are trained from: 12 heads in 384 dimensions."""


def load_network(*paths: Path) -> Network:
    """Load a reader's weights, the mean of those of several files."""
    from safetensors.torch import load_file

    first, *others = map(load_file, paths)
    return Network(
        {
            name: sum((one[name].float() for one in others), values.float()) / len(paths)
            for name, values in first.items()
        }
    ).eval()


def export(model: nn.Module, tokenizer: Path, out: Path, facts: Mapping[str, object], *, quantised: bool) -> None:
    """Write model, tokenizer and facts into a folder that ``load_reader`` reads."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "float32.onnx"
        _write_onnx(model, plain)
        _prove(model, plain)
        if quantised:
            quantise(plain, out / MODEL_NAME)
        else:
            shutil.copyfile(plain, out / MODEL_NAME)
    shutil.copyfile(tokenizer, out / TOKENIZER_NAME)
    sums = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (MODEL_NAME, TOKENIZER_NAME)}
    written = {"sha256": sums, "max_tokens": MAX_TOKENS, "special_tokens": SPECIAL_TOKENS, **facts}
    (out / FACTS_NAME).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _sample(rows: int, tokens: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids = torch.randint(1000, 2000, (rows, tokens), generator=torch.Generator().manual_seed(0))
    types = torch.zeros_like(ids)
    types[:, 12:] = 1
    return ids, torch.ones_like(ids), types


def _write_onnx(model: nn.Module, path: Path) -> None:
    axes = {name: {0: "batch", 1: "tokens"} for name in (*INPUTS, *OUTPUTS[:2])} | {OUTPUTS[2]: {0: "batch"}}
    torch.onnx.export(
        model, _sample(2, 40), str(path), input_names=list(INPUTS), output_names=list(OUTPUTS), dynamic_axes=axes,
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip


def _prove(model: nn.Module, path: Path) -> None:
    """Compare the export with torch on shapes it was not traced with; a different one is not written."""
    session, drift = open_session(path.read_bytes()), 0.0
    for rows, tokens in ((1, 20), (3, 77)):
        sample = _sample(rows, tokens)
        with torch.inference_mode():
            wanted = model(*sample)
        seen = session.run(list(OUTPUTS), {name: one.numpy() for name, one in zip(INPUTS, sample, strict=True)})
        drift = max(drift, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(seen, wanted, strict=True)))
    if not drift <= MAX_DRIFT:
        raise SystemExit(f"the export differs from torch by {drift:.2g} in its logits, at most {MAX_DRIFT} is allowed")


if __name__ == "__main__":
    sys.exit(main())
