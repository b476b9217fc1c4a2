"""What a dialog says beside its fields: wrapped plain text in one of the stylesheet's roles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def note(name: str, words: str = "", role: str = "body") -> QLabel:
    """A label that a screen reader calls by this name."""
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(True)
    made.setAccessibleName(name)
    return made
