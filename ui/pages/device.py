"""The Device page: what a machine is, how fast it runs models and how sure that is; and the way to measure this one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from planner.device.summary import FactRow
from planner.errors import PlannerError
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.charts.intervals import IntervalsChart
from ui.charts.rounds import RoundsChart
from ui.device_work import Job
from ui.dialogs.files import FileAsker
from ui.files import OPEN_FILTER
from ui.messages import refusal
from ui.pages.accuracy_tab import AccuracyTab
from ui.pages.device_columns import FACT_COLUMNS, PERFORMANCE_COLUMNS
from ui.pages.device_words import chart_finding, decode_limits, decode_series, key_figures, sentence
from ui.pages.history_tab import HistoryTab
from ui.pages.measure_menu import MeasureMenu
from ui.pages.measuring_panel import MeasuringPanel
from ui.pages.page import FIELD_GAP, Page, let_current_decide
from ui.pages.performance_rows import PerformanceRow, performance_rows
from ui.pages.run_words import performance_sections, round_dots
from ui.pages.runs_tab import RunsTab
from ui.pages.sustained_tab import SustainedTab
from ui.session import Session
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.details import Details
from ui.widgets.labels import label

PROFILE_ROLE = Qt.ItemDataRole.UserRole
DETAILS_PX = 260
MOST_MODELS = 10
MOST_FACTS = 14
Rows = tuple[DeviceProfile, tuple[PerformanceRow, ...]]
HISTORY, RUNS, SUSTAINED, ACCURACY, MACHINE = range(5)


class DevicePage(Page):
    """One profile at a time: the scenario's, a reference device's or a file's."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Device")
        self.asker = FileAsker()
        self._shown_id: str | None = None  # None: the scenario's first device
        self._reading: NewestTask[Rows] = NewestTask("reading a device profile", self)
        self._reading.answered.connect(self._take_rows)
        self._reading.failed.connect(self._show_refusal)
        self._read: Rows | None = None
        self._tabs_shown: dict[int, DeviceProfile] = {}  # what each tab was last filled from
        self.measure_button = MeasureMenu(session)
        self.set_primary(self.measure_button)
        self._build_chooser()
        self.measuring = MeasuringPanel(session.measuring, appearance)
        self.body.addWidget(self.measuring)
        self.chart = IntervalsChart("Decode rate by model", appearance)
        self.body.addWidget(self.chart)
        self._build_models()
        self._build_tabs()
        self.measure_button.job_asked.connect(self._start)
        self.measure_button.refused.connect(self._show_refusal)
        session.scenario_changed.connect(self._follow_scenario)
        session.profiles_changed.connect(self.changed)
        session.measured.connect(self.show_device)
        session.measuring.started.connect(self._show_measuring)
        session.measuring.ended.connect(self._show_measuring)
        for part in (self.chart, self.measuring, self.decode_rounds, self.prefill_rounds, self.table):
            part.failed.connect(self._show_refusal)
        session.probe()  # how much memory is free decides which models are offered

    # Building

    def _build_chooser(self) -> None:
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Device shown")
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.setMinimumContentsLength(24)
        self.chooser.activated.connect(self._chosen)
        self.open_button = QPushButton("Open a profile …")
        self.open_button.clicked.connect(self.ask_profile)
        self.use_button = QPushButton("Plan for this device")
        self.use_button.setToolTip("Put this device in the place of the scenario's")
        self.use_button.clicked.connect(self._use_shown)
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        for widget in (label("Device shown", "caption"), self.chooser, self.open_button, self.use_button):
            line.addWidget(widget, 1 if widget is self.chooser else 0)
        self.body.insertLayout(1, line)

    def _build_models(self) -> None:
        self.table: Table[PerformanceRow] = Table(
            "Models on this device", PERFORMANCE_COLUMNS, self.appearance, key=lambda row: row.key
        )
        self.table.row_selected.connect(self._show_details)
        self.decode_rounds = RoundsChart("Decode of every round", self.appearance)
        self.prefill_rounds = RoundsChart("Prefill of every round", self.appearance)
        self.details = Details("Details of the selected model")
        self.details.setMinimumHeight(DETAILS_PX)
        self._dots = QWidget()
        dots = QVBoxLayout(self._dots)
        dots.setContentsMargins(FIELD_GAP, 0, 0, 0)
        dots.setSpacing(FIELD_GAP)
        dots.addWidget(self.decode_rounds)
        dots.addWidget(self.prefill_rounds)
        dots.addStretch(1)
        self.body.addWidget(self.table)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.details)
        splitter.addWidget(self._dots)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([600, 400])
        self.body.addWidget(splitter)

    def _build_tabs(self) -> None:
        session, appearance = self.session, self.appearance
        self.history = HistoryTab(session, appearance)
        self.runs = RunsTab(session, appearance)
        self.sustained = SustainedTab(session, appearance)
        self.accuracy = AccuracyTab(session, appearance)
        self.facts: Table[FactRow] = Table(
            "Facts of the machine", FACT_COLUMNS, appearance, key=lambda row: (row.group, row.label)
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("History, comparison of runs, sustained speed, accuracy and the machine")
        for tab, title in (
            (self.history, "History"),
            (self.runs, "Compare runs"),
            (self.sustained, "Sustained"),
            (self.accuracy, "Accuracy"),
            (self.facts, "The machine"),
        ):
            self.tabs.addTab(tab, title)
            tab.failed.connect(self._show_refusal)
        self.body.addWidget(self.tabs)
        self.body.addStretch(1)
        self.tabs.currentChanged.connect(self._fill_tab)
        self.history.counted.connect(self._count_history)
        self.history.compare_asked.connect(self._compare_runs)
        self.history.action_asked.connect(self.measure_button.measure)
        self.runs.action_asked.connect(self.measure_button.measure)
        self.sustained.action_asked.connect(self.measure_button.ask_soak)
        self.accuracy.action_asked.connect(self.measure_button.ask_prediction)

    # What is shown

    @property
    def shown(self) -> DeviceProfile | None:
        """The profile on the page."""
        profiles = self.session.known_profiles()
        for profile in profiles:
            if profile.profile_id == self._shown_id:
                return profile
        return profiles[0] if profiles else None

    @property
    def reading(self) -> bool:
        """Whether figures of the profile shown are still being derived."""
        return self._reading.running

    def show_device(self, profile_id: str) -> None:
        """Put this device on the page."""
        self._shown_id = profile_id
        self.changed()

    def refresh(self) -> None:
        """Fill everything from the profile shown."""
        profile = self.shown
        self._fill_chooser(profile)
        self._show_measuring()
        for part in (self.chart, self.tabs):
            part.setVisible(profile is not None)
        if profile is None:
            self.say("This scenario has no device yet. Measure this one to begin.")
            self.table.set_rows(())
            return
        if self._read is not None and self._read[0] is profile:
            self._show_rows(*self._read)
        else:  # off the window's thread: every figure of every run and prediction is derived anew
            if self._read is None or self._read[0].profile_id != profile.profile_id:
                self.say(f"Reading {profile.title} …", *key_figures(profile.facts))
                self.chart.hide()
                self.table.set_rows(())
            verbs = self.session.verbs()
            self._reading.want(lambda: (profile, performance_rows(profile, verbs)))
        self._fill_tab(self.tabs.currentIndex())

    def _take_rows(self, read: Rows) -> None:
        shown = self.shown
        if shown is not None and shown.profile_id == read[0].profile_id:
            self._read = read
            self._show_rows(*read)

    def _show_rows(self, profile: DeviceProfile, rows: tuple[PerformanceRow, ...]) -> None:
        self.say(sentence(profile, rows), *key_figures(profile.facts))
        series = decode_series(profile.title, rows)
        limits = decode_limits(rows, series)
        self.chart.show_series(chart_finding(series, rows, limits), "tok/s", (series,), limits)
        self.chart.setVisible(bool(series.marks))
        self.table.set_rows(rows)
        self.table.set_height_rows(MOST_MODELS)

    def _fill_tab(self, place: int) -> None:
        """A tab that nobody looks at does no work and takes no room."""
        let_current_decide(self.tabs)
        profile = self.shown
        if profile is None or (place != ACCURACY and self._tabs_shown.get(place) is profile):
            return
        self._tabs_shown[place] = profile
        match place:
            case _ if place == RUNS:
                self.runs.show_profile(profile)
            case _ if place == SUSTAINED:
                self.sustained.show_profile(profile)
            case _ if place == ACCURACY:
                self.accuracy.show_profile(profile)
            case _ if place == MACHINE:
                self.facts.set_rows(tuple(self.session.verbs().fact_rows(profile.facts)))
                self.facts.set_height_rows(MOST_FACTS)
            case _:
                self.history.show_profile(profile)

    def _count_history(self, rows: int) -> None:
        self.tabs.setTabText(HISTORY, f"History ({rows})")

    def _fill_chooser(self, shown: DeviceProfile | None) -> None:
        mine = {fleet.profile.profile_id: fleet.count for fleet in self.session.scenario.fleets}
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for profile in self.session.known_profiles():
                count = mine.get(profile.profile_id)
                place = f"{count:,} in this scenario" if count else "reference or opened"
                self.chooser.addItem(f"{profile.title} · {place}", profile.profile_id)
            if shown is not None:
                self.chooser.setCurrentIndex(self.chooser.findData(shown.profile_id, PROFILE_ROLE))
        self.use_button.setVisible(shown is not None and shown.profile_id not in mine)

    def _show_details(self, row: PerformanceRow | None) -> None:
        profile = self.shown
        if row is None or profile is None:
            self.details.clear_sections()
            self._dots.hide()
            return
        verbs = self.session.verbs()
        self.details.show_sections(performance_sections(row, profile, verbs))
        self._dots.setVisible(row.run is not None)
        if row.run is not None:
            decode, prefill = round_dots(row.run, verbs)
            self.decode_rounds.show_dots("Decode by round", decode)
            self.prefill_rounds.show_dots("Prefill by round", prefill)

    def _chosen(self, index: int) -> None:
        self._shown_id = str(self.chooser.itemData(index, PROFILE_ROLE))
        self.refresh()

    def _use_shown(self) -> None:
        if self.shown is not None:
            self.session.use_profile(self.shown)

    def _follow_scenario(self) -> None:
        """An edit of the scenario's devices brings them back on the page."""
        ids = {fleet.profile.profile_id for fleet in self.session.scenario.fleets}
        if self._shown_id not in ids:
            self._shown_id = None
        self.changed()

    def _compare_runs(self, a: str, b: str) -> None:
        self.tabs.setCurrentIndex(RUNS)
        self.runs.choose(a, b)

    def ask_profile(self) -> None:
        """Look at a profile file without planning for it."""
        path = self.asker.open(self, "Open a device profile", OPEN_FILTER)
        profile = self.session.look_at_profile(path) if path is not None else None
        if profile is not None:
            self._shown_id = profile.profile_id
            self.refresh()

    # Measuring

    def _start(self, job: Job) -> None:
        self._shown_id = None
        self.session.measuring.start(job)

    def _show_measuring(self) -> None:
        self.measure_button.setEnabled(not self.session.measuring.running)

    def _show_refusal(self, error: PlannerError) -> None:
        self.tell(refusal(error))
