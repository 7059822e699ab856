"""Who is let in: people by their number in private, groups by theirs. Groups that moved are followed."""

from collections.abc import Iterable, Mapping


class Access:
    """The allow-list in one place. Empty: everyone. Admins are always let in, in private.

    In a group everybody reads the answer, so it is the group that must be listed, not the one who asks. An inline
    query has no chat that the bot could know: there it is the person.
    """

    def __init__(
        self, allowed: Iterable[int], admins: Iterable[int], moved: Mapping[int, int], let_in: Iterable[int] = ()
    ):
        self._allowed = set(allowed)
        self._admins = frozenset(admins)
        self._let_in = set(let_in)
        for old, new in moved.items():
            self.follow(old, new)

    @property
    def open(self) -> bool:
        """Whether everyone is let in."""
        return not self._allowed

    def admits_user(self, user_id: int | None) -> bool:
        """Whether a person may ask in private or inline."""
        return self.open or user_id in self._allowed or user_id in self._let_in or self.is_admin(user_id)

    def allow(self, user_id: int) -> None:
        """Let a person in, whom an admin allowed from the chat."""
        self._let_in.add(user_id)

    def remove(self, user_id: int) -> None:
        """Take back what ``allow`` gave; whoever is on the list of the settings stays."""
        self._let_in.discard(user_id)

    def admits(self, chat_id: int | None, user_id: int | None) -> bool:
        """Whether something from this person in this chat may be served (chat None: inline)."""
        if chat_id is not None and chat_id < 0:
            return self.open or chat_id in self._allowed
        return self.admits_user(user_id)

    def is_admin(self, user_id: int | None) -> bool:
        """Whether a person may do what changes the bot. Nobody is an admin unless named."""
        return user_id is not None and user_id in self._admins

    @property
    def admins(self) -> frozenset[int]:
        """The admins' numbers."""
        return self._admins

    def follow(self, old: int, new: int) -> None:
        """Let a supergroup in where the group it was had been let in."""
        if old in self._allowed:
            self._allowed.add(new)
