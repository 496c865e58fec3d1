"""The true effects of the channels fit together."""

import numpy as np
import pytest


def test_effects_of_single_channels_multiply(made):
    known = made[2]["channels"]
    effects = known["effects"]
    total = known["served_orders_by_market"]["all"].sum()
    assert effects["shapley_orders"].sum() == pytest.approx(total, rel=0.05)
    assert effects["served_orders"].sum() > total
    curve = known["response_curves"].query("channel == 'video'").set_index("multiplier")["orders"]
    assert curve[1.0] - curve[0.0] == pytest.approx(effects.set_index("channel")["served_orders"]["video"], rel=0.05)
    drawn = effects["incremental_orders_drawn"].sum()
    assert drawn == pytest.approx(effects["incremental_orders"].sum(), rel=0.03)


def test_curves_rise_and_flatten(made):
    curves = made[2]["channels"]["response_curves"].query("multiplier != 1.01")
    for _, curve in curves.groupby("channel"):
        slope = np.diff(curve["orders"]) / np.diff(curve["spend_usd"])
        assert (slope > 0).all() and slope[-1] < slope[2]


def test_the_margin_is_the_slope_of_the_curve(made):
    known = made[2]["channels"]
    effects = known["effects"].set_index("channel")
    curve = known["response_curves"].query("channel == 'shopping'").set_index("multiplier")
    rise = curve["orders"][1.25] - curve["orders"][0.75]
    slope = rise / (curve["spend_usd"][1.25] - curve["spend_usd"][0.75])
    assert effects["marginal_orders_a_usd"]["shopping"] == pytest.approx(slope, rel=0.05)
