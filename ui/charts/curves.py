"""Costs over any quantity, exact: straight between kinks, a jump as a jump, each named at its end."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.curve_picture import EMPTY, Band, Curve, CurvesPicture, Point, grid_of, jumps_of, path_of, spoken
from ui.charts.engine import pg

HEADROOM = 1.12  # above the highest point, for the words at the top
TODAY_PX = 96  # for that word, on either side of the middle
LEAST_WORDS_PX = 60
NAME_GAP_PX = 8
MOST_NAME_PX = 230
LINE_PX = 17  # between the middles of two names
BAND_ALPHA = 44
DOT_PX = 9
POINT_SHARE = 0.6  # of the width, up to which words stand at the right of their point
LEAST_HEIGHT, MOST_HEIGHT = 0.2, 0.85  # of the picture, where words below or above a point still fit
POINT_MARGIN_PX = 4
POINT_ALPHA = 150  # so that a curve behind the words stays visible


class CurvesChart(Chart):
    """Nothing is smoothed and nothing is left out between two kinks: every corner is drawn."""

    def __init__(self, name: str, appearance: Appearance, *, height_px: int = 280) -> None:
        super().__init__(name, appearance)
        self._height_px = height_px
        self._shown = EMPTY
        self._labels: list[tuple[Any, float]] = []  # names at the ends, and where they want to stand
        self._tops: list[tuple[Any, str, float]] = []  # words at the upper edge, and how wide the room for them is
        for side in ("left", "bottom"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)
        self.plot.getAxis("bottom").tickStrings = self._x_ticks
        self.plot.getAxis("left").tickStrings = self._y_ticks
        self.plot.getViewBox().sigResized.connect(self._fit)
        self.plot.scene().sigMouseMoved.connect(self._read)

    @property
    def shown(self) -> CurvesPicture:
        """What is drawn."""
        return self._shown

    def show_curves(self, finding: str, shown: CurvesPicture) -> None:
        """Show this picture."""
        self._shown = shown
        self.show_chart(finding, "; ".join(spoken(shown)) or "nothing to draw", list(grid_of(shown)))

    def values_at(self, x: float) -> str:
        """What hovering reads: the place, and every curve there."""
        lines = [self._shown.x_words(x)]
        for curve in self._shown.curves:
            value = curve.at(x)
            lines.append(f"{curve.name}: {'cannot serve' if value is None else self._shown.y_words(value)}")
        return "\n".join(lines)

    def draw(self) -> None:
        """Bands, curves with their jumps, today, marked points, names."""
        plot, shown = self.plot, self._shown
        plot.setFixedHeight(self.appearance.pixels(self._height_px))
        self.name_axis("left", shown.y_axis)
        self.name_axis("bottom", shown.x_axis)
        self._labels, self._tops = [], []
        low, high = self._span()
        plot.setYRange(low, high, padding=0)
        for band in shown.bands:
            self._draw_band(band)
        for curve in shown.curves:
            self._draw_curve(curve)
        if shown.today is not None and shown.today <= self._end():
            self._draw_today(shown.today, low, high)
        for point in shown.points:
            self._draw_point(point)
        self._name_bands(high)
        self._fit()

    # Parts

    def _draw_band(self, band: Band) -> None:
        shade = self.appearance.theme.color(self._shown.band_meaning)
        shade.setAlpha(BAND_ALPHA)
        item = pg.LinearRegionItem((band.from_x, band.to_x), movable=False, brush=pg.mkBrush(shade), pen=pg.mkPen(None))
        item.setZValue(-10)
        self.plot.addItem(item)

    def _draw_curve(self, curve: Curve) -> None:
        if not curve.stretches:
            return
        color = self.appearance.theme.color(curve.meaning)
        xs, ys = path_of(curve)
        style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
        self.plot.addItem(pg.PlotDataItem(xs, ys, pen=pg.mkPen(color, width=2, style=style), connect="finite"))
        jumps_x, jumps_y = jumps_of(curve)
        if jumps_x:
            pen = pg.mkPen(color, width=1, style=Qt.PenStyle.DotLine)
            self.plot.addItem(pg.PlotDataItem(jumps_x, jumps_y, pen=pen, connect="finite"))
        last = curve.stretches[-1]
        if curve.end_words:
            self._dot(last.to_x, last.to_y, curve.meaning, f"{curve.name}\n{curve.end_words}")
        metrics = QFontMetrics(self.axis_font())
        most = self.appearance.pixels(MOST_NAME_PX)
        name = metrics.elidedText(curve.name, Qt.TextElideMode.ElideMiddle, most)
        label = self._words(name, curve.meaning, (0, 0.5))
        label.setToolTip(curve.name)
        self._labels.append((label, last.to_y))

    def _draw_today(self, x: float, low: float, high: float) -> None:
        pen = pg.mkPen(self.appearance.theme.color("text_muted"), width=1, style=Qt.PenStyle.DashDotLine)
        self.plot.addItem(pg.PlotDataItem([x, x], [low, high], pen=pen))
        at_right = x > self._end() / 2
        self._words("today", "text_muted", (1, 0) if at_right else (0, 0)).setPos(x, high)

    def _draw_point(self, point: Point) -> None:
        self._dot(point.x, point.y, "text", point.words)
        low, high = self._span()
        height = (point.y - low) / (high - low)
        beside = point.x <= self._end() * POINT_SHARE  # so that the words end inside the picture
        above = height < LEAST_HEIGHT if beside else height < MOST_HEIGHT  # where a rising cost leaves room
        label = self._words(point.words, "text", (0 if beside else 1, 1 if above else 0))
        ground = self.appearance.theme.color("surface")
        ground.setAlpha(POINT_ALPHA)
        label.fill = pg.mkBrush(ground)
        label.textItem.document().setDocumentMargin(POINT_MARGIN_PX)
        label.updateTextPos()
        label.setPos(point.x, point.y)

    def _dot(self, x: float, y: float, meaning: str, words: str) -> None:
        color = self.appearance.theme.color(meaning)
        self.plot.addItem(
            pg.ScatterPlotItem(
                x=[x],
                y=[y],
                size=DOT_PX,
                pen=pg.mkPen(color, width=2),
                brush=pg.mkBrush(self.appearance.theme.color("surface")),
                data=[words],
                hoverable=True,
                tip=_tip,
            )
        )

    def _name_bands(self, high: float) -> None:
        """Words in the widest band only: the others mean the same."""
        widest = max(self._shown.bands, key=lambda band: band.to_x - band.from_x, default=None)
        if widest is None or not widest.words:
            return
        start, end, today = widest.from_x, widest.to_x, self._shown.today
        if today is not None and start < today < end:  # beside that line, where there is more room
            start, end = (start, today) if today - start > end - today else (today, end)
        label = self._words(widest.words, "text", (0.5, 0))
        label.setPos((start + end) / 2, high)
        self._tops.append((label, widest.words, end - start))

    def _words(self, words: str, meaning: str, anchor: tuple[float, float]) -> Any:
        label = pg.TextItem(words, color=self.appearance.theme.color(meaning), anchor=anchor)
        label.setFont(self.axis_font())
        self.plot.addItem(label, ignoreBounds=True)
        return label

    # Sizes

    def _end(self) -> float:
        return max((one.to_x for curve in self._shown.curves for one in curve.stretches), default=1.0) or 1.0

    def _span(self) -> tuple[float, float]:
        """From zero, or below it where money comes back, to a little above the highest point."""
        every = [y for curve in self._shown.curves for one in curve.stretches for y in (one.from_y, one.to_y)]
        low, high = min([0.0, *every]), max([0.0, *every])
        return low, low + (high - low or 1.0) * HEADROOM

    def _fit(self) -> None:
        """Room at the right for the names, which keep apart from each other."""
        metrics = QFontMetrics(self.axis_font())
        box = self.plot.getViewBox()
        width, height = max(box.width(), 1.0), max(box.height(), 1.0)
        names = [metrics.horizontalAdvance(label.toPlainText()) for label, _ in self._labels]
        gap = self.appearance.pixels(NAME_GAP_PX)
        share = min((max(names, default=0) + 2 * gap) / width, 0.5)
        end = self._end()
        self.plot.setXRange(0, end / (1 - share), padding=0)
        low, high = self._span()
        apart = self.appearance.pixels(LINE_PX) * (high - low) / height
        at = end + gap * end / (1 - share) / width
        free = float("inf")
        for label, y in sorted(self._labels, key=lambda each: -each[1]):
            free = min(y, free - apart)
            label.setPos(at, free)
        floor = low + apart / 2
        for label, _ in sorted(self._labels, key=lambda each: each[1]):
            if label.pos().y() >= floor:
                break
            label.setPos(at, floor)
            floor += apart
        for label, words, room in self._tops:
            room_px = int(room / end * (1 - share) * width) - TODAY_PX
            label.setVisible(room_px > LEAST_WORDS_PX)
            label.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, max(room_px, LEAST_WORDS_PX)))

    def _read(self, where: QPointF) -> None:
        """Hovering tells the value of every curve at that place."""
        box = self.plot.getViewBox()
        x = box.mapSceneToView(where).x()
        inside = self._shown.curves and 0 <= x <= self._end() and box.sceneBoundingRect().contains(where)
        self.plot.setToolTip(self.values_at(x) if inside else "")

    def _x_ticks(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words of ticks up to the end of the curves: beyond stand names."""
        del scale, spacing
        end = self._end() * (1 + 1e-9)
        return [self._shown.x_tick(value) if 0 <= value <= end else "" for value in values]

    def _y_ticks(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale, spacing
        return [text.number(value) for value in values]


def _tip(x: float, y: float, data: str) -> str:
    """What hovering reads; the place is known, only the words are wanted."""
    del x, y
    return data
