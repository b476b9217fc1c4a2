"""A profile from facts and runs: a name without anything personal, runs added, history kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.basis import Basis
from planner.profiles.assembly import (
    device_title,
    profile_from,
    profile_id_of,
    with_contention,
    with_ownership,
    with_roofline,
    with_run,
    with_slices,
    with_soak,
)
from planner.profiles.profile import Ownership
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import facts, figure, full_profile, run
from tests.support.whole_profile import limits, short_contention, short_soak, whole_profile


def test_a_first_profile_has_the_facts_and_runs_given() -> None:
    made = profile_from(facts(), [run()], ownership=Ownership(price_usd=Decimal(900)))
    assert made.facts == facts()
    assert made.runs == (run(),)
    assert made.ownership.price_usd == Decimal(900)
    assert made.title == "Testbook 14 (Test CPU 8000, 16 GiB)"


def test_a_profile_without_runs_is_a_profile_too() -> None:
    assert profile_from(facts()).runs == ()


@pytest.mark.parametrize(
    ("machine", "cpu", "expected"),
    [
        ("ThinkPad T14 Gen 5", "AMD Ryzen 7 PRO 8840U w/ Radeon 780M", "thinkpad-t14-gen-5-amd-ryzen-7-pro"),
        (None, "Intel(R) Xeon(R) CPU @ 2.20GHz", "intel-xeon-2-20ghz"),
        ("Raspberry Pi 5", None, "raspberry-pi-5"),
        (None, None, "this-device"),
        ("Intel NUC", "Intel(R) Core(TM) i7", "intel-nuc-i7"),
    ],
)
def test_the_name_is_made_of_machine_and_processor(machine: str | None, cpu: str | None, expected: str) -> None:
    assert profile_id_of(facts(machine, cpu)) == expected


@pytest.mark.parametrize(
    ("machine", "cpu", "expected"),
    [
        ("Testbook", "Test CPU", "Testbook (Test CPU, 16 GiB)"),
        (None, "Test CPU", "Test CPU (16 GiB)"),
        (None, None, "This device (16 GiB)"),
    ],
)
def test_the_title_says_what_is_known(machine: str | None, cpu: str | None, expected: str) -> None:
    assert device_title(facts(machine, cpu)) == expected


def test_an_earlier_profile_keeps_its_name_history_figures_and_owner() -> None:
    previous = full_profile()
    grown = profile_from(facts("Renamed", "Other CPU"), [run("run-3", hours=2)], previous=previous)
    assert grown.profile_id == previous.profile_id
    assert grown.title == previous.title
    assert grown.facts == facts("Renamed", "Other CPU")
    assert grown.runs == (*previous.runs, run("run-3", hours=2))
    assert grown.figures == previous.figures
    assert grown.ownership == previous.ownership
    assert grown.notes == previous.notes


def test_title_and_ownership_given_replace_those_of_before() -> None:
    grown = profile_from(facts(), title="Mine", ownership=Ownership(life_years=3), previous=full_profile())
    assert (grown.title, grown.ownership.life_years, grown.ownership.price_usd) == ("Mine", 3, None)


def test_runs_stand_in_the_order_of_their_start() -> None:
    profile = with_run(with_run(profile_from(facts()), run("late", hours=2)), run("early"))
    assert [known.run_id for known in profile.runs] == ["early", "late"]


def test_a_run_saved_while_it_grew_is_replaced_not_doubled() -> None:
    profile = with_run(profile_from(facts()), run("one", rounds=1))
    profile = with_run(profile, run("one", rounds=2))
    assert [len(known.rounds) for known in profile.runs] == [2]


def test_the_profile_given_is_left_as_it_was() -> None:
    before = whole_profile()
    with_run(before, run("new"))
    with_ownership(before, Ownership())
    with_roofline(before, limits(50.0))
    with_slices(before, slices_after(Law()))
    with_soak(before, short_soak())
    with_contention(before, short_contention())
    assert before == whole_profile()
    assert before.figures[0] == figure()


def test_limits_tell_the_memory_its_measured_bandwidth() -> None:
    """That of the most threads: what the memory delivers to all of them (CONVENTION §18)."""
    grown = with_roofline(profile_from(facts()), limits(48.0))
    read = grown.facts.memory.read_bandwidth_bytes_s
    assert grown.roofline == limits(48.0)
    assert (read.value, read.basis) == (48e9, Basis.MEASURED)
    assert read.source == "roofline of 2026-11-23, onnxruntime 1.32.0"


def test_newer_limits_replace_older_ones() -> None:
    grown = with_roofline(with_roofline(profile_from(facts()), limits(48.0)), limits(30.0))
    assert grown.roofline == limits(30.0)
    assert grown.facts.memory.read_bandwidth_bytes_s.value == 30e9


def test_a_later_probe_does_not_forget_what_was_timed() -> None:
    grown = profile_from(facts("Renamed"), previous=whole_profile())
    assert grown.facts.memory.read_bandwidth_bytes_s.value == 40e9
    assert grown.facts.machine.value == "Renamed"
    before = whole_profile()
    for name in ("roofline", "slices", "soaks", "contentions"):
        assert getattr(grown, name) == getattr(before, name)


def test_slices_soaks_and_contentions_are_added_behind_the_earlier_ones() -> None:
    before, slices, contention = whole_profile(), slices_after(Law()), short_contention()
    assert with_slices(before, slices).slices == (*before.slices, slices)
    assert with_contention(before, contention).contentions == (*before.contentions, contention)
    other = short_soak().model_copy(update={"soak_id": "20261124T120000Z-ffffff"})
    assert with_soak(before, other).soaks == (*before.soaks, other)


def test_a_soak_saved_while_it_grew_is_replaced_not_doubled() -> None:
    whole = short_soak()
    early = whole.model_copy(update={"windows": whole.windows[:5]})
    assert with_soak(with_soak(profile_from(facts()), early), whole).soaks == (whole,)
