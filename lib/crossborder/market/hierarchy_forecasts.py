"""Does adding up help? Forecasts of a market x category hierarchy, reconciled and judged on years not seen."""

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.market import forecasting, reconciliation

__all__ = ["grid", "judge", "verdict"]


def grid(columns: pd.MultiIndex) -> reconciliation.Hierarchy:
    """The hierarchy of a market x category grid: total, markets, categories, cells."""
    keys = columns.to_frame(index=False).astype("str")
    first, second = keys.columns
    return reconciliation.hierarchy(keys, [[], [first], [second]])


def judge(
    sizes: pd.DataFrame,
    *,
    methods: tuple[str, ...] = ("bottom_up", "ols", "wls_struct", "mint_shrink"),
    forecast_method: str = "theta",
    season: int = 1,
    origins: int = 4,
) -> pd.DataFrame:
    """Root mean squared one-step error by level and method over the last `origins` periods; `best` names the winner.

    `sizes`: index period, columns a (market, category) grid. All nodes are forecast on their own ("base"), then made to
    add up by each method; residuals for MinT are the one-step errors of earlier origins. The errors of a level are
    relative to the level's mean size, so that they read as fractions.
    """
    nodes = grid(sizes.columns)
    values = nodes.summing @ sizes.to_numpy(dtype=float).T
    periods = values.shape[1]
    start = max(season + 3, 5)
    if periods - start < origins + 3:
        raise Refusal.because(
            "reconciliation cannot be judged", f"{periods} periods for {origins} origins", "give a longer history"
        )
    steps = np.stack(
        [
            forecasting.forecast(values[:, :t], 1, method=forecast_method, season=season)[:, 0]
            for t in range(start, periods)
        ],
        axis=1,
    )
    errors = values[:, start:] - steps
    base, actual = steps[:, -origins:], values[:, -origins:]
    residuals = errors[:, : errors.shape[1] - origins]
    found = {m: reconciliation.reconcile(base, nodes, method=m, residuals=residuals) for m in methods}
    table = reconciliation.reconciliation_gain(base, found, actual, nodes)
    groups = {"grand total": [0], "other totals": range(1, nodes.totals), "bottom": range(nodes.totals, len(values))}
    mean = pd.Series({k: actual[list(v)].mean() for k, v in groups.items()} | {"all nodes": actual.mean()})
    numbers = table.drop(columns="best").div(mean.reindex(table.index), axis=0)
    return numbers.assign(best=numbers.idxmin(axis=1))


def verdict(table: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """A sentence template and its values: where the best reconciliation gains and where it loses to the base."""
    methods = [c for c in table.columns if c not in ("base", "best")]
    best = table.loc["all nodes", methods].astype(float).idxmin()
    change = table[best].astype(float) / table["base"].astype(float) - 1
    values = {
        "method": best.replace("_", " "),
        "all": f"{change['all nodes']:+.1%}",
        "top": f"{change.get('grand total', 0.0):+.1%}",
        "bottom": f"{change.get('bottom', 0.0):+.1%}",
    }
    if change["all nodes"] >= 0:
        return (
            "No method beats the base forecasts over all nodes (best: {method}, {all}): reconcile only to add up.",
            values,
        )
    if change.get("grand total", 0.0) > 0:
        text = "**{method}** changes the error by {all} over all nodes, but loses at the total ({top}); cells {bottom}."
        return text, values
    return (
        "**{method}** changes the error by {all} over all nodes, {top} at the total and {bottom} in the cells.",
        values,
    )
