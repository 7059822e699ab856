"""What a run's outcome depends on beside the data, and the checkpoints that it resumes from."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from qa.train.model import SpanModel

CHECKPOINT = "checkpoint.pt"
RUN_NAME = "run.json"
MAY_DIFFER = ("minutes", "threads", "checkpoint_every_s", "score_every", "scored")
"""What may change when a run is taken up again."""
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


def write_facts(out: Path, run: Run, limits: dict[str, int]) -> None:
    """Write what a run depends on into its folder; a folder with another run's checkpoint is left as it is.

    Raises:
        SystemExit: the checkpoint in the folder is of a run that differs in more than its time and its threads.
    """
    path, facts = out / RUN_NAME, {**asdict(run), "limits": limits}
    if (out / CHECKPOINT).exists() and path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        differing = [name for name in facts if name not in MAY_DIFFER and before.get(name) != facts[name]]
        if differing:
            name = differing[0]
            raise SystemExit(
                f"{out} holds a run with {name} {before.get(name)}, asked is {facts[name]}: give the same, or another"
                " --out"
            )
    path.write_text(json.dumps(facts, indent=1), encoding="utf-8")


def drop_log_after(path: Path, batch: int) -> None:
    """Leave out of a log what came after the checkpoint that a run resumes from: it comes again."""
    if path.exists():
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if int(row.split(",")[0]) <= batch]
        path.write_text("".join([head, *kept]), encoding="utf-8")


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
