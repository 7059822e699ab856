"""Quantisation-aware training: matrices and what goes into them are rounded as the int8 export rounds them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qa.train.network import Reader

LEVELS = 255
WEIGHT_LEVELS = 64


class Rounded(nn.Linear):
    """A linear layer that rounds its weights and inputs as the int8 export does; gradients pass through."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the product of rounded inputs and rounded weights."""
        with torch.no_grad():
            scale = self.weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / WEIGHT_LEVELS
            weight = torch.round(self.weight / scale) * scale - self.weight
            inner = tuple(range(1, x.ndim))
            low, high = x.amin(inner, keepdim=True).clamp(max=0), x.amax(inner, keepdim=True).clamp(min=0)
            step = (high - low).clamp(min=1e-8) / LEVELS
            moved = torch.round((x - low) / step) * step + low - x
        return F.linear(x + moved, self.weight + weight, self.bias)


def round_layers(network: Reader) -> None:
    """Make all matrices of the body round, in place."""
    for layer in network.layers:
        for module in layer.children():
            if isinstance(module, nn.Linear):
                module.__class__ = Rounded
