"""Attribution and response held to experiments: incrementality factors with shrinkage, and conflicts flagged."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["calibrate", "distance_to_truth", "distances", "incrementality_factors", "shrink"]


def shrink(estimate: np.ndarray, standard_error: np.ndarray) -> pd.DataFrame:
    """Estimates pulled to their common mean by how uncertain they are (random effects, DerSimonian-Laird).

    Columns: estimate, standard_error, shrunk, shrunk_error; `attrs` carry mean, mean_error, tau, q, i_squared.
    Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7(3); Morris (1983) for the shrunk values.

    >>> round(float(shrink(np.array([0.0, 2.0]), np.array([1.0, 1.0])).attrs["mean"]), 3)
    1.0
    """
    estimate, standard_error = np.asarray(estimate, dtype=float), np.asarray(standard_error, dtype=float)
    if len(estimate) == 0 or (standard_error <= 0).any():
        raise InputError.out_of_range("standard_error", standard_error.tolist(), "above 0, one an estimate")
    weight = standard_error**-2
    fixed = weight @ estimate / weight.sum()
    q = float(weight @ (estimate - fixed) ** 2)
    freedom = len(estimate) - 1
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    tau_squared = max(0.0, (q - freedom) / scale) if freedom else 0.0
    random = 1 / (standard_error**2 + tau_squared)
    mean = float(random @ estimate / random.sum())
    own = tau_squared / (tau_squared + standard_error**2)
    mean_error = float(random.sum() ** -0.5)
    frame = pd.DataFrame(
        {
            "estimate": estimate,
            "standard_error": standard_error,
            "shrunk": own * estimate + (1 - own) * mean,
            "shrunk_error": np.sqrt(own * standard_error**2 + ((1 - own) * mean_error) ** 2),
        }
    )
    frame.attrs = {
        "mean": mean,
        "mean_error": mean_error,
        "tau": tau_squared**0.5,
        "q": q,
        "i_squared": max(0.0, 1 - freedom / q) if q > 0 else 0.0,
    }
    return frame


def incrementality_factors(
    credited: pd.Series,
    lift: pd.DataFrame,
    *,
    level: float = 0.9,
    prior_mean: float | None = None,
    prior_sd: float = 0.35,
    unpaid: Sequence[str] = (),
) -> pd.DataFrame:
    """Factor by which a method's credit must be multiplied to match experiments, a channel.

    `lift` has an index of channels and columns increment, standard_error: the total effect found by a randomised or
    geo experiment, scaled to the same period and market as `credited`. Factors of tested channels are shrunk to a
    prior mean (default: their precision-weighted mean together with a prior of 0.5 give or take 0.25, at most 1) with
    spread `prior_sd`; untested channels get the prior. Channels that nobody buys (`unpaid`, such as direct visits)
    cannot be switched off, so nothing of their credit is the work of marketing money: their factor is 0. `conflict`
    marks a test whose interval excludes the credit itself.
    Columns: tested, raw, raw_error, factor, factor_error, factor_low, factor_high, conflict.
    """
    from scipy.special import ndtri

    missing = {"increment", "standard_error"} - set(lift.columns)
    if missing:
        raise InputError.missing_columns("lift", missing, lift.columns)
    unknown = [name for name in (*lift.index, *unpaid) if name not in credited.index]
    if unknown:
        raise InputError.unknown("channel", str(unknown[0]), credited.index)
    z = float(ndtri(0.5 + level / 2))
    base = np.maximum(credited.to_numpy(dtype=float), 1e-9)
    found = lift[["increment", "standard_error"]].reindex(credited.index).to_numpy(dtype=float)
    raw, error = (found / base[:, None]).T
    tested = ~np.isnan(raw)
    if prior_mean is None:
        # Before any test a factor is taken to be a half, give or take a quarter; tests move this mean.
        weight = 1 / (error[tested] ** 2 + prior_sd**2)
        prior_mean = float((weight @ raw[tested] + 0.5 / 0.25**2) / (weight.sum() + 1 / 0.25**2))
        prior_mean = float(np.clip(prior_mean, 0.0, 1.0))
    known = ~np.isnan(error)
    own = np.where(known, prior_sd**2 / (prior_sd**2 + error**2), 0.0)
    factor = own * np.where(tested, raw, 0.0) + (1 - own) * prior_mean
    with np.errstate(divide="ignore"):  # a test without error leaves no spread
        spread = np.sqrt(1 / (1 / prior_sd**2 + np.where(known, 1 / error**2, 0.0)))
    free = credited.index.isin(list(unpaid)) & ~tested
    factor, spread = np.where(free, 0.0, factor), np.where(free, 0.0, spread)
    return pd.DataFrame(
        {
            "tested": tested,
            "raw": raw,
            "raw_error": error,
            "factor": np.maximum(factor, 0.0),
            "factor_error": spread,
            "factor_low": np.maximum(factor - z * spread, 0.0),
            "factor_high": factor + z * spread,
            "conflict": tested & (np.abs(raw - 1) > z * error),
        },
        index=credited.index,
    )


def calibrate(credited: pd.Series, factors: pd.DataFrame) -> pd.DataFrame:
    """Incremental credit a channel: credit times factor, with its interval and share.

    Columns: credited, credit, credit_low, credit_high, share.
    """
    matched = factors.reindex(credited.index)
    credit = credited * matched["factor"]
    return pd.DataFrame(
        {
            "credited": credited,
            "credit": credit,
            "credit_low": credited * matched["factor_low"],
            "credit_high": credited * matched["factor_high"],
            "share": credit / max(credit.sum(), 1e-300),
        }
    )


def distance_to_truth(credit: pd.Series, truth: pd.Series) -> pd.Series:
    """How far credits are from known effects, in share and in level.

    `share_distance` is the total variation distance of the shares (0 same, 1 disjoint), `level_ratio` credited over
    true total, `level_error` its absolute log.

    >>> distance_to_truth(pd.Series({"a": 3.0, "b": 1.0}), pd.Series({"a": 1.0, "b": 1.0}))["share_distance"].item()
    0.25
    """
    found, known = credit.reindex(truth.index).to_numpy(dtype=float), truth.to_numpy(dtype=float)
    found, positive = np.maximum(np.where(np.isnan(found), 0.0, found), 0.0), np.maximum(known, 0.0)
    caused, credited = float(np.nansum(positive)), float(found.sum())
    if caused <= 0:
        raise InputError.out_of_range("sum of the true effects", float(truth.sum()), "above 0")
    shares = found / max(credited, 1e-300)
    ratio = credited / caused
    return pd.Series(
        {
            "share_distance": float(np.nansum(np.abs(shares - positive / caused)) / 2),
            "level_ratio": ratio,
            "level_error": abs(np.log(max(ratio, 1e-12))),
        }
    )


def distances(credits: pd.DataFrame, truth: pd.Series) -> pd.DataFrame:
    """`distance_to_truth` of every method (column of `credits`), one row each, best share first."""
    made = pd.DataFrame({method: distance_to_truth(credits[method], truth) for method in credits.columns}).T
    return made.rename_axis("method").sort_values("share_distance")
