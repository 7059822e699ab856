"""Continue training a reader on the CPU: ``python -m qa.train.tune --data RUN --start READER --out OUT``.

In (``--data``): what ``qa.train.prepare`` wrote (train.npz, dev.json.gz), tokenizer.json. ``--start`` is the folder of
an exported reader, or a safetensors file. A share of the batches comes from the kinds named by ``--focus``, the others
from the rest, so that what was learnt before is kept. For the last part of the windows matrices and what goes into them
are rounded as the int8 export rounds them, with gradients passed through (quantisation-aware training), so the exported
reader is the one measured.

Out: checkpoint.pt, written every few minutes; the same command continues from it. At the end reader.safetensors
(float32, the moving mean of the weights), table.json (figures before and after), log.txt.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from qa.train.batches import Features
from qa.train.fit import Log, adam, hard_loss
from qa.train.from_onnx import read_weights
from qa.train.network import load_network, save_weights
from qa.train.rounding import round_layers
from qa.train.scoring import Development

WARM_UP = 0.06
MEAN = 0.995
"""How much of the moving mean of the weights stays at each step."""


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder of an exported reader, or a safetensors file")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=30_000, help="windows read in all (default: 30000)")
    parser.add_argument("--tokens", type=int, default=8000, help="tokens a batch (default: 8000)")
    parser.add_argument("--rate", type=float, default=3e-5, help="highest learning rate (default: 3e-5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounded-share", type=float, default=0.3, help="share of the windows (default: 0.3)")
    parser.add_argument("--frozen-layers", type=int, default=0, help="lowest layers left as they are (default: 0)")
    parser.add_argument("--focus", default="written", help="kinds that batches are made of more often, by commas")
    parser.add_argument("--focus-share", type=float, default=0.4, help="share of these batches (default: 0.4)")
    parser.add_argument("--save-every", type=int, default=60, help="steps between checkpoints (default: 60)")
    parser.add_argument("--eval-max", type=int, default=400, help="questions measured of each set (default: 400)")
    return parser.parse_args()


def batches(
    features: Features, focus: set[str], share: float, tokens: int, seed: int
) -> Iterator[dict[str, np.ndarray]]:
    """Yield batches, so large a share of them of the kinds in focus."""
    chosen = features.of_kinds(focus)
    streams = [
        features.batches(np.flatnonzero(rows), tokens, np.random.default_rng((seed, n)))
        for n, rows in enumerate((chosen, ~chosen))
    ]
    r = np.random.default_rng(seed)
    while True:
        yield next(streams[int(r.random() >= share)])


def freeze(network: nn.Module, layers: int) -> None:
    """Leave the embeddings and so many of the lowest layers as they are; with 6 of 12 a step takes 0.6 of the time."""
    if layers:
        for part in (network.position, network.kind, network.norm, *network.layers[:layers]):
            part.requires_grad_(False)


class Tuning:
    """One run: its network, its optimiser, and how far it has come."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        options.out.mkdir(parents=True, exist_ok=True)
        self.say = Log(options.out / "log.txt")
        self.checkpoint = options.out / "checkpoint.pt"
        self.features = Features(options.data / "train.npz")
        torch.manual_seed(options.seed)
        self.network = load_network(read_weights(options.start), dropout=0.0)  # most windows are read once
        freeze(self.network, options.frozen_layers)
        self.learnt = [one for one in self.network.parameters() if one.requires_grad]
        self.optimiser = adam(self.learnt, options.rate, fused=True)
        self.mean = [one.detach().clone() for one in self.learnt]
        self.step = self.windows = 0
        self.restore()

    def restore(self) -> None:
        """Go on from the checkpoint, where there is one."""
        if not self.checkpoint.exists():
            return
        kept = torch.load(self.checkpoint, weights_only=True)
        self.network.load_state_dict(kept["network"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.mean, self.step, self.windows = kept["mean"], kept["step"], kept["windows"]
        self.say("going on from step", self.step, "windows", self.windows)

    def save(self) -> None:
        """Write the checkpoint: the old one stays until the new one is whole."""
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "mean": self.mean,
            "step": self.step,
            "windows": self.windows,
        }
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint)

    def run(self) -> None:
        """Train to the end of the windows."""
        self.network.train()
        shown, began, first = None, time.time(), self.windows
        options = self.options
        focus = set(options.focus.split(","))
        seed = 1_000_003 * options.seed + self.step
        stream = batches(self.features, focus, options.focus_share, options.tokens, seed)
        while self.windows < self.options.windows:
            batch = next(stream)
            done = self.windows / self.options.windows
            if done >= 1 - options.rounded_share:
                round_layers(self.network)
            for group in self.optimiser.param_groups:
                group["lr"] = self.options.rate * min(1, done / WARM_UP + 0.02) * (1 - done)
            loss, span = self.loss(batch)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.learnt, 1.0)
            self.optimiser.step()
            self.step += 1
            self.windows += len(batch["ids"])
            with torch.no_grad():
                weight = 1 - min(MEAN, (1 + self.step) / (10 + self.step))
                torch._foreach_lerp_(self.mean, [one.detach() for one in self.learnt], weight)
            shown = float(span) if shown is None else 0.97 * shown + 0.03 * float(span)
            if self.step % self.options.save_every == 0:
                speed = (self.windows - first) / (time.time() - began)
                self.say(f"step {self.step} windows {self.windows} {speed:.1f}/s span loss {shown:.4f}")
                self.save()
        self.save()

    def loss(self, batch: dict[str, np.ndarray]) -> tuple[Tensor, Tensor]:
        """Return the loss of a batch, and the part for the span alone."""
        ids, places, group = (
            torch.from_numpy(batch[key].astype(np.int64) if key == "ids" else batch[key])
            for key in ("ids", "places", "group")
        )
        second, first, lengths, start, end = places.T
        with torch.autocast("cpu", torch.bfloat16):
            out = self.network(ids, second, first, lengths)
        loss, span = hard_loss(out, start, end, group, int(batch["group"][-1]) + 1)
        return loss, span.detach()

    def finish(self) -> None:
        """Measure the weights before and after, write the moving mean."""
        development = Development(
            self.options.data / "dev.json.gz", self.options.data / "tokenizer.json", self.options.eval_max
        )
        with torch.no_grad():
            for one, value in zip(self.learnt, self.mean, strict=True):
                one.copy_(value)
        save_weights(self.network, self.options.out / "reader.safetensors", torch.float32)
        start = load_network(read_weights(self.options.start))
        round_layers(start)
        table = {}
        for name, network in (("before", start), ("after", self.network)):
            table[name] = development.evaluate(network, torch.device("cpu"))
            self.say(name, json.dumps(table[name]))
        (self.options.out / "table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Tune."""
    tuning = Tuning(parse())
    tuning.run()
    tuning.finish()


if __name__ == "__main__":
    main()
