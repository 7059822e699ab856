"""Export a fitted reader to ONNX: ``python -m qa.train.export --checkpoint FILE --out FOLDER``.

Or any ``AutoModelForQuestionAnswering``: ``--model NAME_OR_FOLDER``. The folder then goes into ``CITEBOT_READER``.
With ``--adapters-only`` what was learnt beside a large body is written alone, a few MB, for ``qa/large`` to merge.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from embeddings.encoder.onnx_session import open_session
from embeddings.encoder.quantise import quantise
from embeddings.errors import CitebotError
from qa.large.setup import ADAPTERS_NAME
from qa.reading.reader_files import FACTS_NAME, MODEL_NAME, OUTPUTS, TOKENIZER_NAME
from qa.reading.windows import KINDS
from qa.train.blockwise import quantise_blocks
from qa.train.features import special_tokens
from qa.train.run import RUN_NAME

OPSET = 17
MAX_TOKENS = 384
PASSAGES = 5
MAX_DRIFT = 1e-3
"""Logits of the float32 export may differ so far from torch's."""


def main() -> int:
    """Export a model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path, help="a checkpoint of python -m qa.train.fit")
    source.add_argument("--model", help="an AutoModelForQuestionAnswering: name or folder")
    parser.add_argument("--body", type=Path, help="folder of the encoder a checkpoint was fitted from; as in fit")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--windows", choices=KINDS, help="what it reads at once; default: as it was trained")
    parser.add_argument("--length-prior", type=float, default=0.0, help="logits a span gains by a token (default: 0)")
    parser.add_argument("--float32", action="store_true", help="leave the weights as they are: four times the size")
    parser.add_argument("--adapters-only", action="store_true", help="write what was learnt beside the body, alone")
    arguments = parser.parse_args()
    if arguments.adapters_only:
        if not arguments.checkpoint:
            parser.error("--adapters-only goes with --checkpoint")
        write_adapters(arguments.checkpoint, arguments.out)
        return 0
    if arguments.checkpoint:
        run = json.loads((arguments.checkpoint.parent / RUN_NAME).read_text(encoding="utf-8"))
        model, tokenizer = fitted(arguments.checkpoint, arguments.body, adapters=run.get("adapters", False))
        windows = arguments.windows or run["windows"]
    else:
        model, tokenizer = any_model(arguments.model)
        windows = arguments.windows or KINDS[0]
    export(
        model, tokenizer, arguments.out, windows=windows, quantised=not arguments.float32, prior=arguments.length_prior
    )
    return 0


def fitted(checkpoint: Path, body: Path | None, *, adapters: bool) -> tuple[torch.nn.Module, Path]:
    """Load a checkpoint of ``python -m qa.train.fit``, adapters merged: the network, and the file of its tokenizer."""
    from embeddings.encoder.model_source import find_source
    from qa.train.low_rank import merge_adapters
    from qa.train.model import SpanModel

    folder = body or Path(find_source().folder)
    model = SpanModel(folder, attention="eager", adapters=adapters)
    model.load_learnt(torch.load(checkpoint, weights_only=True)["model"])
    merge_adapters(model.body)
    return model.eval(), folder / "tokenizer.json"


def write_adapters(checkpoint: Path, out: Path) -> None:
    """Write what a run learnt beside a frozen body, in half precision, with what an export must know of the run.

    Raises:
        CitebotError: the run learnt no adapters, but the body itself.
    """
    from safetensors.torch import save_file

    run = json.loads((checkpoint.parent / RUN_NAME).read_text(encoding="utf-8"))
    if not run.get("adapters"):
        raise CitebotError(f"{checkpoint} has no adapters: fit with --adapters, or leave out --adapters-only")
    learnt = torch.load(checkpoint, weights_only=True)["model"]
    out.mkdir(parents=True, exist_ok=True)
    halves = {name: weights.half().contiguous() for name, weights in learnt.items()}
    save_file(halves, out / ADAPTERS_NAME, metadata={"windows": run["windows"], "body": run["body"] or ""})


def with_adapters(body: Path, adapters: Path) -> torch.nn.Module:
    """Load the body in a folder and merge what ``write_adapters`` wrote.

    Raises:
        CitebotError: they are of another network.
    """
    from safetensors.torch import load_file

    from qa.train.low_rank import merge_adapters
    from qa.train.model import SpanModel

    model = SpanModel(body, attention="eager", adapters=True)
    try:
        model.load_learnt({name: halves.float() for name, halves in load_file(adapters / ADAPTERS_NAME).items()})
    except (ValueError, RuntimeError) as error:
        raise CitebotError(f"the adapters in {adapters} do not fit {body} ({error}): restore them") from error
    merge_adapters(model.body)
    return model.eval()


def any_model(name: str) -> tuple[torch.nn.Module, Path]:
    """Load any ``AutoModelForQuestionAnswering``: the network, and the file of its tokenizer."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = AutoModelForQuestionAnswering.from_pretrained(name, attn_implementation="eager")
            self.typed = getattr(self.model.config, "type_vocab_size", 0) > 1

        def forward(self, input_ids, attention_mask, token_type_ids):
            types = {"token_type_ids": token_type_ids} if self.typed else {}
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, **types)
            # Kept in the graph for models that have no token types, so that every export has the same inputs.
            nothing = token_type_ids.to(found.start_logits.dtype) * 0
            return found.start_logits + nothing, found.end_logits + nothing

    folder = Path(tempfile.mkdtemp())
    AutoTokenizer.from_pretrained(name, use_fast=True).save_pretrained(folder)
    return Logits().eval(), folder / "tokenizer.json"


