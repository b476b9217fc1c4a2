"""The Prices page: every offer with its age and your quotes, what the device costs, what is assumed, and capacity."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from planner.errors import PlannerError
from ui.appearance import Appearance
from ui.messages import Action, note, refusal
from ui.pages.assumptions_tab import AssumptionsTab
from ui.pages.capacity_tab import CapacityTab
from ui.pages.device_cost_tab import DeviceCostTab
from ui.pages.import_menu import ImportMenu
from ui.pages.offer_columns import OfferRow, price_sentence
from ui.pages.offers_tab import OffersTab
from ui.pages.page import Page, let_current_decide
from ui.pages.weigh_dialog import WeighDialog
from ui.session import Session

OFFERS, DEVICE_COST, ASSUMPTIONS, CAPACITY = range(4)


class PricesPage(Page):
    """Four tabs under one sentence; whatever is typed or imported makes a new scenario."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Prices")
        self.import_button = ImportMenu(session, appearance)
        self.set_primary(self.import_button)
        self.offers = OffersTab(session, appearance)
        self.device_cost = DeviceCostTab(session, appearance)
        self.assumptions = AssumptionsTab(session, appearance)
        self.capacity = CapacityTab(session, appearance)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("Offers, what the device costs, assumptions and capacity")
        for tab, title in (
            (self.offers, "Offers"),
            (self.device_cost, "What the device costs"),
            (self.assumptions, "Assumptions"),
            (self.capacity, "Capacity"),
        ):
            self.tabs.addTab(tab, title)
            tab.told.connect(self.tell)
        self.body.addWidget(self.tabs)
        self.body.addStretch(1)
        self.tabs.currentChanged.connect(self._fill_tab)
        self.import_button.told.connect(self.tell)
        self.offers.counted.connect(self._say_offers)
        self.offers.weigh_asked.connect(self.ask_weighing)
        self.capacity.failed.connect(self._show_refusal)
        self.capacity.action_asked.connect(self._show_machines)
        self._only_replanned = False
        session.scenario_changed.connect(self._scenario_changed)
        session.plan_changed.connect(self._plan_changed)

    # Showing

    def refresh(self) -> None:
        """Show offers, costs and policy of the scenario."""
        if not self.heading.text():
            self.say("Reading the offers …")
        if self._only_replanned and self.offers.rows:
            self.offers.show_used()
        else:
            self.offers.refresh()
        self._only_replanned = False
        count = len(self.session.scenario.capacities)
        self.tabs.setTabText(CAPACITY, f"Capacity ({count})" if count else "Capacity")
        self._fill_tab(self.tabs.currentIndex())

    def _scenario_changed(self) -> None:
        self._only_replanned = False
        self.changed()

    def _plan_changed(self) -> None:
        """A new plan changes what is used, not what is offered."""
        self._only_replanned = self._only_replanned or not self._stale
        self.changed()

    def _fill_tab(self, place: int) -> None:
        """A tab that nobody looks at does no work and takes no room."""
        let_current_decide(self.tabs)
        match place:
            case _ if place == DEVICE_COST:
                self.device_cost.refresh()
            case _ if place == ASSUMPTIONS:
                self.assumptions.refresh()
            case _ if place == CAPACITY:
                self.capacity.refresh()
            case _:
                pass

    def _say_offers(self, rows: tuple[OfferRow, ...]) -> None:
        self.say(price_sentence(rows))

    def _show_machines(self) -> None:
        self.tabs.setCurrentIndex(OFFERS)
        self.offers.show_kind("instance")

    def _show_refusal(self, error: PlannerError) -> None:
        self.tell(refusal(error))

    # Capacity

    def ask_weighing(self, row: OfferRow) -> None:
        """Ask what is needed to cost this machine or these units, then show what a month costs."""
        dialog = WeighDialog(row.shelved, self.session.scenario, self)

        def weigh() -> None:
            capacity = dialog.capacity
            if capacity is None:
                return
            try:
                scenario = self.session.verbs().prices.with_capacity(self.session.scenario, capacity)
            except PlannerError as error:
                self._show_refusal(error)
                return
            self.session.replace(scenario, f"Weigh {capacity.title}")
            self.tabs.setCurrentIndex(CAPACITY)
            self.tell(note(f"{capacity.title} is weighed.", Action("Undo", self.session.undo)))

        dialog.accepted.connect(weigh)
        dialog.open()
