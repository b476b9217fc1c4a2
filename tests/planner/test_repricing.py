"""A scenario at the prices of a past day plans with what was charged then."""

from __future__ import annotations

from datetime import date

import pytest

from planner.planning import plan
from planner.repricing import scenario_priced_on
from planner.samples.catalog import sample

BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


def test_the_day_decides_the_price_and_title_and_description_say_so() -> None:
    given = sample("office-assistant")
    flash = tuple(each for each in given.prices.offers if each.sku == "google/gemini-3.8-flash")
    given = given.model_copy(update={"prices": given.prices.model_copy(update={"offers": flash})})

    def remote_usd(on: date) -> float:
        then = scenario_priced_on(given, on).scenario
        assert (then.as_of, then.title.endswith(f"at prices of {on.day} {on:%b %Y}")) == (on, True)
        options = (option for each in plan(then).placements for option in each.options)
        return next(
            option.cost.usd_per_request.value
            for option in options
            if option.option_id == "datacenter:google/gemini-3.8-flash" and option.cost and option.cost.usd_per_request
        )

    assert remote_usd(AFTER) == pytest.approx(2 * remote_usd(BEFORE))
    early = scenario_priced_on(given, date(2026, 1, 1))
    assert early.scenario.description.endswith(early.doubts[0].sentence)
