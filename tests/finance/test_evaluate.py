import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.finance.evaluate import evaluate
from crossborder.finance.lines import Model, previous, total
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.finance.test_lines import small_model

INPUTS = {
    "orders": np.full((1, 3, 2, 1), 10.0),
    "price": np.array([2.0, 3.0]).reshape(1, 1, 2, 1),
    "cash_opening": 100.0,
}


def test_a_case_by_hand():
    values = evaluate(small_model(), INPUTS, 3)
    # 10 x 2 + 10 x 3 = 50 a month; cash 100 -> 100 + 50 + 10 = 160 -> 160 + 50 + 16 = 226 -> 298.6
    assert values["group_revenue"].ravel().tolist() == [50, 50, 50]
    np.testing.assert_allclose(values["cash"].ravel(), [160, 226, 298.6])
    np.testing.assert_allclose(values["interest"].ravel(), [10, 16, 22.6])


def test_an_input_of_one_segment_counts_in_every_segment():
    values = evaluate(small_model(), INPUTS | {"orders": 10.0}, 3)
    assert values["group_revenue"].ravel().tolist() == [50]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 10_000))
def test_paths_months_and_segments_agree_with_the_plain_loop(paths, months, seed):
    rng = np.random.default_rng(seed)
    orders, price = rng.uniform(0, 9, (paths, months, 2, 3)), rng.uniform(1, 5, (1, months, 2, 1))
    cash_opening = rng.uniform(-50, 50, (paths, 1, 1, 1))
    inputs = {"orders": orders, "price": price, "cash_opening": cash_opening}
    values = evaluate(small_model(), inputs, months, keep=["cash"])
    assert list(values) == ["cash"]
    for path in range(paths):
        cash = cash_opening[path, 0, 0, 0]
        for month in range(months):
            cash += (orders[path, month] * price[0, month]).sum() + max(cash * 0.1, 0)
            assert values["cash"][path, month, 0, 0] == pytest.approx(cash, rel=1e-12)


def test_the_month_before_is_a_shift_with_its_opening():
    model = Model()
    model.input("start", "USD", "before", level="group")
    model.input("flow", "USD", "flow", level="group")

    @model.line("USD", "twice the flow", block="x", level="group", opening="start")
    def doubled(flow):
        return flow * 2

    @model.line("USD", "change", block="x", level="group")
    def change(doubled):
        return doubled - previous(doubled)

    values = evaluate(model, {"start": 1.0, "flow": np.array([1.0, 2.0, 5.0]).reshape(3, 1, 1)}, 3)
    assert values["change"].ravel().tolist() == [1, 2, 6]
    assert evaluate(model, {"start": 1.0, "flow": 3.0}, 3)["change"].ravel().tolist() == [5, 0, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"orders": np.nan}, r"input 'orders' is nan"),
        ({"orders": np.ones((1, 7, 1, 1))}, r"shape of input 'orders'"),
        ({"ordres": 1.0}, r"did you mean 'orders'"),
        ({"orders": np.ones((1, 3, 5, 1))}, r"arrays that fit each other"),
    ],
)
def test_inputs_that_do_not_fit_are_told(change, message):
    with pytest.raises(InputError, match=message):
        evaluate(small_model(), INPUTS | change, 3)


def test_a_missing_input_is_told():
    with pytest.raises(InputError, match=r"inputs \['price'\] are missing"):
        evaluate(small_model(), {k: v for k, v in INPUTS.items() if k != "price"}, 3)


def test_total_of_a_total_counts_once():
    model = Model()
    model.input("units", "pieces", "units")

    @model.line("pieces", "sum", block="x", level="group")
    def all_units(units):
        return total(units)

    assert evaluate(model, {"units": np.ones((1, 2, 3, 4))}, 2)["all_units"].ravel().tolist() == [12, 12]
