"""Adapters: at first they change nothing, training moves them alone, and merged they do the same."""

import pytest
import torch

from qa.train.low_rank import halve_frozen, merge_adapters
from qa.train.model import SpanModel


def logits(model: SpanModel) -> torch.Tensor:
    ids = torch.arange(1000, 1024).reshape(2, 12)
    types = (torch.arange(12) > 4).long().expand(2, 12)
    return torch.stack(model(ids, torch.ones_like(ids), types))


def trained(model: SpanModel) -> SpanModel:
    optimiser = torch.optim.SGD([one for one in model.parameters() if one.requires_grad], lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        logits(model)[..., 6].sum().backward()
        optimiser.step()
    return model


def test_at_first_they_change_nothing(body):
    plain, adapted = SpanModel(body), SpanModel(body, adapters=True)
    adapted.head.load_state_dict(plain.head.state_dict())
    assert torch.equal(logits(plain), logits(adapted))


def test_training_moves_adapters_and_head_alone(body):
    model = SpanModel(body, adapters=True)
    before = {name: weights.clone() for name, weights in model.state_dict().items()}
    trained(model)
    moved = {name for name, weights in model.state_dict().items() if not torch.equal(weights, before[name])}
    assert moved == set(model.learnt())
    assert {name.rsplit(".", 1)[1] for name in moved if name.startswith("body.")} == {"a", "b"}
    assert not any(f"layer.{low}." in name for name in moved for low in range(3))


def test_merged_they_do_the_same(body):
    model = trained(SpanModel(body, adapters=True))
    wanted = logits(model).detach()
    merge_adapters(model.body)
    assert torch.allclose(logits(model), wanted, atol=1e-5)
    assert set(model.state_dict()) == set(SpanModel(body).state_dict())


def test_what_was_learnt_goes_into_another_copy_and_into_no_other_network(body):
    model = trained(SpanModel(body, adapters=True))
    copy = SpanModel(body, adapters=True)
    copy.load_learnt(model.learnt())
    assert torch.equal(logits(copy), logits(model))
    with pytest.raises(ValueError, match="another network"):
        SpanModel(body).load_learnt(model.learnt())


def test_frozen_layers_in_half_precision_do_almost_the_same_and_learn_the_same_weights(body):
    model, halved = trained(SpanModel(body, adapters=True)), SpanModel(body, adapters=True)
    halved.load_learnt(model.learnt())
    halve_frozen(halved.body)
    assert set(halved.learnt()) == set(model.learnt())
    assert all(one.dtype == torch.float32 for one in halved.learnt().values())
    seen, wanted = logits(halved), logits(model)
    here = wanted > -1e3
    assert not torch.equal(seen, wanted)
    assert torch.allclose(seen[here], wanted[here], atol=0.1)
    seen[here].sum().backward()
    assert all(one.grad is not None for one in halved.parameters() if one.requires_grad and one.dim() == 2)
