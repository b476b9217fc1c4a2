"""Tabs are as high as the page shown: a long page that nobody looks at leaves no gap below a short one."""

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.tabs import Tabs


def page(words: str, *, least: int = 0) -> QWidget:
    """A page of words that wrap."""
    made = QWidget()
    column = QVBoxLayout(made)
    label = QLabel(words)
    label.setWordWrap(True)
    column.addWidget(label)
    made.setMinimumHeight(least)
    return made


@pytest.fixture
def tabs(qtbot: QtBot) -> Tabs:
    made = Tabs("Short and long")
    qtbot.addWidget(made)
    made.addTab(page("short"), "Short")
    made.addTab(page("long " * 2_000), "Long")
    made.resize(400, 300)
    made.show()
    return made


def test_the_page_shown_says_how_high_they_are(tabs: Tabs) -> None:
    short = tabs.heightForWidth(400)
    tabs.setCurrentIndex(1)
    long = tabs.heightForWidth(400)
    assert long > 10 * short
    tabs.setCurrentIndex(0)
    assert tabs.heightForWidth(400) == short


def test_words_that_wrap_get_the_room_they_need_where_it_is_narrow(tabs: Tabs) -> None:
    tabs.setCurrentIndex(1)
    assert tabs.heightForWidth(200) > 1.5 * tabs.heightForWidth(400)


def test_they_have_a_name(tabs: Tabs) -> None:
    assert tabs.accessibleName() == "Short and long"
