"""One figure, however it is asked for: terminal, JSON, saved plan, horizon, FOCUS, CSV and report tell one month."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import tempfile
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from planner import text
from planner.cli.main import main
from planner.documents import to_json
from planner.outlook.focus_export import focus_csv
from planner.placement.options import Side
from planner.placement.plan import Plan, SavedPlan
from planner.plan_files import load_plan, reopen_plan
from planner.planning import plan
from planner.report.files import PLAN_FILE, REPORT_FILE
from planner.samples.catalog import sample
from planner.scenario import Scenario

EACH = pytest.mark.parametrize("name", ["office-assistant", "support-center"])
"""One by the token and on devices, one with capacity and a horizon too."""

CLOSE = 1e-9  # where one figure is a sum and the other is not, the last bits differ


@cache
def planned(name: str) -> tuple[Scenario, Plan]:
    scenario = sample(name)
    return scenario, plan(scenario)


@cache
def said(*words: str) -> str:
    """What a command prints."""
    printed, beside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(beside):
        assert main(words) == 0, beside.getvalue()
    return printed.getvalue()


@cache
def written(name: str) -> tuple[bytes, str]:
    """plan.json and report.html of `edgewise plan --out`."""
    with tempfile.TemporaryDirectory() as folder:
        said("plan", name, "--out", folder)
        return Path(folder, PLAN_FILE).read_bytes(), Path(folder, REPORT_FILE).read_text(encoding="utf-8")


def told(*words: str) -> dict[str, Any]:
    return json.loads(said(*words))


def as_json(name: str) -> dict[str, Any]:
    return json.loads(to_json(planned(name)[1]))


@EACH
def test_the_plan_as_json_is_the_plan(name: str) -> None:
    scenario, result = planned(name)
    assert said("plan", name, "--json") == to_json(SavedPlan(scenario=scenario, plan=result))


@EACH
def test_a_saved_plan_comes_out_the_same_to_the_byte(name: str, tmp_path: Path) -> None:
    scenario, result = planned(name)
    saved, _ = written(name)
    assert saved.decode() == to_json(SavedPlan(scenario=scenario, plan=result))
    file = tmp_path / PLAN_FILE
    file.write_bytes(saved)
    assert to_json(reopen_plan(file)).encode() == saved  # planned again from its own scenario
    assert said("plan", str(file), "--json").encode() == saved
    assert load_plan(file).plan == result


@EACH
def test_the_cost_verb_tells_the_plan_s_figures_to_the_last_digit(name: str) -> None:
    costs, document = told("cost", name, "--json"), as_json(name)
    chosen = {each["task_class"]: each for each in costs["targets"] if each["is_chosen"]}
    assert set(chosen) == {each["task_class"] for each in document["placements"]}
    for placement in document["placements"]:
        shown, cost = chosen[placement["task_class"]], placement["chosen"]["cost"]
        assert shown["target_id"] == placement["chosen"]["option_id"]
        for theirs, ours in (
            ("usd_per_accepted", "usd_per_accepted"),
            ("usd_per_request", "usd_per_request"),
            ("effective_usd_per_month", "usd_per_month"),
            ("true_usd_per_month", "true_usd_per_month"),
            ("usd_per_mtok", "usd_per_mtok"),
        ):
            assert shown[theirs] == cost[ours]
    assert costs["fleets"] == document["fleet_loads"]
    months = {each["capacity"]: each for each in costs["capacities"]}
    for load in document["capacity_loads"]:
        assert months[load["capacity"]] == load["month"]


@EACH
def test_what_the_classes_and_fleets_pay_is_the_whole_plan(name: str) -> None:
    """The rows a reader adds up by hand: the classes, and the fleets in use beside them (economics.md §7)."""
    _, result = planned(name)
    classes = [each.chosen.cost.true_usd_per_month for each in result.placements if each.chosen and each.chosen.cost]
    fleets = [load.fixed_usd_per_month for load in result.fleet_loads if load.task_classes]
    paid = [each for each in (*classes, *fleets) if each is not None]
    assert len(paid) == len(result.placements) + len(fleets)
    total = result.totals.plan_usd_per_month
    assert math.fsum(each.value for each in paid) == pytest.approx(total.value, rel=CLOSE)
    for end, of_total in enumerate(total.bounds):
        assert math.fsum(each.bounds[end] for each in paid) == pytest.approx(of_total, rel=CLOSE)


def test_what_classes_bear_of_a_capacity_is_its_month() -> None:
    _, result = planned("support-center")
    assert result.capacity_loads
    for load in result.capacity_loads:
        bills = [
            each.chosen.cost.usd_per_month.value
            for each in result.placements
            if each.chosen and each.chosen.capacity == load.capacity and each.chosen.cost
            if each.chosen.cost.usd_per_month
        ]
        assert len(bills) == len(load.task_classes)
        month = load.month.effective_usd_per_month
        assert month is not None
        assert math.fsum(bills) + load.repeats_usd_per_month == pytest.approx(month.value, rel=CLOSE)
        assert month.value == pytest.approx(math.fsum(each.usd_per_month for each in load.month.parts), rel=CLOSE)
    shares = math.fsum(
        each.month.effective_usd_per_month.value - each.repeats_usd_per_month
        for each in result.capacity_loads
        if each.month.effective_usd_per_month
    )
    assert result.totals.capacity_usd_per_month == pytest.approx(shares, rel=CLOSE)


@EACH
def test_month_1_of_the_horizon_is_the_plan_s_month(name: str) -> None:
    view, (_, result) = told("horizon", name, "--json"), planned(name)
    totals = result.totals
    assert view["scenario_sha256"] == result.scenario_sha256
    for stream, total, fleet, quality in (
        (
            view["plan"],
            totals.plan_usd_per_month.value,
            totals.fleet_usd_per_month,
            totals.quality_usd_per_month,
        ),
        (
            view["base"],
            totals.base_usd_per_month.value,
            totals.base_fleet_usd_per_month,
            totals.base_quality_usd_per_month,
        ),
    ):
        lines = {line["kind"]: line["effective_usd"][1] for line in stream["lines"]}
        beside = lines.get("one-offs", 0.0)  # no month of a plan, and paid before the first or in later ones
        assert math.fsum(lines.values()) - beside == pytest.approx(total, rel=CLOSE)
        assert stream["effective_usd"][1] == pytest.approx(total + beside, rel=CLOSE)
        assert lines.get("support and upkeep", 0.0) == pytest.approx(fleet, rel=CLOSE)  # hardware is sunk in both
        assert lines.get("review and rejected results", 0.0) == pytest.approx(quality, rel=CLOSE, abs=1e-9)
        assert text.money(stream["effective_usd"][1] - beside) == text.money(total)


@EACH
def test_no_line_of_the_horizon_is_what_rounding_left(name: str) -> None:
    view = told("horizon", name, "--json")
    for stream in (view["plan"], view["base"]):
        for line in stream["lines"]:
            assert all(usd == 0 or abs(usd) > 1e-6 for usd in line["effective_usd"]), line["kind"]


def test_the_months_as_csv_are_the_horizon_s() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "months.csv")
        view = told("horizon", "support-center", "--csv", str(file), "--json")
        rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == view["months"] + 1
    for name, stream in (("plan", view["plan"]), ("base case", view["base"])):
        for head, by_month in (
            ("all, billed", stream["billed_usd"]),
            ("all, effective", stream["effective_usd"]),
            ("cumulative billed, discounted", stream["discounted_cumulative_usd"]),
        ):
            assert [float(row[f"{name}: {head} (USD)"]) for row in rows] == by_month


@EACH
def test_a_focus_export_sums_to_what_the_plan_buys(name: str) -> None:
    """Tokens class by class and capacity by capacity; what runs on devices is no vendor's charge."""
    scenario, result = planned(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "month.csv")
        said("prices", "export", "--focus", str(file), name)
        exported = file.read_bytes().decode()
    assert exported == focus_csv(scenario)
    every = csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"), newline=""))
    rows = [row for row in every if row["x_Role"] == "chosen"]

    def effective(resource: str, task_classes: str) -> float:
        found = [row for row in rows if row["ResourceId"] == resource and row["x_TaskClasses"] == task_classes]
        assert found
        return math.fsum(float(row["EffectiveCost"]) for row in found)

    bought = 0.0
    for placement in result.placements:
        option = placement.chosen
        assert option is not None
        if option.side is Side.EDGE:
            assert not [row for row in rows if placement.task_class in row["x_TaskClasses"].split(", ")]
        elif option.capacity is None:
            assert option.cost is not None
            assert option.cost.usd_per_month is not None
            bill = effective(option.option_id, placement.task_class)
            assert bill == pytest.approx(option.cost.usd_per_month.value, rel=CLOSE)
            bought += bill
    assert bought == pytest.approx(result.totals.datacenter_usd_per_month, rel=CLOSE)
    for load in result.capacity_loads:
        month = load.month.effective_usd_per_month
        assert month is not None
        bill = effective(load.capacity, ", ".join(load.month.task_classes))
        assert bill == pytest.approx(month.value, rel=CLOSE)
        bought += bill
    assert math.fsum(float(row["EffectiveCost"]) for row in rows) == pytest.approx(bought, rel=CLOSE)


