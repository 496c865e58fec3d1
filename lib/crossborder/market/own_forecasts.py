"""Forecasts of own monthly sales by market x category, added up to markets with intervals from joint past errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.market import forecasting

__all__ = ["Forecast", "market_fans", "own_forecast", "score_table", "summary"]

LEAST_ORIGINS, LEAST_AHEAD = 4, 3


@dataclass(frozen=True)
class Forecast:
    """The forecast of own sales: what was chosen, its scores, fans by market, and the sum of all markets.

    `horizon` (months) and `origins` are those that the history allows; `season` is 1 where it is too short for a year's
    pattern to be told from a trend. In `summary`, `covered` is the share (fraction) of the markets' later months inside
    the intervals that the earlier origins give.
    """

    choice: forecasting.Choice
    scores: pd.DataFrame
    fans: dict[str, pd.DataFrame]
    summary: dict[str, float | str]
    horizon: int
    origins: int
    season: int


def own_forecast(
    panel: pd.DataFrame,
    *,
    horizon: int,
    origins: int,
    exposure: np.ndarray | None = None,
    level: float = 0.9,
    factor: float = 1.0,
) -> Forecast | None:
    """The monthly forecast of own sales, with as many months ahead and origins as the history allows.

    `panel`: whole months x (market, category). With less than 21 months the season is not estimated; with less than
    ten nothing can be tested, and the result is None.
    """
    fitting = _fitting(len(panel), horizon, origins)
    if fitting is None:
        return None
    ahead, tested, season = fitting
    options = {"horizon": ahead, "season": season, "exposure": None if season == 1 else exposure}
    choice = forecasting.choose(panel.to_numpy().T, origins=tested, **options)
    scores = score_table(choice)
    if season == 1:
        scores = scores[scores["method"] != "seasonal_naive"].reset_index(drop=True)
    options |= {"level": level, "factor": factor}
    fans, total = market_fans(panel, choice, **options), summary(panel, choice, **options)
    covered = forecasting.interval_coverage(_adding(panel)[1] @ choice.errors, level=level)
    return Forecast(choice, scores, fans, total | {"covered": covered}, ahead, tested, season)


def _adding(panel: pd.DataFrame) -> tuple[pd.Index, np.ndarray]:
    """The markets of a panel, and the matrix that adds its series up to them."""
    codes, markets = pd.factorize(panel.columns.get_level_values(0))
    return markets, (codes[None, :] == np.arange(len(markets))[:, None]).astype(float)


def _fitting(months: int, horizon: int, origins: int) -> tuple[int, int, int] | None:
    """Months ahead, origins and season that fit a history: the first origin needs three periods more than a season."""
    for season in (12, 1):
        spare = months - season - 2
        ahead = min(horizon, spare - LEAST_ORIGINS)
        if ahead >= min(horizon, LEAST_AHEAD):
            return ahead, min(origins, spare - ahead), season
    return None


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
    markets, adding = _adding(panel)
    total, errors = adding @ point, np.einsum("ms,osh->omh", adding, choice.errors)
    low, high = _around(total, *forecasting.forecast_interval(total, errors, level=level))
    months = pd.date_range(panel.index[-1] + pd.DateOffset(months=1), periods=horizon, freq="MS", name="month")
    return {
        market: factor * pd.DataFrame({"low": low[i], "point": total[i], "high": high[i]}, index=months)
        for i, market in enumerate(markets)
    }


def _around(point: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval widened to hold the forecast: past errors all on one side would leave it outside."""
    return np.minimum(low, point), np.maximum(high, point)


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
    whole = np.array([[point.sum()]])
    low, high = _around(whole, *forecasting.forecast_interval(whole, errors, level=level))
    return {
        "method": choice.method,
        "point": factor * float(point.sum()),
        "low": factor * float(low[0, 0]),
        "high": factor * float(high[0, 0]),
        "wape": float(choice.test.loc[choice.method, "wape"]),
        "wape_seasonal_naive": float(choice.test.loc["seasonal_naive", "wape"]),
    }
