"""The command as a whole: every verb explains itself, and nothing but a sentence answers what cannot be done."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main as cli
from planner.cli.main import VERBS
from planner.documents import save_document, to_json
from planner.placement.plan import SavedPlan
from planner.planning import plan
from planner.profiles.catalog import reference_profile
from planner.profiles.files import save_profile
from planner.samples.catalog import sample
from planner.version import __version__
from planner.workload.files import save_workload
from planner.workload.presets import preset

Document = dict[str, Any]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(edgewise, verb: str) -> None:
    ended = edgewise(verb, "--help")
    assert ended.code == 0
    assert f"Usage: edgewise {verb}" in ended.out
    assert "--help" in ended.out


def test_help_lists_every_verb_in_the_order_of_the_job(edgewise) -> None:
    ended = edgewise("--help")
    assert ended.code == 0
    places = [ended.out.index(f"\n  {verb} ") for verb in VERBS]
    assert places == sorted(places)
    assert "edgewise plan --out DIR" in ended.out


def test_only_the_typed_verb_is_imported(monkeypatch: pytest.MonkeyPatch, edgewise) -> None:
    imported: list[str] = []
    real = cli.importlib.import_module
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: (imported.append(name), real(name))[1])
    edgewise("models", "--help")
    assert imported == ["planner.cli.bundled"]


def test_without_a_verb_and_without_a_display_it_says_what_to_type(edgewise) -> None:
    ended = edgewise()
    assert ended.code == 0
    assert "edgewise plan" in ended.out
    assert "window" in ended.out


def test_versions_are_told_as_words_and_as_json(edgewise) -> None:
    words, document = edgewise("--version"), edgewise("--version", "--json")
    assert words.code == document.code == 0
    told = json.loads(document.out)
    assert told["edgewise"] == __version__
    assert set(told) >= {"python", "platform", "onnxruntime", "price_data", "price_data_as_of"}
    assert __version__ in words.out
    assert told["onnxruntime"] in words.out


@pytest.mark.parametrize(
    "typed",
    [
        ["invent"],
        ["probe", "--loudly"],
        ["--json"],
        ["measure", "--threads", "0"],
        ["measure", "--threads", "many"],
        ["report"],
        ["report", "plan.json"],
        ["compare"],
        ["plan", "a", "b"],
    ],
)
def test_a_command_that_is_not_one_exits_with_2(edgewise, typed: list[str]) -> None:
    ended = edgewise(*typed)
    assert ended.code == 2
    assert "Error" in ended.err
    assert ended.out == ""


def changed(change: Callable[[Document], object]) -> str:
    """The sample scenario as JSON with one thing wrong in it."""
    document = json.loads(to_json(sample("office-assistant")))
    change(document)
    return json.dumps(document)


def put(value: object, *place: object) -> Callable[[Document], None]:
    def change(document: Any) -> None:
        for step in place[:-1]:
            document = document[step]
        document[place[-1]] = value

    return change


BAD_SCENARIOS = {
    "not JSON": ("{", "not valid JSON"),
    "empty": ("", "not valid JSON"),
    "a list": ("[]", "Input should be an object"),
    "unknown key": (changed(put(1, "workload", "task_classes", 0, "requests")), "task_classes.0.requests: unknown key"),
    "negative rate": (changed(put(-1, "workload", "task_classes", 0, "requests_per_day")), "requests_per_day"),
    "NaN": (changed(put(float("nan"), "assumptions", "active_w", "value")), "NaN"),
    "infinity": (changed(put(float("inf"), "workload", "task_classes", 0, "requests_per_day")), "Infinity"),
    "money as a float": (
        changed(put(0.4, "prices", "offers", 0, "prices", 0, "rates", "input_usd_per_mtok")),
        "decimal string",
    ),
    "missing part": (changed(lambda document: document.pop("workload")), "workload: this key is missing"),
    "newer version": (changed(put(99, "version")), "version"),
    "deep": ("[" * 100 + "]" * 100, "nested too deeply"),
}


def assert_refused(ended, *fragments: str) -> None:
    assert ended.code == 2, ended.err
    assert ended.out == ""
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("edgewise: ")
    assert "Traceback" not in ended.err
    for fragment in fragments:
        assert fragment in ended.err


@pytest.mark.parametrize(("text", "complaint"), BAD_SCENARIOS.values(), ids=BAD_SCENARIOS)
def test_a_bad_scenario_is_refused_in_one_sentence(edgewise, tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    assert_refused(edgewise("plan", path, "--out", out), str(path), complaint)
    assert path.read_text(encoding="utf-8") == text
    assert not (out / "plan.json").exists()


def test_a_missing_scenario_is_refused(edgewise, tmp_path: Path) -> None:
    assert_refused(edgewise("plan", tmp_path / "nowhere.json"), "nowhere.json", "no such file", "Check the spelling")


def test_an_unknown_sample_and_an_unknown_device_are_refused_with_a_suggestion(edgewise) -> None:
    assert_refused(edgewise("plan", "office-asistant"), "office-asistant", "office-assistant")
    assert_refused(edgewise("plan", "--profile", "raspberry-pi"), "raspberry-pi", "raspberry-pi-5-8gb")
    assert_refused(edgewise("compare", "raspberry-pi-5-8gb", "abacus"), "abacus")


def test_fewer_than_two_and_more_than_four_devices_are_refused(edgewise) -> None:
    assert_refused(edgewise("compare", "mac-mini-m4"), "2 to 4")
    assert_refused(edgewise("compare", *["mac-mini-m4"] * 5), "2 to 4")


def test_the_same_device_twice_is_refused(edgewise) -> None:
    assert_refused(edgewise("plan", "-p", "mac-mini-m4", "-p", "mac-mini-m4"), "same profile_id")
    assert_refused(edgewise("plan", "office-assistant", "-p", "mac-mini-m4", "-p", "mac-mini-m4"), "same profile_id")


@pytest.mark.parametrize("verb", ["plan", "report", "measure"])
def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    edgewise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("mine", encoding="utf-8")
    typed: dict[str, list[object]] = {
        "plan": ["plan", "office-assistant", "--out", blocked / "folder"],
        "report": ["report", saved_sample(tmp_path), "--out", blocked / "report.html"],
        "measure": ["measure", "--out", blocked / "profile.json"],
    }
    no_probe(monkeypatch)
    assert_refused(edgewise(*typed[verb]), "cannot be written")
    assert blocked.read_text(encoding="utf-8") == "mine"


def no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.cli import measure

    monkeypatch.setattr(measure, "probe", lambda: reference_profile("mac-mini-m4").facts)


def saved_sample(folder: Path) -> Path:
    path = folder / "plan.json"
    scenario = sample("office-assistant")
    save_document(path, SavedPlan(scenario=scenario, plan=plan(scenario)))
    return path


def test_a_saved_plan_is_recomputed_and_compared(edgewise, tmp_path: Path) -> None:
    path = saved_sample(tmp_path)
    good = edgewise("plan", path)
    assert good.code == 0
    assert "the same bytes" in good.err
    tampered = json.loads(path.read_text(encoding="utf-8"))
    tampered["plan"]["sentence"] = "Buy everything."
    path.write_text(json.dumps(tampered), encoding="utf-8")
    assert_refused(edgewise("plan", path), "different plan")
    assert_refused(edgewise("report", path, "--out", tmp_path / "report.html"), "different plan")
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", ["gpt-5", "smollm2-135", "./no-such-folder"])
def test_an_unknown_model_is_refused(edgewise, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    no_probe(monkeypatch)
    assert_refused(edgewise("measure", "--model", name), name.removeprefix("./"))


def test_an_unknown_weight_format_is_refused(edgewise, monkeypatch: pytest.MonkeyPatch) -> None:
    no_probe(monkeypatch)
    assert_refused(edgewise("measure", "--model", "smollm2-135m", "--weight-format", "int3"), "int3")


def test_the_profile_of_another_device_is_not_overwritten(
    edgewise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_probe(monkeypatch)
    path = tmp_path / "pi.json"
    save_profile(path, reference_profile("raspberry-pi-5-8gb"))
    before = path.read_bytes()
    assert_refused(edgewise("measure", "--out", path), "another device", "Raspberry Pi 5")
    assert path.read_bytes() == before


def test_a_plan_is_told_and_written(edgewise, tmp_path: Path) -> None:
    ended = edgewise("plan", "office-assistant", "--out", tmp_path)
    assert ended.code == 0
    expected = plan(sample("office-assistant"))
    assert ended.out.startswith(expected.sentence)
    for placement in expected.placements:
        assert placement.title in ended.out
    for doubt in expected.doubts:
        assert doubt.sentence in ended.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "report.html"]
    assert str(tmp_path / "report.html") in ended.err
    assert str(tmp_path / "plan.json") in ended.err


def test_json_on_stdout_is_nothing_but_json(edgewise, tmp_path: Path) -> None:
    planned = edgewise("plan", "office-assistant", "--json", "--out", tmp_path)
    assert json.loads(planned.out)["format"] == "edgewise.saved-plan"
    assert planned.out == (tmp_path / "plan.json").read_text(encoding="utf-8")
    for typed in (["models"], ["profiles"], ["samples"], ["compare", "mac-mini-m4", "raspberry-pi-5-8gb"]):
        ended = edgewise(*typed, "--json")
        assert ended.code == 0
        assert json.loads(ended.out)


def test_lists_name_what_can_be_typed(edgewise) -> None:
    assert "smollm2-135m" in edgewise("models").out
    assert "raspberry-pi-5-8gb" in edgewise("profiles").out
    assert "office-assistant" in edgewise("samples").out


def test_devices_of_the_plan_can_be_replaced(edgewise) -> None:
    ended = edgewise("plan", "office-assistant", "--profile", "raspberry-pi-5-8gb", "--json")
    scenario = json.loads(ended.out)["scenario"]
    assert [fleet["profile"]["profile_id"] for fleet in scenario["fleets"]] == ["raspberry-pi-5-8gb"]
    assert scenario["fleets"][0]["count"] == scenario["workload"]["seats"]


def test_a_comparison_shows_ratios_and_can_leave_equal_rows_out(edgewise) -> None:
    everything = edgewise("compare", "raspberry-pi-5-8gb", "raspberry-pi-5-16gb")
    differing = edgewise("compare", "raspberry-pi-5-8gb", "raspberry-pi-5-16gb", "--only-differences")
    assert "(baseline)" in everything.out
    assert "×2" in differing.out  # 16 GB over 8 GB
    assert "without a difference left out" in differing.out
    assert "architecture" in everything.out
    assert "architecture" not in differing.out


def test_a_frozen_program_can_be_its_own_child(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(cli.runpy, "run_module", lambda name, **_: ran.append(name))
    assert cli.main(["--child", "planner.measurement.worker"]) == 0
    assert ran == ["planner.measurement.worker"]


def test_a_workload_of_one_s_own_replaces_the_scenario_s(edgewise, tmp_path: Path) -> None:
    ours = preset("office-assistant")
    ours = ours.model_copy(update={"title": "Ours", "seats": 50, "task_classes": ours.task_classes[:1]})
    save_workload(tmp_path / "ours.toml", ours)
    typed = ("plan", "office-assistant", "--workload", tmp_path / "ours.toml", "--profile", "raspberry-pi-5-8gb")
    ended = edgewise(*typed, "--json")
    assert ended.code == 0
    document = json.loads(ended.out)
    assert [each["task_class"] for each in document["plan"]["placements"]] == [ours.task_classes[0].name]
    assert [fleet["count"] for fleet in document["scenario"]["fleets"]] == [50]
    assert document["scenario"]["title"].endswith(": Ours")
    refused = edgewise("plan", "office-assistant", "--workload", tmp_path / "none.toml")
    assert (refused.code, "none.toml" in refused.err) == (2, True)