@EACH
def test_break_even_weighs_the_saving_the_plan_states(name: str) -> None:
    """What both sides have in common is left out of either, so only the difference is the plan's."""
    _, result = planned(name)
    pair = told("break-even", name, "--by", "volume", "--json")["pairs"][0]
    assert (pair["ours"], pair["theirs"]) == ("the plan", "the base case")
    saving = pair["theirs_usd_today"] - pair["ours_usd_today"]
    assert saving == pytest.approx(result.totals.saving_usd_per_month.value, rel=CLOSE)


class _Tables(HTMLParser):
    """The tables of a report: a caption, and rows of cells, each what stands first in it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._caption = ""
        self._at: str | None = None  # "caption" or "cell"
        self._detail = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "caption":
            self._caption, self._at = "", "caption"
        elif tag == "tr":
            self.rows.setdefault(self._caption, []).append([])
        elif tag in {"td", "th"}:
            self._at = "cell"
            self.rows[self._caption][-1].append("")
        elif tag == "span":
            self._detail = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._detail = False
        elif tag in {"caption", "td", "th"}:
            self._at = None

    def handle_data(self, data: str) -> None:
        if self._at == "caption":
            self._caption += data
        elif self._at == "cell" and not self._detail:
            self.rows[self._caption][-1][-1] += data.strip()


@cache
def tables(name: str) -> dict[str, list[list[str]]]:
    found = _Tables()
    found.feed(written(name)[1])
    return found.rows


def cost_words(result: Plan) -> Iterator[tuple[str, str]]:
    for placement in result.placements:
        assert placement.chosen is not None
        assert placement.chosen.cost is not None
        assert placement.chosen.cost.true_usd_per_month is not None
        yield placement.title, text.money(placement.chosen.cost.true_usd_per_month.value)


@EACH
def test_the_report_prints_the_plan_s_figures(name: str) -> None:
    _, result = planned(name)
    shown = {row[0]: row for row in tables(name)["Where every task class runs"]}
    costs = {row[0]: row for row in tables(name)["Cost per month of every class, and of the plan"]}
    for title, words in cost_words(result):
        assert words in shown[title]
        assert costs[title][-1] == words
    totals = result.totals
    for title, figure in (
        ("This plan", totals.plan_usd_per_month),
        ("Base case", totals.base_usd_per_month),
        ("Saving", totals.saving_usd_per_month),
    ):
        assert costs[title][-1] == text.money(figure.value)
    for load in result.fleet_loads:
        assert costs[f"Fleet: {load.title}"][-1] == text.money(load.fixed_usd_per_month.value)
    month_of = {row[0]: row for row in tables(name).get("A month of every capacity", [])}
    for load in result.capacity_loads:
        month = load.month
        assert month.effective_usd_per_month is not None
        assert text.money(month.effective_usd_per_month.value) in month_of[load.title]
        assert f"{month.units:,} × {month.unit}" in month_of[load.title]


@EACH
def test_the_report_s_horizon_is_the_verb_s(name: str) -> None:
    view = told("horizon", name, "--json")
    (by_year,) = [rows for caption, rows in tables(name).items() if caption.startswith("What plan and base case cost")]
    shown = [row[1:4] for row in by_year[1:-1]]
    years = [each for each in view["years"] if each["months"] or each["plan_billed_usd"] or each["base_billed_usd"]]
    assert shown == [
        [text.money(each[figure]) for figure in ("plan_billed_usd", "base_billed_usd", "saving_usd")] for each in years
    ]


@EACH
def test_the_terminal_prints_the_plan_s_figures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # nothing is broken over lines
    _, result = planned(name)
    printed = [line.rstrip() for line in said("plan", name).splitlines()]
    assert printed[0] == result.sentence
    for title, words in cost_words(result):
        assert any(line.startswith(title) and f" {words} " in line for line in printed)
    totals = result.totals
    for head, figure in (
        ("this plan", totals.plan_usd_per_month),
        ("base case", totals.base_usd_per_month),
        ("saving", totals.saving_usd_per_month),
    ):
        assert any(line.startswith(head) and text.based(figure) in line for line in printed)
    start = printed.index("Cost per month")
    parts = printed[start + 1 : next(at for at, line in enumerate(printed) if line.startswith("this plan"))]
    for usd in (
        totals.edge_usd_per_month,
        totals.datacenter_usd_per_month,
        totals.capacity_usd_per_month,
        totals.fleet_usd_per_month,
        totals.quality_usd_per_month,
    ):
        assert usd == 0 or any(text.money(usd) in line for line in parts)
