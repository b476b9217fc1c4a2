"""The real program, as a user types it: probe, a quick measurement, plan, report, reopen; and stopping in between."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
MODEL = "smollm2-135m"


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "planner.cli.main", *map(str, arguments)]


def edgewise(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the program to its end; it must say nothing that it did not mean to."""
    ended = subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended


def test_from_probe_to_a_report_that_recomputes(tmp_path: Path) -> None:
    facts = json.loads(edgewise("probe", "--json").stdout)
    assert facts["cpu"]["usable_cores"]["value"] > 0
    assert facts["memory"]["total_bytes"]["value"] > 0
    assert any(each["name"] == "CPUExecutionProvider" and each["usable"] for each in facts["execution_providers"])

    profile = tmp_path / "profile.json"
    measured = edgewise("measure", "--model", MODEL, "--quick", "--out", profile, "--json")
    document = json.loads(measured.stdout)
    assert measured.stdout == profile.read_text(encoding="utf-8")
    (run,) = document["runs"]
    assert run["model"]["name"] == MODEL
    assert run["rounds"]
    for sample in (each for one in run["rounds"] for each in one["decode"]):
        times = sample["token_times_s"]
        assert times == sorted(times)
        assert times[0] > 0
    assert f"{MODEL} int4 · round 1 of about" in measured.stderr
    assert all(one["readings"] and one["is_warm"] is not None for one in run["rounds"])
    limits = document["roofline"]["points"][-1]
    assert limits["read_bytes_s"]["value"] > 1e8
    assert document["facts"]["memory"]["read_bandwidth_bytes_s"]["value"] == limits["read_bytes_s"]["value"]

    (row,) = json.loads(edgewise("runs", profile, "--json").stdout)["measurements"]
    assert row["run_ids"] == [run["run_id"]]
    assert 0 < row["decode_reached"]["share"]["value"] < 2
    edgewise("runs", profile, "--export", tmp_path / "raw.csv")
    assert (tmp_path / "raw.csv").read_text(encoding="utf-8-sig").count("\n") > 10

    there = "raspberry-pi-5-8gb"
    foretold = json.loads(edgewise("predict", "-m", "llama-3.2-1b", "-p", there, "--json").stdout)
    assert foretold["decode_tok_s"]["basis"] == "estimated"
    assert "1 prediction waits to be measured" in edgewise("accuracy", "--device", there).stdout

    out = tmp_path / "out"
    planned = edgewise("plan", "--profile", profile, "--out", out)
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))["plan"]
    assert planned.stdout.startswith(plan["sentence"])
    models = {option["model"] for each in plan["placements"] for option in each["options"] if option["side"] == "edge"}
    assert models == {MODEL}
    html = (out / "report.html").read_text(encoding="utf-8")
    assert plan["sentence"].split(":")[0] in html.replace("&#39;", "'")
    assert "measured" in html

    reopened = edgewise("plan", out / "plan.json", "--json")
    assert reopened.stdout.encode() == (out / "plan.json").read_bytes()
    assert "the same bytes" in reopened.stderr
    edgewise("report", out / "plan.json", "--out", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (out / "report.html").read_bytes()

    compared = edgewise("compare", profile, "raspberry-pi-5-8gb", "--json")
    assert len(json.loads(compared.stdout)["columns"]) == 2


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is sent as SIGINT")
def test_ctrl_c_ends_the_measurement_within_two_seconds_and_keeps_finished_rounds(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    typed = command("measure", "--model", MODEL, "--out", profile)
    with subprocess.Popen(typed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as running:
        deadline = time.monotonic() + 120
        while not profile.exists() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert profile.exists(), "no round was saved"
        time.sleep(0.5)  # into the next round, so that a child is at work
        family = psutil.Process(running.pid).children(recursive=True)
        pressed = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
        took_s = time.monotonic() - pressed
    assert running.returncode == 130, told
    assert took_s < 4  # two seconds for the child, the rest for summing up on a busy machine
    assert not [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert "kept" in told
    assert "Traceback" not in told
    (run,) = json.loads(profile.read_text(encoding="utf-8"))["runs"]
    assert run["outcome"] == "stopped"
    assert run["rounds"]


def test_a_closed_pipe_is_no_accident() -> None:
    with subprocess.Popen(
        command("profiles", "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        told = running.stderr.read().decode()
        running.wait(60)
    assert told == ""


def test_refusals_reach_the_shell() -> None:
    ended = edgewise("plan", "nowhere.json", code=2)
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "nowhere.json" in ended.stderr


def test_the_engine_runs_where_no_window_is_installed() -> None:
    """The command line on a machine without Qt: importing it must not even be tried."""
    program = (
        "import sys\n"
        "class NoQt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'PySide6', 'shiboken6', 'pyqtgraph', 'ui'}:\n"
        "            raise AssertionError(f'{name} was imported')\n"
        "sys.meta_path.insert(0, NoQt())\n"
        "from planner.cli.main import main\n"
        "sys.exit(main(['samples']))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "office-assistant" in ended.stdout
