"""Damaged and hostile documents: the program refuses in one sentence naming file and place, and never breaks down."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main
from planner.cli.measured import show_performance
from planner.cli.providers import show_providers
from planner.cli.sustained import show_contention, show_soak
from planner.documents import to_json
from planner.errors import PlannerError, UnknownNameError
from planner.plan_files import reopen_plan, save_plan
from planner.planning import plan
from planner.prediction.predict import predict_from_slices
from planner.profiles.files import load_profile
from planner.profiles.performance import performances
from planner.profiles.run_history import run_history
from planner.samples.catalog import sample, scenario_for
from planner.scenario import Scenario
from planner.scenario_files import load_scenario
from planner.workload.files import load_workload
from tests.support.engine import DAY, scenario
from tests.support.scenarios import profile, run
from tests.support.whole_profile import whole_profile

SEED = 20261123
CASES = {
    "scenario": 90,
    "profile": 90,
    "measured": 220,
    "workload": 150,
    "plan": 25,
}  # as many as are quick
ODD: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 0.5, 1e308, -1e308, 5e-324, 10**30, 10**400, 2**63),
    *("", "x", "-3", "NaN", "1e999999", "0", "\u0000", "2026-13-40", "../../etc"),
    *([], {}, [[]], {"a": 1}),
)


def plan_it(given: Scenario) -> None:
    made = to_json(plan(given))
    assert "Infinity" not in made
    assert ": NaN" not in made


def use_scenario(path: Path) -> None:
    plan_it(load_scenario(path))


def use_profile(path: Path) -> None:
    device = load_profile(path)
    performances(device)
    plan_it(small(scenario_for((device,), DAY)))


def use_measured(path: Path) -> None:
    """Everything that reads runs, limits, slices, soaks and contentions, as the command line does."""
    device = load_profile(path)
    show_performance(device)
    show_providers(device)
    for row in run_history(device):
        assert "Infinity" not in to_json(row)
    for soak in device.soaks:
        show_soak(soak)
    for contention in device.contentions:
        show_contention(contention)
    for slices in device.slices:
        with contextlib.suppress(UnknownNameError):  # the catalogue of another release may have named it
            predict_from_slices(slices, device.facts, device="d", prompt_tokens=512, context_tokens=512)


def use_workload(path: Path) -> None:
    plan_it(scenario().model_copy(update={"workload": load_workload(path)}))


def use_plan(path: Path) -> None:
    reopen_plan(path)


def small_sample() -> Scenario:
    """The bundled sample, made small."""
    return small(sample("office-assistant"))


def small(whole: Scenario) -> Scenario:
    """A bundled scenario with four classes and five offers: everything it shows, in a tenth of the time."""
    classes = whole.workload.task_classes[:4]
    return whole.model_copy(
        update={
            "workload": whole.workload.model_copy(update={"task_classes": classes}),
            "prices": whole.prices.model_copy(update={"offers": whole.prices.offers[:5]}),
        }
    )


def plain(kind: str, folder: Path) -> Any:
    match kind:
        case "scenario":
            return json.loads(to_json(small_sample()))
        case "profile":
            measured = profile().model_copy(update={"runs": (run(), run("qwen2.5-0.5b"))})
            return json.loads(to_json(measured))
        case "measured":
            return json.loads(to_json(whole_profile()))
        case "workload":
            return json.loads(to_json(small_sample().workload))
        case _:
            save_plan(folder / "saved.json", small_sample(), plan(small_sample()))
            return json.loads((folder / "saved.json").read_text(encoding="utf-8"))


USES: dict[str, Callable[[Path], None]] = {
    "scenario": use_scenario,
    "profile": use_profile,
    "measured": use_measured,
    "workload": use_workload,
    "plan": use_plan,
}


def places(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document except the document itself."""
    if at:
        yield at
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in parts:
        yield from places(value, (*at, key))


def alike(document: Any) -> list[list[tuple[str | int, ...]]]:
    """Every place, those that differ in list positions alone together: a thousand timed steps are one kind of place."""
    groups: dict[tuple[str, ...], list[tuple[str | int, ...]]] = {}
    for at in places(document):
        groups.setdefault(tuple("#" if isinstance(key, int) else key for key in at), []).append(at)
    return list(groups.values())


def mutated(document: Any, chance: random.Random, at: tuple[str | int, ...]) -> Any:
    """A copy of the document with one thing wrong at this place."""
    document = copy.deepcopy(document)
    parent = document
    for key in at[:-1]:
        parent = parent[key]
    value = parent[at[-1]]
    match chance.randrange(5):
        case 0:
            del parent[at[-1]]
        case 1 if isinstance(parent, dict):
            parent["misspelled"] = value
        case 2 if isinstance(value, (int, float)):
            parent[at[-1]] = value * chance.choice((-1, 0, 10**6, 10**30, 10**-30))
        case 3 if isinstance(value, list):
            parent[at[-1]] = value * 2
        case _:
            parent[at[-1]] = chance.choice(ODD)
    return document


