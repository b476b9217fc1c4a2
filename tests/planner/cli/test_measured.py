"""How a device's speed is shown: shares of its limits, energy or that it is unknown, and doubts, each said once."""

from __future__ import annotations

import pytest

from planner import text
from planner.cli.measured import show_performance
from planner.measurement.physical_limits import reached_by
from planner.measurement.runs import Run
from planner.profiles.profile import DeviceProfile
from tests.support.compared_runs import run_of
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import figure, profile
from tests.support.whole_profile import limits, watched_run

COLUMNS = ("Model", "What", "Figure", "Interval", "Of the limit", "Basis")


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]):
    def show(known: DeviceProfile) -> str:
        show_performance(known)
        return capsys.readouterr().out

    return show


def cells(words: str, row: str) -> dict[str, str]:
    """The cells of the first row that says this, by the places of the table's head."""
    lines = words.splitlines()
    head = next(line for line in lines if line.startswith("Model"))
    line = next(line for line in lines if row in line)
    ends = {"Figure", "Interval", "Of the limit"}
    places = {name: head.index(name) + (len(name) if name in ends else 0) for name in COLUMNS}
    what, basis = places["What"], places["Basis"]
    return {
        "Figure": line[what + len(row) : places["Figure"]].strip(),
        "Of the limit": line[places["Interval"] : places["Of the limit"]].strip(),
        "Basis": line[basis:].strip(),
    }


def on_battery(run: Run) -> Run:
    return run.model_copy(update={"conditions": run.conditions.model_copy(update={"power_source": "battery"})})


def named(run: Run, model: str) -> Run:
    return run.model_copy(update={"model": run.model.model_copy(update={"name": model, "architecture": model})})


def test_shares_of_the_limits_stand_beside_the_figures(shown) -> None:
    """Decode against memory, prefill against the kernel of its own weight format (CONVENTION §18)."""
    run = run_of((50, 51, 49))
    words = shown(profile(runs=(run,), roofline=limits()))
    assert words.startswith("Memory delivers 40 GB/s (39.2 GB/s … 40.8 GB/s) to 8 threads, measured.")
    told = {
        (each.phase, each.tokens): each.share.value
        for each in reached_by(run, limits())
        if each.against in {"memory", "int4"}
    }
    assert 0 < told[("decode", 512)] < 1
    assert cells(words, "decode at 512 tokens")["Of the limit"] == text.share(told[("decode", 512)])
    assert cells(words, "prefill of 512 tokens")["Of the limit"] == text.share(told[("prefill", 512)])
    assert cells(words, "load")["Of the limit"] == ""


def test_without_limits_there_are_no_shares(shown) -> None:
    words = shown(profile(runs=(run_of((50, 51, 49)),)))
    assert "Memory delivers" not in words
    assert cells(words, "decode at 512 tokens")["Of the limit"] == ""


def test_energy_is_unknown_where_no_meter_was_read(shown) -> None:
    words = shown(profile(runs=(run_of((50, 51, 49)),)))
    assert cells(words, "energy of decode")["Figure"] == "unknown"
    assert "energy of prefill" not in words


def test_energy_is_shown_where_a_meter_was_read(shown) -> None:
    words = shown(profile(runs=(watched_run(),)))
    told = cells(words, "energy of decode")
    assert "J" in told["Figure"]
    assert told["Basis"] == "measured"
    assert "energy of prefill" in words


def test_what_was_never_run_here_has_no_row_for_loading_and_energy(shown) -> None:
    words = shown(profile(figures=(figure(),), slices=(slices_after(Law()),)))
    assert "load" not in words
    assert "energy" not in words
    assert "estimated" in words
    assert "published" in words


def test_a_doubt_of_several_models_is_said_once_and_names_them(shown) -> None:
    runs = [on_battery(named(run_of((50, 51, 49), f"run-{name}"), name)) for name in ("smollm2-135m", "qwen2.5-0.5b")]
    words = shown(profile(runs=tuple(runs)))
    assert "Doubts (1)" in words
    (line,) = [line for line in words.splitlines() if line.startswith("· ")]
    assert "smollm2-135m" in line
    assert "qwen2.5-0.5b" in line
    assert "battery" in line


def test_an_older_run_of_the_same_model_lends_no_doubt(shown) -> None:
    older, newer = on_battery(run_of((50, 51, 49), "older")), run_of((50, 51, 49), "newer", hours=1)
    assert "Doubts" not in shown(profile(runs=(older, newer)))
    assert "Doubts (1)" in shown(profile(runs=(older,)))


def test_more_than_the_memory_can_deliver_is_doubted(shown) -> None:
    words = shown(profile(runs=(run_of((500, 501, 499)),), roofline=limits(2.0)))
    assert "Doubts" in words
    assert "which cannot be" in words


def test_limits_that_were_disturbed_are_doubted(shown) -> None:
    busy = limits().model_copy(update={"foreign_cpus": 0.5})
    assert "While the limits of this device were measured" in shown(
        profile(runs=(run_of((50, 51, 49)),), roofline=busy)
    )


def test_limits_of_an_architecture_that_is_not_in_the_catalogue(shown) -> None:
    """Another release's catalogue may have named it: the decode limit comes from the file, prefill has none."""
    words = shown(profile(runs=(named(run_of((50, 51, 49)), "model-of-the-future"),), roofline=limits()))
    assert cells(words, "prefill of 512 tokens")["Of the limit"] == ""
    assert cells(words, "decode at 512 tokens")["Of the limit"].endswith(" %")


def test_slices_of_an_architecture_that_is_not_in_the_catalogue_show_nothing(shown) -> None:
    plain = slices_after(Law())
    unknown = plain.model_copy(
        update={"shallow": named(plain.shallow, "from-the-future"), "deep": named(plain.deep, "from-the-future")}
    )
    assert "nothing is known of this machine's speed" in shown(profile(slices=(unknown,)))
    odd = plain.model_copy(
        update={
            "shallow": plain.shallow.model_copy(update={"weight_format": "int1"}),
            "deep": plain.deep.model_copy(update={"weight_format": "int1"}),
        }
    )
    assert "nothing is known of this machine's speed" in shown(profile(slices=(odd,)))
