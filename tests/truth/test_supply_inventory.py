"""Published worked examples of stock policies, and numbers of stockpyl 1.0.2 stored with their calls."""

import numpy as np
import pytest
from crossborder.supply import inventory, lot_size, newsvendor
from scipy import stats

BOOK = "Snyder and Shen, Fundamentals of Supply Chain Theory 2e"


def close(value):
    return pytest.approx(value, rel=1e-7)


class TestLotSize:
    def test_example_3_1_candy_bars(self):
        best = lot_size.eoq(8, 0.225, 1300)
        assert (float(best.order_quantity), float(best.cost)) == close((304.0467800264368, 68.41052550594829))

    def test_cost_of_another_order_than_the_best(self):  # stockpyl: economic_order_quantity(8, .225, 1300, 200)
        assert float(lot_size.eoq(8, 0.225, 1300, order_quantity=200).cost) == close(74.5)

    def test_backorders(self):
        best = lot_size.eoq_with_backorders(8, 0.225, 5, 1300)
        got = float(best.order_quantity), float(best.backorder_share), float(best.cost)
        assert got == close((310.81255515896464, 0.0430622009569378, 66.92136355097325))

    def test_production(self):
        best = lot_size.epq(8, 0.225, 1300, 1700)
        assert (float(best.order_quantity), float(best.cost)) == close((626.8084945889684, 33.183979125298336))

    def test_all_units_discount(self):  # example 3.7: economic_order_quantity_with_all_units_discounts
        best = lot_size.eoq_all_units_discount(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68])
        assert (float(best.order_quantity), int(best.tier), float(best.cost)) == close((800, 2, 978.6))

    def test_incremental_discount(self):
        best = lot_size.eoq_incremental_discount(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68])
        assert (float(best.order_quantity), int(best.tier), float(best.cost)) == close(
            (304.0467800264368, 0, 1043.4105255059483)
        )

    def test_disruptions_closed_form(self):  # eoq_with_disruptions(8, .225, 5, 1300, 1.5, 14, approximate=True)
        best = lot_size.eoq_with_disruptions(8, 0.225, 5, 1300, 1.5, 14, exact=False)
        assert (float(best.order_quantity), float(best.cost)) == close((773.1432417118889, 173.957229385175))

    def test_disruptions_exact(self):
        best = lot_size.eoq_with_disruptions(8, 0.225, 5, 1300, 1.5, 14)
        assert float(best.order_quantity) == pytest.approx(772.8110739983106, rel=1e-6)
        assert float(best.cost) == close(173.95000257319708)
        assert float(lot_size.eoq_with_disruptions_cost(700, 8, 0.225, 5, 1300, 1.5, 14)) == close(174.78711738886236)

    def test_random_yield(self):  # eoq_with_multiplicative_yield_uncertainty(18500, .06, 75000, .8333, sqrt(.1))
        best = lot_size.eoq_with_yield(18500, 0.06, 75000, 0.8333, 0.1**0.5)
        assert (float(best.order_quantity), float(best.cost)) == close((241289.9801562089, 13801.373779268892))

    def test_wagner_whitin_example_3_9(self):
        plan = lot_size.wagner_whitin([90, 120, 80, 70], fixed_cost=500, holding_cost=2)
        assert plan.cost == close(1380)
        assert plan.orders.tolist() == [210, 0, 150, 0]
        assert plan.cost_to_go.tolist() == [1380, 940, 640, 500, 0]


