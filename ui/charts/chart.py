"""What every chart has: a finding as title, a plot in the theme's colours, a table that says the same, a ⋯ menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from planner.errors import PlannerError
from ui.appearance import Appearance
from ui.charts.engine import pg
from ui.charts.pictures import picture, png_file, svg_file
from ui.charts.twin import TwinModel
from ui.grids import Grid, as_tsv, csv_file
from ui.saving import save_bytes

CAPTION_PX = 12


class Chart(QWidget):
    """A subclass keeps its data, implements `draw` and calls `show_chart`; another theme redraws it."""

    failed = Signal(object)  # a PlannerError of saving

    def __init__(self, name: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.appearance = appearance
        self.ask_path: Callable[[str], Path | None] = self._ask_path
        self.title = QLabel()
        self.title.setProperty("role", "section")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.plot: Any = pg.PlotWidget()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self._twin = TwinModel(self)
        self._table: QTableView | None = None  # made when first asked for: most readers of a page never do
        self._views = QStackedWidget()
        self._views.addWidget(self.plot)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self._menu_button())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._views, 1)
        appearance.changed.connect(self._redraw)
        self._drawn = False

    # For subclasses

    def draw(self) -> None:
        """Put the marks on `self.plot`, which was cleared and carries the theme already."""
        raise NotImplementedError

    def show_chart(self, finding: str, description: str, grid: Grid) -> None:
        """Title, what a reader hears, and the same data as words; then draw."""
        self.title.setText(finding)
        self._twin.set_grid(grid)
        self.plot.setAccessibleName(f"{self.name}: {finding}")
        self.plot.setAccessibleDescription(description)
        self._drawn = True
        self._redraw()

    def axis_font(self) -> QFont:
        """The font of ticks and labels."""
        font = QFont(self.font())
        font.setPixelSize(self.appearance.pixels(CAPTION_PX))
        return font

    def name_axis(self, side: str, words: str) -> None:
        """The unit beside an axis, in the size of its ticks."""
        size = f"{self.appearance.pixels(CAPTION_PX)}px"
        self.plot.setLabel(side, words, **{"color": self.appearance.theme.text_muted, "font-size": size})

    # What the ⋯ menu does

    @property
    def grid(self) -> list[tuple[str, ...]]:
        """The chart's data in words."""
        return self._twin.grid

    @property
    def shows_table(self) -> bool:
        """Whether the table stands in the plot's place."""
        return self._views.currentWidget() is not self.plot

    def show_as_table(self, *, on: bool) -> None:
        """Swap the plot for its table, or back."""
        self._views.setCurrentWidget(self._twin_table() if on else self.plot)
        self._as_table.setChecked(on)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self._picture())

    def copy_data(self) -> None:
        """Put the data on the clipboard."""
        QGuiApplication.clipboard().setText(as_tsv(self.grid))

    def save(self, suffix: str) -> None:
        """Ask for a file and write png, svg or csv."""
        path = self.ask_path(suffix)
        if path is None:
            return
        match suffix:
            case "svg":
                ink = self.appearance.theme.color("text")
                data = svg_file(self.plot, self.title.text(), self.plot.accessibleDescription(), ink)
            case "csv":
                data = csv_file(self.grid)
            case _:
                data = png_file(self._picture())
        try:
            save_bytes(path, data)
        except PlannerError as error:
            self.failed.emit(error)

    def _picture(self) -> Any:
        theme = self.appearance.theme
        return picture(self.plot, self.title.text(), theme.color("surface"), theme.color("text"))

    def _toggle_table(self, on: bool) -> None:
        self.show_as_table(on=on)

    def _redraw(self) -> None:
        if not self._drawn:
            return
        theme = self.appearance.theme
        self.plot.setBackground(theme.color("surface"))
        self.plot.clear()
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.color("hairline"))
            axis.setTextPen(theme.color("text"))
            axis.setStyle(tickFont=self.axis_font(), hideOverlappingLabels=False)
        self.draw()

    def _twin_table(self) -> QTableView:
        if self._table is None:
            self._table = QTableView()
            self._table.setModel(self._twin)
            # The plot says how high a chart is; a table's own hint would leave a gap below a short one.
            self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            self._table.setTabKeyNavigation(False)
            self._table.verticalHeader().hide()
            self._table.horizontalHeader().setStretchLastSection(True)
            self._table.setAccessibleName(f"{self.name}, as a table")
            self._views.addWidget(self._table)
        self._table.resizeColumnsToContents()
        return self._table

    def _menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("⋯")
        button.setProperty("quiet", True)
        button.setAccessibleName(f"{self.name}: more")
        button.setToolTip("Show as table, copy, save")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._as_table = menu.addAction("Show as table")
        self._as_table.setCheckable(True)
        self._as_table.toggled.connect(self._toggle_table)
        menu.addSeparator()
        menu.addAction("Copy picture").triggered.connect(self.copy_picture)
        menu.addAction("Copy data").triggered.connect(self.copy_data)
        menu.addSeparator()
        for suffix in ("png", "svg", "csv"):
            action = menu.addAction(f"Save as {suffix.upper()} …")
            action.triggered.connect(lambda _checked=False, chosen=suffix: self.save(chosen))
        button.setMenu(menu)
        return button

    def _ask_path(self, suffix: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self, f"Save {self.name}", f"{self.name}.{suffix}", f"{suffix.upper()} (*.{suffix})"
        )
        return Path(name) if name else None
