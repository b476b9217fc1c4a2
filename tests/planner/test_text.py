"""Values to words (CONVENTION §5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import text
from planner.basis import Basis, Quantity, known, unknown


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (31.42, "31.4"),
        (1240.4, "1,240"),
        (0.03124, "0.0312"),
        (9.996, "10"),
        (999.96, "1,000"),
        (-2.5, "−2.5"),
        (100.0, "100"),
        (1234567.0, "1,230,000"),
    ],
)
def test_three_significant_digits(value: float, words: str) -> None:
    assert text.significant(value) == words


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (None, "unknown"),
        (0.0, "$0"),
        (0.0000312, "$0.000031"),
        (0.41, "$0.41"),
        (1.254, "$1.25"),
        (999.994, "$999.99"),
        (999.996, "$1,000"),
        (61_234.0, "$61,234"),
        (99_999.7, "$100k"),
        (148_321.0, "$148k"),
        (2_345_678.0, "$2.35M"),
        (-12.5, "−$12.50"),
    ],
)
def test_money(usd: float | None, words: str) -> None:
    assert text.money(usd) == words


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (None, "unknown"),
        (0.0, "0 s"),
        (0.0421, "42.1 ms"),
        (0.42, "0.42 s"),
        (65.0, "65 s"),
        (125.0, "2 min 5 s"),
        (119.6, "2 min"),
        (9000.0, "2.5 h"),
        (-1.5, "−1.5 s"),
    ],
)
def test_seconds(duration_s: float | None, words: str) -> None:
    assert text.seconds(duration_s) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(None, "unknown"), (33_500_000_000.0, "31.2 GiB"), (536_870_912.0, "512 MiB"), (2048.0, "2 KiB")],
)
def test_sizes(size_bytes: float | None, words: str) -> None:
    assert text.size(size_bytes) == words


@pytest.mark.parametrize(
    ("flop_s", "words"),
    [
        (None, "unknown"),
        (263.4e9, "263 GFLOP/s"),
        (0.8e9, "0.8 GFLOP/s"),
        (999.4e9, "999 GFLOP/s"),
        (999.6e9, "1 TFLOP/s"),
        (1.24e12, "1.24 TFLOP/s"),
    ],
)
def test_rates_of_operations(flop_s: float | None, words: str) -> None:
    assert text.flop_rate(flop_s) == words
    assert flop_s is None or text.in_unit(flop_s, "FLOP/s") == words


def test_shares() -> None:
    assert [text.share(value) for value in (None, 0.711, 0.0043, 1.234, 0.0)] == [
        "unknown",
        "71 %",
        "0.43 %",
        "123 %",
        "0 %",
    ]


def test_what_was_entered_keeps_every_digit() -> None:
    assert [text.exact(value) for value in (None, 12345, 12000.0, Decimal("0.0375"), Decimal("1.20"), -0.5, 1e-7)] == [
        "unknown",
        "12,345",
        "12,000",
        "0.0375",
        "1.2",
        "−0.5",
        "0.0000001",
    ]


def test_amounts_of_tokens() -> None:
    assert [text.tokens(count) for count in (None, 840, 62_340_000)] == ["unknown", "840 tok", "62.3 Mtok"]


def test_a_quantity_carries_its_interval_and_its_provenance() -> None:
    figure = Quantity(
        value=31.4,
        unit="tok/s",
        basis=Basis.MEASURED,
        low=30.2,
        high=32.6,
        source="5 rounds",
        as_of=date(2026, 11, 3),
    )
    assert text.quantity(figure) == "31.4 tok/s (30.2 tok/s … 32.6 tok/s)"
    assert text.quantity(figure, interval=False) == "31.4 tok/s"
    assert text.provenance(figure) == "tok/s · measured · 5 rounds · 3 Nov 2026"
    assert text.based(figure) == "31.4 tok/s (30.2 tok/s … 32.6 tok/s) · measured"
    assert text.quantity(None) == text.based(None) == "unknown"


def test_a_tariff_keeps_its_third_digit() -> None:
    assert text.in_unit(0.135, "USD/kWh") == "$0.135/kWh"


def test_facts() -> None:
    assert text.fact(known(8, "test")) == "8"
    assert text.fact(unknown("no battery")) == "unknown (no battery)"


@given(value=st.floats(1e-9, 1e12))
def test_rounding_is_within_half_a_unit_of_the_third_digit(value: float) -> None:
    shown = float(text.significant(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.00501)


def test_a_document_cannot_talk_to_the_terminal() -> None:
    assert text.printable("a\x1b[31mb\x07\nc\td\x9be é ×") == "a\ufffd[31mb\ufffd\nc\td\ufffde é ×"


def test_a_day_reads_the_same_in_every_locale() -> None:
    class Foreign(date):
        def __format__(self, spec: str) -> str:
            return "Xxx"  # what strftime would say once Qt has set another locale

    assert text.day(Foreign(2026, 12, 3)) == "3 Dec 2026"
