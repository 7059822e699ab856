"""Training on a small sample: records become windows whose answers can be pointed at, and the loss falls."""

from random import Random

import numpy as np
import pytest

from qa.train.data.made import periods, tables, title_families, titles
from qa.train.data.pack import Packer

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def features(tmp_path_factory, tokenizer):
    from qa.train.batches import Features

    r = Random(3)
    records = [
        *tables.make(r, tables.TRAIN, 40),
        *periods.make(r, periods.TRAIN, 40),
        *titles.make(r, title_families.TRAIN, 40),
    ]
    path = tmp_path_factory.mktemp("features") / "train.npz"
    Packer(records, tokenizer, Random(13)).pack(path)
    return Features(path)


def batch_of(features):
    batch = next(features.batches(np.arange(features.count), 100_000, np.random.default_rng(1)))
    return {name: torch.from_numpy(value) for name, value in batch.items() if isinstance(value, np.ndarray)}


def test_answers_lie_where_the_network_may_point(features):
    batch = batch_of(features)
    second, first, lengths, start, end = batch["places"].T
    answered = start > 0
    assert answered.any() and (~answered).any()
    assert ((start >= first) & (end >= start) & (end < lengths - 1))[answered].all()
    assert (second <= first).all()


def test_the_loss_falls_on_a_few_questions(features):
    from qa.train import network as parts
    from qa.train.fit import hard_loss

    torch.manual_seed(1)
    torch.set_num_threads(1)
    network = parts.Reader(dropout=0.0)
    network.layers = network.layers[:6]
    batch = batch_of(features)
    few = batch["group"] < 6
    ids, places, group = (batch[name].long()[few] for name in ("ids", "places", "group"))
    second, first, lengths, start, end = places.T
    learnt = [one for one in network.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=3e-4)
    losses = []
    for _ in range(8):
        out = network(ids, second, first, lengths)
        loss, _ = hard_loss(out, start, end, group, int(group.max()) + 1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    assert losses[-1] < 0.8 * losses[0]


def test_kinds_in_focus_are_read_more_often(features):
    rows = features.repeated({"table"}, 0.75)
    of_kind = features.of_kinds({"table"})
    assert set(rows) == set(range(features.count))
    assert of_kind[rows].mean() == pytest.approx(0.75, abs=0.01)
