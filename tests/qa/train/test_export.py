"""Export: what was fitted, or any question-answering model, becomes a folder that the reader reads."""

import json
import subprocess
import sys

import pytest
import torch

from embeddings.search.passage import Passage
from embeddings.text.chunk import Chunk
from qa.reading.span_reader import load_span_reader
from qa.train.model import SpanModel

TEXT = "The fire broke out on Monday. Forty firefighters from Brno put it out within two hours."


def passage() -> Passage:
    return Passage(Chunk("a.txt", 0, len(TEXT)), TEXT, "", 1.0)


@pytest.fixture
def export(repository, tmp_path):
    """Run the command; return the folder it wrote."""

    def run(*more):
        out = tmp_path / "reader"
        command = [sys.executable, "-W", "ignore", "-m", "qa.train.export", "--out", str(out), *map(str, more)]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return out

    return run


@pytest.fixture(params=[False, True], ids=["whole", "adapters"])
def checkpoint(request, body, tmp_path):
    """A network with other weights than at first, as fit keeps it."""
    model = SpanModel(body, adapters=request.param)
    with torch.no_grad():
        for weights in model.learnt().values():
            weights += 0.05 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(1))
    torch.save({"model": model.learnt()}, tmp_path / "checkpoint.pt")
    facts = {"windows": "sentence", "adapters": request.param}
    (tmp_path / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    return tmp_path / "checkpoint.pt", model.eval()


def logits(model, window):
    ids, types = torch.tensor([window.ids]), torch.tensor([window.types])
    with torch.inference_mode():
        return torch.stack([one[0] for one in model(ids, torch.ones_like(ids), types)])


def test_what_was_fitted_reads_as_torch_does(export, checkpoint, body):
    path, model = checkpoint
    reader = load_span_reader(export("--checkpoint", path, "--body", body, "--float32"))
    (window, *_) = reader._windows.cut("Who put it out?", TEXT)
    seen = torch.stack([torch.from_numpy(one) for one in reader.logits(window)])
    assert torch.allclose(seen, logits(model, window), atol=1e-3)


def test_int8_points_and_is_near_torch(export, checkpoint, body):
    path, model = checkpoint
    folder = export("--checkpoint", path, "--body", body)
    assert json.loads((folder / "reader.json").read_text(encoding="utf-8"))["precision"] == "int8"
    reader = load_span_reader(folder)
    assert reader.read("Who put it out?", [passage()])[0].spans
    (window, *_) = reader._windows.cut("Who put it out?", TEXT)
    seen = torch.stack([torch.from_numpy(one) for one in reader.logits(window)])
    wanted = logits(model, window)
    allowed = wanted > -1000
    assert (seen - wanted)[allowed].abs().max() < 0.1 * (wanted[allowed].max() - wanted[allowed].min())


def test_any_question_answering_model_becomes_a_reader(export, body, tmp_path):
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    tokenizer = Tokenizer.from_file(str(body / "tokenizer.json"))
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    model = BertForQuestionAnswering(BertConfig(vocab_size=tokenizer.get_vocab_size(), **shape))
    model.save_pretrained(tmp_path / "any")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(tmp_path / "any")
    reader = load_span_reader(export("--model", tmp_path / "any", "--float32"))
    spans = reader.read("Who put it out?", [passage()])[0].spans
    assert all(TEXT[span.start : span.end].strip() for span in spans) and spans
