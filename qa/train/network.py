"""The reader: a BERT cross-encoder of 12 x 384 that points at an answer in a passage and judges its relevance.

Tensors are stored under the names of transformers' BertModel, with ``span.*``, ``pooler.dense.*`` and ``relevance.*``.
"""

import re
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, HEADS, INNER, LAYERS, WORDS, POSITIONS = 384, 12, 1536, 12, 30522, 512
CANNOT = -1e4
"""Logit of tokens that may not be pointed at."""
_PARTS = {
    "attention.output.dense": "attended",
    "attention.output.LayerNorm": "norm_attended",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "norm_outer",
}


class Output(NamedTuple):
    """Start and end logits by token (token 0: not here), and the relevance logit."""

    start: Tensor
    end: Tensor
    relevance: Tensor


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Return scaled dot product attention.

    On a CPU it is written out: the backward pass of torch's fused kernel takes half of a training step there
    (torch 2.13, bfloat16), this one a sixth.
    """
    if query.is_cuda:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    scores = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(-1, -2)).masked_fill(~mask, CANNOT)
    return torch.matmul(scores.softmax(-1, dtype=scores.dtype), value)


class Layer(nn.Module):
    """One transformer layer, its three projections in one."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.attended = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm_attended, self.norm_outer = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor, dropout: float) -> Tensor:
        """Return the states after this layer."""
        batch, length, _ = x.shape
        query, key, value = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = attention(query, key, value, mask).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norm_attended(x + F.dropout(self.attended(seen), dropout, self.training))
        return self.norm_outer(x + F.dropout(self.outer(F.gelu(self.inner(x))), dropout, self.training))


class Judge(nn.Module):
    """A pooler over the first token and one logit."""

    def __init__(self) -> None:
        super().__init__()
        self.dense, self.relevance = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logit of each window."""
        return self.relevance(torch.tanh(self.dense(x[:, 0]))).float()[:, 0]


class Reader(nn.Module):
    """The whole network."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.word, self.position, self.kind = (
            nn.Embedding(WORDS, WIDTH),
            nn.Embedding(POSITIONS, WIDTH),
            nn.Embedding(2, WIDTH),
        )
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.judge, self.span = Judge(), nn.Linear(WIDTH, 2)
        self.dropout = dropout
        self.word.weight.requires_grad_(False)

    def forward(self, ids: Tensor, second: Tensor, first: Tensor, lengths: Tensor) -> Output:
        """Read windows: ``second`` is where type 1 begins, ``first`` the passage's first token, ``lengths`` ends."""
        places = torch.arange(ids.shape[1], device=ids.device)[None]
        inside = places < lengths[:, None]
        kinds = ((places >= second[:, None]) & inside).long()
        x = self.norm(self.word(ids) + self.position(places) + self.kind(kinds))
        x = F.dropout(x, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, inside[:, None, None, :], self.dropout)
        pointable = (places >= first[:, None]) & (places < lengths[:, None] - 1)
        pointable = pointable | (places == 0)
        logits = self.span(x).float().masked_fill(~pointable[..., None], CANNOT)
        return Output(logits[..., 0], logits[..., 1], self.judge(x))


def stored_names(network: Reader) -> dict[str, Tensor]:
    """Return the weights under their stored names, without the word embeddings."""
    stored: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        layer = re.fullmatch(r"layers\.(\d+)\.(\w+)\.(weight|bias)", name)
        if layer and layer[2] == "qkv":
            for part, piece in zip(("query", "key", "value"), value.chunk(3), strict=True):
                stored[f"encoder.layer.{layer[1]}.attention.self.{part}.{layer[3]}"] = piece
        elif name != "word.weight":
            stored[_stored(name, layer)] = value
    return stored


def save_weights(network: Reader, path: Path, dtype: torch.dtype) -> None:
    """Write the weights under their stored names; an earlier file stays until the new one is whole."""
    from safetensors.torch import save_file

    weights = stored_names(network) | {"embeddings.word_embeddings.weight": network.word.weight}
    part = path.with_suffix(".part")
    save_file({name: one.detach().to("cpu", dtype).contiguous().clone() for name, one in weights.items()}, part)
    part.replace(path)


def _stored(name: str, layer: re.Match | None) -> str:
    if layer:
        part = next(stored for stored, own in _PARTS.items() if own == layer[2])
        return f"encoder.layer.{layer[1]}.{part}.{layer[3]}"
    for own, stored in (
        ("position.", "embeddings.position_embeddings."),
        ("kind.", "embeddings.token_type_embeddings."),
        ("norm.", "embeddings.LayerNorm."),
        ("judge.dense.", "pooler.dense."),
        ("judge.relevance.", "relevance."),
    ):
        if name.startswith(own):
            return stored + name.removeprefix(own)
    return name


def load_network(weights: dict[str, Tensor], dropout: float = 0.1) -> Reader:
    """Return the network with these stored weights."""
    network = Reader(dropout)
    state = dict(network.state_dict())
    state["word.weight"] = weights["embeddings.word_embeddings.weight"]
    for name in network.state_dict():
        layer = re.fullmatch(r"layers\.(\d+)\.(\w+)\.(weight|bias)", name)
        if layer and layer[2] == "qkv":
            parts = [
                weights[f"encoder.layer.{layer[1]}.attention.self.{part}.{layer[3]}"]
                for part in ("query", "key", "value")
            ]
            state[name] = torch.cat(parts)
        elif name != "word.weight":
            state[name] = weights[_stored(name, layer)].reshape(state[name].shape)
    network.load_state_dict(state)
    return network
