"""A reader whose logits are known: each token has its own start and end logit, looked up in a table."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

WORDS = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "who", "put", "out", "the", "fire", "when", "in", "was", "it", "by",
    "a", "an", "and", "of", "at", "noon", "1990", "##s", "##fighter", ".", ",", "(", ")", '"', ":", "baku",
    "azerbaijani", "firefighter", "quench", "##ed", "rain", "stopped", "nobody", "saw"
]  # fmt: skip


NAMES = ("starts", "ends", "relevant")
"""Of the tables in a toy reader's graph."""


def write_tokenizer(path: Path) -> dict[str, int]:
    """Write a small word-piece tokenizer; return its vocabulary."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.save(str(path))
    return vocabulary


def write_model(path: Path, tables: Sequence[np.ndarray], outputs: tuple[str, str, str]) -> None:
    """Write an ONNX graph that looks each token's logits up; a window is as relevant as its tokens together."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    names = ("input_ids", "attention_mask", "token_type_ids")
    shape = ["batch", "tokens"]
    graph = helper.make_graph(
        [
            *(
                helper.make_node("Gather", [table, "input_ids"], [name])
                for table, name in zip(NAMES, (*outputs[:2], "relevances"), strict=True)
            ),
            helper.make_node("ReduceSum", ["relevances", "last"], [outputs[2]], keepdims=0),
        ],
        "toy",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in names],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape[: 1 + (n < 2)])
            for n, name in enumerate(outputs)
        ],
        [numpy_helper.from_array(table, name) for table, name in zip(tables, NAMES, strict=True)]
        + [numpy_helper.from_array(np.array([-1]), "last")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture
def write_reader(tmp_path: Path) -> Callable[..., Path]:
    """Write a reader's folder: ``starts`` and ``ends`` map words to logits, all others have 0."""

    def write(
        starts: Mapping[str, float],
        ends: Mapping[str, float],
        *,
        relevant: Mapping[str, float] | None = None,
        outputs: tuple[str, str, str] = ("start_logits", "end_logits", "relevance"),
        folder: str = "toy",
        **facts: object,
    ) -> Path:
        target = tmp_path / folder
        target.mkdir()
        vocabulary = write_tokenizer(target / "tokenizer.json")
        tables = [np.zeros(len(vocabulary), np.float32) for _ in range(3)]
        for table, logits in zip(tables, (starts, ends, relevant or {}), strict=True):
            for word, logit in logits.items():
                table[vocabulary[word]] = logit
        write_model(target / "model.onnx", tables, outputs)
        sums = {
            name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in ("model.onnx", "tokenizer.json")
        }
        told = (
            {"sha256": sums, "max_tokens": 160, "special_tokens": ["[CLS]", "[SEP]"], "passages": 5}
            | {"context": False}
            | facts
        )
        (target / "reader.json").write_text(json.dumps(told | facts), encoding="utf-8")
        return target

    return write
