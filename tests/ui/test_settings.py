"""Settings last from one start to the next, and a damaged file costs nothing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from ui.settings import RECENT_KEPT, Settings


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "settings.ini")


def settings(file: str) -> Settings:
    return Settings(QSettings(file, QSettings.Format.IniFormat))


def test_what_was_set_is_there_at_the_next_start(file: str) -> None:
    first = settings(file)
    first.theme, first.zoom, first.page = "dark", 1.25, "Plan"
    first.author = "Ada"
    first.geometry = QByteArray(b"geometry")
    first.remember_file(Path("/a b/c,d.edgewise"))
    first.sync()
    again = settings(file)
    assert (again.theme, again.zoom, again.page) == ("dark", 1.25, "Plan")
    assert again.author == "Ada"
    assert again.geometry == QByteArray(b"geometry")
    assert again.recent_files == (Path("/a b/c,d.edgewise"),)


def test_nothing_set_is_the_designed_look(file: str) -> None:
    fresh = settings(file)
    assert (fresh.theme, fresh.zoom, fresh.page, fresh.geometry, fresh.recent_files) == ("", 1.0, "", None, ())


def test_a_damaged_file_is_as_if_nothing_was_set(file: str) -> None:
    Path(file).write_text("[look]\nzoom=large\n[window]\ngeometry=5\n", encoding="utf-8")
    damaged = settings(file)
    assert damaged.zoom == 1.0
    assert damaged.geometry is None


def test_recent_files_are_newest_first_once_each_and_few(file: str) -> None:
    store = settings(file)
    paths = [Path(f"/{number}") for number in range(RECENT_KEPT + 2)]
    for path in [*paths, paths[5]]:
        store.remember_file(path)
    assert store.recent_files[:2] == (paths[5], paths[-1])
    assert len(store.recent_files) == RECENT_KEPT
    store.forget_file(paths[5])
    assert paths[5] not in store.recent_files
