"""What the bot says, in the languages it speaks. A missing text or placeholder cannot start: it is a dataclass."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """Every sentence of one language. Braces are ``str.format`` placeholders; no markup stands in here."""

    code: str
    name: str
    start: str
    help: str
    help_admin: str
    understood: str
    unsure: str
    not_found: str
    nothing_near: str
    nearest: str
    other_sources: str
    context_title: str
    answer_number: str
    place: str
    b_context: str
    b_sources: str
    b_next: str
    b_nearest: str
    b_back: str
    b_file: str
    b_add: str
    b_cancel: str
    thanks: str
    already: str
    stale: str
    forgotten: str
    slow_down: str
    queue_full: str
    restarting: str
    interrupted: str
    perhaps_lost: str
    not_taken: str
    too_long: str
    empty: str
    only_text: str
    unknown_command: str
    private_bot: str
    private_group: str
    not_yours: str
    failed: str
    library: str
    library_empty: str
    article_usage: str
    article_unknown: str
    article_title: str
    page: str
    document_gone: str
    status: str
    admins_only: str
    reindex_start: str
    reindex_step: str
    reindex_done: str
    build_summary: str
    reindex_failed: str
    reindex_running: str
    stats: str
    stats_down: str
    stats_no_text: str
    upload_confirm: str
    upload_replace: str
    upload_cancelled: str
    upload_done: str
    upload_unreadable: str
    upload_kind: str
    upload_large: str
    upload_failed: str
    inline_prompt: str
    inline_none: str
    language_pick: str
    language_set: str
    menu: dict[str, str]
    """Descriptions in the command menu, by command."""
    about: str
    """The bot's short description (120 characters at most)."""


def texts_for(language_code: str | None) -> Texts:
    """Return the texts of a language by its IETF tag (``ru``, ``az-AZ``), English for all others."""
    return languages().get((language_code or "en").split("-")[0].lower(), languages()["en"])


def languages() -> dict[str, Texts]:
    """All languages by code, English first."""
    from bot.telegram.texts import azerbaijani as texts_az
    from bot.telegram.texts import english as texts_en
    from bot.telegram.texts import russian as texts_ru
    from bot.telegram.texts import turkish as texts_tr

    return {module.TEXTS.code: module.TEXTS for module in (texts_en, texts_ru, texts_az, texts_tr)}
