"""Which mix of markets keeps revenue steady: minimum variance under a growth floor (Markowitz 1952)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Portfolio", "frontier", "hold_out", "minimum_variance", "named_points", "revenue_changes",
           "rules", "shrunk_covariance", "volatility_change"]  # fmt: skip


@dataclass(frozen=True)
class Portfolio:
    """Weights by market (sum 1), volatility (sd a period, fraction) and expected growth (fraction) of the mix."""

    weights: pd.Series
    volatility: float
    growth: float


def revenue_changes(revenue: pd.DataFrame, *, season: int = 12) -> pd.DataFrame:
    """Log changes of revenue a period by market, without the common pattern of the calendar.

    `revenue`: index period (evenly spaced), one column a market, above 0. The mean change of each place in the season
    is taken out where there are at least two full seasons, so that a season that is known is not counted as risk.
    """
    values = revenue.to_numpy(dtype=float)
    if len(revenue) < 4:
        raise Refusal.because("revenue has no volatility", f"{len(revenue)} periods", "give at least four periods")
    empty = revenue.columns[~((values > 0) & np.isfinite(values)).all(axis=0)]
    if len(empty):
        raise Refusal.because(
            f"no volatility for {', '.join(map(str, empty))}", "a period has no revenue", "leave the market out"
        )
    change = pd.DataFrame(np.diff(np.log(values), axis=0), index=revenue.index[1:], columns=revenue.columns)
    if len(change) >= 2 * season:
        place = np.arange(len(change)) % season
        centred = change - change.groupby(place).transform("mean")
        # Taking out means uses up degrees of freedom: give the spread back.
        return centred * np.sqrt(len(change) / (len(change) - season))
    return change - change.mean()


def shrunk_covariance(changes: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Covariance shrunk to equal variances without correlation, and the share of shrinkage (Ledoit and Wolf 2004)."""
    x = changes.to_numpy(dtype=float)
    x = x - x.mean(axis=0)
    n, p = x.shape
    sample = x.T @ x / n
    mean = np.trace(sample) / p
    distance = np.sum((sample - mean * np.eye(p)) ** 2) / p
    noise = (np.sum((x**2).T @ (x**2)) / n - np.sum(sample**2)) / (n * p)
    share = 1.0 if distance == 0 else float(np.clip(noise / distance, 0.0, 1.0))
    matrix = share * mean * np.eye(p) + (1 - share) * sample
    return pd.DataFrame(matrix, changes.columns, changes.columns), share


def minimum_variance(
    covariance: pd.DataFrame,
    growth: pd.Series | None = None,
    *,
    growth_floor: float | None = None,
    lowest: float | pd.Series = 0.0,
    highest: float | pd.Series = 1.0,
    core: list[str] | None = None,
    core_floor: float = 0.0,
) -> Portfolio:
    """The weights with the smallest variance subject to growth at least `growth_floor` and bounds by market.

    `core` markets together keep at least `core_floor` (fraction), the rest are potential ones. `lowest` below 0
    allows short positions, as the textbook has them. Refusal if the conditions cannot all hold.
    """
    names = covariance.index
    matrix = covariance.to_numpy(dtype=float)
    if not np.all(np.isfinite(matrix)) or np.any(np.diag(matrix) <= 0):
        raise InputError.out_of_range("covariance", "missing or no variance", "finite, above 0 on the diagonal", "")
    low, high = (_bound(b, names) for b in (lowest, highest))
    rates = np.zeros(len(names)) if growth is None else growth.reindex(names).to_numpy(dtype=float)
    if np.any(np.isnan(rates)):
        raise InputError.missing_columns("growth", set(names) - set(growth.dropna().index), growth.index)
    rows = [(rates, growth_floor)] if growth_floor is not None else []
    if core:
        unknown = set(core) - set(names)
        if unknown:
            raise InputError.unknown("core market", sorted(unknown)[0], names)
        rows.append((np.isin(names, core).astype(float), core_floor))
    start = _feasible(rows, low, high, growth_floor)
    weights = pd.Series(_solve(matrix, rows, low, high, start), index=names)
    return Portfolio(weights, float(np.sqrt(weights @ matrix @ weights)), float(weights @ rates))


def _bound(value: float | pd.Series, names: pd.Index) -> np.ndarray:
    return (
        value.reindex(names).to_numpy(dtype=float)
        if isinstance(value, pd.Series)
        else np.full(len(names), float(value))
    )


def _feasible(rows, low, high, growth_floor) -> np.ndarray:
    from scipy.optimize import linprog

    n = len(low)
    a = np.array([-r for r, _ in rows]) if rows else None
    b = [-v for _, v in rows] if rows else None
    found = linprog(
        -rows[0][0] if rows else np.zeros(n), A_ub=a, b_ub=b, A_eq=np.ones((1, n)), b_eq=[1.0],
        bounds=list(zip(np.maximum(low, -10), np.minimum(high, 10), strict=True)), method="highs",
    )  # fmt: skip
    if found.status != 0:
        raise Refusal.because(
            "no mix of markets meets all conditions",
            f"growth floor {growth_floor}, lowest shares add up to {low.sum():.2f}, highest to {high.sum():.2f}",
            "lower the growth floor or widen the bounds",
        )
    return found.x


