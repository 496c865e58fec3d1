"""Hedges compared on days that their ratios have not seen: risk left against yearly cost.

All hedges are sold forwards on some currencies; ratios for a day use earlier days only.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.risk.basket import weighted
from crossborder.risk.currency_options import collar_strike, garman_kohlhagen
from crossborder.risk.value_at_risk import historical_es, historical_var
from crossborder.risk.volatility import DECAY, TRADING_DAYS, ewma_variance

__all__ = [
    "block_bootstrap_removed",
    "compare",
    "hedged_returns",
    "proxy_ratios",
    "proxy_study",
    "quarter_frontier",
    "quarter_hedges",
    "trigger_positions",
    "trigger_study",
]

FEWEST_DAYS = 250


def proxy_ratios(
    returns: pd.DataFrame,
    weights: pd.Series,
    proxies: Sequence[str],
    *,
    start: pd.Timestamp,
    window: int = 500,
    refit_days: int = 21,
) -> pd.DataFrame:
    """Minimum-variance amounts of the `proxies` to sell for one unit of basket, by day from `start`.

    Least squares of the basket on the proxies over the last `window` days, renewed every `refit_days`, never with
    the day itself or later ones.
    """
    missing = [name for name in proxies if name not in returns.columns]
    if missing:
        raise InputError.missing_columns("returns", missing, returns.columns)
    first = int(returns.index.searchsorted(pd.Timestamp(start)))
    if first < window or first >= len(returns):
        raise Refusal.because(
            "no hedge ratio out of sample", f"{first} days lie before the start, {window} are needed", "start later"
        )
    origins = np.arange(first, len(returns), refit_days)
    hedge = returns[list(proxies)].to_numpy(float)
    basket = weighted(returns, weights).to_numpy(float)
    past = np.add.outer(origins, np.arange(-window, 0))
    x = hedge[past] - hedge[past].mean(axis=1, keepdims=True)
    y = basket[past] - basket[past].mean(axis=1, keepdims=True)
    slopes = np.linalg.solve(np.einsum("omi,omj->oij", x, x), np.einsum("omi,om->oi", x, y)[..., None])[..., 0]
    by_day = np.repeat(slopes, refit_days, axis=0)[: len(returns) - first]
    return pd.DataFrame(by_day, index=returns.index[first:], columns=list(proxies))


def hedged_returns(returns: pd.DataFrame, weights: pd.Series, sold: pd.DataFrame | Mapping[str, float]) -> pd.Series:
    """Daily return of the basket with forwards sold: basket less the amounts sold times the currencies' returns.

    `sold` is one amount a currency (for every day), or a frame of amounts by day.
    """
    basket = weighted(returns, weights)
    if isinstance(sold, pd.DataFrame):
        used = returns.loc[sold.index, list(sold.columns)]
        return basket.loc[sold.index] - (used * sold).sum(axis=1)
    return basket - sum((returns[name] * amount for name, amount in sold.items()), start=basket * 0.0)


def proxy_study(
    returns: pd.DataFrame, weights: pd.Series, *, start: pd.Timestamp, window: int = 500, rng: np.random.Generator
) -> pd.DataFrame:
    """Proxy hedge with the largest currency against simpler and fuller hedges, out of sample from `start`.

    Strategies: `none`; `largest` sells the largest currency's own amount; `proxy` its minimum-variance amount;
    `three_largest` the own amounts of three; `all`. Columns as `compare`, and mean_ratio, the amount sold.
    """
    order = weights.sort_values(ascending=False)
    ratios = proxy_ratios(returns, weights, list(order.index[:1]), start=start, window=window)
    days = returns.loc[ratios.index]
    hedged = {
        "none": hedged_returns(days, weights, {}),
        "largest": hedged_returns(days, weights, order.iloc[:1].to_dict()),
        "proxy": hedged_returns(days, weights, ratios),
        "three_largest": hedged_returns(days, weights, order.iloc[:3].to_dict()),
        "all": hedged_returns(days, weights, order.to_dict()),
    }
    sold = [0.0, order.iloc[0], float(ratios.mean().iloc[0]), order.iloc[:3].sum(), 1.0]
    table = compare(hedged, {}, rng=rng).drop(columns=["cost_year", "efficient"])
    return table.assign(mean_ratio=sold)


def quarter_hedges(
    rates: pd.DataFrame,
    weights: pd.Series,
    interest: pd.Series,
    *,
    home: str,
    start: pd.Timestamp,
    days: int = 63,
    floor: float = 0.95,
    dealer_margin: float = 0.1,
) -> pd.DataFrame:
    """Change of the basket's home value over each quarter under hedges bought at its begin: one row a quarter.

    Columns none, forward, half_forward, put, collar. `rates` are home money for one foreign unit, `interest` the
    yearly rate by currency (an assumption where no market rate is at hand), `floor` the put's strike as share of the
    forward. Volatility is the weighted one of the day before, raised by `dealer_margin`.
    """
    names = list(weights.index)
    missing = [name for name in [*names, home] if name not in interest.index]
    if missing:
        raise InputError.missing_columns("interest", missing, interest.index)
    levels = rates[names].dropna()
    changes = levels.pct_change().fillna(0.0)
    variance = np.column_stack([ewma_variance(changes[name]) for name in names])
    first = int(levels.index.searchsorted(pd.Timestamp(start)))
    at = np.arange(first, len(levels) - days, days)
    if first < FEWEST_DAYS or len(at) < 8:
        raise Refusal.because(
            "no hedges by quarter", f"{first} days lie before the start and {len(at)} quarters after it", "start later"
        )
    spot, final = levels.to_numpy()[at], levels.to_numpy()[at + days]
    sigma = np.sqrt(variance[at] * TRADING_DAYS) * (1 + dealer_margin)
    terms = {"home_rate": float(interest[home]), "foreign_rate": interest[names].to_numpy(float), "volatility": sigma}
    years = days / TRADING_DAYS
    forward = spot * np.exp((terms["home_rate"] - terms["foreign_rate"]) * years)
    put = floor * forward
    premium = garman_kohlhagen(spot, put, years, kind="put", **terms) * np.exp(terms["home_rate"] * years)
    call = collar_strike(spot, put, years, **terms)
    ends = {
        "none": final,
        "forward": forward,
        "half_forward": (final + forward) / 2,
        "put": np.maximum(final, put) - premium,
        "collar": np.clip(final, put, call),
    }
    held = weights.to_numpy(float)
    return pd.DataFrame({name: (end / spot - 1) @ held for name, end in ends.items()}, index=levels.index[at])


def quarter_frontier(quarters: pd.DataFrame, *, level: float = 0.9, rng: np.random.Generator) -> pd.DataFrame:
    """Hedges by what they cost and what a bad quarter leaves: strategy, cost_year, es, worst_quarter, efficient.

    cost_year is the mean quarter given up against no hedge, times 4; es the mean of the worst (1 - level) quarters;
    both with 90 % intervals (cost_low, cost_high, low, high) from drawing quarters with return. `efficient`: no other
    hedge is better in both.
    """
    values = quarters.to_numpy(float)
    tail = max(round(len(values) * (1 - level)), 1)
    picks = values[rng.integers(0, len(values), size=(1000, len(values)))]
    drawn_es = -np.sort(picks, axis=1)[:, :tail].mean(axis=1)
    plain = list(quarters.columns).index("none")
    drawn_cost = 4 * (picks[:, :, [plain]] - picks).mean(axis=1)
    shortfall = -np.sort(values, axis=0)[:tail].mean(axis=0)
    cost = 4 * (values[:, [plain]] - values).mean(axis=0)
    better = (cost[:, None] <= cost) & (shortfall[:, None] <= shortfall)
    better &= (cost[:, None] < cost) | (shortfall[:, None] < shortfall)
    low, high = np.quantile(drawn_es, [0.05, 0.95], axis=0)
    cost_low, cost_high = np.quantile(drawn_cost, [0.05, 0.95], axis=0)
    return pd.DataFrame(
        {
            "strategy": quarters.columns,
            "cost_year": cost,
            "cost_low": cost_low,
            "cost_high": cost_high,
            "es": shortfall,
            "low": low,
            "high": high,
            "worst_quarter": values.min(axis=0),
            "efficient": ~better.any(axis=0),
        }
    )


def trigger_positions(
    rates: pd.DataFrame,
    *,
    kind: str = "drawdown",
    trigger: float = 0.15,
    lookback: int = 250,
    ratio: float = 1.0,
    release: float = 0.5,
) -> pd.DataFrame:
    """Share of each currency sold forward under a trigger rule, by day, decided on the day before.

    `drawdown`: hedge once the rate stands `trigger` below its high of `lookback` days; `volatility`: once the yearly
    volatility is above `trigger`. The hedge ends when the measure is back at `release` times the trigger.
    """
    if kind not in ("drawdown", "volatility"):
        raise InputError.unknown("kind", kind, ["drawdown", "volatility"])
    if not 0 < trigger < 1:
        raise InputError.out_of_range("trigger", trigger, "above 0 and below 1", "0.15 hedges after a fall of 15 %")
    if kind == "drawdown":
        measure = 1 - rates / rates.rolling(lookback, min_periods=1).max()
    else:
        changes = rates.pct_change().fillna(0.0)
        variance = {name: ewma_variance(changes[name], DECAY) for name in changes}
        measure = np.sqrt(pd.DataFrame(variance, index=rates.index) * TRADING_DAYS)
    # A switch with memory: on at the trigger, off at the release, unchanged between them.
    state = pd.DataFrame(np.nan, index=rates.index, columns=rates.columns)
    state = state.mask(measure >= trigger, 1.0).mask(measure <= release * trigger, 0.0)
    return state.ffill().fillna(0.0).shift(1, fill_value=0.0) * ratio


def trigger_study(
    rates: pd.DataFrame,
    weights: pd.Series,
    interest: pd.Series,
    *,
    home: str,
    start: pd.Timestamp,
    trigger: float = 0.15,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Trigger rules against no hedge and a constant half, out of sample: as `compare`, with days_hedged and switches.

    `drawdown` hedges a currency after a fall of `trigger` from its high of a year, `volatility` while its yearly
    volatility is above it. cost_year is the interest given up while hedged, an assumption; a switch costs nothing here.
    """
    levels = rates[list(weights.index)].dropna()
    returns = levels.pct_change().dropna()
    days = returns.index[returns.index >= pd.Timestamp(start)]
    carry = interest[list(weights.index)] - float(interest[home])
    plans = {
        "none": pd.DataFrame(0.0, index=days, columns=levels.columns),
        "half": pd.DataFrame(0.5, index=days, columns=levels.columns),
        **{
            kind: trigger_positions(levels, kind=kind, trigger=trigger).loc[days] for kind in ("drawdown", "volatility")
        },
    }
    hedged = {name: hedged_returns(returns.loc[days], weights, plan * weights) for name, plan in plans.items()}
    cost = {name: float((plan.mean() * weights * carry).sum()) for name, plan in plans.items()}
    table = compare(hedged, cost, rng=rng)
    share = {name: float((plan * weights).sum(axis=1).mean()) for name, plan in plans.items()}
    moves = {name: float((plan.diff().abs() > 0).to_numpy().sum()) for name, plan in plans.items()}
    return table.assign(hedged_share=table["strategy"].map(share), switches=table["strategy"].map(moves).astype(int))


