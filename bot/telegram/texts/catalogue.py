"""Every sentence that the bot says, by name: a language that lacks one can't be written down."""

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
    place: str
    b_context: str
    b_nearest: str
    b_back: str
    b_file: str
    b_add: str
    b_cancel: str
    thanks: str
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
    not_english: str
    unclear: str
    b_more: str
    b_help: str
    b_copy: str
    b_open: str
    b_let_in: str
    b_allow: str
    b_refuse: str
    b_remove: str
    vote_back: str
    asked_in: str
    let_in: str
    asks_in: str
    now_in: str
    kept_out: str
    people: str
    people_none: str
    removed: str
    group_admins_only: str
    anonymous: str
    greeting: str
    welcome: str
    farewell: str
    assent: str
    complaint: str
    wordless: str
    who: str
    topics: str
    examples: str
    newest: str
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
    description: str
    """What is shown in an empty chat with the bot (512 characters at most)."""
    menu: dict[str, str]
    """Descriptions in the command menu, by command."""
    about: str
    """The bot's short description (120 characters at most)."""
