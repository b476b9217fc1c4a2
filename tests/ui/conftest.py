"""What tests of the window share: garbage collected on the GUI thread, one known Qt remark."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent


def pytest_itemcollected(item: pytest.Item) -> None:
    """Qt's offscreen platform says something about size hints that is no finding."""
    item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """As in the program, no worker thread ever destroys a Qt object; what a test leaves behind dies after it.

    Without a loop that ends, Qt keeps closed windows, and every next test would style their widgets anew.
    """
    gc.disable()
    yield
    gc.collect(1)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
