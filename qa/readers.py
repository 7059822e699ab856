"""Which reader a setting names, and the calibration that belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import CitebotError
from qa.confidence import CALIBRATION_NAME, FOLDER, Calibration, load_calibration
from qa.reader import Reader
from qa.sentence_reader import SentenceReader

MODELS = Path(__file__).parent / "models"
TRAINED = "small"
"""The trained reader that comes with citebot."""
UNTRAINED = "sentences"
"""The reader that needs no model."""


def load_reader(
    setting: str, encoder: Encoder, weigh: Callable[[Sequence[str]], Mapping[str, float]]
) -> tuple[Reader, Calibration]:
    """Load the reader a setting names: ``small`` (the default), ``sentences``, or a model's folder.

    Raises:
        CitebotError: there is no such reader, or its files are damaged.
    """
    if setting == UNTRAINED or (setting == TRAINED and not (MODELS / TRAINED).is_dir()):
        return SentenceReader(encoder, weigh), load_calibration(FOLDER / "sentences.json")
    folder = MODELS / TRAINED if setting == TRAINED else Path(setting).expanduser()
    if not folder.is_dir():
        raise CitebotError(
            f"no reader {setting!r}: set CITEBOT_READER to {TRAINED}, {UNTRAINED}, or the folder of an exported model"
        )
    from qa.span_reader import load_span_reader

    reader = load_span_reader(folder, name=setting)
    own = folder / CALIBRATION_NAME
    # A model that nobody calibrated borrows the trained one's: better than none, and `citebot eval` shows how good.
    return reader, load_calibration(own if own.is_file() else MODELS / TRAINED / CALIBRATION_NAME)