class TestNewsvendor:
    def test_example_4_3_newsstand(self):
        best = newsvendor.normal(0.18, 0.70, 50, 8)
        assert (float(best.order_quantity), float(best.cost)) == close((56.60395592743389, 1.9976051931766445))

    def test_cost_of_sixty_papers(self):
        assert float(newsvendor.normal_cost(60, 0.18, 0.70, 50, 8)) == close(2.156131552870387)

    def test_lead_time_of_four_periods(self):  # newsvendor_normal(.18, .7, 50, 8, lead_time=4)
        best = newsvendor.normal(0.18, 0.70, 50, 8, lead_time_periods=4)
        assert (float(best.order_quantity), float(best.cost)) == close((264.76689437415484, 4.466781004149577))

    def test_poisson(self):
        best = newsvendor.poisson(0.18, 0.70, 50)
        assert (float(best.order_quantity), float(best.cost)) == close((56, 1.797235211809178))
        assert float(newsvendor.poisson_cost(59, 0.18, 0.70, 50)) == close(1.9507980377769527)

    def test_discrete_poisson_of_mean_six(self):
        demand = np.arange(60)
        best = newsvendor.discrete(1, 4, demand, stats.poisson.pmf(demand, 6))
        assert (float(best.order_quantity), float(best.cost)) == close((8, 3.5701069457709416))

    def test_discrete_listed(
        self,
    ):  # newsvendor_discrete(1, 4, demand_pmf={0: .05, 1: .1, 2: .2, 3: .3, 4: .2, 5: .15})
        best = newsvendor.discrete(1, 4, range(6), [0.05, 0.1, 0.2, 0.3, 0.2, 0.15])
        assert (float(best.order_quantity), float(best.cost)) == close((4, 1.8))

    def test_lognormal(self):
        best = newsvendor.continuous(1, 0.1765, stats.lognorm(s=0.3, scale=np.exp(6)))
        assert (float(best.order_quantity), float(best.cost)) == pytest.approx(
            (295.6266448071368, 29.44254351324322), rel=1e-5
        )

    def test_profit_form(self):
        best = newsvendor.normal_profit(1, 0.3, 0.12, 50, 8)
        assert (float(best.order_quantity), float(best.profit)) == close((56.60395592743389, 33.002394806823354))

    def test_profit_form_poisson(self):
        best = newsvendor.poisson_profit(1, 0.3, 0.12, 50)
        assert (float(best.order_quantity), float(best.profit)) == close((56, 33.20276478819082))
        with_costs = newsvendor.poisson_profit(1, 0.3, 0.12, 50, holding_cost=0.01, goodwill_cost_per_unit=0.05)
        assert float(with_costs.profit) == close(33.09386238738565)

    def test_disruptions(self):  # newsvendor_with_disruptions(.25, 3, 2000, .04, .25); its sum stops early
        best = newsvendor.with_disruptions(0.25, 3, 2000, 0.04, 0.25)
        assert float(best.order_quantity) == 8000
        assert float(best.cost) == pytest.approx(2737.0689302470355, rel=2e-8)

    @pytest.mark.parametrize(
        ("function", "args", "expected"),
        [
            (newsvendor.normal_loss, (60, 50, 8), 0.4046949464436218),
            (newsvendor.normal_second_loss, (60, 50, 8), 1.3573180251212627),
            (newsvendor.poisson_loss, (14, 15), 2.0708842910239986),
        ],
        ids=["normal_loss", "normal_second_loss", "poisson_loss"],
    )
    def test_loss_functions(self, function, args, expected):  # stockpyl.loss_functions, first value
        assert float(function(*args)) == close(expected)


# h, p, K, mean, sd, lead time; r and Q (expected inventory level, with cost), r and Q (loss function): stockpyl.rq
RQ = [
    pytest.param((0.225, 7.5, 8, 1300, 150, 1 / 12), (213.97044213580244, 318.5901810768729, 95.45114022285196),
                 (126.8670634479628, 328.4491421980451), id="examples 5.2 and 5.6"),
    pytest.param((0.3484, 18.0246, 161.2485, 2952.594, 23.178, 0.1413),
                 (437.2043346067884, 1656.1819120188065, 583.9827545058773), (385.5281372271021, 1670.3234921894568),
                 id="drawn 1"),
    pytest.param((1.4892, 13.7856, 148.2425, 656.9929, 64.7719, 0.1647),
                 (148.77798619130783, 373.2050184225217, 616.195627216719), (71.17288445238259, 389.5534254346905),
                 id="drawn 2"),
    pytest.param((2.119, 21.0996, 5.2906, 4869.9553, 51.7762, 0.1079),
                 (571.625442167954, 161.2098647655064, 439.41094860447276), (511.96124507048336, 170.6324171110924),
                 id="drawn 3"),
    pytest.param((2.686, 37.184, 96.9054, 3889.0573, 14.2484, 0.218),
                 (863.3206672637019, 531.9906311208787, 1470.5764235605834), (810.8171300240457, 549.1752788396484),
                 id="drawn 4"),
    pytest.param((1.1853, 9.9969, 133.7975, 4664.1729, 39.0068, 0.1964),
                 (949.5616610840302, 1032.7483687222507, 1263.845649553517), (800.8509129467562, 1086.735165434209),
                 id="drawn 5"),
]  # fmt: skip


class TestReorderPoint:
    @pytest.mark.parametrize(("case", "per_unit", "per_time"), RQ)
    def test_penalty_a_unit(self, case, per_unit, per_time):
        best = inventory.rq_backorder_unit(*case)
        assert (float(best.reorder_point), float(best.order_quantity), float(best.cost)) == pytest.approx(
            per_unit, rel=1e-6
        )

    @pytest.mark.parametrize(("case", "per_unit", "per_time"), RQ)
    def test_penalty_a_unit_and_period(self, case, per_unit, per_time):
        best = inventory.rq_backorder_time(*case)
        assert (float(best.reorder_point), float(best.order_quantity)) == pytest.approx(per_time, rel=1e-6)

    def test_exact_cost_of_a_policy(self):  # r_q_cost(126.867, 328.449, .225, 7.5, 8, 1300, 150, 1/12)
        cost = inventory.order_policy_cost(126.8670634479628, 328.4491421980451, 0.225, 7.5, 8, 1300, 150, 1 / 12)
        assert float(cost) == close(78.07114627035178)

    def test_power_approximation_example_4_7(self):
        low, high = inventory.ss_power(0.18, 0.70, 2.5, 50, 8)
        assert (float(low), float(high)) == close((40.19461695647407, 74.29017010980579))

    def test_batch_equals_single_calls(self):
        cases = np.array([param.values[0] for param in RQ]).T
        together = inventory.rq_backorder_time(*cases)
        alone = [float(inventory.rq_backorder_time(*case).order_quantity) for case in cases.T]
        assert together.order_quantity == pytest.approx(alone, rel=1e-9)
