"""Suppliers, quality, alliances, costing and queues against published worked examples."""

import pandas as pd
import pytest
from crossborder.supply import activity_costing, alliance, delays, quality, stock_health, suppliers

# D. C. Montgomery, Introduction to Statistical Quality Control 7e, table 7.1: orange juice cans, samples of 50
JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]


class TestQuality:
    def test_p_chart_of_orange_juice(self):
        chart = quality.p_chart(JUICE, 50)
        first = chart.iloc[0]
        assert (first["centre"], first["high"], first["low"]) == pytest.approx((0.2313, 0.4102, 0.0524), abs=5e-5)
        assert (chart.index[chart["out_of_control"]] + 1).tolist() == [15, 23]

    def test_operating_characteristic(self):  # Montgomery, section 15.2.2: n = 89, c = 2, p = 0.01: Pa = 0.9397
        assert float(quality.acceptance_probability(89, 2, 0.01)) == pytest.approx(0.9397, abs=5e-5)

    def test_average_outgoing_quality(self):  # the same plan, N = 10,000: AOQ = 0.0093
        assert float(quality.average_outgoing_quality(89, 2, 0.01, 10_000)) == pytest.approx(0.0093, abs=5e-5)

    def test_average_total_inspection(self):  # N = 10,000, n = 89, c = 2, p = 0.01: ATI = 687
        assert float(quality.average_total_inspection(89, 2, 0.01, 10_000)) == pytest.approx(687, abs=1)

    def test_exact_interval(self):  # Clopper-Pearson, 0 of 10 at 95 %: upper end 0.3085
        assert float(quality.defect_rate_interval(0, 10, 0.95)[1]) == pytest.approx(0.3085, abs=5e-5)


class TestWeights:
    def test_saaty_three_criteria(self):  # K. Teknomo, AHP tutorial: banana, apple, cherry
        found = suppliers.pairwise_weights([[1, 1 / 3, 5], [3, 1, 7], [1 / 5, 1 / 7, 1]])
        assert found.weights == pytest.approx([0.2790, 0.6491, 0.0719], abs=5e-5)
        assert found.eigenvalue == pytest.approx(3.0649, abs=5e-5)

    def test_consistency_ratio(self):  # with the random index 0.58 of three criteria
        found = suppliers.pairwise_weights([[1, 1 / 3, 5], [3, 1, 7], [1 / 5, 1 / 7, 1]])
        assert found.consistency_ratio == pytest.approx(0.0649 / 2 / 0.58, abs=5e-4)


class TestShapley:
    def test_glove_game(self):  # L. S. Shapley and M. Shubik: one left glove against two right ones
        worth = [0, 0, 0, 1, 0, 1, 0, 1]  # player 0 holds the left glove
        assert alliance.shapley(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])

    def test_airport_game(self):  # S. C. Littlechild and G. Owen, Management Science 20, 1973: serial cost shares
        cost = [max([0, 8, 11, 18][p + 1] for p in range(3) if mask >> p & 1) if mask else 0 for mask in range(8)]
        assert alliance.shapley(cost) == pytest.approx([8 / 3, 8 / 3 + 3 / 2, 8 / 3 + 3 / 2 + 7])


def test_time_driven_costing_of_kaplan_and_anderson():
    # Harvard Business Review 82(11), 2004: 560,000 a quarter, 700,000 minutes; orders, inquiries, credit checks
    names = ["orders", "inquiries", "credit checks"]
    minutes, volumes = pd.Series([8, 44, 50], names), pd.Series([49_000, 1_400, 2_500], names)
    table = activity_costing.time_driven(560_000, 700_000, minutes, volumes)
    assert table.loc[names, "rate_a_unit"].tolist() == pytest.approx([6.4, 35.2, 40.0])
    assert table.loc[names, "cost"].sum() == pytest.approx(462_880)
    assert table.loc["idle capacity", "cost"] == pytest.approx(97_120)


@pytest.mark.parametrize(
    ("arrivals", "service", "servers", "waiting"),
    [(10, 6, 2, 0.7576), (2, 3, 1, 2 / 3)],
    ids=["M/M/2, load 5/6: C = 0.7576", "M/M/1: the load"],
)
def test_erlang_c(arrivals, service, servers, waiting):
    assert delays.queue(arrivals, service, servers).wait_probability == pytest.approx(waiting, abs=5e-5)


def test_square_root_law():  # G. D. Eppen 1979: n equal independent places pool to 1 / sqrt(n)
    assert stock_health.pooling_gain([100] * 4, [20] * 4, 0.0, 0.95)["saved_share"] == pytest.approx(0.5)
