"""What buyers pay for an attribute: premiums in prices by market (hedonic regression), and when a certificate pays."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal

__all__ = ["ATTRIBUTES", "break_even", "premiums"]

ATTRIBUTES = ("eco_certified", "safety_certified", "local_culture", "smart", "traceable")


def premiums(
    listings: pd.DataFrame, attributes: tuple[str, ...] = ATTRIBUTES, level: float = 0.9, pool: bool = True
) -> pd.DataFrame:
    """Premium of each attribute by market, as a fraction of the price, with interval.

    Log price on attributes and rating with an effect of every niche, one regression a market; standard errors are
    robust and clustered by seller. Known counterfeits are left out. With `pool`, estimates are drawn to the mean of
    the markets by their uncertainty (empirical Bayes), which shortens noisy ones.
    Columns: market, attribute, premium, low, high, raw (not pooled), offers. A market with fewer than 60 offers is
    left out; none left: Refusal. A premium in prices is what sellers get, no proof of what causes it.
    Source: Rosen (1974), Journal of Political Economy 82(1); Efron and Morris (1975), JASA 70.
    """
    from scipy.special import ndtri

    needed = {"market", "price", "rating", "niche", "seller_id", *attributes}
    if missing := needed - set(listings.columns):
        raise InputError.missing_columns("listings", missing, listings.columns)
    frame = listings
    if "counterfeit" in frame:
        frame = frame[~frame["counterfeit"].fillna(False).astype(bool)]
    parts = [_one_market(rows, attributes).assign(market=m) for m, rows in frame.groupby("market") if len(rows) >= 60]
    if not parts:
        raise Refusal.because("no premiums", f"{len(frame)} offers over the markets", "needs 60 offers in a market")
    table = pd.concat(parts, ignore_index=True)
    value, sd = table["estimate"].to_numpy(), table["sd"].to_numpy()
    if pool and table["market"].nunique() > 2:
        value, sd = _pooled(table)
    z = ndtri(0.5 + level / 2)
    out = pd.DataFrame({"market": table["market"], "attribute": table["attribute"], "premium": np.expm1(value)})
    out["low"], out["high"] = np.expm1(value - z * sd), np.expm1(value + z * sd)
    out["raw"], out["offers"] = np.expm1(table["estimate"]), table["offers"]
    return out.sort_values(["attribute", "premium"], ascending=[True, False], ignore_index=True)


def _one_market(rows: pd.DataFrame, attributes: tuple[str, ...]) -> pd.DataFrame:
    x = rows[list(attributes)].astype(float)
    x["rating"] = rows["rating"].fillna(rows["rating"].mean())
    y = np.log(rows["price"].astype(float))
    # Effects of niches are swept out by their means.
    x = (x - x.groupby(rows["niche"]).transform("mean")).to_numpy()
    y = (y - y.groupby(rows["niche"]).transform("mean")).to_numpy()
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ x.T @ y
    rest = y - x @ beta
    groups, names = pd.factorize(rows["seller_id"])
    scores = np.zeros((len(names), x.shape[1]))
    np.add.at(scores, groups, x * rest[:, None])
    n, k = len(y), x.shape[1] + rows["niche"].nunique()
    scale = len(names) / max(len(names) - 1, 1) * (n - 1) / max(n - k, 1)
    covariance = scale * inverse @ (scores.T @ scores) @ inverse
    count = len(attributes)
    return pd.DataFrame(
        {"attribute": attributes, "estimate": beta[:count], "sd": np.sqrt(np.diag(covariance)[:count]), "offers": n}
    )


def _pooled(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Estimates drawn to the attribute's mean over markets; variance between markets by Paule and Mandel (1982)."""
    value, sd = np.empty(len(table)), np.empty(len(table))
    for _, rows in table.groupby("attribute"):  # over attributes
        y, v = rows["estimate"].to_numpy(), rows["sd"].to_numpy() ** 2
        between = _between(y, v)
        weight = 1 / (v + between)
        mean = (weight * y).sum() / weight.sum()
        keep = between / (between + v)
        value[rows.index] = keep * y + (1 - keep) * mean
        sd[rows.index] = np.sqrt(keep * v + (1 - keep) ** 2 / weight.sum())
    return value, sd


def _between(y: np.ndarray, v: np.ndarray) -> float:
    """Variance between markets at which the weighted squares equal their degrees of freedom."""

    def surplus(t: float) -> float:
        w = 1 / (v + t)
        return float((w * (y - (w * y).sum() / w.sum()) ** 2).sum() - (len(y) - 1))

    if surplus(0.0) <= 0:
        return 0.0
    from scipy.optimize import brentq

    return float(brentq(surplus, 0.0, 10.0))


def break_even(
    premium: ArrayLike,
    premium_sd: ArrayLike,
    price_usd: ArrayLike,
    extra_cost_usd: ArrayLike,
    certificate_usd: ArrayLike,
    units_year: ArrayLike,
    years: float = 1.0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Whether a premium pays for its certificate and dearer material.

    `premium` is a fraction of the price with standard deviation `premium_sd`; `extra_cost_usd` a piece (dearer
    material), `certificate_usd` once. Columns: gain_piece_usd, units_needed (infinite if a piece loses), extra_cost_max
    (dearest extra cost a piece that still pays at the expected sales), profit_usd over `years`, probability that it
    pays, and both ends of the interval of the profit at `level`.
    """
    from scipy.special import ndtr, ndtri

    arrays = np.broadcast_arrays(*map(np.atleast_1d, (premium, premium_sd, price_usd, extra_cost_usd, certificate_usd)))
    rate, sd, price, extra, once = (a.astype(float) for a in arrays)
    units = np.broadcast_to(np.asarray(units_year, dtype=float) * years, rate.shape)
    if (price <= 0).any() or (units < 0).any() or (sd < 0).any():
        raise InputError.out_of_range("price_usd, units_year or premium_sd", "negative", "price above 0, others from 0")
    gain = rate * price - extra
    needed = np.where(gain > 0, once / np.where(gain > 0, gain, 1.0), np.inf)
    profit, spread = gain * units - once, np.maximum(sd * price * units, 1e-12)
    reach = float(ndtri(0.5 + level / 2)) * spread
    dearest = rate * price - np.divide(once, units, out=np.full(rate.shape, np.inf), where=units > 0)
    return pd.DataFrame(
        {
            "gain_piece_usd": gain,
            "units_needed": needed,
            "extra_cost_max_usd": dearest,
            "profit_usd": profit,
            "low_usd": profit - reach,
            "high_usd": profit + reach,
            "pays": ndtr(profit / spread),
        }
    )
