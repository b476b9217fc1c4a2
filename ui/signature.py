"""Who the user's quotes are by: typed once, then remembered between starts."""

from __future__ import annotations

from ui.settings import Settings


class Signature:
    """The author of quotes; kept in the window's settings once it is told which."""

    def __init__(self) -> None:
        self._author = ""
        self._settings: Settings | None = None

    def remember_in(self, settings: Settings) -> None:
        """Begin with the author who was typed last, and keep the next one."""
        self._settings = settings
        self._author = settings.author

    @property
    def author(self) -> str:
        """Who a quote is by; an empty text where nobody said so yet."""
        return self._author

    @author.setter
    def author(self, name: str) -> None:
        self._author = name
        if self._settings is not None:
            self._settings.author = name
