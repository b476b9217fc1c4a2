"""Accelerators by whatever name a price card, a driver or a user calls them."""

from __future__ import annotations

import pytest

from planner.errors import UnknownNameError
from planner.prices.rate_cards import all_rate_cards
from planner.service.hosted.accelerators import accelerator_spec, accelerator_specs
from planner.service.hosted.served_model import Precision

NOT_FOR_DECODING = {"Inferentia"}  # the first generation: 8 GB without the operators of a decoder


def test_every_accelerator_that_can_be_rented_is_known() -> None:
    rented = {
        offer.accelerator.name
        for card in all_rate_cards()
        for offer in card.offers
        if offer.kind == "instance" and offer.accelerator is not None
    }
    assert len(rented) > 15
    for name in rented - NOT_FOR_DECODING:
        assert accelerator_spec(name).name == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("h100", "H100"),
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 SXM", "H100"),
        ("H100 SXM 80GB", "H100"),
        ("A100 80GB", "A100-80GB"),
        ("AMD Instinct MI300X", "MI300X"),
        ("NVIDIA L40S", "L40S"),
        ("TPU v5e", "TPU-v5e"),
        ("AWS Trainium2", "Trainium2"),
        ("RTX PRO 6000 Blackwell SE", "RTX-PRO-6000"),
        ("Max 1550", "Max-1550"),
    ],
)
def test_other_spellings(words: str, name: str) -> None:
    assert accelerator_spec(words).name == name


def test_an_unknown_one_is_answered_with_near_names() -> None:
    with pytest.raises(UnknownNameError, match="H100"):
        accelerator_spec("H1000")


def test_weights_without_their_arithmetic_are_widened_to_16_bits() -> None:
    a100, h100, b200 = (accelerator_spec(name) for name in ("A100", "H100", "B200"))
    assert a100.computes(Precision.FP8) is Precision.FP16
    assert a100.peak_flops(Precision.FP8) == a100.peak_fp16_flops
    assert h100.computes(Precision.FP4) is Precision.FP16
    assert b200.peak_flops(Precision.FP4) == 9_000e12


def test_specifications_are_of_the_right_size() -> None:
    """Bytes over bandwidth is how long one pass over the memory takes: between 15 and 80 ms for all of them."""
    for spec in accelerator_specs():
        assert 0.015 < spec.memory_bytes / spec.bandwidth_bytes_s < 0.085, spec.name
        for peak in (spec.peak_fp8_flops, spec.peak_fp4_flops):
            assert peak is None or peak > 1.9 * spec.peak_fp16_flops
