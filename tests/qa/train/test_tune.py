"""Learning on from an exported reader: the weights come back as they were, and a run goes on where it was stopped."""

import argparse
import gzip
import json
import shutil
from random import Random

import numpy as np
import pytest

from qa.reading.reader import PACKAGED
from qa.train.data.made import tables
from qa.train.data.pack import Packer

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def data(tmp_path_factory, tokenizer):
    folder = tmp_path_factory.mktemp("run")
    records = list(tables.make(Random(3), tables.TRAIN, 30))
    Packer(records, tokenizer, Random(13)).pack(folder / "train.npz")
    shutil.copyfile(PACKAGED / "tokenizer.json", folder / "tokenizer.json")
    entries = [
        {"q": one.question, "p": one.passage, "answers": list(one.answers), "set": "table_test", "line": one.line}
        for one in records[:4]
    ]
    with gzip.open(folder / "dev.json.gz", "wt", encoding="utf-8") as file:
        json.dump(entries, file)
    return folder


def options(data, out, windows, frozen_layers=0):
    return argparse.Namespace(
        data=data, start=PACKAGED, out=out, windows=windows, tokens=600, rate=1e-5, focus="table", focus_share=1.0,
        save_every=1, eval_max=4, frozen_layers=frozen_layers,
        seed=0, rounded_share=0.3,
    )  # fmt: skip


def test_the_weights_of_an_export_point_where_the_export_points(tokenizer):
    from qa.reading.reader import load_reader
    from qa.train.from_onnx import read_weights
    from qa.train.measure import best
    from qa.train.network import load_network

    network, reader = load_network(read_weights(PACKAGED)).eval(), load_reader()
    question, passage = "Who put out the fire?", "The fire was put out by Azerbaijani firefighters. Nobody was hurt."
    asked = tokenizer.encode(question).ids
    told = tokenizer.encode(passage, add_special_tokens=False)
    ids = [*asked, *told.ids, 102]
    first = len(asked)
    with torch.no_grad():
        out = network(torch.tensor([ids]), torch.tensor([first]), torch.tensor([first]), torch.tensor([len(ids)]))
    start, end = int(out.start[0].argmax()) - first, int(out.end[0].argmax()) - first
    pointed = passage[told.offsets[start][0] : told.offsets[end][1]]
    assert pointed == best(reader, question, [passage])[0] == "Azerbaijani firefighters"


def test_a_stopped_run_goes_on_and_ends_with_weights_and_figures(data, tmp_path):
    from safetensors.torch import load_file

    from qa.train.export import load_network
    from qa.train.from_onnx import read_weights
    from qa.train.tune import Tuning

    stopped = Tuning(options(data, tmp_path, 5))
    stopped.run()
    again = Tuning(options(data, tmp_path, 10))
    assert (again.step, again.windows) == (stopped.step, stopped.windows) and again.step > 0
    again.run()
    again.finish()
    file = tmp_path / "reader.safetensors"
    weights = load_file(file)
    assert all(bool(torch.isfinite(one).all()) for one in weights.values())
    assert set(read_weights(file)) == set(read_weights(PACKAGED))  # training can start from it
    assert load_network(file)  # and it can be exported
    assert set(json.loads((tmp_path / "table.json").read_text())) == {"before", "after"}


def test_frozen_layers_stay_as_they_are(data, tmp_path):
    from qa.train.tune import Tuning

    tuning = Tuning(options(data, tmp_path, 5, frozen_layers=6))
    before = [layer.qkv.weight.detach().clone() for layer in tuning.network.layers]
    tuning.run()
    same = [
        torch.equal(old, layer.qkv.weight.detach()) for old, layer in zip(before, tuning.network.layers, strict=True)
    ]
    assert same == [True] * 6 + [False] * 6


def test_rounding_is_that_of_the_export():
    from qa.train.rounding import Rounded

    layer = Rounded(8, 4)
    x = torch.rand(2, 3, 8)
    plain = torch.nn.functional.linear(x, layer.weight, layer.bias)
    assert 0 < float((layer(x) - plain).abs().max().detach()) < 0.05


def test_a_kind_that_is_not_there_is_named(data):
    from qa.train.batches import Features
    from qa.train.tune import batches

    with pytest.raises(SystemExit, match="poems"):
        next(batches(Features(data / "train.npz"), {"poems"}, 0.5, 500, 1))
    batch = next(batches(Features(data / "train.npz"), {"table"}, 1.0, 500, 1))
    assert isinstance(batch["ids"], np.ndarray)