def _solve(matrix, rows, low, high, start) -> np.ndarray:
    from scipy.optimize import minimize

    scale = 1 / np.trace(matrix)
    constraints = [{"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(len(w))}]
    constraints += [{"type": "ineq", "fun": lambda w, r=r, v=v: r @ w - v, "jac": lambda w, r=r: r} for r, v in rows]
    found = minimize(
        lambda w: scale * w @ matrix @ w, start, jac=lambda w: 2 * scale * matrix @ w, method="SLSQP",
        bounds=list(zip(low, high, strict=True)), constraints=constraints, options={"ftol": 1e-15, "maxiter": 500},
    )  # fmt: skip
    weights = np.clip(found.x, low, high)
    return weights / weights.sum()


def frontier(covariance: pd.DataFrame, growth: pd.Series, *, points: int = 15, **bounds) -> pd.DataFrame:
    """The least volatility for each growth floor, steadiest mix to fastest: `growth`, `volatility`, weights."""
    steady = minimum_variance(covariance, growth, **bounds)
    fastest = _fastest(growth.reindex(covariance.index), bounds)
    floors = np.linspace(steady.growth, fastest - 1e-9, points)
    mixes = [minimum_variance(covariance, growth, growth_floor=f, **bounds) for f in floors]
    frame = pd.DataFrame([m.weights for m in mixes]).reset_index(drop=True)
    frame.insert(0, "volatility", [m.volatility for m in mixes])
    frame.insert(0, "growth", [m.growth for m in mixes])
    return frame


def _fastest(growth: pd.Series, bounds: dict) -> float:
    names = growth.index
    low, high = (_bound(bounds.get(k, d), names) for k, d in (("lowest", 0.0), ("highest", 1.0)))
    rows = [(growth.to_numpy(dtype=float), -1e9)]
    if bounds.get("core"):
        rows.append((np.isin(names, bounds["core"]).astype(float), bounds.get("core_floor", 0.0)))
    return float(_feasible(rows, low, high, None) @ growth.to_numpy(dtype=float))


def volatility_change(
    changes: pd.DataFrame,
    now: pd.Series,
    then: pd.Series,
    *,
    rng: np.random.Generator,
    draws: int = 1000,
    block: int = 3,
    level: float = 0.9,
) -> dict[str, float]:
    """Relative change of revenue volatility from mix `now` to mix `then` (fraction; -0.35 is 35 % less), with interval.

    Blocks of `block` periods are resampled, so that neighbouring periods stay together. The weights are held fixed:
    on the data that chose them the gain is flattered, which a hold-out shows.
    """
    x = changes.to_numpy(dtype=float)
    pair = np.column_stack([now.reindex(changes.columns), then.reindex(changes.columns)])
    if np.isnan(pair).any():
        raise InputError.missing_columns("weights", changes.columns[np.isnan(pair).any(axis=1)], now.index)
    paths = x @ pair
    count = -(-len(paths) // block)
    starts = rng.integers(0, len(paths) - block + 1, (draws, count))
    places = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, : len(paths)]
    sample = paths[places].std(axis=1)
    ratio = sample[:, 1] / sample[:, 0] - 1
    low, high = np.quantile(ratio, [(1 - level) / 2, (1 + level) / 2])
    whole = paths.std(axis=0)
    return {"change": float(whole[1] / whole[0] - 1), "low": float(low), "high": float(high)}


def named_points(
    covariance: pd.DataFrame, growth: pd.Series, mixes: dict[str, pd.Series]
) -> dict[str, tuple[float, float]]:
    """(volatility, growth) of each named mix and of each market alone."""
    points = {m: (float(np.sqrt(covariance.loc[m, m])), float(growth[m])) for m in covariance.index}
    for name, weights in mixes.items():
        w = weights.reindex(covariance.index).fillna(0.0)
        points[name] = (float(np.sqrt(w @ covariance @ w)), float(w @ growth.reindex(covariance.index)))
    return points


def hold_out(changes: pd.DataFrame, growth: pd.Series, now: pd.Series, *, share: float = 2 / 3, **conditions) -> float:
    """Change of volatility (fraction) from mix `now` to the best mix of the first `share` of periods, on the rest."""
    cut = int(len(changes) * share)
    if cut < 6 or len(changes) - cut < 6:
        raise Refusal.because("no hold-out for the mix", f"{len(changes)} periods", "give at least 18 periods")
    chosen = minimum_variance(shrunk_covariance(changes.iloc[:cut])[0], growth, **conditions).weights
    rest = changes.iloc[cut:]
    spread = [float((rest @ w.reindex(rest.columns).fillna(0.0)).std()) for w in (now, chosen)]
    return spread[1] / spread[0] - 1


def rules(
    core: list[str],
    growth_floor: float,
    markets: pd.Index,
    *,
    core_floor: float = 0.4,
    growth: pd.Series | None = None,
) -> dict:
    """Conditions for `minimum_variance`: core markets that are present keep `core_floor`, growth its floor.

    With `growth` (fraction by market), a floor that no mix can reach is lowered to what the fastest one grows by.
    """
    present = [m for m in core if m in set(markets)]
    found = {"core": present, "core_floor": core_floor if present else 0.0, "growth_floor": growth_floor}
    if growth is None:
        return found
    fastest = _fastest(growth.reindex(markets), {name: found[name] for name in ("core", "core_floor")})
    return found | {"growth_floor": min(growth_floor, fastest - 1e-9)}
