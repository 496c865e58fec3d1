"""Claimed uplifts made credible: shrunk by where they come from, combined with overlap, capped at what was observed."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing.calibration import shrink

__all__ = ["against_own", "credible", "stack"]

# Share of a claim that survives by kind of evidence, with the spread; D-grade, to be replaced by own tests.
SURVIVES = {"experiment": (0.9, 0.2), "uplift": (0.35, 0.35), "anecdote": (0.2, 0.3)}


def credible(claims: pd.DataFrame, *, prior_sd: float = 0.05, level: float = 0.9) -> pd.DataFrame:
    """Each claimed uplift with the share that survives its kind of evidence, then shrunk to 0 with spread `prior_sd`.

    `claims`: columns claim, uplift (relative), kind (experiment, uplift, anecdote) and, for experiments,
    standard_error.
    Columns added: discounted, error, credible, low, high (at `level`).
    """
    missing = {"claim", "uplift", "kind"} - set(claims.columns)
    if missing:
        raise InputError.missing_columns("claims", missing, claims.columns)
    unknown = sorted(set(claims["kind"]) - set(SURVIVES))
    if unknown:
        raise InputError.unknown("kind", unknown[0], SURVIVES)
    share = claims["kind"].map(lambda kind: SURVIVES[kind][0]).astype(float)
    spread = claims["kind"].map(lambda kind: SURVIVES[kind][1]).astype(float)
    own = claims["standard_error"].fillna(0.0) if "standard_error" in claims else 0.0
    error = np.sqrt((claims["uplift"].abs() * spread) ** 2 + own**2).clip(lower=1e-6)
    discounted = claims["uplift"] * share
    weight = prior_sd**2 / (prior_sd**2 + error**2)
    half = _z(level) * np.sqrt(weight) * error
    return claims.assign(
        discounted=discounted,
        error=error,
        credible=weight * discounted,
        low=weight * discounted - half,
        high=weight * discounted + half,
    )


def stack(
    uplifts: pd.DataFrame,
    *,
    overlap: float = 0.5,
    cap: float | None = None,
    draws: int = 20_000,
    level: float = 0.9,
    rng: np.random.Generator,
) -> pd.Series:
    """Combined uplift of several measures: product of (1 + u), reduced by overlap, not above `cap`.

    `uplifts`: columns credible, error (as from `credible`). With `overlap` o, the largest counts whole, the next with
    share (1 - o), the next (1 - o)^2 and so on. naive_sum and naive_product show what adding up would claim.
    """
    if not 0 <= overlap <= 1:
        raise InputError.out_of_range("overlap", overlap, "0 (independent) to 1 (only the largest counts)")
    means, errors = uplifts["credible"].to_numpy(float), uplifts["error"].to_numpy(float)
    drawn = means + rng.standard_normal((draws, len(means))) * np.minimum(errors, np.abs(means) + 0.02)
    order = np.argsort(-np.abs(means), kind="stable")
    weight = (1 - overlap) ** np.arange(len(means))
    combined = np.prod(1 + drawn[:, order] * weight, axis=1) - 1
    point = float(np.prod(1 + means[order] * weight) - 1)
    if cap is not None:
        combined, point = np.minimum(combined, cap), min(point, cap)
    claimed = uplifts["uplift"].to_numpy(float) if "uplift" in uplifts else means
    return pd.Series(
        {
            "combined": point,
            "low": float(np.quantile(combined, (1 - level) / 2)),
            "high": float(np.quantile(combined, (1 + level) / 2)),
            "naive_sum": float(claimed.sum()),
            "naive_product": float(np.prod(1 + claimed) - 1),
        }
    )


def against_own(claimed: pd.Series, own: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Claims beside own estimates of the same thing: claim, own estimate with interval, whether the interval holds it.

    `own`: index as `claimed`, columns estimate, standard_error; own estimates are also shrunk to their common mean.
    """
    both = own.loc[[name for name in claimed.index if name in own.index]]
    if both.empty:
        raise InputError.unknown("claim", str(claimed.index[:1].tolist()), map(str, own.index))
    pulled = shrink(both["estimate"].to_numpy(), both["standard_error"].to_numpy())
    half = _z(level) * both["standard_error"]
    low, high = both["estimate"] - half, both["estimate"] + half
    claim = claimed.reindex(both.index)
    return pd.DataFrame(
        {
            "claimed": claim,
            "estimate": both["estimate"],
            "low": low,
            "high": high,
            "shrunk": pulled["shrunk"].to_numpy(),
            "holds": (claim >= low) & (claim <= high),
        }
    )


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
