"""The Compare page: two to four devices side by side, the first as baseline, what differs most on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from planner import text
from planner.errors import PlannerError
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.charts.intervals import IntervalsChart
from ui.dialogs.files import FileAsker
from ui.files import OPEN_FILTER
from ui.messages import refusal
from ui.pages.device_words import chart_signs, decode_series
from ui.pages.page import FIELD_GAP, Page
from ui.pages.performance_rows import performance_rows
from ui.session import Session
from ui.tables.columns import Column, SortKey
from ui.tables.table_view import Table
from ui.widgets.details import Details, Section
from ui.widgets.labels import label

if TYPE_CHECKING:
    from planner.comparison import ComparedCell, ComparedRow, ProfileComparison, Ratio

LETTERS = "ABCD"
NOBODY = "–"
WIDEST_DEVICE_PX = 220
WIDEST_PROPERTY_PX = 320


class ComparePage(Page):
    """Chooses profiles, shows the comparison; all ratios and judgements come with it."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Compare")
        self.asker = FileAsker()
        self._wanted: list[str | None] = []  # profile_id a slot; None: an empty slot
        self._comparison: ProfileComparison | None = None
        self._shown: tuple[str, ...] = ()
        self._build_choosers()
        self.only_differences = QCheckBox("Only &differences")
        self.only_differences.setChecked(True)
        self.only_differences.toggled.connect(self._show_rows)
        self.body.addWidget(self.only_differences)
        self.table: Table[ComparedRow] | None = None
        self._place = QVBoxLayout()
        self.body.addLayout(self._place, 1)
        self.details = Details("Details of the selected property")
        self.details.setFixedHeight(150)
        self.body.addWidget(self.details)
        self.chart = IntervalsChart("Decode rate of each device", appearance)
        self.body.addWidget(self.chart)
        session.scenario_changed.connect(self.changed)
        session.profiles_changed.connect(self.changed)
        self.chart.failed.connect(self._show_refusal)

    def _build_choosers(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        self.choosers: list[QComboBox] = []
        for number, letter in enumerate(LETTERS):
            caption = "A, baseline" if number == 0 else letter
            box = QComboBox()
            box.setAccessibleName(f"Device {caption}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(14)
            box.activated.connect(self._chooser_slot(number))
            self.choosers.append(box)
            slot = QWidget()
            column = QVBoxLayout(slot)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label(caption, "caption"))
            column.addWidget(box)
            line.addWidget(slot, 1)
        self.body.insertLayout(1, line)
        self.add_button = QPushButton("Add a profile file …")
        self.add_button.clicked.connect(self.ask_profile)
        self.set_primary(self.add_button)

    def _chooser_slot(self, number: int) -> Callable[[int], None]:
        def chosen(index: int) -> None:
            self._wanted[number] = self.choosers[number].itemData(index)
            self.refresh()

        return chosen

    # What is compared

    @property
    def compared(self) -> tuple[DeviceProfile, ...]:
        """The profiles in their order, each once."""
        known = {profile.profile_id: profile for profile in self.session.known_profiles()}
        return tuple(known[wanted] for wanted in dict.fromkeys(self._wanted) if wanted is not None and wanted in known)

    def choose(self, number: int, profile_id: str | None) -> None:
        """Put a profile in a slot; None empties it."""
        self._wanted[number] = profile_id
        self.refresh()

    def ask_profile(self) -> None:
        """Add a profile from a file in the first free slot, else in the last."""
        path = self.asker.open(self, "Open a device profile", OPEN_FILTER)
        profile = self.session.look_at_profile(path) if path is not None else None
        if profile is not None:
            free = self._wanted.index(None) if None in self._wanted else len(self._wanted) - 1
            self.choose(free, profile.profile_id)

    def refresh(self) -> None:
        """Compare what is chosen and fill the page."""
        self._keep_choice()
        self._fill_choosers()
        profiles = self.compared
        if len(profiles) < 2:  # noqa: PLR2004
            self._comparison = None
            self.say("Choose a second device to compare with.")
            self._show_rows()
            self.chart.hide()
            return
        try:
            self._comparison = self.session.verbs().compare(profiles)
        except PlannerError as error:
            self._show_refusal(error)
            return
        self.say(_sentence(self._comparison))
        self._show_rows()
        self._show_chart(profiles)

    def _show_chart(self, profiles: tuple[DeviceProfile, ...]) -> None:
        """Models that at least two of the devices are known to run; anything else compares nothing."""
        verbs = self.session.verbs()
        rows = [performance_rows(profile, verbs) for profile in profiles]
        known = Counter(name for each in rows for name in {row.category for row in each if row.decode is not None})
        shared = frozenset(name for name, count in known.items() if count > 1)
        series = tuple(decode_series(letter, each, shared) for letter, each in zip(LETTERS, rows, strict=False))
        legend = ", ".join(f"{letter} {profile.title}" for letter, profile in zip(LETTERS, profiles, strict=False))
        signs = chart_signs(tuple(row for each in rows for row in each if row.category in shared))
        self.chart.show_series(f"Decode rate: {signs}; {legend}", "tok/s", series)
        self.chart.setVisible(bool(shared))

    def _keep_choice(self) -> None:
        """The scenario's first device against the next known one, until the user chooses otherwise."""
        known = [profile.profile_id for profile in self.session.known_profiles()]
        if not self._wanted:
            self._wanted = [*known[:2], *[None] * len(LETTERS)][: len(LETTERS)]
        self._wanted = [wanted if wanted in known else None for wanted in self._wanted]
        if self._wanted[0] is None and known:
            self._wanted[0] = known[0]

    def _fill_choosers(self) -> None:
        profiles = self.session.known_profiles()
        for number, box in enumerate(self.choosers):
            with QSignalBlocker(box):
                box.clear()
                if number > 0:
                    box.addItem(NOBODY, None)
                for profile in profiles:
                    box.addItem(profile.title, profile.profile_id)
                box.setCurrentIndex(max(box.findData(self._wanted[number]), 0))

    # What is shown

    def _show_rows(self) -> None:
        comparison = self._comparison
        if comparison is None:
            if self.table is not None:
                self.table.hide()
            self.details.hide()
            return
        titles = tuple(column.title for column in comparison.columns)
        if self.table is None or titles != self._shown:
            self._make_table(titles)
        assert self.table is not None
        rows = comparison.differing if self.only_differences.isChecked() else comparison.rows
        self.only_differences.setText(
            f"Only &differences ({len(comparison.differing)} of {len(comparison.rows)} properties)"
        )
        self.table.show()
        self.details.show()
        self.table.set_rows(tuple(rows))

    def _make_table(self, titles: tuple[str, ...]) -> None:
        """The columns are the devices, so another choice of devices is another table."""
        if self.table is not None:
            self._place.removeWidget(self.table)
            self.table.deleteLater()
        self._shown = titles
        self.table = Table(
            "Devices side by side",
            _columns(titles),
            self.appearance,
            key=lambda row: (row.group, row.label),
        )
        self.table.setMinimumHeight(320)
        self.table.row_selected.connect(self._show_details)
        self.table.failed.connect(self._show_refusal)
        self._place.addWidget(self.table)

    def _show_details(self, row: ComparedRow | None) -> None:
        if row is None or self._comparison is None:
            self.details.clear_sections()
            return
        lines = tuple(
            (column.title, _cell_details(cell))
            for column, cell in zip(self._comparison.columns, row.cells, strict=True)
        )
        cautions = (f"▲ {row.caution}",) if row.caution else ()
        self.details.show_sections((Section(row.label, (*lines, *cautions)), Section("", (self._comparison.method,))))

    def _show_refusal(self, error: PlannerError) -> None:
        self.tell(refusal(error))


def _columns(titles: tuple[str, ...]) -> tuple[Column[ComparedRow], ...]:
    def device(number: int, title: str) -> Column[ComparedRow]:
        return Column(
            title if number else f"{title} ★",
            lambda row: _cell_words(row.cells[number]),
            sort=lambda row: _cell_key(row.cells[number]),
            tooltip=lambda row: _cell_details(row.cells[number]),
            hint=f"{title}: baseline" if number == 0 else f"{title}; in brackets: times {titles[0]}",
            widest_px=WIDEST_DEVICE_PX,
        )

    return (
        Column("Group", lambda row: row.group.value),
        Column(
            "Property",
            lambda row: f"{'▲ ' if row.caution else ''}{row.label}",
            tooltip=lambda row: f"{row.label}\n▲ {row.caution}" if row.caution else row.label,
            widest_px=WIDEST_PROPERTY_PX,
        ),
        *(device(number, title) for number, title in enumerate(titles)),
    )


def _cell_words(cell: ComparedCell) -> str:
    words = text.quantity(cell.quantity, interval=False) if cell.quantity is not None else cell.text
    return f"{words}  ({_ratio_words(cell.ratio)})" if cell.ratio is not None else words


def _ratio_words(ratio: Ratio) -> str:
    words = f"×{text.significant(ratio.value)}"
    if ratio.low is None or ratio.high is None:
        return words
    return f"{words}, {text.significant(ratio.low)} … {text.significant(ratio.high)}"


def _cell_key(cell: ComparedCell) -> SortKey | None:
    """Ratio to the baseline where there is one: cells of one column are of many units."""
    if cell.ratio is not None:
        return cell.ratio.value
    return None


def _cell_details(cell: ComparedCell) -> str:
    parts = [cell.text]
    if cell.quantity is not None:
        parts.append(text.provenance(cell.quantity))
    if cell.note:
        parts.append(cell.note)
    return " · ".join(parts)


def _sentence(comparison: ProfileComparison) -> str:
    """The finding: the largest difference in decoding, else how many properties differ."""
    baseline = comparison.columns[0].title
    for row in comparison.differing:
        if "decode" not in row.label:
            continue
        ratios = [
            (cell.ratio, column)
            for cell, column in zip(row.cells, comparison.columns, strict=True)
            if cell.ratio is not None and cell.ratio.distinguishable
        ]
        if ratios:
            ratio, column = max(ratios, key=lambda pair: max(pair[0].value, 1 / pair[0].value))
            return f"{column.title} decodes {row.label.split(' decode')[0]} at {_ratio_words(ratio)} of {baseline}."
    count = len(comparison.differing)
    differing = f"{count} of {len(comparison.rows)} properties differ from {baseline}"
    return f"{differing}; none of them is a decode rate known on both."
