"""The button that measures, and the menu of everything else that can be measured on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from planner import text
from planner.errors import PlannerError
from planner.measurement.request import MeasurementRequest
from planner.measurement.roofline import Roofline
from ui.device_work import LIMITS_S, Job, MeasureLimits, MeasureModels
from ui.dialogs.files import FileAsker
from ui.dialogs.measure import MeasureChoice, MeasureDialog
from ui.dialogs.predict import PredictDialog
from ui.dialogs.soak import SoakDialog
from ui.session import Session


class MeasureMenu(QToolButton):
    """Pressed, it measures the chosen models; its arrow offers depth, soak, predictions, limits and folders."""

    job_asked = Signal(object)  # a Job of ui.device_work
    refused = Signal(object)  # PlannerError

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.asker = FileAsker()
        self.choice = MeasureChoice()
        self.setText("Measure this device")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.clicked.connect(self.measure)
        menu = QMenu(self)
        self._quick = _checkable(menu, "Quick: to ±10 %, up to a minute a model")
        self._full = _checkable(menu, "Full: to ±3 %, up to ten minutes a model")
        self._quick.triggered.connect(lambda: self._choose_depth(quick=True))
        self._full.triggered.connect(lambda: self._choose_depth(quick=False))
        menu.addSeparator()
        menu.addAction("Choose models and format …").triggered.connect(self.ask_choice)
        menu.addAction("Measure a model folder …").triggered.connect(self.ask_folder)
        menu.addSeparator()
        menu.addAction("Soak one model, 10 minutes …").triggered.connect(self.ask_soak)
        menu.addAction("Predict models from depth slices …").triggered.connect(self.ask_prediction)
        limits = menu.addAction(f"Physical limits only, about {text.seconds(LIMITS_S)}")
        limits.triggered.connect(lambda: self.job_asked.emit(MeasureLimits()))
        self.setMenu(menu)
        self._show_choice()

    def measure(self) -> None:
        """Measure the chosen models; those that do not fit this machine are left out, with a word about it."""
        if self._session.measuring.running:
            return
        choices = self._session.verbs().model_choices(self._session.facts, self.choice.weight_format)
        chosen = self.choice.without_refused(choices)
        if not chosen.models:
            named = next((one for one in choices if one.name in self.choice.models), None)
            why = named.refusal if named and named.refusal else "no model is chosen"
            self.refused.emit(PlannerError(f"nothing can be measured: {why}", remedy="Choose smaller models."))
            return
        self._ask(MeasureModels(chosen.requests()))

    def measure_folder(self, folder: Path) -> None:
        """Measure the model in a folder."""
        self._ask(MeasureModels((MeasurementRequest(model=str(folder), quick=self.choice.quick),)))

    def ask_choice(self) -> None:
        """Choose models, format and depth, then measure."""
        verbs = self._session.verbs()
        dialog = MeasureDialog(
            self.choice,
            verbs.measurable_formats(),
            lambda weight_format: verbs.model_choices(self._session.facts, weight_format),
            self,
        )
        dialog.accepted.connect(lambda: self._measure_chosen(dialog.choice))
        dialog.open()

    def ask_folder(self) -> None:
        """Choose a model folder, then measure it."""
        folder = self.asker.open_folder(self, "Measure a model folder")
        if folder is not None:
            self.measure_folder(folder)

    def ask_soak(self) -> None:
        """Choose one model and how long to keep it busy."""
        verbs = self._session.verbs()
        dialog = SoakDialog(
            self.choice.models[-1] if self.choice.models else None,
            self.choice.weight_format,
            verbs.measurable_formats(),
            lambda weight_format: verbs.model_choices(self._session.facts, weight_format),
            self,
        )
        dialog.accepted.connect(lambda: self._ask(dialog.job))
        dialog.open()

    def ask_prediction(self) -> None:
        """Choose models to foretell; the time it takes is said first."""
        session, limits = self._session, self._limits()
        device = session.verbs().device
        dialog = PredictDialog(
            tuple((model, self.choice.weight_format) for model in self.choice.models),
            device.scenario_models(session.scenario),
            lambda wanted: device.slice_forecasts(wanted, limits, session.facts),
            limits_known=limits is not None,
            parent=self,
        )
        dialog.accepted.connect(lambda: self._ask(dialog.job))
        dialog.open()

    def _limits(self) -> Roofline | None:
        """This machine's physical limits, where they were measured."""
        own = self._session.own_profile()
        return own.roofline if own is not None else None

    def _ask(self, job: Job) -> None:
        self.job_asked.emit(job)

    def _measure_chosen(self, choice: MeasureChoice) -> None:
        self.choice = choice
        self._show_choice()
        self.measure()

    def _choose_depth(self, *, quick: bool) -> None:
        self.choice = replace(self.choice, quick=quick)
        self._show_choice()

    def _show_choice(self) -> None:
        self._quick.setChecked(self.choice.quick)
        self._full.setChecked(not self.choice.quick)
        depth = "quick" if self.choice.quick else "full"
        count = len(self.choice.models)
        words = f"{count} model{'s' if count != 1 else ''}, {self.choice.weight_format}, {depth}"
        self.setToolTip(f"{words}. The arrow changes that.")
        self.setAccessibleName("Measure this device now")
        self.setAccessibleDescription(words)


def _checkable(menu: QMenu, words: str) -> QAction:
    action = menu.addAction(words)
    action.setCheckable(True)
    return action
