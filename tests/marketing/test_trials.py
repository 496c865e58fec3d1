"""The demo company's tests: planted faults are seen, intervals follow the level asked for."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import Refusal
from crossborder.marketing import trials


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def tests(company):
    return trials.read_tests(company, level=0.9).set_index(["test", "arm"])


def test_a_broken_split_and_an_early_stop_are_not_taken_for_winners(tests):
    verdicts = tests["verdict"].droplevel("arm")
    assert verdicts["X3"].startswith("split broken")
    assert verdicts["X4"].startswith("stopped early")
    assert verdicts["X1"] == "works"


def test_a_wider_level_gives_wider_intervals(company, tests):
    wide = trials.read_tests(company, level=0.99).set_index(["test", "arm"])
    assert (wide["lift_high"] - wide["lift_low"] > tests["lift_high"] - tests["lift_low"]).all()
    assert wide["lift"].to_numpy() == pytest.approx(tests["lift"].to_numpy())
    # What a test is worth as evidence does not hang on the level at which its interval is shown.
    assert wide.loc["X1", "lift_error"].to_numpy() == pytest.approx(tests.loc["X1", "lift_error"].to_numpy())


def test_a_watched_test_ends_where_its_arms_end(company, tests):
    path = trials.watched(company, "X4")
    assert len(path) == tests.loc[("X4", "treatment"), "days"]
    assert ((path["low"] <= path["fixed_low"]) & (path["fixed_high"] <= path["high"])).all()


def test_a_regional_test_is_read_by_every_method_and_its_error_is_free_of_the_level(company):
    found = {
        level: trials.regional_test(company, "US", level=level, rng=np.random.default_rng(1)) for level in (0.8, 0.95)
    }
    for test in found.values():
        rows = test.effects
        assert (rows["effect_low"] < rows["effect_usd"]).all() and (rows["effect_usd"] < rows["effect_high"]).all()
        assert test.channel == "video" and test.saved_usd > 0
    assert found[0.8].roi_error == pytest.approx(found[0.95].roi_error, rel=1e-9)
    assert trials.regional_test(company, "DE", rng=np.random.default_rng(1)) is None


def test_a_company_with_regional_tests_only_is_refused():
    class Bare:
        def table(self, name: str) -> pd.DataFrame:
            return pd.DataFrame({"design": ["geo"], "experiment_id": ["G1"]})

    with pytest.raises(Refusal, match="no A/B test to read"):
        trials.read_tests(Bare())
