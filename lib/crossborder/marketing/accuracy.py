"""How far each method is from the truth, over many worlds where the truth is known."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import pandas as pd

from crossborder.marketing import attribution, budget, calibration, data_driven, mix_model, response
from crossborder.marketing.journeys import Journeys, from_flat

__all__ = ["attribution_errors", "by_definition", "error_summary", "mix_errors", "world_credits"]


class WeeklyWorld(Protocol):
    """Weekly spend, orders, controls and tests of a world; one order of its users stands for `scale` of these."""

    spend: pd.DataFrame
    orders: pd.Series
    controls: pd.DataFrame
    tests: pd.DataFrame
    scale: float


class JourneyTruth(Protocol):
    """A world of journeys with its truth; see the fields that `world_credits` reads."""

    touches: pd.DataFrame
    untouched: tuple[float, float]
    lift: pd.DataFrame
    truth: pd.DataFrame
    all_off: float
    weeks: WeeklyWorld


class MixTruth(Protocol):
    """A weekly world with its truth; see the fields that `mix_errors` reads."""

    spend: pd.DataFrame
    sales: pd.Series
    controls: pd.DataFrame
    tests: pd.DataFrame
    true_roi: pd.Series


def world_credits(world: JourneyTruth) -> pd.DataFrame:
    """Credit of every channel (row) under every method (column): rules, Markov, Shapley, logit, calibrated, mix model.

    `calibrated` takes the linear credit and multiplies it by incrementality factors from the world's hold-outs;
    `calibrated_markov` does so with the Markov credit. `mix` and `mix_calibrated` are the mix model of the same users'
    weeks without and with the hold-outs, in orders of the world's users. A channel without spend gets none of either.
    """
    names = list(world.truth.index)
    touches = world.touches
    journeys: Journeys = from_flat(
        touches["journey"].to_numpy(),
        touches["channel"].to_numpy(),
        touches["converted"].to_numpy(),
        age_days=touches["age_days"].to_numpy(),
        channels=names,
    )
    found = attribution.attribute(journeys)
    table = attribution.compare(found, value="credit").reindex(names)
    fit = data_driven.fit_logit(journeys, data_driven.exposure(journeys), untouched=world.untouched)
    table["logit_removal"] = data_driven.incremental_credit(fit).set_index("channel")["credit"].clip(lower=0.0)
    weeks = world.weeks
    unpaid = [name for name in names if name not in weeks.spend.columns]
    for name, base in (("calibrated", "linear"), ("calibrated_markov", "markov")):
        factors = calibration.incrementality_factors(table[base], world.lift, unpaid=unpaid)
        table[name] = calibration.calibrate(table[base], factors)["credit"]
    model = None
    for name, tests in (("mix", None), ("mix_calibrated", weeks.tests)):
        model = mix_model.fit(weeks.spend, weeks.orders, weeks.controls, experiments=tests, after=model)
        caused = mix_model.contributions(model).sum() / weeks.scale
        table[name] = caused.reindex(names).fillna(0.0)
    return table


def attribution_errors(worlds: Iterable[JourneyTruth], *, definition: str = "total") -> pd.DataFrame:
    """Distance of every method to the truth in every world: world, method, share_distance, level_ratio, level_error.

    `definition` is a column of the worlds' truth. Levels are against the sum of that definition's effects.
    """
    rows = []
    for number, world in enumerate(worlds):
        table = world_credits(world)
        for method in table.columns:
            distance = calibration.distance_to_truth(table[method], world.truth[definition])
            rows.append({"world": number, "method": method, **distance})
    return pd.DataFrame(rows)


def by_definition(world: JourneyTruth) -> pd.DataFrame:
    """Misplaced share of each method (row) against each definition of the true effect (column) in one world."""
    table = world_credits(world)
    made = {
        definition: {
            method: calibration.distance_to_truth(table[method], world.truth[definition])["share_distance"]
            for method in table.columns
        }
        for definition in world.truth.columns
    }
    return pd.DataFrame(made).rename_axis("method")


def error_summary(errors: pd.DataFrame, *, by: str = "method") -> pd.DataFrame:
    """Median and 5 to 95 % range over worlds of share distance and level ratio, best share first."""
    grouped = errors.groupby(by)
    made = pd.DataFrame(
        {
            "share_distance": grouped["share_distance"].median(),
            "share_low": grouped["share_distance"].quantile(0.05),
            "share_high": grouped["share_distance"].quantile(0.95),
            "level_ratio": grouped["level_ratio"].median(),
            "level_low": grouped["level_ratio"].quantile(0.05),
            "level_high": grouped["level_ratio"].quantile(0.95),
            "level_error": grouped["level_error"].median(),
            "worlds": grouped.size(),
        }
    )
    return made.sort_values("share_distance")


def mix_errors(worlds: Iterable[MixTruth], *, level: float = 0.9, step: float = 0.3, seed: int = 0) -> pd.DataFrame:
    """Fit with and without tests in every world: coverage of the ROI intervals, distance to the truth, optimiser's
    gain.

    Columns: world, model (`plain`, `calibrated`), covered (share of channels), share_distance, level_ratio,
    level_error,
    true_gain (sales a week on the true response, as a share of the media's sales), gap (of the certificate).
    """
    rows = []
    for number, world in enumerate(worlds):
        model = None
        for name, tests in (("plain", None), ("calibrated", world.tests)):
            model = mix_model.fit(world.spend, world.sales, world.controls, experiments=tests, after=model)
            found = mix_model.roi(model, level=level, draws=200, rng=np.random.default_rng([seed, number]))
            truth = world.true_roi
            covered = ((found["roi_low"] <= truth) & (truth <= found["roi_high"])).mean()
            spent = world.spend.sum()
            distance = calibration.distance_to_truth(found["contribution"], truth * spent)
            now = world.spend.mean()
            best = budget.optimise(response.curves_from_mix(model), now, budget.bounds_from_steps(now, step=step))
            before = world.response(now.to_numpy()).sum()
            gain = world.response(best.spend.to_numpy()).sum() - before
            rows.append(
                {
                    "world": number,
                    "model": name,
                    "covered": covered,
                    **distance,
                    "true_gain": gain / before,
                    "gap": best.gap,
                }
            )
    return pd.DataFrame(rows)
