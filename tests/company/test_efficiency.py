import numpy as np
import pandas as pd
import pytest
from crossborder.company.efficiency import efficiency, potential
from crossborder.errors import InputError

# Cooper, Seiford and Tone (2007), Data Envelopment Analysis, table 1.1: employees and sales of eight stores.
STORES = pd.DataFrame(
    {"employees": [2, 3, 3, 4, 5, 5, 6, 8], "sales": [1, 3, 2, 3, 4, 2, 3, 5]}, index=list("ABCDEFGH")
)


def test_efficiency_of_eight_stores_as_published():
    found = efficiency(STORES[["employees"]], STORES[["sales"]])["efficiency"]
    published = {"A": 0.5, "B": 1, "C": 0.667, "D": 0.75, "E": 0.8, "F": 0.4, "G": 0.5, "H": 0.625}
    assert found.to_dict() == pytest.approx(published, abs=0.0005)


def test_two_inputs_as_published():
    """The same, table 1.3: employees and floor area for one unit of sales; A to I."""
    inputs = pd.DataFrame(
        {"x1": [4, 7, 8, 4, 2, 5, 6, 5.5, 6], "x2": [3, 3, 1, 2, 4, 2, 4, 2.5, 2.5]}, index=list("ABCDEFGHI")
    )
    found = efficiency(inputs, pd.DataFrame({"sales": 1.0}, index=inputs.index))
    assert set(found.index[found["efficiency"] > 1 - 1e-9]) == {"C", "D", "E"}
    assert found.loc["A", "efficiency"] == pytest.approx(6 / 7) and found.loc["A", "peers"] == "D, E"


def test_variable_returns_never_judge_harder():
    constant = efficiency(STORES[["employees"]], STORES[["sales"]])["efficiency"]
    variable = efficiency(STORES[["employees"]], STORES[["sales"]], returns="variable")["efficiency"]
    assert (variable.reindex(constant.index) >= constant - 1e-9).all() and variable["A"] == pytest.approx(1)


def test_savings_bring_a_unit_to_the_frontier():
    found = efficiency(STORES[["employees"]], STORES[["sales"]])
    assert found.loc["F", "saving_employees"] == pytest.approx(3)


def test_potential_is_weak_where_one_measure_is_weak():
    measures = pd.DataFrame({"growth": [0.3, 0.2, 0.1], "share": [0.01, 0.2, 0.1]}, index=["BR", "US", "DE"])
    found = potential(measures, np.random.default_rng(1))
    assert found.index[0] == "US" and found.loc["BR", "potential"] < found.loc["US", "potential"]
    assert found["first"].sum() == pytest.approx(1)
    assert ((found["low"] <= found["potential"]) & (found["potential"] <= found["high"])).all()


@pytest.mark.parametrize(
    ("inputs", "outputs", "options", "message"),
    [
        ([[1.0], [-1.0]], [[1.0], [1.0]], {}, "not below 0"),
        ([[1.0], [0.0]], [[1.0], [1.0]], {}, "above 0 in every row"),
        ([[1.0]], [[1.0], [1.0]], {}, "same units"),
        ([[1.0]], [[1.0]], {"returns": "rising"}, "did you mean|known"),
    ],
)
def test_what_no_model_takes_is_refused(inputs, outputs, options, message):
    with pytest.raises(InputError, match=message):
        efficiency(pd.DataFrame(inputs), pd.DataFrame(outputs), **options)


def test_potential_needs_whole_measures():
    with pytest.raises(InputError, match="without a missing measure"):
        potential(pd.DataFrame({"growth": [0.1, np.nan]}), np.random.default_rng(1))
