import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import activity_costing as abc

RESOURCES = pd.Series({"rent": 100.0, "wages": 60.0, "idle": 7.0})
DRIVERS = pd.DataFrame({"store": [1.0, 1.0, 0.0], "pick": [0.0, 2.0, 0.0]}, index=["rent", "wages", "idle"])
VOLUMES = pd.DataFrame({"store": [10.0, 30.0], "pick": [1.0, 1.0]}, index=["DE", "US"])


def test_every_cent_is_given_out_or_shown():
    found = abc.activity_costs(RESOURCES, DRIVERS, VOLUMES)
    assert found.difference == pytest.approx(0)
    assert found.unassigned.to_dict() == {"idle": 7.0}
    assert found.objects["total"].sum() == pytest.approx(160)
    assert found.activities.loc["store", "rate"] == pytest.approx((100 + 20) / 40)


def test_an_unknown_resource_is_named():
    with pytest.raises(InputError, match="resource 'rent' is not known"):
        abc.activity_costs(RESOURCES, DRIVERS.drop("rent"), VOLUMES)


def test_ledger_costs_are_positive_and_of_the_period():
    ledger = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-05", "2025-02-05"]), "account": "freight", "amount_usd": [-10.0, -5.0]}
    )
    assert abc.ledger_resources(ledger, ["freight"], end="2025-01-31").to_dict() == {"freight": 10.0}
    with pytest.raises(InputError, match="account 'duty' is not known"):
        abc.ledger_resources(ledger, ["duty"])


def test_differences_and_shares():
    table = abc.reconcile(pd.Series({"a": 100.0}), pd.Series({"a": 99.0, "b": 1.0}))
    assert table.loc["a", "share"] == pytest.approx(-0.01)
    assert table.loc["b", "share"] == 0
    served = abc.cost_to_serve(
        pd.DataFrame({"x": [10.0, 20.0]}, index=["DE", "US"]), pd.Series({"DE": 100.0, "US": 50.0})
    )
    assert served["cost_share"].tolist() == pytest.approx([0.4, 0.1])


def test_more_minutes_than_capacity_are_told():
    with pytest.raises(InputError, match="at most the capacity of 100 minutes"):
        abc.time_driven(50, 100, pd.Series([10.0], ["a"]), pd.Series([11], ["a"]))
