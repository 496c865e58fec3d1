"""Wrong parameters of the risk notebooks: one line each, with the value and what is allowed, and no kernel."""

import pytest
from crossborder.errors import InputError
from crossborder.reports.parameters import base


@pytest.mark.parametrize(
    ("notebook", "given", "told"),
    [
        ("62_fx_risk", {"hom": "USD"}, r"'hom' is not known: did you mean 'home'\?"),
        ("62_fx_risk", {"level": "1.2"}, r"level=1\.2: allowed: a number from 0\.9 to 0\.995"),
        ("62_fx_risk", {"start": "yesterday"}, r"start=yesterday: allowed: a day such as 2026-10-31"),
        ("62_fx_risk", {"start": ""}, "allowed: a day such as"),
        ("62_fx_risk", {"home": "EUR"}, "home=EUR: allowed: CNY or USD"),
        ("62_fx_risk", {"basket": "EUR half"}, r"currencies with weights that add up to 1, such as EUR \.6, GBP \.4"),
        ("62_fx_risk", {"horizon_days": "2.5"}, "horizon_days=2.5: allowed: a whole number from 5 to 63"),
        ("61_risk_register", {"years": "10"}, "years=10: allowed: a whole number from 5000 to 2000000"),
        ("61_risk_register", {"reserve_share": "-1"}, r"reserve_share=-1: allowed: a number from 0 to 0\.5"),
        ("63_stress_and_continuity", {"country_cap": "0"}, "country_cap=0: allowed: a number above 0 and at most 1"),
        ("64_early_warning", {"split": "2025-13-01"}, "split=2025-13-01: allowed: a day that the calendar has"),
        ("64_early_warning", {"lead_weeks": "0"}, "lead_weeks=0: allowed: a whole number from 1 to 13"),
    ],
)
def test_wrong_parameters_are_told_in_one_line(notebook, given, told):
    with pytest.raises(InputError, match=told):
        base.parse(notebook, given)


def test_right_parameters_are_read():
    assert base.parse("62_fx_risk", {"home": "USD", "level": "0.95"})["level"] == 0.95
    assert base.parse("64_early_warning", {"split": "2025-01-01"})["split"] == "2025-01-01"
