"""Claims and the bands derived from them."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.reference import claims


def test_filters_narrow_and_join():
    market = claims.claims(topic="market")
    assert set(market["topic"]) == {"market"}
    both = claims.claims(topic=["market", "risk"], unit="fraction", geography="EU")
    assert set(both["topic"]) <= {"market", "risk"} and set(both["geography"]) == {"EU"}
    assert claims.claims(metric="conversion", kind="uplift")["metric"].str.contains("conversion").all()


def test_repeats_can_be_left_out():
    assert len(claims.claims()) - len(claims.claims(repeats=False)) == 11
    assert not claims.claims(repeats=False)["repeat"].any()


def test_every_band_is_made_of_its_claims():
    table = claims.claims().set_index("claim_id")
    for row in claims.benchmarks().itertuples():
        cited = table.loc[row.claim_ids.split("|")]
        values = cited[["value_low", "value_high"]].to_numpy().ravel()
        assert (row.low, row.high) == (np.nanmin(values), np.nanmax(values))
        assert set(cited["unit"]) == {row.unit} and row.claims == len(cited)
        assert row.source == ", ".join(sorted(set(cited["source"])))


def test_an_open_end_counts_as_within():
    limit = claims.benchmark("bad_debt_rate")  # "at most 0.5 percent"
    assert limit.low_open and limit.place(0.001) == "within" and limit.place(0.02) == "above"
    rate = claims.benchmark("conversion_rate")  # 2.8 percent, and "over five percent"
    assert rate.high_open and rate.place(0.2) == "within" and rate.place(0.01) == "below"


def test_unknown_names_are_told():
    with pytest.raises(InputError, match="did you mean 'return_rate'"):
        claims.benchmark("return_rat")
    with pytest.raises(InputError, match="topic 'markets' is not known"):
        claims.claims(topic="markets")
    with pytest.raises(InputError, match="a finite number"):
        claims.benchmark("return_rate").place(float("nan"))
