"""Facility location, sea distances, weights, emissions, duty and tax against published numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crossborder.reference import emissions
from crossborder.reference.sea import SeaNetwork
from crossborder.supply import duty_rules, freight, network, parcel_rules, routing

# OR-Library, J. E. Beasley (MIT licence): demand of each customer, then the cost of serving all of it from each site.
LINES = (Path(__file__).parent / "supply_cases" / "orlib_cap_16x50.txt").read_text().splitlines()
DEMAND = np.array([float(line) for line in LINES[0::2]])
COSTS = np.array([[float(x) for x in line.split()] for line in LINES[1::2]]).T


def fixed_costs(amount: float) -> np.ndarray:
    """The eleventh warehouse stands already and costs nothing more."""
    return np.where(np.arange(16) == 10, 0.0, amount)


class TestFacilityLocation:
    @pytest.mark.parametrize(
        ("capacity", "fixed", "optimum"),
        [(5000, 7500, 1040444.375), (10000, 17500, 1025208.225), (15000, 7500, 932615.75), (15000, 12500, 977799.4)],
        ids=["cap41", "cap51", "cap61", "cap62"],
    )
    def test_or_library_optimum(self, capacity, fixed, optimum):
        found = network.locate(fixed_costs(fixed), COSTS, DEMAND, np.full(16, float(capacity)))
        assert found.cost == pytest.approx(optimum, abs=0.001)
        assert found.proven

    @pytest.mark.parametrize(
        ("fixed", "optimum"),
        [(7500, 932615.75), (12500, 977799.4), (17500, 1010641.45), (25000, 1034976.975)],
        ids=["cap71", "cap72", "cap73", "cap74"],
    )
    def test_or_library_uncapacitated(self, fixed, optimum):  # capacity 58,268 is the whole demand
        assert network.locate(fixed_costs(fixed), COSTS).cost == pytest.approx(optimum, abs=0.001)

    def test_weak_form_gives_the_same_optimum(self):
        weak = network.locate(fixed_costs(7500), COSTS, DEMAND, np.full(16, 15000.0), strong=False)
        assert weak.cost == pytest.approx(932615.75, abs=0.001)


class TestSeaDistance:
    # T. Notteboom, A. Pallis and J.-P. Rodrigue, porteconomicsmanagement.org: Shanghai to Rotterdam
    @pytest.mark.parametrize(
        ("closed", "published"), [((), 10600), (("suez", "panama"), 13800)], ids=["by Suez", "by the Cape"]
    )
    def test_shanghai_rotterdam(self, closed, published):
        found = SeaNetwork.load().distances([(121.8, 31.23)], [(4.05, 51.95)], closed=closed).iloc[0, 0]
        assert found == pytest.approx(published, rel=0.02)

    def test_a_large_ship_does_not_escape_by_panama(self):
        lane = pd.DataFrame({"origin_gateway": ["CNSHA"], "market_gateway": ["NLRTM"]})
        small, large = (routing.sea_lengths(lane, ("suez",), ship)[0] for ship in ("panamax", "ultra_large"))
        assert small < large == pytest.approx(13800, rel=0.03)


class TestWeight:
    # flying-cargo.rs/en/volumetric-weight (FedEx licensee), example 6
    @pytest.mark.parametrize(
        ("sides", "expected"),
        [((80, 70, 75), 84.0), ((50, 50, 50), 25.0), ((40, 40, 40), 12.8)],
        ids=["p1", "p2", "p3"],
    )
    def test_volumetric(self, sides, expected):
        assert float(freight.volumetric_weight(*sides, 5000)) == pytest.approx(expected)

    def test_a_cubic_metre(self):
        assert float(freight.volumetric_weight(100, 100, 100, 5000)) == pytest.approx(200)
        assert float(freight.volumetric_weight(100, 100, 100, 6000)) == pytest.approx(166.667, abs=0.001)
        assert pytest.approx(5021.7, abs=0.1) == freight.CM3_PER_INCH3 / freight.KG_PER_POUND * 139

    @pytest.mark.parametrize(("kg", "charged"), [(2.2, 2.5), (9.6, 10.0), (10.0, 10.0), (12.8, 13.0), (0.1, 0.5)])
    def test_rounding(self, kg, charged):  # up to the next 0.5 kg up to 10 kg, to the next whole kg above
        assert float(freight.round_up_weight(kg)) == charged


# UK Government GHG Conversion Factors for Company Reporting 2025, OGL v3.0: kg CO2e a tonne-km, (ttw, wtt)
@pytest.mark.parametrize(
    ("mode", "ttw", "wtt"),
    [("sea", 0.01612, 0.00365), ("air", 0.89939, 0.13516), ("air_no_rf", 0.5313, 0.13516), ("rail", 0.02779, 0.00691)],
)
def test_emission_factors(mode, ttw, wtt):
    assert float(emissions.factor(mode, "ttw")) == pytest.approx(ttw)
    assert float(emissions.factor(mode, "wtt")) == pytest.approx(wtt)
    assert float(emissions.freight_kg(1000, 1000, mode)) == pytest.approx(1000 * (ttw + wtt))


class TestDutyAndTax:
    def test_plain_cif_entry(self):  # landed-cost-calculator 0.3.1 (MIT), run for these inputs
        due = duty_rules.taxes_due(6500.0, 3000.0, 0.0, 0.065, 0.19)
        assert float(due.duty) == pytest.approx(617.5)
        assert float(due.import_tax) == pytest.approx(1922.325)
        assert 6500 + 3000 + float(due.duty) + float(due.import_tax) + 200 + 4000 == pytest.approx(16239.825)

    def test_flat_duty_an_item_category(self):
        # Lithuanian customs: one pair of shoes, two dolls and five T-shirts pay EUR 9 from 2026-07-01
        items = pd.DataFrame({"hs6": ["640299", "950300", "610910"], "qty": [1, 2, 5]})
        assert parcel_rules.basket_duty(items, 3.0) == 9.0

    def test_the_clock_knows_the_cliff(self):
        days = ["2025-05-01", "2025-05-02"]  # the de-minimis relief for goods from China ended between these days
        table = duty_rules.clock("610910", "US", days, goods=40, freight=6, entry="parcel")
        assert table["duty"].tolist()[0] == 0
        assert table["duty"].tolist()[1] > 0.5 * 40

    def test_brazil_takes_twenty_dollars_off(self):  # DHL: 60 % minus USD 20 between USD 50 and 3,000
        table = duty_rules.clock("850440", "BR", ["2026-01-15"], goods=80, freight=20, entry="parcel")
        assert float(table["duty"].iloc[0]) == pytest.approx(0.6 * 100 - 20)
        assert float(table["import_tax"].iloc[0]) == pytest.approx((100 + 40) * 0.17 / 0.83)
