"""Which reader a setting names, and the calibration that belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import CitebotError
from qa.confidence import FOLDER, Calibration, load_calibration
from qa.reader import Reader
from qa.sentence_reader import SentenceReader


def load_reader(
    setting: str, encoder: Encoder, weigh: Callable[[Sequence[str]], Mapping[str, float]]
) -> tuple[Reader, Calibration]:
    """Load the reader a setting names: ``small``, or a folder.

    Raises:
        CitebotError: there is no such reader.
    """
    if setting == "small":
        return SentenceReader(encoder, weigh), load_calibration(FOLDER / "sentences.json")
    raise CitebotError(
        f"no reader {setting!r}: set CITEBOT_READER to small, or to {Path(setting)} once it holds a model"
    )
