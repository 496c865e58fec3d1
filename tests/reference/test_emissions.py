"""Emissions of freight."""

import pytest
from crossborder.errors import InputError
from crossborder.reference import emissions


def test_a_tonne_over_a_thousand_km_by_hand():
    assert emissions.freight_kg(1000, 1000, "rail", scope="ttw") == pytest.approx(27.79)


def test_arrays_broadcast_over_modes():
    found = emissions.freight_kg(500, [1000, 2000], ["air", "sea"])
    assert found == pytest.approx([0.5 * 1000 * 1.03455, 0.5 * 2000 * 0.01977])


def test_air_is_dirtier_than_road_is_dirtier_than_rail_is_dirtier_than_sea():
    air, road, rail, sea = emissions.factor(["air_no_rf", "road", "rail", "sea"])
    assert air > road > rail > sea


def test_the_licence_is_named():
    assert "Open Government Licence v3.0" in emissions.ATTRIBUTION


@pytest.mark.parametrize(
    "arguments, text",
    [
        ((1.0, 1.0, "ship"), "mode 'ship' is not known"),
        ((-1.0, 1.0, "sea"), "weight_kg is -1.0"),
        ((1.0, float("inf"), "sea"), "distance_km is inf"),
        ((1.0, 1.0, "sea", "well"), "scope 'well' is not known"),
    ],
)
def test_wrong_inputs_are_named(arguments, text):
    with pytest.raises(InputError, match=text):
        emissions.freight_kg(*arguments)
