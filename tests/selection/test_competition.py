import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.selection import competition


def offers() -> pd.DataFrame:
    """Ten offers of one niche: the two best sellers are smart, one of the other eight is."""
    return pd.DataFrame(
        {
            "niche": "lamps",
            "units_month": [100, 90, 10, 9, 8, 7, 6, 5, 4, 3],
            "rating": [4.8, 4.6] + [4.2] * 8,
            "smart": [True, True, True] + [False] * 7,
        }
    )


def test_best_sellers_are_set_against_the_rest():
    found = competition.rival_gaps(offers(), ("smart",)).iloc[0]
    assert (found["leaders"], found["others"], found["gap"]) == (1.0, 1 / 8, 7 / 8)
    half = 1.6448536 * np.sqrt(1 / 8 * 7 / 8 / 8)  # the two leaders agree: all noise is the other eight's
    assert (found["low"], found["high"]) == pytest.approx((7 / 8 - half, 7 / 8 + half))
    assert found["rating_gap"] == pytest.approx(4.7 - 4.2)


def test_an_unknown_attribute_is_named():
    with pytest.raises(InputError, match="heated"):
        competition.rival_gaps(offers(), ("heated",))


def ideas(count: int = 90) -> pd.DataFrame:
    """Ideas whose margin falls from 30 % to 3 % with likeness of offers."""
    alike = np.linspace(0, 1, count)
    return pd.DataFrame({"homogeneity": alike, "margin_share": 0.30 - 0.27 * alike})


def test_margin_falls_with_likeness_of_offers():
    found = competition.margin_by_crowding(ideas()).set_index("group")
    assert found["ideas"].tolist() == [30, 30, 30]
    assert found["margin"].is_monotonic_decreasing
    third = ideas()["margin_share"].to_numpy()[60:]
    assert found.loc["much alike", "margin"] == pytest.approx(third.mean())
    assert found.loc["much alike", "high"] - found.loc["much alike", "margin"] == pytest.approx(
        1.6448536 * third.std(ddof=1) / np.sqrt(30)
    )
    assert found.loc["much alike", "thin_share"] == pytest.approx((third < 0.08).mean())


def test_thirds_need_enough_ideas():
    with pytest.raises(Refusal, match="needs 60"):
        competition.margin_by_crowding(ideas(59))


def test_a_price_is_placed_among_offers_and_the_gap_is_found():
    prices = [10, 11, 12, 13, 20, 21, 22, 23, 24, 25]
    rows = pd.DataFrame({"market": "US", "niche": "lamps", "price": prices})
    found = competition.price_position(rows, 16, "US", "lamps")
    assert found["percentile"] == 0.4
    assert (found["gap_low"], found["gap_high"]) == (13, 20)
    with pytest.raises(Refusal, match="needs 8"):
        competition.price_position(rows.head(7), 16, "US", "lamps")
    with pytest.raises(InputError, match="above 0"):
        competition.price_position(rows, 0, "US", "lamps")


def test_returns_weigh_against_conversion_in_visibility():
    score = competition.visibility(pd.Series([0.05, 0.05, 0.02]), pd.Series([0.25, 0.1, 0.0]))
    # 0.05 x (1 - 0.5) = 0.025, 0.05 x (1 - 0.2) = 0.04, 0.02
    assert score.tolist() == pytest.approx([2 / 3, 1.0, 1 / 3])
    with pytest.raises(InputError, match="fractions"):
        competition.visibility(pd.Series([0.05]), pd.Series([1.2]))


def test_crowding_of_a_niche_by_hand():
    rows = pd.DataFrame(
        {
            "market": "US",
            "category": "pet",
            "niche": ["a"] * 4 + ["b"] * 4,
            "price": [10, 10, 10, 10, 5, 10, 20, 40],
            "seller_id": ["x"] * 4 + list("wxyz"),
            "units_month": 10,
            "title": "t",
            "image_hash": [1, 1, 1, 2, 3, 4, 5, 6],
        }
    )
    found = competition.crowding(rows).set_index("niche")
    assert found.loc["a", "homogeneity"] == pytest.approx(0.75)
    assert found.loc["a", "concentration"] == pytest.approx(1.0)
    assert found.loc["b", "concentration"] == pytest.approx(0.25)
    assert found.loc["a", "price_spread"] == 0


def test_the_position_of_a_price():
    rows = pd.DataFrame({"market": "US", "niche": "a", "price": [10, 11, 12, 13, 20, 21, 22, 23, 24, 25.0]})
    found = competition.price_position(rows, 16.5, "US", "a")
    assert found["percentile"] == pytest.approx(0.4)
    assert found[["gap_low", "gap_high"]].tolist() == [13, 20]


def test_visibility_rewards_conversion_and_punishes_returns():
    found = competition.visibility(pd.Series([0.05, 0.05, 0.01]), pd.Series([0.05, 0.40, 0.05]))
    assert found[0] > found[1]
    assert found[0] > found[2]
