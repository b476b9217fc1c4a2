"""`edgewise models`, `profiles` and `samples`: what comes with the program and can be named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from planner import text
from planner.cli.console import Column, say, say_json, say_table
from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architectures
from planner.model.footprint import active_parameters, parameters, weight_bytes
from planner.model.synthesis import check_buildable
from planner.model.weight_formats import WeightFormat, weight_format, weight_formats
from planner.profiles.catalog import reference_profiles
from planner.profiles.performance import performances
from planner.profiles.profile import DeviceProfile
from planner.samples.catalog import sample, sample_names

SHOWN_FORMATS = ("int4", "int8", "fp16")  # in the table; all of them in the JSON

AsJson = Annotated[bool, typer.Option("--json", help="Print the list as JSON on stdout.")]


def models(as_json: AsJson = False) -> None:
    """List the model architectures that can be synthesised and measured here, with their size in each weight format.

    A GGUF file or a config.json of your own names its exact architecture too: «edgewise measure --model FILE».
    """
    known, built = architectures(), [one for one in weight_formats() if one.synthesisable]
    if as_json:
        say_json([_model_json(one, built) for one in known])
        return
    columns = [
        Column("Name", whole=True),
        Column("Title"),
        Column("Layers", numeric=True),
        Column("Parameters", numeric=True),
        *(Column(stored, numeric=True) for stored in SHOWN_FORMATS),
        Column("Context", numeric=True),
        Column("Licence"),
    ]
    say_table(columns, [_model_row(one) for one in known])
    for one in known:
        for stored, reason in _refusals(one, built).items():
            say(f"{one.name} cannot be built in {stored}: {reason}")


def profiles(as_json: AsJson = False) -> None:
    """List the reference devices that come with the program, each with the basis of its figures."""
    known = reference_profiles()
    if as_json:
        say_json([one.model_dump(mode="json") for one in known])
        return
    columns = [
        Column("Name", whole=True),
        Column("Title"),
        Column("Memory", numeric=True),
        Column("Models"),
        Column("Basis"),
    ]
    say_table(columns, [_profile_row(one) for one in known])


def samples(as_json: AsJson = False) -> None:
    """List the bundled sample scenarios; «edgewise plan NAME» plans one."""
    known = {name: sample(name) for name in sample_names()}
    if as_json:
        say_json(
            [
                {
                    "name": name,
                    "title": one.title,
                    "description": one.description,
                    "task_classes": len(one.workload.task_classes),
                    "seats": one.workload.seats,
                }
                for name, one in known.items()
            ]
        )
        return
    for name, one in known.items():
        say(f"{name}: {one.title}, {len(one.workload.task_classes)} task classes, {one.workload.seats:,} seats")
        if one.description:
            say(f"  {one.description}")


def _model_row(known: ModelArchitecture) -> tuple[str, ...]:
    held, active = parameters(known), active_parameters(known)
    return (
        known.name,
        known.title,
        str(known.layers),
        _count(held) if held == active else f"{_count(held)}, {_count(active)} active",
        *(text.size(weight_bytes(known, weight_format(stored))) for stored in SHOWN_FORMATS),
        f"{known.context_tokens:,}",
        known.licence,
    )


def _model_json(known: ModelArchitecture, built: Sequence[WeightFormat]) -> dict[str, object]:
    """The shape, what follows from it, and why a format cannot be built where it cannot."""
    told: dict[str, object] = known.model_dump(mode="json")
    told["parameters"] = parameters(known)
    told["active_parameters"] = active_parameters(known)
    told["size_bytes"] = {stored.name: weight_bytes(known, stored) for stored in built}
    told["cannot_be_built"] = _refusals(known, built)
    return told


def _refusals(known: ModelArchitecture, built: Sequence[WeightFormat]) -> dict[str, str]:
    refusals: dict[str, str] = {}
    for stored in built:
        try:
            check_buildable(known, stored)
        except ModelError as error:
            refusals[stored.name] = error.what
    return refusals


def _count(count: int) -> str:
    """«135 M», «8.03 B»."""
    if count >= 0.9995 * 10**9:  # what three digits of millions would round up to 1,000
        return f"{text.significant(count / 10**9)} B"
    return f"{text.significant(count / 10**6)} M"


def _profile_row(profile: DeviceProfile) -> tuple[str, ...]:
    known = performances(profile)
    bases = sorted({one.basis for one in known}, key=lambda basis: basis.rank)
    return (
        profile.profile_id,
        profile.title,
        text.size(profile.facts.memory.total_bytes.value),
        ", ".join(sorted({f"{one.model} {one.weight_format}" for one in known})) or "none known",
        ", ".join(basis.value for basis in bases) or text.UNKNOWN,
    )
