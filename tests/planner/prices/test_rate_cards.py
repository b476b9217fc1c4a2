"""The bundled rate cards: found by name, every figure with a source, and a user's own saved and read again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.errors import DocumentError, UnknownNameError
from planner.prices import rate_cards
from planner.prices.card_checks import card_doubts
from planner.prices.kinds.local import EnergyOffer
from planner.prices.rate_cards import all_rate_cards, load_rate_card, rate_card, rate_card_ids, save_rate_card
from tests.support import rate_cards as raw
from tests.support.rate_cards import as_toml, card, plain_card

CHECKED = date(2026, 11, 25)


def test_every_bundled_card_is_read_and_is_called_as_its_file() -> None:
    assert rate_card_ids() == tuple(each.profile_id for each in all_rate_cards())
    assert rate_card_ids() == tuple(sorted(rate_card_ids()))
    assert rate_card("energy-eurostat") is rate_card("energy-eurostat")  # read once


@pytest.mark.parametrize("name", rate_card_ids())
def test_every_figure_can_be_looked_up_and_was_read_before_the_review(name: str) -> None:
    held = rate_card(name)
    for offer in held.offers:
        read = [held.provenance_of(row) for row in offer.prices]
        if isinstance(offer, EnergyOffer) and offer.carbon_provenance is not None:
            read.append(offer.carbon_provenance)
        assert read, offer.sku
        for each in read:
            assert each.source_url.startswith("https://"), offer.sku
            assert each.retrieved <= CHECKED, offer.sku


@pytest.mark.parametrize("name", rate_card_ids())
def test_no_bundled_price_is_zero_by_accident(name: str) -> None:
    assert "ZeroPrice" not in {doubt.kind for doubt in card_doubts(rate_card(name), CHECKED)}


def test_an_unknown_card_is_refused_with_the_names_near_it() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean energy-eurostat"):
        rate_card("energy-eurostad")
    with pytest.raises(UnknownNameError, match="There are: "):
        rate_card("zzz")


def test_a_card_of_ones_own_is_saved_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    save_rate_card(path, card())
    assert load_rate_card(path) == card()
    assert path.read_text(encoding="utf-8") == to_json(card())
    authored = tmp_path / "own.toml"
    authored.write_text(as_toml(plain_card()), encoding="utf-8")
    assert load_rate_card(authored) == card()


def test_a_bundled_card_without_sources_or_under_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_cards, "CARDS", tmp_path)
    anonymous = {"source": "somebody", "retrieved": "2026-11-10"}
    (tmp_path / "acme-cloud.toml").write_text(
        as_toml(plain_card(raw.request(), provenance=anonymous)), encoding="utf-8"
    )
    with pytest.raises(DocumentError, match="no source_url for search"):
        rate_card("acme-cloud")
    weak = raw.energy() | {"carbon_provenance": anonymous}
    (tmp_path / "acme-cloud.toml").write_text(as_toml(plain_card(weak)), encoding="utf-8")
    with pytest.raises(DocumentError, match="no source_url for SE/household"):
        rate_card("acme-cloud")
    (tmp_path / "other.toml").write_text(as_toml(plain_card()), encoding="utf-8")
    with pytest.raises(DocumentError, match="calls itself 'acme-cloud'"):
        rate_card("other")
