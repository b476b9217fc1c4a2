"""Intervals in words: units said once, whole seats and months lie inside, never and always."""

from fractions import Fraction

import pytest

from planner.cost.break_even import Interval, Why, cheaper_where
from planner.cost.curves import line, steps
from planner.outlook.break_even_view import By, IntervalView
from planner.outlook.break_even_words import cheaper_words, pair_sentence, span, spans


def interval(low: float, high: float | None, *, closed: bool = False, why: Why = "crossing") -> Interval:
    return Interval(Fraction(low), None if high is None else Fraction(high), closed, closed, "crossing", why)


@pytest.mark.parametrize(
    ("by", "low", "high", "words"),
    [
        ("volume", 41_300, None, "from 41,300 requests a day on"),
        ("volume", 7_770, 321_000, "from 7,770 to 321,000 requests a day"),
        ("volume", 0, 41_300, "up to 41,300 requests a day"),
        ("volume", 0, None, "at every volume"),
        ("utilization", 0.43, 1.0, "from 43 % to 100 %"),
        ("tariff", 0, 0.31, "up to $0.31/kWh"),
        ("price", 0.65, None, "from a price of −35 % on"),
        ("price", 1.0, None, "from today's price on"),
        ("price", 3.2, None, "from 3.2 times today's price on"),
        ("months", 13, None, "from month 14 on"),
        ("months", 13, 36, "from month 14 to 35"),
        ("seats", 7.2, 12.9, "from 8 to 12 seats"),
        ("seats", 8, 9.5, "at 9 seats"),
    ],
)
def test_an_interval_in_words(by: By, low: float, high: float | None, words: str) -> None:
    assert span(by, interval(low, high)) == words


def test_closed_ends_hold_the_whole_number_they_stand_on() -> None:
    assert span("seats", interval(8, 12, closed=True)) == "from 8 to 12 seats"
    assert span("seats", interval(8, 12)) == "from 9 to 11 seats"


def test_an_interval_between_two_whole_numbers_holds_no_seat() -> None:
    assert spans("seats", [interval(8.2, 8.9), interval(10, None)]) == "from 11 seats on"


def test_many_intervals_are_counted() -> None:
    many = [interval(start, start + 1) for start in (10, 20, 30, 40, 50)]
    assert spans("volume", many).endswith("and in 2 more intervals")


def view(low: float, high: float | None, why: Why) -> IntervalView:
    return IntervalView(low=low, high=high, low_closed=False, high_closed=True, low_why="crossing", high_why=why)


def test_an_end_of_the_look_is_no_end_of_what_pays() -> None:
    """experience.md: best and worst that stop where nobody looked on would read as a worse best and a better worst."""
    assert cheaper_words("volume", [view(0, 2_010_000, "range")]) == (
        "up to 2,010,000 requests a day (nobody looked beyond)"
    )
    assert cheaper_words("volume", [view(0, 2_010_000, "crossing")]) == "up to 2,010,000 requests a day"
    assert cheaper_words("volume", [view(10, 20, "jump"), view(30, 90, "range")]) == (
        "from 10 to 20 requests a day and from 30 to 90 requests a day (nobody looked beyond)"
    )
    many = [*(view(start, start + 1, "jump") for start in (10, 20, 30)), view(40, 90, "range")]
    assert cheaper_words("volume", many).endswith("and in 1 more intervals")
    assert cheaper_words("months", [view(0, 36, "range")]) == "from the start"
    assert cheaper_words("volume", []) == "never"


def test_what_pays_only_at_the_best_end_is_said_as_far_as_anybody_looked() -> None:
    dear, cheap = steps(100, 50, 40), steps(1, 50, 40)
    never, best = (cheaper_where(ours, line(0, Fraction(1))) for ours in (dear, cheap))
    words = pair_sentence(
        "volume", ("the box", "acme/mini"), never, bounds=(best, never), today=None, usd_today=(None, None)
    )
    assert words.endswith("it would from 1 to 2,000 requests a day (nobody looked beyond).")


def sentence(found_steps: bool, price: Fraction, today: int | None = 80) -> str:
    ours = steps(100, 50, 40) if found_steps else line(100, 0, at_zero=0)
    found = cheaper_where(ours, line(0, price))
    return pair_sentence(
        "volume",
        ("the box", "acme/mini"),
        found,
        bounds=(found, found),
        today=None if today is None else Fraction(today),
        usd_today=(200.0, 160.0),
    )


def test_a_sentence_has_the_intervals_and_today() -> None:
    words = sentence(found_steps=True, price=Fraction(21, 10))
    assert words.startswith("The box costs less than acme/mini from 47.6 to 50 requests a day, from 95.2 to 100")
    assert words.endswith("; today, at 80 requests a day, it costs $200.00 instead of $160.00 a month.")
    assert "nobody looked beyond 2,000 requests a day" in words


def test_never_is_said_with_its_reach() -> None:
    words = sentence(found_steps=True, price=Fraction(1), today=None)
    assert words == "The box never costs less than acme/mini: it costs more at every volume up to 2,000 requests a day."


def test_one_crossing_for_ever() -> None:
    assert sentence(found_steps=False, price=Fraction(2), today=None) == (
        "The box costs less than acme/mini from 50 requests a day on."
    )
