"""What a run's outcome depends on beside the data, and the checkpoints that it resumes from."""

from dataclasses import dataclass
from pathlib import Path

import torch

from qa.train.model import SpanModel

CHECKPOINT = "checkpoint.pt"
BATCH_SIZES = {"passage": 16, "sentence": 40}
ADAPTER_RATE = 4e-4
"""Peak learning rate of adapters: they begin at nothing and have a hundredth of the weights."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a run's outcome depends on beside the data."""

    seed: int = 1
    passes: int = 1
    repeats: int = 1
    """How often the windows drawn in a pass are learnt from: a teacher is asked about each but once."""
    batch_size: int = 16
    peak_rate: float = 1.5e-4
    head_factor: float = 5.0
    warm_up: int = 60
    """Batches over which the learning rate rises."""
    decay: float = 0.4
    """Share of the run, at its end, over which it falls to nothing; between the two it stays: a run that is given more
    time before then loses nothing."""
    clip: float = 1.0
    threads: int = 2
    checkpoint_every_s: float = 300.0
    score_every: int = 300
    """Batches between two looks at the development questions."""
    scored: int = 150
    windows: str = "passage"
    """What a training text is: a whole "passage", or a "sentence" with a neighbour or two."""
    minutes: float | None = None
    """Time the run may take, summed over all its parts; the learning rate then falls with the clock. None: no limit."""
    start_from: str | None = None
    """SHA-256 of the file whose weights the run began with; None: the encoder's own and a fresh head."""
    body: str | None = None
    """SHA-256 of the body's weights; None: the packaged encoder's."""
    adapters: bool = False
    """Whether low-rank adapters are learnt in place of the body's own weights."""
    half: bool = False
    """Whether the frozen weights beside adapters multiply in bfloat16."""
    teacher: str | None = None
    """SHA-256 of the exported reader whose distributions are learnt beside the labels; None: the labels alone."""
    near_negatives: bool = False
    """Whether negatives come from the passages likest to the question, as a retriever hands them over."""


def resume(out: Path, model: SpanModel, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    """Load the checkpoint in a folder; return how many batches were done and the seconds they took, 0 without one."""
    path = out / CHECKPOINT
    if not path.exists():
        return 0, 0.0
    state = torch.load(path, weights_only=True)
    model.load_learnt(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["random"])
    return state["done"], state["seconds"]


def save(out: Path, model: SpanModel, optimiser: torch.optim.Optimizer, done: int, seconds: float) -> None:
    """Write a checkpoint, by rename."""
    temporary = out / f"{CHECKPOINT}.tmp"
    state = {
        "model": model.learnt(),
        "optimiser": optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "done": done,
        "seconds": seconds,
    }
    torch.save(state, temporary)
    temporary.replace(out / CHECKPOINT)
