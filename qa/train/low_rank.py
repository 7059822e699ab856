"""Low-rank adapters (Hu et al. 2021): a large body is fitted by a few MB beside its frozen weights.

Each linear layer of the upper encoder layers gets ``W + scale · B A`` with A (rank, inputs) and B (outputs, rank).
"""

import math

import torch
from torch import nn

RANK = 16
SCALE = 2.0
LOWEST_LAYER = 3
"""The layers below stay as they are, so that nothing flows back through them: a quarter of a step's backward time."""


class LowRank(nn.Module):
    """A frozen linear layer and what is learnt beside it; at first it does what the layer does."""

    def __init__(self, linear: nn.Linear, rank: int = RANK):
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.empty(rank, linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (…, inputs) to (…, outputs)."""
        return self.linear(x) + SCALE * (x @ self.a.T) @ self.b.T

    def merged(self) -> nn.Linear:
        """Return one plain layer that does the same."""
        with torch.no_grad():
            self.linear.weight += SCALE * self.b @ self.a
        return self.linear


class HalfPrecision(nn.Module):
    """A frozen linear layer that multiplies in bfloat16, in half the time where the processor knows it."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.linear = linear.to(torch.bfloat16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (…, inputs) to (…, outputs), float32 both."""
        return self.linear(x.bfloat16()).float()


def add_adapters(body: nn.Module, lowest: int = LOWEST_LAYER) -> None:
    """Freeze a body and put an adapter beside every linear layer of its encoder layers from ``lowest`` on."""
    body.requires_grad_(False)
    for layer in body.encoder.layer[lowest:]:
        _replace(layer, nn.Linear, LowRank)


def halve_frozen(body: nn.Module) -> None:
    """Let the frozen layers of a body with adapters multiply in bfloat16; what is learnt stays float32.

    For training only: an export merges the adapters with the float32 weights of the file.
    """
    _replace(body.encoder, nn.Linear, HalfPrecision)


def merge_adapters(body: nn.Module) -> None:
    """Fold all adapters into the layers beside them."""
    _replace(body, LowRank, LowRank.merged)


def _replace(module: nn.Module, kind: type, make) -> None:
    for name, child in module.named_children():
        if isinstance(child, kind):
            setattr(module, name, make(child))
        else:
            _replace(child, kind, make)
