"""The languages that the bot speaks."""

from bot.telegram.texts import azerbaijani, english, russian, turkish
from bot.telegram.texts.catalogue import Texts

LANGUAGES: dict[str, Texts] = {texts.TEXTS.code: texts.TEXTS for texts in (english, russian, azerbaijani, turkish)}
"""By code, English first."""


def texts_for(language_code: str | None) -> Texts:
    """Return the texts of a language by its IETF tag (``ru``, ``az-AZ``), English for all others."""
    return LANGUAGES.get((language_code or "en").split("-")[0].lower(), LANGUAGES["en"])
