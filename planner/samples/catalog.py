"""Bundled scenarios: recipes that name reference devices, presets and price profiles, and what they make."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

from pydantic import Field

from planner.capacities import Capacity
from planner.documents import Frozen, read_document
from planner.errors import UnknownNameError
from planner.horizon import Horizon
from planner.model.quality_catalog import quality_figures
from planner.prices.managed import price_profile
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import rate_card
from planner.profiles.catalog import reference_profile
from planner.profiles.profile import DeviceProfile
from planner.scenario import Assumptions, Fleet, Policy, Scenario
from planner.workload.presets import preset

_FOLDER = Path(__file__).parent
_ASSUMPTIONS = "assumptions"
DEFAULT = "office-assistant"


class _RecipeFleet(Frozen):
    profile: str
    count: int = Field(gt=0)


class _Recipe(Frozen):
    title: str
    description: str
    as_of: date
    workload: str
    prices: str
    fleet: tuple[_RecipeFleet, ...]
    policy: Policy
    capacities: tuple[Capacity, ...] = ()
    horizon: Horizon = Horizon()


def sample_names() -> tuple[str, ...]:
    """Names of the bundled scenarios, the default first."""
    names = sorted(path.stem for path in _FOLDER.glob("*.toml") if path.stem != _ASSUMPTIONS)
    return (DEFAULT, *(name for name in names if name != DEFAULT))


def sample(name: str) -> Scenario:
    """A bundled scenario, marked as a sample."""
    known = sample_names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1) or known
        raise UnknownNameError(
            f"no bundled scenario is named {name!r}", remedy=f"Name a scenario file, or one of: {', '.join(near)}."
        )
    recipe = read_document(_FOLDER / f"{name}.toml", _Recipe)
    return Scenario(
        title=recipe.title,
        description=recipe.description,
        is_sample=True,
        as_of=recipe.as_of,
        fleets=tuple(Fleet(profile=reference_profile(row.profile), count=row.count) for row in recipe.fleet),
        prices=price_profile(recipe.prices, on=recipe.as_of),
        workload=preset(recipe.workload),
        quality=quality_figures(),
        policy=recipe.policy,
        assumptions=default_assumptions(),
        rate_cards=_rate_cards(recipe.capacities),
        capacities=recipe.capacities,
        horizon=recipe.horizon,
    )


def _rate_cards(capacities: tuple[Capacity, ...]) -> tuple[RateCard, ...]:
    """The bundled cards these capacities are bought from, with no other offer on them."""
    sold: dict[str, set[str]] = {}
    for capacity in capacities:
        if capacity.how.kind != "owned":
            sold.setdefault(capacity.how.rate_card, set()).add(capacity.how.sku)
    cards = ((rate_card(name), skus) for name, skus in sorted(sold.items()))
    return tuple(
        card.model_copy(update={"offers": tuple(each for each in card.offers if getattr(each, "sku", "") in skus)})
        for card, skus in cards
    )


def default_sample() -> Scenario:
    """The scenario the window opens with on first start."""
    return sample(DEFAULT)


def default_assumptions() -> Assumptions:
    """The assumptions a new scenario starts from."""
    return read_document(_FOLDER / f"{_ASSUMPTIONS}.toml", Assumptions)


def scenario_for(profiles: tuple[DeviceProfile, ...], as_of: date) -> Scenario:
    """The bundled workload and prices on these devices, one for every seat: the plan of a machine just measured."""
    workload = preset(DEFAULT)
    titles = " and ".join(profile.title for profile in profiles)
    return Scenario(
        title=f"{workload.title} on {titles}",
        description="Bundled workload and list prices on the devices named; replace them by your own.",
        as_of=as_of,
        fleets=tuple(Fleet(profile=profile, count=workload.seats) for profile in profiles),
        prices=price_profile(on=as_of),
        workload=workload,
        quality=quality_figures(),
        assumptions=default_assumptions(),
    )