def export(
    model: torch.nn.Module,
    tokenizer: Path,
    out: Path,
    *,
    windows: str,
    quantised: bool,
    everywhere: bool = False,
    prior: float = 0.0,
) -> None:
    """Write model, tokenizer and facts into a folder that ``load_span_reader`` reads.

    ``everywhere`` quantises all matrices block by block, not only those that need it most.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "float32.onnx"
        _write_onnx(model, plain)
        _prove(model, plain)
        if quantised:
            halfway = Path(folder) / "halfway.onnx"
            quantise_blocks(plain, halfway, everywhere=everywhere)
            quantise(halfway, out / MODEL_NAME)
        else:
            shutil.copyfile(plain, out / MODEL_NAME)
    shutil.copyfile(tokenizer, out / TOKENIZER_NAME)
    sums = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (MODEL_NAME, TOKENIZER_NAME)}
    facts = {
        "sha256": sums,
        "max_tokens": MAX_TOKENS,
        "special_tokens": _special_tokens(tokenizer),
        "passages": PASSAGES,
        "windows": windows,
        "length_prior": prior,
        "precision": "int8" if quantised else "float32",
    }
    (out / FACTS_NAME).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _special_tokens(tokenizer: Path) -> list[str]:
    from tokenizers import Tokenizer

    return list(special_tokens(Tokenizer.from_file(str(tokenizer))))


def _sample(rows: int, tokens: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids = torch.randint(1000, 2000, (rows, tokens), generator=torch.Generator().manual_seed(0))
    types = torch.zeros_like(ids)
    types[:, 12:] = 1
    return ids, torch.ones_like(ids), types


def _write_onnx(model: torch.nn.Module, path: Path) -> None:
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, *OUTPUTS)}
    torch.onnx.export(
        model, _sample(2, 40), str(path), input_names=names, output_names=list(OUTPUTS), dynamic_axes=axes,
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip


def _prove(model: torch.nn.Module, path: Path) -> None:
    """Hold the export against torch on shapes it was not traced with: one that says something else must not leave."""
    session, drift = open_session(path.read_bytes()), 0.0
    for rows, tokens in ((1, 20), (3, 77)):
        ids, mask, types = _sample(rows, tokens)
        with torch.inference_mode():
            wanted = model(ids, mask, types)
        feed = {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "token_type_ids": types.numpy()}
        seen = session.run(list(OUTPUTS), feed)
        drift = max(drift, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(seen, wanted, strict=True)))
    if not drift <= MAX_DRIFT:
        raise SystemExit(f"the export differs from torch by {drift:.2g} in its logits, at most {MAX_DRIFT} is allowed")


if __name__ == "__main__":
    sys.exit(main())