@pytest.mark.parametrize("kind", USES)
def test_a_mutated_document_is_planned_or_refused(kind: str, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    sound = plain(kind, tmp_path)
    everywhere = alike(sound)
    path = tmp_path / f"{kind}.json"
    path.write_text(json.dumps(sound), encoding="utf-8")
    USES[kind](path)  # or nothing below proves anything
    refused = 0
    for _ in range(CASES[kind]):
        path.write_text(json.dumps(mutated(sound, chance, chance.choice(chance.choice(everywhere)))), encoding="utf-8")
        refused += refusal(kind, path) is not None
    assert refused > CASES[kind] / 2


@pytest.mark.parametrize("kind", ["scenario", "profile", "measured", "workload"])
def test_every_number_meets_its_bounds(kind: str, tmp_path: Path) -> None:
    """Each number of the document once, as zero, negative, huge and tiny: planned or refused, at its place."""
    sound = plain(kind, tmp_path)
    chance = random.Random(SEED)
    numbers = [at for at, *_ in alike(sound) if is_number(value_at(sound, at))]
    path = tmp_path / f"{kind}.json"
    for at in numbers:
        document = copy.deepcopy(sound)
        value_at(document, at[:-1])[at[-1]] = chance.choice((0, -1, 1e308, 1e-308, 10**400))
        path.write_text(json.dumps(document), encoding="utf-8")
        refusal(kind, path)


def refusal(kind: str, path: Path) -> str | None:
    """What the program says to the document, if it refuses it: one sentence that begins with the file."""
    try:
        USES[kind](path)
    except PlannerError as error:
        sentence = error.sentence
    else:
        return None
    assert sentence.startswith(f"{path}: ")
    assert "\n" not in sentence
    return sentence


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def value_at(document: Any, at: tuple[str | int, ...]) -> Any:
    for key in at:
        document = document[key]
    return document


SOUND = '{"format": "edgewise.scenario", "title": "A", "as_of": "2026-11-23"}'


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("empty.json", b"", "not valid JSON"),
        ("binary.json", bytes(range(256)), "not valid JSON"),
        ("latin1.json", SOUND.replace("A", "\xe9").encode("latin-1"), "not valid JSON"),
        ("twice.json", SOUND.replace("{", '{"title": "B", ', 1).encode(), "'title' stands twice"),
        ("nan.json", SOUND.replace('"A"', "NaN").encode(), "NaN is not a number"),
        ("endless.json", SOUND.replace('"A"', "1e999").encode(), "title: a number is NaN or infinite"),
        ("deep.json", b'{"a":' * 2000 + b"1" + b"}" * 2000, "nested too deeply"),
        ("deeper.json", b"[" * 100_000, "nested too deeply"),
        ("digits.json", b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        ("list.json", b"[]", "the document"),
        ("null.json", b"null", "the document"),
        ("surrogate.json", SOUND.replace("A", "\\ud800").encode(), "surrogate.json"),
        ("digits.toml", b"a = " + b"9" * 5000, "not valid TOML"),
        ("deep.toml", b"a = " + b"[" * 5000 + b"]" * 5000, "not valid TOML"),
        ("endless.toml", b"a = inf", "a: a number is NaN or infinite"),
        ("twice.toml", b"a = 1\na = 2", "not valid TOML"),
        ("latin1.toml", b"title = 'B\xfcro'", "not valid TOML"),
    ],
)
def test_a_damaged_file_is_refused_with_exit_code_two(
    name: str, data: bytes, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["plan", str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert str(path) in told.err
    assert complaint in told.err
    assert told.err.count("\n") == 1


def test_a_byte_order_mark_and_windows_line_ends_are_no_damage(tmp_path: Path) -> None:
    document = to_json(small_sample()).replace("\n", "\r\n")
    path = tmp_path / "windows.json"
    path.write_bytes(b"\xef\xbb\xbf" + document.encode())
    assert load_scenario(path) == small_sample()
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbfformat = 'edgewise.workload'\r\n")
    with pytest.raises(PlannerError, match="workload_id: this key is missing"):
        load_workload(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    folder = tmp_path / "folder.json"
    folder.mkdir()
    huge = tmp_path / "huge.json"
    with huge.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    for path, complaint in ((pipe, "not a regular file"), (loop, ""), (folder, "a folder"), (huge, "larger than")):
        assert main(["plan", str(path)]) == 2
        told = capsys.readouterr().err
        assert str(path) in told
        assert complaint in told
