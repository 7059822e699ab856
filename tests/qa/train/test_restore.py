"""An exported reader's weights come back: as they were, or as int8 rounded them."""

import json

import pytest
import torch

from embeddings.errors import CitebotError
from qa.reading.reader_files import MODEL_NAME
from qa.train.export import any_model, export
from qa.train.low_rank import merge_adapters
from qa.train.model import SpanModel
from qa.train.restore import restore

pytestmark = pytest.mark.filterwarnings("ignore")  # of the export's making


def test_of_a_float32_export_every_weight_comes_back(fitted, body, tmp_path):
    export(fitted, body / "tokenizer.json", tmp_path, windows="sentence", quantised=False)
    seen = restore(tmp_path)
    assert set(seen) == set(fitted.learnt())
    for name, weights in fitted.learnt().items():
        assert torch.allclose(seen[name], weights, atol=1e-6), name


def test_of_an_int8_export_the_rounded_weights_come_back(fitted, body, tmp_path):
    export(fitted, body / "tokenizer.json", tmp_path, windows="sentence", quantised=True)
    seen = restore(tmp_path)
    assert set(seen) == set(fitted.learnt())
    for name, weights in fitted.learnt().items():
        # Seven bits of the largest number beside it.
        assert (seen[name] - weights).abs().max() <= weights.abs().max() / 126 + 1e-6, name


def test_merged_adapters_come_back_as_the_body_s_own_weights(body, tmp_path):
    adapted = SpanModel(body, attention="eager", adapters=True)
    source = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weights in adapted.parameters():
            weights += 0.05 * torch.randn(weights.shape, generator=source)
    merge_adapters(adapted.body)
    export(adapted.eval(), body / "tokenizer.json", tmp_path, windows="sentence", quantised=False)
    plain = SpanModel(body)
    plain.load_learnt(restore(tmp_path))
    wanted = adapted.body.encoder.layer[-1].output.dense.weight
    assert torch.allclose(plain.body.encoder.layer[-1].output.dense.weight, wanted, atol=1e-6)


def test_a_damaged_export_is_refused(fitted, body, tmp_path):
    export(fitted, body / "tokenizer.json", tmp_path, windows="sentence", quantised=False)
    data = bytearray((tmp_path / MODEL_NAME).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / MODEL_NAME).write_bytes(data)
    with pytest.raises(CitebotError, match="damaged"):
        restore(tmp_path)


def test_a_network_of_another_make_is_refused(body, tmp_path):
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    tokenizer = Tokenizer.from_file(str(body / "tokenizer.json"))
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertForQuestionAnswering(BertConfig(vocab_size=tokenizer.get_vocab_size(), **shape)).save_pretrained(tmp_path)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(tmp_path)
    model, file = any_model(str(tmp_path))
    export(model, file, tmp_path / "out", windows="passage", quantised=False)
    assert json.loads((tmp_path / "out" / "reader.json").read_text(encoding="utf-8"))["precision"] == "float32"
    with pytest.raises(CitebotError, match="names no weights"):
        restore(tmp_path / "out")
