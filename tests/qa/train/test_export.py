"""Export: a reader's weights become a folder that the reader reads, in eight bits or in float32."""

import subprocess
import sys

import pytest
import torch

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.reading.model_files import INPUTS, OUTPUTS
from qa.reading.reader import PACKAGED, load_reader
from qa.train.export import load_network

TEXT = "The fire broke out on Monday. Forty firefighters from Brno put it out within two hours."


@pytest.fixture
def export(repository, tmp_path, weights):
    """Run the command; return the reader it wrote."""

    def run(*more):
        out = tmp_path / "reader"
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "qa.train.export",
            "--weights",
            str(weights),
            "--out",
            str(out),
        ]
        command += ["--tokenizer", str(PACKAGED / "tokenizer.json"), *more]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return load_reader(out)

    return run


def both(reader, weights):
    """Outputs for one window, of the export and of torch."""
    (window,) = reader._windows.cut("Who put it out?", "", TEXT)
    ids, types = torch.tensor([window.ids]), torch.tensor([window.types])
    tensors = (ids, torch.ones_like(ids), types)
    seen = reader._session.run(list(OUTPUTS), {name: one.numpy() for name, one in zip(INPUTS, tensors, strict=True)})
    with torch.inference_mode():
        wanted = load_network(weights)(*tensors)
    return torch.cat([torch.from_numpy(one).flatten() for one in seen]), torch.cat([one.flatten() for one in wanted])


def test_in_float32_an_export_reads_as_torch_does(export, weights):
    seen, wanted = both(export("--float32"), weights)
    assert torch.allclose(seen, wanted, atol=1e-3)


def test_in_eight_bits_it_points_and_is_near_torch(export, weights):
    reader = export("--context", "--passages", "7")
    assert (reader.context, reader.passages) == (True, 7)
    assert reader.read("Who put it out?", [Passage(Chunk("a.txt", 0, len(TEXT)), TEXT, "", 1.0)])[0].spans
    seen, wanted = both(reader, weights)
    assert (seen - wanted).abs().max() < 0.1 * (wanted.max() - wanted.min())


def test_of_several_runs_the_mean_is_exported(weights, tmp_path):
    from safetensors.torch import load_file, save_file

    other = {name: values + 1.0 for name, values in load_file(weights).items()}
    save_file(other, tmp_path / "other.safetensors")
    mean = load_network(weights, tmp_path / "other.safetensors").state_dict()
    for name, values in load_network(weights).state_dict().items():
        if values.is_floating_point():
            assert torch.allclose(mean[name], values + 0.5, atol=1e-5), name
