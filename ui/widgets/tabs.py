"""Tabs that are as high as the page shown needs: what other tabs hold leaves no gap below a short one."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QTabWidget, QWidget


class Tabs(QTabWidget):
    """Qt's own take the most that any of their pages wants, looked at or not."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.setAccessibleName(name)
        self.currentChanged.connect(self._let_current_decide)

    def hasHeightForWidth(self) -> bool:
        """Always: the page shown decides."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the page shown needs at this width, and the tabs above it."""
        if not self.count():
            return super().heightForWidth(width)
        page = self.currentWidget()
        around = self.minimumSizeHint().height() - page.minimumSizeHint().height()
        wanted = page.heightForWidth(width) if page.hasHeightForWidth() else page.sizeHint().height()
        return around + max(wanted, page.minimumSizeHint().height())

    def _let_current_decide(self, place: int) -> None:
        for other in range(self.count()):
            policy = QSizePolicy.Policy.Preferred if other == place else QSizePolicy.Policy.Ignored
            page = self.widget(other)
            if page is not None:
                page.setSizePolicy(policy, policy)
        self.updateGeometry()
