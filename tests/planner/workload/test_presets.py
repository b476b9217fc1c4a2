"""The bundled workloads: complete, realistic in size, and with floors on scales that have figures on both sides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from planner.errors import UnknownNameError
from planner.model.quality_catalog import quality_figures, scales
from planner.prices.managed import price_profile
from planner.prices.usage import TokenUsage, price_usage
from planner.workload.presets import preset, preset_names
from planner.workload.task_classes import TaskClass

OFFICE = preset("office-assistant")
CLASSES = {task_class.name: task_class for task_class in OFFICE.task_classes}
LOCAL_TASKS = [task_class for task_class in OFFICE.task_classes if task_class.name != "agentic-research"]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_a_workload_of_its_name(name: str) -> None:
    assert preset(name).workload_id == name


def test_unknown_preset_is_refused_with_the_name_meant() -> None:
    with pytest.raises(UnknownNameError) as refused:
        preset("ofice-assistant")
    assert "office-assistant" in str(refused.value)


def test_office_assistant_has_its_classes() -> None:
    assert OFFICE.seats == 400
    assert {
        "mail-summary",
        "chat",
        "code-completion",
        "document-rag",
        "ticket-classification",
        "translation",
        "meeting-notes",
        "agentic-research",
    } <= set(CLASSES)
    assert not CLASSES["meeting-notes"].may_leave_device
    assert any(task_class.needs_offline for task_class in OFFICE.task_classes)
    assert any(task_class.failure_usd for task_class in OFFICE.task_classes)


def test_spend_at_a_middle_price_is_worth_planning() -> None:
    haiku = next(offer for offer in price_profile().offers if offer.sku == "anthropic/claude-haiku-4-5")

    def request_usd(task_class: TaskClass) -> Decimal:
        cached = round(task_class.input_tokens * task_class.cached_share)
        usage = TokenUsage(task_class.input_tokens, task_class.output_tokens, cached_tokens=cached)
        billed = price_usage(haiku, usage, on=date(2026, 11, 23)).billed_usd
        assert billed is not None
        return billed

    month = sum(
        (
            request_usd(task_class) * Decimal(task_class.requests_per_day) * Decimal(OFFICE.active_days_per_month)
            for task_class in OFFICE.task_classes
        ),
        Decimal(0),
    )
    assert 4_000 < month < 20_000


def test_a_good_laptop_is_busy_with_it_for_a_small_part_of_the_day() -> None:
    # 500 tok/s of prefill and 18 tok/s of decode: a 3B model at four bits on a recent laptop.
    busy_s = sum(
        (task_class.input_tokens / 500 + task_class.output_tokens / 18) * task_class.requests_per_day
        for task_class in LOCAL_TASKS
    )
    assert 0.01 < busy_s / (OFFICE.seats * OFFICE.active_hours_per_day * 3600) < 0.3


def test_floors_are_on_known_scales_and_within_them() -> None:
    known = {scale.key: scale for scale in scales()}
    for task_class in OFFICE.task_classes:
        assert task_class.quality_floors
        for floor in task_class.quality_floors:
            assert known[floor.scale].low < floor.minimum < known[floor.scale].high


def _reaching(task_class: TaskClass, *, local: bool) -> set[str]:
    """Models with four-bit weights, or offers, whose figure on the first scale that has one reaches the floor."""
    by_option: dict[tuple[str, str | None], dict[str, float]] = {}
    for figure in quality_figures():
        if (figure.weight_format is not None) == local and figure.weight_format not in {"bf16", "fp16"}:
            by_option.setdefault((figure.model, figure.weight_format), {})[figure.scale] = figure.points
    reaching: set[str] = set()
    for (model, _), points in by_option.items():
        decisive = next((floor for floor in task_class.quality_floors if floor.scale in points), None)
        if decisive is not None and points[decisive.scale] >= decisive.minimum:
            reaching.add(model)
    return reaching


@pytest.mark.parametrize("name", [task_class.name for task_class in LOCAL_TASKS])
def test_everyday_classes_can_be_judged_on_both_sides(name: str) -> None:
    assert _reaching(CLASSES[name], local=True)
    assert len(_reaching(CLASSES[name], local=False)) > 3


def test_agentic_research_is_beyond_small_models() -> None:
    assert not _reaching(CLASSES["agentic-research"], local=True)
    assert len(_reaching(CLASSES["agentic-research"], local=False)) > 3
