"""The network: an encoder's body and one linear layer that gives each token a start and an end logit."""

from pathlib import Path

import torch
from torch import nn

from qa.train.low_rank import add_adapters

SHARED_WEIGHT = 0.5
"""What the normalisation over all passages of a question weighs beside that within each passage."""

NEVER = -1e4
"""Logit of a token that may not be pointed at: minus infinity in all but name, and in half precision, too."""

DROPOUT = 0.0
"""A run sees an example once or twice, too seldom to learn it by heart; dropout cost a fifth of a step's time."""


class SpanModel(nn.Module):
    """Start and end logits for every token; the first token's are those of "not in this passage"."""

    def __init__(self, folder: Path, attention: str | None = None, *, adapters: bool = False):
        """Load the body from ``folder``. ``attention`` is "eager", which exports, or None: the fastest there is for it.

        With ``adapters`` the body is frozen, and low-rank adapters beside it are learnt in its stead.
        """
        super().__init__()
        from transformers import AutoConfig, AutoModel

        config = AutoConfig.from_pretrained(str(folder))
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = DROPOUT
        self.body = AutoModel.from_pretrained(
            str(folder), config=config, add_pooling_layer=False, attn_implementation=attention
        )
        if adapters:
            add_adapters(self.body)
        self.head = nn.Linear(self.body.config.hidden_size, 2)
        self._typed = getattr(config, "type_vocab_size", 0) > 1

    def learnt(self) -> dict[str, torch.Tensor]:
        """Return what training changes, by name: all of the network, or its adapters and head."""
        return {name: weights.detach() for name, weights in self.named_parameters() if weights.requires_grad}

    def load_learnt(self, state: dict[str, torch.Tensor]) -> None:
        """Take over what ``learnt`` returned.

        Raises:
            ValueError: it is of another network.
        """
        missing, unknown = self.load_state_dict(state, strict=False)
        if unknown or set(missing) & set(self.learnt()):
            raise ValueError(f"weights of another network: {[*unknown, *missing][:3]}")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor):
        """Return (start, end) logits, each (batch, tokens); padding is ``NEVER``."""
        types = {"token_type_ids": token_type_ids} if self._typed else {}
        hidden = self.body(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
        logits = self.head(hidden)
        # Only the passage and the first token may be pointed at.
        allowed = (token_type_ids * attention_mask).bool()
        allowed[:, 0] = True
        logits = logits.masked_fill(~allowed.unsqueeze(-1), NEVER)
        return logits[..., 0], logits[..., 1]


def span_loss(start: torch.Tensor, end: torch.Tensor, starts: torch.Tensor, ends: torch.Tensor, groups: list[int]):
    """Cross-entropy within each passage and, for questions with several, over all their passages together.

    The second is the shared normalisation of Clark and Gardner (2018), which makes scores comparable across passages;
    its logits leave out "not here". ``groups`` are the group sizes, in order; the first of a group answers if any does.
    """
    loss = (nn.functional.cross_entropy(start, starts) + nn.functional.cross_entropy(end, ends)) / 2
    shared, first = [], 0
    for size in groups:
        if size > 1 and starts[first] > 0:
            rows = slice(first, first + size)
            for logits, target in ((start, starts), (end, ends)):
                together = logits[rows, 1:].reshape(1, -1)
                shared.append(nn.functional.cross_entropy(together, (target[first] - 1).reshape(1)))
        first += size
    if shared:
        loss = loss + SHARED_WEIGHT * torch.stack(shared).sum() / (2 * len(groups))
    return loss
