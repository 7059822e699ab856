"""Who has access: people and groups, by their Telegram ids. Groups that became supergroups keep it."""

from collections.abc import Iterable, Mapping


class Access:
    """The allow-list; an empty one admits everyone. Admins always have access in private chats.

    In a group everybody reads the answer, so the group must be listed, not the person who asks. Of an inline query the
    bot cannot know the chat, so the person must be listed.
    """

    def __init__(
        self, allowed: Iterable[int], admins: Iterable[int], moved: Mapping[int, int], granted: Iterable[int] = ()
    ):
        self._allowed = set(allowed)
        self._granted = set(granted)
        self.admins = frozenset(admins)
        for old, new in moved.items():
            self.follow(old, new)

    def allow(self, user_id: int) -> None:
        """Grant access to a person, as an admin decided in the chat."""
        self._granted.add(user_id)

    def set_granted(self, granted: Iterable[int]) -> None:
        """Replace what was granted, as another replica may have changed it."""
        self._granted = set(granted)

    def remove(self, user_id: int) -> None:
        """Revoke what ``allow`` granted; who is listed in the settings keeps access."""
        self._granted.discard(user_id)

    def admits(self, chat_id: int | None, user_id: int | None) -> bool:
        """Whether this person may use the bot in this chat (None: inline)."""
        if not self._allowed:
            return True
        if chat_id is not None and chat_id < 0:
            return chat_id in self._allowed
        return user_id in self._allowed or user_id in self._granted or self.is_admin(user_id)

    def is_admin(self, user_id: int | None) -> bool:
        """Whether a person is an admin of the bot."""
        return user_id is not None and user_id in self.admins

    def follow(self, old: int, new: int) -> None:
        """Give a supergroup the access of the group it was."""
        if old in self._allowed:
            self._allowed.add(new)
