"""Soaks and contention measurements whose truth is known, as documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from planner.measurement.contention_record import GAP_S, Burst, Turn, TurnKind, schedule
from planner.measurement.contentions import Contention
from planner.measurement.readings import Reading
from planner.measurement.runs import Conditions, ModelIdentity, ModelSource, RunOutcome, RunSettings
from planner.measurement.soak_noise import Series
from planner.measurement.soak_windows import SoakWindow
from planner.measurement.soaks import Soak

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MODEL = ModelIdentity(name="fake", architecture=None, source=ModelSource.FOLDER, file_bytes=1000)
SETTINGS = RunSettings(
    runtime="fakeruntime 1.0",
    execution_provider="CPUExecutionProvider",
    threads=2,
    kv_format="fp32",
    shared_kv_buffer=True,
)
BEGAN_S = 5.0  # load and warm-up came before


def conditions(power: str | None = "ac") -> Conditions:
    return Conditions(
        power_source=power,
        battery_percent=None,
        power_mode=None,
        available_memory_bytes=10**10,
        load_average_1min=0.1,
    )


def window(at_s: float, tok_s: float, *, wall_s: float = 1.0, turn: int = 0, prompt_tok_s: float = 0.0) -> SoakWindow:
    """A window of one second in steps of this speed, with a prompt of 256 tokens where its speed is given."""
    return SoakWindow(
        turn=turn,
        at_s=at_s,
        wall_s=wall_s,
        decode_tokens=1000,
        decode_s=1000 / tok_s,
        prefill_tokens=256 if prompt_tok_s else 0,
        prefill_s=256 / prompt_tok_s if prompt_tok_s else 0.0,
    )


def soak_of(
    tok_s: Series,
    *,
    readings: Sequence[Reading] = (),
    outcome: RunOutcome = RunOutcome.COMPLETE,
    message: str = "",
    is_warm: bool | None = True,
    power: str | None = "ac",
) -> Soak:
    """A window a second."""
    return Soak(
        soak_id="20261123T120000Z-0a1b2c",
        started_at=NOON,
        finished_at=NOON,
        device="Test CPU",
        model=MODEL,
        weight_format="int4",
        settings=SETTINGS,
        conditions=conditions(power),
        planned_s=600.0,
        prompt_tokens=256,
        answer_tokens=128,
        is_warm=is_warm,
        windows=tuple(
            window(BEGAN_S + second, float(rate), prompt_tok_s=0.0 if second % 3 else 400.0)
            for second, rate in enumerate(tok_s)
        ),
        readings=tuple(readings),
        outcome=outcome,
        message=message,
    )


def soaked(kept: float = 0.5, *, seconds: int = 600, model: str = "llama-3.2-1b", later_min: int = 0) -> Soak:
    """Full speed for a minute, then a share of it; a little noise, so that its interval has a width."""
    noise = np.random.default_rng(3).normal(1, 0.01, seconds)
    speed = np.where(np.arange(seconds) < 60, 50.0, 50.0 * kept) * noise
    identity = MODEL.model_copy(update={"name": model})
    return soak_of(speed).model_copy(
        update={"model": identity, "started_at": NOON + timedelta(minutes=later_min), "soak_id": f"{model}-{later_min}"}
    )


def contention_of(
    *,
    alone_tok_s: Sequence[float] = (50, 51, 49),
    kept: Sequence[float] = (0.6, 0.62, 0.58),
    alone_s: Sequence[float] = (0.010, 0.011, 0.009),
    slower: Sequence[float] = (2.0, 2.2, 1.8),
    missed: int = 0,
    others_cpus: float = 0.01,
    outcome: RunOutcome = RunOutcome.COMPLETE,
    message: str = "",
) -> Contention:
    """As many rounds as speeds; in a burst nine of ten take the usual time and one three times that."""
    turns: list[Turn] = []
    for slot in schedule(len(alone_tok_s), 4.0, 1):
        place = slot.number - 1
        both = slot.kind is TurnKind.BOTH
        speed = alone_tok_s[place] * (kept[place] if both else 1)
        worked_s = alone_s[place] * (slower[place] if both else 1)
        begin_s = BEGAN_S + slot.begin_s
        settled = [window(begin_s + 0.5 + part / 2, speed, wall_s=0.5) for part in range(7)]
        turns.append(
            Turn(
                number=slot.number,
                kind=slot.kind,
                begin_s=begin_s,
                end_s=BEGAN_S + slot.end_s,
                windows=(window(begin_s, speed / 10, wall_s=0.5), *settled)  # the first is still settling
                if slot.kind is not TurnKind.FOREGROUND
                else (),
                bursts=tuple(
                    Burst(due_s=due / 10, waited_s=0.0, worked_s=worked_s * (3 if due % 10 == 9 else 1))
                    for due in range(40)
                )
                if slot.kind is not TurnKind.MODEL
                else (),
                missed=missed if both else 0,
            )
        )
    assert turns[1].begin_s - turns[0].end_s == GAP_S
    return Contention(
        contention_id="20261123T120000Z-0a1b2c",
        started_at=NOON,
        finished_at=NOON,
        device="Test CPU",
        model=MODEL,
        weight_format="int4",
        settings=SETTINGS,
        conditions=conditions(),
        seed=1,
        rounds_planned=len(alone_tok_s),
        turn_s=4.0,
        turns=tuple(turns),
        readings=tuple(
            Reading(at_s=second + 0.5, foreign_cpus=others_cpus + (0.5 if _is_loaded(turns, second) else 0.0))
            for second in range(int(turns[-1].end_s) + 2)
        ),
        outcome=outcome,
        message=message,
    )


def _is_loaded(turns: Sequence[Turn], second: int) -> bool:
    """Whether the foreground load worked in the second before the reading, which counts it as another program."""
    return any(turn.bursts and turn.begin_s < second + 0.5 and turn.end_s > second - 0.5 for turn in turns)
