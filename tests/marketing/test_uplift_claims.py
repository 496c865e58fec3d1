"""Claims made credible: never more than was said, own tests beside them."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import uplift_claims


def test_stacked_claims_stay_below_their_sum_and_the_cap():
    claims = pd.DataFrame(
        {"claim": list("abc"), "uplift": [0.3, 0.2, 0.4], "kind": ["uplift", "anecdote", "experiment"]}
    )
    found = uplift_claims.credible(claims)
    assert (found["credible"].abs() < found["uplift"]).all()
    total = uplift_claims.stack(found, cap=0.02, rng=np.random.default_rng(0))
    assert total["combined"] <= 0.02 < total["naive_sum"]


def test_full_overlap_leaves_the_largest_claim():
    found = pd.DataFrame({"credible": [0.10, 0.04], "error": [1e-6, 1e-6], "uplift": [0.3, 0.2]})
    total = uplift_claims.stack(found, overlap=1.0, rng=np.random.default_rng(0))
    assert total["combined"] == pytest.approx(0.10)
    assert total["naive_product"] == pytest.approx(1.3 * 1.2 - 1)


def test_a_claim_outside_the_own_interval_does_not_hold():
    own = pd.DataFrame({"estimate": [0.02, 0.05], "standard_error": [0.01, 0.01]}, index=["a", "b"])
    found = uplift_claims.against_own(pd.Series({"a": 0.4, "b": 0.06}), own)
    assert found["holds"].to_dict() == {"a": False, "b": True}


def test_an_unknown_kind_of_evidence_is_named():
    with pytest.raises(InputError, match="kind 'rumour' is not known"):
        uplift_claims.credible(pd.DataFrame({"claim": ["x"], "uplift": [0.1], "kind": ["rumour"]}))
