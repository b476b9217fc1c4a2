"""A change is said in percents up to twice or half, then in factors, and never without what it is worth."""

from __future__ import annotations

import pytest

from planner.comparison.run_circumstances import Circumstance
from planner.comparison.run_words import FASTER, LONGER, MORE, Scale, change_words, sentence_of
from planner.comparison.table import Ratio


@pytest.mark.parametrize(
    ("ratio", "scale", "words"),
    [
        (Ratio(value=1.12, low=1.08, high=1.16), FASTER, "12 % faster (8 … 16 %)"),
        (Ratio(value=0.88, low=0.84, high=0.92), FASTER, "12 % slower (8 … 16 %)"),
        (Ratio(value=2.4, low=2.1, high=2.8), FASTER, "2.4 times as fast (2.1 … 2.8)"),
        (Ratio(value=0.4, low=0.3, high=0.5), LONGER, "0.4 times as long (0.3 … 0.5)"),
        (Ratio(value=1.5, low=1.5, high=1.5), MORE, "50 % more"),
        (Ratio(value=0.75), MORE, "25 % less, how surely is unknown"),
        (Ratio(value=1.01, low=0.97, high=1.05), LONGER, "no difference beyond the intervals (×0.97 … ×1.05)"),
        (Ratio(value=1, low=1, high=1), MORE, "no difference beyond the intervals"),
    ],
)
def test_a_change_in_words(ratio: Ratio, scale: Scale, words: str) -> None:
    assert change_words(ratio, scale) == words


def differing(label: str, a: str | None, b: str | None) -> Circumstance:
    return Circumstance(kind="condition", label=label, a=a, b=b, differs=True)


def test_the_sentence_of_two_runs() -> None:
    decode = ("decodes", 512, Ratio(value=1.12, low=1.08, high=1.16))
    prefill = ("prefills", 512, Ratio(value=1.01, low=0.97, high=1.05))
    power = differing("power source", "on mains", "on battery")
    assert sentence_of([decode], [power]) == (
        "B decodes 12 % faster (8 … 16 %) at 512 tokens; it ran on battery, A on mains."
    )
    assert sentence_of([decode, prefill], []) == (
        "B decodes 12 % faster (8 … 16 %) at 512 tokens and prefills no differently at 512 tokens beyond the intervals "
        "(×0.97 … ×1.05); no setting or condition known differs."
    )


def test_reasons_stand_in_the_order_of_their_weight_and_what_is_unknown_explains_nothing() -> None:
    given = [
        differing("free memory", "8 GiB", "2 GiB"),
        differing("power mode", None, "balanced"),
        differing("power source", "on mains", "on battery"),
        differing("spinning", "yes", "no"),
        differing("threads", "8", "4"),
        differing("runtime", "onnxruntime 1.32.0", "onnxruntime 1.33.0"),
    ]
    assert sentence_of([("decodes", 512, Ratio(value=1.1))], given) == (
        "B decodes 10 % faster at 512 tokens (one start shows no interval); it ran on onnxruntime 1.33.0, A on "
        "onnxruntime 1.32.0, it used 4 threads, A 8, it ran on battery, A on mains; 2 more differences."
    )
    assert sentence_of([("decodes", 512, Ratio(value=1.1))], [given[3]]).endswith("; 1 difference may explain it.")
