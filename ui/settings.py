"""What the window remembers between starts: look, geometry, page and recent files, each with its type."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

RECENT_KEPT = 8


class Settings:
    """A typed view on QSettings; a value that does not read as its type is treated as never set."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Edgewise", "edgewise-window"
        )

    @property
    def theme(self) -> str:
        """The look the user chose, by name; an empty text where never chosen."""
        return self._text("look/theme")

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("look/theme", name)

    @property
    def zoom(self) -> float:
        """The text scale the user chose."""
        try:
            return float(self._text("look/zoom"))
        except ValueError:
            return 1.0

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._store.setValue("look/zoom", str(zoom))

    @property
    def page(self) -> str:
        """Title of the page that was open last, or an empty text."""
        return self._text("window/page")

    @page.setter
    def page(self, title: str) -> None:
        self._store.setValue("window/page", title)

    @property
    def author(self) -> str:
        """Who the user's quotes are by, as typed last; an empty text where none was entered yet."""
        return self._text("prices/author")

    @author.setter
    def author(self, name: str) -> None:
        self._store.setValue("prices/author", name)

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window stood."""
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """Files opened or saved lately, newest first."""
        return tuple(Path(line) for line in self._text("files/recent").split("\n") if line)

    def remember_file(self, path: Path) -> None:
        """Put a file on top of the recent ones."""
        others = [recent for recent in self.recent_files if recent != path]
        self._write_recent([path, *others][:RECENT_KEPT])

    def forget_file(self, path: Path) -> None:
        """Take a file that no longer opens off the list."""
        self._write_recent([recent for recent in self.recent_files if recent != path])

    def sync(self) -> None:
        """Write everything now."""
        self._store.sync()

    def _write_recent(self, paths: list[Path]) -> None:
        self._store.setValue("files/recent", "\n".join(str(path) for path in paths))

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""
