"""What of a task class is done again, elsewhere or by people: typed words for each, and the fields that take them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from planner.basis import Quantity
from planner.errors import PlannerError
from planner.workload.task_classes import Judge, TaskClass
from ui.pages import typed
from ui.pages.page import FIELD_GAP
from ui.widgets.field import Field

PERCENT = 0.01
COLUMNS = 2
_JUDGE = re.compile(r"(?P<read>[\d., ]+?)\s*in,?\s+(?P<written>[\d., ]+?)\s*out\s+at\s+(?P<sku>\S+)")

Skus = Collection[str]


@dataclass(frozen=True)
class Kind:
    """One field: what it shows of a class, and how words change the class."""

    title: str
    hint: str
    shown: Callable[[TaskClass], str]
    change: Callable[[TaskClass, str, Skus], TaskClass]


def _share_words(figure: Quantity | None) -> str:
    return "" if figure is None else typed.words_of(figure, PERCENT)


def _share(words: str) -> Quantity | None:
    return None if typed.is_nothing(words) else typed.quantity(words.replace("%", ""), "share", factor=PERCENT)


def _escalation_words(row: TaskClass) -> str:
    return "" if row.escalation_share is None else f"{_share_words(row.escalation_share)} to {row.escalates_to}"


def _escalated(row: TaskClass, words: str, known: Skus) -> TaskClass:
    if typed.is_nothing(words):
        return typed.changed(row, escalation_share=None, escalates_to=None)
    share, _, sku = words.rpartition(" to ")
    if not share:
        raise PlannerError("an escalation needs a share and an offer", remedy="Write it as in 10 to openai/gpt-5.")
    return typed.changed(row, escalation_share=_share(share), escalates_to=_known(sku.strip(), known))


def _judge_words(row: TaskClass) -> str:
    judge = row.judge
    return "" if judge is None else f"{judge.input_tokens:,} in, {judge.output_tokens:,} out at {judge.sku}"


def _judged(row: TaskClass, words: str, known: Skus) -> TaskClass:
    if typed.is_nothing(words):
        return typed.changed(row, judge=None)
    found = _JUDGE.fullmatch(words.strip())
    if found is None:
        raise PlannerError(
            "a judge needs its tokens and an offer", remedy="Write it as in 500 in, 20 out at VENDOR/MODEL."
        )
    judge = Judge(
        sku=_known(found["sku"], known),
        input_tokens=typed.whole(found["read"]),
        output_tokens=typed.whole(found["written"]),
    )
    return typed.changed(row, judge=judge)


def _places(row: TaskClass, words: str, _: Skus) -> TaskClass:
    places = () if typed.is_nothing(words) else tuple(place.strip() for place in words.split(",") if place.strip())
    return typed.changed(row, residency=places)


def _known(sku: str, known: Skus) -> str:
    if sku not in known:
        near = difflib.get_close_matches(sku, known, n=3) or sorted(known)[:3]
        raise PlannerError(f"the scenario has no offer “{sku}”", remedy=f"Known: {', '.join(near) or 'none'}.")
    return sku


KINDS = (
    Kind(
        "Run a second time, %",
        "Share of requests that run again on the same model; empty: none",
        lambda row: _share_words(row.retry_share),
        lambda row, words, _: typed.changed(row, retry_share=_share(words)),
    ),
    Kind(
        "Escalated, %, and to which offer",
        "As in «10 to openai/gpt-5»: so many requests are also asked there and pay for both; empty: none",
        _escalation_words,
        _escalated,
    ),
    Kind(
        "Results a person checks, %",
        "Empty: all, where a review has a price",
        lambda row: _share_words(row.review_share),
        lambda row, words, _: typed.changed(row, review_share=_share(words)),
    ),
    Kind(
        "Router or judge, tokens a request",
        "As in «500 in, 20 out at openai/gpt-5-mini»; empty: none",
        _judge_words,
        _judged,
    ),
    Kind(
        "Places that may process it",
        "As the vendors name them, as in «EU, CH»; empty: any",
        lambda row: ", ".join(row.residency),
        _places,
    ),
)


class RepeatFields(QWidget):
    """A field for each kind; hands over the changed class and words for undo."""

    changed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._class: TaskClass | None = None
        self._skus: tuple[str, ...] = ()
        self.fields = {kind.title: Field(kind.title, hint=kind.hint) for kind in KINDS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(FIELD_GAP)
        for place, kind in enumerate(KINDS):
            field = self.fields[kind.title]
            field.committed.connect(partial(self._commit, kind))
            grid.addWidget(field, place // COLUMNS, place % COLUMNS)

    def show_class(self, task_class: TaskClass, skus: tuple[str, ...]) -> None:
        """Show a class and remember which offers it may name."""
        other = self._class is None or self._class.name != task_class.name
        self._class, self._skus = task_class, skus
        for kind in KINDS:
            field = self.fields[kind.title]
            field.show_value(kind.shown(task_class))
            if other:
                field.accept()

    def _commit(self, kind: Kind, words: str) -> None:
        now = self._class
        if now is None:
            return
        try:
            new = kind.change(now, words, self._skus)
        except PlannerError as error:
            self.fields[kind.title].refuse(error)
            return
        self.fields[kind.title].show_value(kind.shown(new))
        self.changed.emit(new, f"{kind.title.split(',', 1)[0]} of {now.title}")