def compare(
    hedged: Mapping[str, pd.Series],
    cost_year: Mapping[str, float],
    *,
    unhedged: str = "none",
    level: float = 0.99,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Frontier: strategy, volatility_year, variance_removed with low and high (90 %), var, es, worst_day, cost_year.

    All strategies are measured on the days they share. `cost_year` is a labelled assumption, fraction of the basket.
    `efficient` marks the strategies that no other beats in both expected shortfall and cost.
    """
    if unhedged not in hedged:
        raise InputError.unknown("unhedged", unhedged, hedged)
    days = pd.DataFrame(dict(hedged)).dropna()
    low, high = block_bootstrap_removed(days, unhedged, rng=rng)
    table = pd.DataFrame(
        {
            "strategy": days.columns,
            "volatility_year": days.std().to_numpy() * np.sqrt(TRADING_DAYS),
            "variance_removed": (1 - days.var() / days[unhedged].var()).to_numpy(),
            "low": low,
            "high": high,
            "var": [historical_var(days[name], level) for name in days],
            "es": [historical_es(days[name], level) for name in days],
            "worst_day": days.min().to_numpy(),
            "cost_year": [float(cost_year.get(name, 0.0)) for name in days],
        }
    )
    cheaper = table["cost_year"].to_numpy()[:, None] <= table["cost_year"].to_numpy()
    safer = table["es"].to_numpy()[:, None] <= table["es"].to_numpy()
    strictly = (table["cost_year"].to_numpy()[:, None] < table["cost_year"].to_numpy()) | (
        table["es"].to_numpy()[:, None] < table["es"].to_numpy()
    )
    return table.assign(efficient=~(cheaper & safer & strictly).any(axis=0))


def block_bootstrap_removed(
    days: pd.DataFrame, unhedged: str, *, block: int = 21, draws: int = 300, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """5 % and 95 % points of the variance removed by each column, from blocks of `block` days drawn with return."""
    values = days.to_numpy(float)
    blocks = len(values) // block
    if blocks < 5:
        raise Refusal.because("no interval for a hedge", f"{len(values)} shared days make {blocks} blocks", "lengthen")
    moments = np.stack([values, values**2])[:, : blocks * block].reshape(2, blocks, block, -1).mean(axis=2)
    picks = rng.integers(0, blocks, size=(draws, blocks))
    mean, square = moments[0][picks].mean(axis=1), moments[1][picks].mean(axis=1)
    variance = square - mean**2
    removed = 1 - variance / variance[:, [list(days.columns).index(unhedged)]]
    return np.quantile(removed, 0.05, axis=0), np.quantile(removed, 0.95, axis=0)
