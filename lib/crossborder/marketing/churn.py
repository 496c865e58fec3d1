"""Who has left, who is worth winning back, and when the next order is due."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import buying_models
from crossborder.marketing.buying_models import BuyingModel

__all__ = ["next_purchase", "score_quality", "win_back"]


def next_purchase(
    model: BuyingModel, history: pd.DataFrame, *, unit_days: float = 1.0, horizon_days: int = 365
) -> pd.DataFrame:
    """Day by which the expected purchases of each customer reach one half and one, and the day for an offer.

    Columns: days_to_half (expected purchases 0.5), days_to_one, offer_in_days (half of the first); infinite beyond the
    horizon.
    """
    x, tx, age = (history[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    keys, place = np.unique(np.column_stack([x, tx, age]), axis=0, return_inverse=True)
    grid = np.unique(np.round(np.geomspace(1, horizon_days, 24)))
    bought = np.array([buying_models.future_purchases(model, *keys.T, days / unit_days) for days in grid])
    found = {}
    for name, goal in (("days_to_half", 0.5), ("days_to_one", 1.0)):
        reached = (bought >= goal).argmax(axis=0)
        days = np.where(bought[-1] >= goal, grid[reached], np.inf)
        low = np.maximum(reached - 1, 0)
        columns = np.arange(len(keys))
        rise = bought[reached, columns] - bought[low, columns]
        inside = np.where(
            (reached > 0) & (rise > 0), (goal - bought[low, columns]) / np.where(rise > 0, rise, 1.0), 1.0
        )
        days = np.where(np.isfinite(days), grid[low] + inside * (grid[reached] - grid[low]), np.inf)
        found[name] = days[place.ravel()]
    return pd.DataFrame({**found, "offer_in_days": found["days_to_half"] / 2}, index=history.index)


def win_back(
    value: pd.DataFrame,
    *,
    offer_cost: float,
    contact_cost: float,
    return_rate: float,
    return_rate_error: float = 0.0,
    gone_below: float = 0.5,
    value_if_back: pd.Series | float | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Net value of a win-back offer by customer: P(gone) * return rate * (value if back - offer) - contact
    - P(alive) * share who take the offer though they would have bought * offer.

    `value`: probability_alive, clv_usd (as `clv.lifetime_value`). `return_rate` is the incremental share of gone
    customers who come back (from a test), with its standard error.
    Columns: net_usd, net_low, net_high (at `level`), target.
    """
    from scipy.special import ndtri

    if not 0 <= return_rate <= 1:
        raise InputError.out_of_range("return_rate", return_rate, "a fraction from 0 to 1")
    alive = value["probability_alive"].clip(0, 1)
    back = value["clv_usd"] / alive.clip(lower=0.05) if value_if_back is None else value_if_back

    def net(rate: float) -> pd.Series:
        return (1 - alive) * rate * (back - offer_cost) - contact_cost - alive * rate * offer_cost

    half = float(ndtri(0.5 + level / 2)) * return_rate_error
    low = net(max(return_rate - half, 0.0))
    high = net(min(return_rate + half, 1.0))
    made = pd.DataFrame(
        {"net_usd": net(return_rate), "net_low": np.minimum(low, high), "net_high": np.maximum(low, high)}
    )
    return made.assign(target=(made["net_usd"] > 0) & (alive < gone_below))


def score_quality(probability: np.ndarray, outcome: np.ndarray) -> pd.Series:
    """Area under the ROC curve, Brier score, and the Brier score of the base rate, for a churn or purchase score."""
    p, y = np.asarray(probability, dtype=float), np.asarray(outcome, dtype=float)
    if len(np.unique(y)) < 2:
        raise InputError.out_of_range("outcome", np.unique(y).tolist(), "both 0 and 1")
    rank = pd.Series(p).rank().to_numpy()
    positives = y.sum()
    auc = (rank[y == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(y) - positives))
    return pd.Series({"auc": auc, "brier": ((p - y) ** 2).mean(), "base_brier": y.mean() * (1 - y.mean())})
