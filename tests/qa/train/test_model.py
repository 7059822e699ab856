"""The network and its loss, by hand."""

import math

import pytest
import torch

from qa.train.model import SHARED_WEIGHT, SpanModel, span_loss


def nll(logits: list[float], target: int) -> float:
    return math.log(sum(map(math.exp, logits))) - logits[target]


def test_the_loss_of_one_passage_is_the_mean_of_start_and_end():
    start, end = [1.0, 2.0, 0.0], [0.0, 0.0, 3.0]
    loss = span_loss(torch.tensor([start]), torch.tensor([end]), torch.tensor([1]), torch.tensor([2]), [1])
    assert loss.item() == pytest.approx((nll(start, 1) + nll(end, 2)) / 2)


def test_passages_of_one_question_are_normalised_together_without_not_here():
    start, end = [[1.0, 2.0, 0.0], [5.0, 1.5, 0.5]], [[0.0, 0.0, 3.0], [4.0, 1.0, 2.0]]
    loss = span_loss(torch.tensor(start), torch.tensor(end), torch.tensor([1, 0]), torch.tensor([2, 0]), [2])
    apart = sum(nll(row, target) for row, target in zip(start, (1, 0), strict=True)) / 2
    apart += sum(nll(row, target) for row, target in zip(end, (2, 0), strict=True)) / 2
    together = nll([2.0, 0.0, 1.5, 0.5], 0) + nll([0.0, 3.0, 1.0, 2.0], 1)
    assert loss.item() == pytest.approx(apart / 2 + SHARED_WEIGHT * together / 2)


def test_a_question_that_no_passage_answers_has_no_shared_part():
    start = torch.tensor([[1.0, 2.0], [0.5, 0.0]])
    nothing = torch.tensor([0, 0])
    together, apart = (span_loss(start, start, nothing, nothing, groups) for groups in ([2], [1, 1]))
    assert together.item() == pytest.approx(apart.item())


def test_only_the_passage_and_the_first_token_can_be_pointed_at(body):
    ids = torch.arange(1000, 1010).reshape(1, 10)
    types, mask = torch.tensor([[0] * 4 + [1] * 6]), torch.tensor([[1] * 8 + [0] * 2])
    with torch.inference_mode():
        for logits in SpanModel(body)(ids, mask, types):
            assert (logits[0] > -1e3).tolist() == [True, *[False] * 3, *[True] * 4, *[False] * 2]
