"""Forecasts of own monthly sales by market x category, added up to markets with intervals from joint past errors."""

import numpy as np
import pandas as pd

from crossborder.market import forecasting

__all__ = ["market_fans", "score_table", "summary"]


def market_fans(
    panel: pd.DataFrame,
    choice: forecasting.Choice,
    *,
    horizon: int,
    exposure: np.ndarray | None = None,
    season: int = 12,
    level: float = 0.9,
    factor: float = 1.0,
) -> dict[str, pd.DataFrame]:
    """Forecast by market: index month ahead; `low`, `point`, `high` (unit of the panel).

    `panel`: month x (market, category). Cells are forecast by the chosen method; past errors are summed over a market's
    categories origin by origin, so that errors which move together stay together. `factor` moves all months ahead.
    """
    values = panel.to_numpy(dtype=float).T
    point = forecasting.forecast_with(values, horizon, method=choice.method, season=season, exposure=exposure)
    codes, markets = pd.factorize(panel.columns.get_level_values(0))
    adding = (codes[None, :] == np.arange(len(markets))[:, None]).astype(float)
    total, errors = adding @ point, np.einsum("ms,osh->omh", adding, choice.errors)
    low, high = forecasting.forecast_interval(total, errors, level=level)
    months = pd.date_range(panel.index[-1] + pd.DateOffset(months=1), periods=horizon, freq="MS", name="month")
    return {
        market: factor * pd.DataFrame({"low": low[i], "point": total[i], "high": high[i]}, index=months)
        for i, market in enumerate(markets)
    }


def score_table(choice: forecasting.Choice) -> pd.DataFrame:
    """Errors of every method on the origins that chose (`wape_chosen_on`) and on later ones (`wape`, `bias`, `mase`).

    Sorted by the later error; fractions. The first column is `method`.
    """
    later = choice.test[["wape", "bias", "mase"]]
    table = choice.selection[["wape"]].rename(columns={"wape": "wape_chosen_on"}).join(later)
    return table.sort_values("wape").rename_axis("method").reset_index()


def summary(
    panel: pd.DataFrame,
    choice: forecasting.Choice,
    *,
    horizon: int,
    exposure: np.ndarray | None = None,
    season: int = 12,
    level: float = 0.9,
    factor: float = 1.0,
) -> dict[str, float | str]:
    """Total over all series and months ahead with its interval, and the later errors of the method and the rival."""
    values = panel.to_numpy(dtype=float).T
    point = forecasting.forecast_with(values, horizon, method=choice.method, season=season, exposure=exposure)
    errors = choice.errors.sum(axis=(1, 2))[:, None, None]
    low, high = forecasting.forecast_interval(np.array([[point.sum()]]), errors, level=level)
    return {
        "method": choice.method,
        "point": factor * float(point.sum()),
        "low": factor * float(low[0, 0]),
        "high": factor * float(high[0, 0]),
        "wape": float(choice.test.loc[choice.method, "wape"]),
        "wape_seasonal_naive": float(choice.test.loc["seasonal_naive", "wape"]),
    }
