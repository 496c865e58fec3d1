"""What a customer is worth: expected purchases times order value times margin, discounted; against what it cost."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import buying_models
from crossborder.marketing.buying_models import BuyingModel
from crossborder.marketing.order_value import GammaGamma

__all__ = [
    "against_cost",
    "calibration_table",
    "holdout_error",
    "lifetime_value",
    "new_customer_value",
    "payback_months",
    "retention_value",
]


def lifetime_value(
    model: BuyingModel,
    values: GammaGamma,
    history: pd.DataFrame,
    *,
    margin_share: float | np.ndarray,
    months: int = 12,
    yearly_discount: float = 0.1,
    unit_days: float = 1.0,
) -> pd.DataFrame:
    """Residual value of each known customer over the next `months`, discounted at the middle of each month.

    Columns: purchases, probability_alive, order_value_usd, clv_usd (contribution, the next purchases only).
    """
    if months < 1:
        raise InputError.out_of_range("months", months, "1 or more")
    x, tx, age = (history[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    keys, place = np.unique(np.column_stack([x, tx, age]), axis=0, return_inverse=True)
    edges = np.arange(months + 1) * 30.4375 / unit_days
    bought = np.array([buying_models.future_purchases(model, *keys.T, edge) for edge in edges[1:]])
    monthly = np.diff(bought, axis=0, prepend=0.0)
    factor = (1 + yearly_discount) ** (-(np.arange(months) + 0.5) / 12)
    discounted = (factor @ monthly)[place.ravel()]
    orders = np.where(x > 0, x, 1.0)
    order_value = values.expected_value(orders, history["mean_value_usd"].to_numpy(float))
    return pd.DataFrame(
        {
            "purchases": bought[-1][place.ravel()],
            "probability_alive": buying_models.probability_alive(model, *keys.T)[place.ravel()],
            "order_value_usd": order_value,
            "clv_usd": discounted * order_value * margin_share,
        },
        index=history.index,
    )


def new_customer_value(
    model: BuyingModel,
    values: GammaGamma,
    *,
    margin_share: float,
    months: int = 24,
    yearly_discount: float = 0.1,
    unit_days: float = 1.0,
    mean_value: float | None = None,
) -> pd.Series:
    """Value of a new customer by month: the first order at once, then the expected repeats.

    Index month (0 = the first order), values cumulated discounted contribution in USD.
    """
    edges = np.arange(1, months + 1) * 30.4375 / unit_days
    repeats = np.diff(buying_models.expected_purchases(model, edges), prepend=0.0)
    factor = (1 + yearly_discount) ** (-(np.arange(months) + 0.5) / 12)
    value = values.mean if mean_value is None else mean_value
    flows = np.concatenate([[1.0], repeats * factor]) * value * margin_share
    return pd.Series(flows.cumsum(), index=pd.RangeIndex(months + 1, name="month"), name="clv_usd")


def payback_months(cumulated: pd.Series, cost: float) -> float:
    """Months until the cumulated value covers the cost (0 = with the first order; infinite if never), interpolated.

    >>> payback_months(pd.Series([10.0, 20.0, 30.0]), 25.0)
    1.5
    """
    reached = np.flatnonzero(cumulated.to_numpy() >= cost)
    if not len(reached):
        return float("inf")
    at = int(reached[0])
    if at == 0:
        return 0.0
    before, after = cumulated.iloc[at - 1], cumulated.iloc[at]
    return float(at - 1 + (cost - before) / (after - before))


def against_cost(
    history: pd.DataFrame,
    cost: pd.DataFrame,
    values: GammaGamma,
    *,
    by: str = "channel",
    margin_share: float,
    months: int = 24,
    yearly_discount: float = 0.1,
    unit_days: float = 1.0,
    draws: int = 60,
    level: float = 0.9,
    smallest: int = 300,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """CLV, acquisition cost, their ratio and payback by channel or market, with intervals.

    `cost`: index as `by`, columns spend_usd and customers (new customers in the same period). Intervals come from the
    buying model's parameters (drawn) and from the Poisson count of new customers in the cost.
    Columns: customers, clv_usd, clv_low, clv_high, cac_usd, ratio, ratio_low, ratio_high, payback_months.
    """
    missing = {"spend_usd", "customers"} - set(cost.columns)
    if missing:
        raise InputError.missing_columns("cost", missing, cost.columns)
    pooled = buying_models.fit(history["frequency"], history["recency"], history["age"])
    tail = (1 - level) / 2
    settings = {
        "margin_share": margin_share,
        "months": months,
        "yearly_discount": yearly_discount,
        "unit_days": unit_days,
    }
    rows = {}
    for name in cost.index:
        own = history[history[by] == name]
        enough = len(own) >= smallest and (own["frequency"] > 0).sum() >= 30
        model = buying_models.fit(own["frequency"], own["recency"], own["age"]) if enough else pooled
        mean = float(own["mean_value_usd"].mean()) if len(own) else values.mean
        curve = new_customer_value(model, values, mean_value=mean, **settings)
        drawn = np.array(
            [new_customer_value(one, values, mean_value=mean, **settings).iloc[-1] for one in model.draws(draws, rng)]
        )
        drawn = drawn[np.isfinite(drawn)]
        people = float(cost.loc[name, "customers"])
        cac = float(cost.loc[name, "spend_usd"]) / people if people else np.inf
        cac_draws = float(cost.loc[name, "spend_usd"]) / np.maximum(rng.poisson(people, len(drawn)), 1)
        ratio = drawn / cac_draws if cac > 0 else np.full(len(drawn), np.inf)
        low, high = np.quantile(drawn, [tail, 1 - tail])
        rows[name] = {
            "customers": len(own),
            "clv_usd": curve.iloc[-1],
            "clv_low": low,
            "clv_high": high,
            "cac_usd": cac,
            "ratio": curve.iloc[-1] / cac if cac > 0 else np.inf,
            "ratio_low": np.quantile(ratio, tail) if cac > 0 else np.inf,
            "ratio_high": np.quantile(ratio, 1 - tail) if cac > 0 else np.inf,
            "payback_months": payback_months(curve, cac),
            "pooled": not enough,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by)


def calibration_table(
    model: BuyingModel, history: pd.DataFrame, *, highest: int = 7, level: float = 0.9
) -> pd.DataFrame:
    """Expected and actual hold-out purchases by repeats in the calibration period (`highest` and more in one line).

    Columns: frequency, customers, expected, actual, actual_low, actual_high (of the mean over customers, at `level`).
    """
    from scipy.special import ndtri

    frame = history.assign(
        expected=buying_models.future_purchases(
            model, history["frequency"], history["recency"], history["age"], history["holdout"]
        ),
        group=np.minimum(history["frequency"], highest).astype(int),
    )
    made = frame.groupby("group").agg(
        customers=("expected", "size"),
        expected=("expected", "mean"),
        actual=("holdout_frequency", "mean"),
        spread=("holdout_frequency", "std"),
    )
    half = float(ndtri(0.5 + level / 2)) * made["spread"].fillna(0.0) / np.sqrt(made["customers"])
    made = made.assign(actual_low=(made["actual"] - half).clip(lower=0.0), actual_high=made["actual"] + half)
    return made.drop(columns="spread").rename_axis("frequency").reset_index()


def holdout_error(model: BuyingModel, history: pd.DataFrame) -> pd.Series:
    """Hold-out error: total expected over actual, mean absolute error a customer, against repeating the past rate."""
    expected = buying_models.future_purchases(
        model, history["frequency"], history["recency"], history["age"], history["holdout"]
    )
    naive = history["frequency"] / history["age"].clip(lower=1.0) * history["holdout"]
    actual = history["holdout_frequency"]
    return pd.Series(
        {
            "expected_over_actual": float(expected.sum() / max(actual.sum(), 1e-9)),
            "error": float(np.abs(expected - actual).mean()),
            "naive_over_actual": float(naive.sum() / max(actual.sum(), 1e-9)),
            "naive_error": float(np.abs(naive - actual).mean()),
            "correlation": float(np.corrcoef(expected, actual)[0, 1]),
        }
    )


def retention_value(margin: float, retention: float, discount: float, *, first_paid: bool = True) -> float:
    """Textbook value of a customer with constant retention: margin (1 + d) / (1 + d - r), or without the first payment.

    Source: Gupta and Lehmann (2003), Journal of Interactive Marketing 17(1): margin * r / (1 + d - r).

    >>> round(retention_value(100, 0.8, 0.1, first_paid=False), 2)
    266.67
    """
    if not 0 <= retention < 1 + discount:
        raise InputError.out_of_range("retention", retention, "0 or more and below 1 + discount")
    multiple = ((1 + discount) if first_paid else retention) / (1 + discount - retention)
    return float(margin * multiple)
