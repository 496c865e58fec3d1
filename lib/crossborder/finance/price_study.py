"""Own-price elasticity by category from the weekly price table, and the prices that it advises."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crossborder.errors import InputError
from crossborder.finance.elasticity import control_function, fixed_effects_poisson
from crossborder.finance.pricing import price_decision, profit_curve

__all__ = [
    "advice_curve",
    "category_elasticities",
    "instrument_check",
    "naive_elasticities",
    "price_advice",
    "price_results",
    "truth_errors",
    "unit_costs",
    "weekly_panel",
    "yearly_worth",
]

CONTROLS = ["log_rival_price", "on_promotion", "rating"]
ENOUGH = 5  # products of a category that tell their own prices from the market's


def weekly_panel(prices: pd.DataFrame, products: pd.DataFrame, rates: pd.DataFrame | None = None) -> pd.DataFrame:
    """The price table ready for regression: logs, season and trend by market, and the instrument if `rates` are given.

    Season is two yearly waves of each market (hemispheres differ), trend a line of each market. `rates` (daily, USD a
    unit) give the instrument: the log rate of the market's currency, eight weeks back, smoothed over eight weeks; it
    moves costs and so prices, and buyers do not see it. Weeks without a rival's price or a rating are left out and
    counted in `attrs["left_out"]`.
    """
    panel = prices.merge(products[["sku", "category"]], on="sku", how="inner").sort_values(["sku", "market", "week"])
    usable = panel[["rival_price", "rating"]].notna().all(axis=1) & (panel["price"] > 0)
    left_out, panel = int((~usable).sum()), panel[usable].reset_index(drop=True)
    panel["log_price"], panel["log_rival_price"] = np.log(panel["price"]), np.log(panel["rival_price"])
    panel["on_promotion"] = panel["promotion"].astype(float)
    panel["market_price"] = panel.groupby(["category", "market", "week"])["log_price"].transform("mean")
    years = (panel["week"] - panel["week"].min()).dt.days / 365.25
    waves = {f"{f.__name__}_{k}": f(2 * np.pi * k * years) for k in (1, 2) for f in (np.sin, np.cos)}
    for market in sorted(panel["market"].unique()):
        here = (panel["market"] == market).astype(float)
        panel[f"season_{market}_trend"] = here * years
        for name, wave in waves.items():
            panel[f"season_{market}_{name}"] = here * wave
    if rates is not None:
        panel = panel.merge(_instrument(rates), on=["week", "currency"], how="left")
        panel["log_rate"] = panel["log_rate"].fillna(0.0)
    panel.attrs["left_out"] = left_out
    return panel


def _instrument(rates: pd.DataFrame) -> pd.DataFrame:
    smooth = np.log(rates).rolling(56, min_periods=1).mean().shift(56)
    weekly = smooth[smooth.index.weekday == 0].rename_axis("week").reset_index()
    return weekly.melt("week", var_name="currency", value_name="log_rate").dropna()


def category_elasticities(panel: pd.DataFrame, *, level: float = 0.9, instrumented: bool = False) -> pd.DataFrame:
    """One row a category: elasticity with interval, cross elasticity, effect of a promotion (log), dispersion.

    With `instrumented`, the residual of price on the exchange-rate instrument enters too (control function); `strength`
    is the instrument's F. The instrument moves by market and week only, so errors are then clustered by market, and
    with a handful of markets they are rough: it is a check on the estimate, not a replacement for it.
    """
    if instrumented and "log_rate" not in panel:
        raise InputError.missing_columns("panel", ["log_rate"], panel.columns)
    panel = panel.astype({"sku": "category", "market": "category"})
    return pd.DataFrame([_one_category(name, rows, level, instrumented) for name, rows in panel.groupby("category")])


def _one_category(category: str, rows: pd.DataFrame, level: float, instrumented: bool) -> dict[str, object]:
    season = [name for name in rows if name.startswith("season_") and rows[name].to_numpy().any()]
    # What all prices of a market do at once follows its currency and moves with whatever else happens there; the
    # elasticity is read from what each product does beside the others. The instrument is that common move itself.
    common = ["market_price"] if not instrumented and rows["sku"].nunique() >= ENOUGH else []
    regressors, strength, cluster = ["log_price", *CONTROLS, *common, *season], float("nan"), []
    if instrumented:
        residual, strength = control_function(
            rows, "log_price", ["log_rate"], [*CONTROLS, *season], group=["sku", "market"]
        )
        rows, regressors, cluster = rows.assign(price_residual=residual), [*regressors, "price_residual"], ["market"]
    fit = fixed_effects_poisson(
        rows, "units", regressors, group=["sku", "market"], exposure="in_stock", cluster=cluster, level=level
    )
    found = fit.table.set_index("regressor")
    own = found.loc["log_price"]
    return {
        "category": category,
        "elasticity": own["coefficient"],
        "low": own["low"],
        "high": own["high"],
        "standard_error": own["standard_error"],
        "cross_elasticity": found.loc["log_rival_price", "coefficient"],
        "promotion_effect": found.loc["on_promotion", "coefficient"],
        "strength": strength,
        "rows": fit.rows,
        "dispersion": fit.dispersion,
    }


def naive_elasticities(panel: pd.DataFrame) -> pd.DataFrame:
    """What a plain line through log sales and log prices says, a category: no product effects, no zeros, no stock-outs.

    The comparison that shows what the care is for; never used for a decision.
    """
    sold = panel[panel["units"] > 0]
    logs = pd.DataFrame({"x": np.log(sold["price"].astype(float)), "y": np.log(sold["units"].astype(float))})
    logs["category"] = sold["category"].to_numpy()
    slopes = {name: float(np.polyfit(rows["x"], rows["y"], 1)[0]) for name, rows in logs.groupby("category")}
    return pd.DataFrame({"category": list(slopes), "naive": list(slopes.values())})


def price_advice(
    economics: pd.DataFrame,
    elasticities: pd.DataFrame,
    *,
    rng: np.random.Generator,
    max_step: float,
    floor_margin: float,
    draws: int = 200,
) -> pd.DataFrame:
    """A price for every product and market sold, with the band that is about as good, and the gain a year.

    `economics` is the table of `order_economics`: prices are without sales tax, costs as they were; the elasticity of
    the category comes with its error. Sorted by expected gain. Products of no sale are not in it.
    """
    totals = unit_costs(economics).merge(elasticities[["category", "elasticity", "standard_error"]], on="category")
    normals = rng.standard_normal(draws)
    numbers = ["units", "price_usd", "fee_rate", "unit_cost_usd", "elasticity", "standard_error"]
    names = zip(*(totals[name] for name in ("sku", "market", "category")), strict=True)
    rows = []
    for told, (units, price, fee_rate, unit_cost, slope, error) in zip(names, totals[numbers].to_numpy(), strict=True):
        drawn = np.minimum(slope + error * normals, -0.2)
        floor = min(floor_margin, 1 - unit_cost / price / (1 - fee_rate) - 1e-6)
        decision = price_decision(
            price=price,
            unit_cost=unit_cost,
            units=units,
            elasticity=drawn,
            fee_rate=fee_rate,
            max_step=max_step,
            floor_margin=floor,
        )
        rows.append((*told, price, unit_cost, decision))
    return _advice_table(rows)


def _advice_table(rows: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(
        [
            {
                "sku": sku,
                "market": market,
                "category": category,
                "price_usd": price,
                "unit_cost_usd": cost,
                "advised_usd": decision.price,
                "band_low_usd": decision.band_low,
                "band_high_usd": decision.band_high,
                "change": decision.price / price - 1,
                "gain_usd": decision.expected_gain,
                "gain_low_usd": decision.gain_low,
                "gain_high_usd": decision.gain_high,
                "held_by": decision.binding,
            }
            for sku, market, category, price, cost, decision in rows
        ]
    )
    return table.sort_values("gain_usd", ascending=False, kind="stable").reset_index(drop=True)


# Lines of the waterfall that follow the price, and those that follow the piece; advertising is judged elsewhere.
WITH_PRICE = ["platform_fee", "compliance", "refund"]
WITH_PIECE = [
    "product",
    "inland",
    "freight",
    "insurance",
    "duty",
    "brokerage",
    "fulfilment",
    "last_mile",
    "returns_handling",
    "resold",
    "service",
]


def unit_costs(economics: pd.DataFrame) -> pd.DataFrame:
    """One row a product and market: units, net price, known cost a piece (USD), share of price that goes in fees."""
    with_price, with_piece = ([name for name in names if name in economics] for names in (WITH_PRICE, WITH_PIECE))
    columns = ["units", "price", "discount", "sales_tax", *with_price, *with_piece]
    totals = economics.groupby(["sku", "market", "category"], as_index=False)[columns].sum()
    totals = totals[totals["units"] > 0].reset_index(drop=True)
    units = totals["units"].astype(float)
    paid = totals["price"] - totals["discount"] - totals["sales_tax"]
    return totals[["sku", "market", "category"]].assign(
        units=units,
        price_usd=paid / units,
        unit_cost_usd=totals[with_piece].sum(axis=1) / units,
        fee_rate=totals[with_price].sum(axis=1) / paid,
    )


def advice_curve(
    row: pd.Series, economics: pd.DataFrame, elasticities: pd.DataFrame, *, rng: np.random.Generator, draws: int = 400
) -> tuple[np.ndarray, np.ndarray]:
    """Prices around today's and the profit at each, [draw, price], for one row of `price_advice`."""
    costs = unit_costs(economics).set_index(["sku", "market"]).loc[(row["sku"], row["market"])]
    found = elasticities.set_index("category").loc[row["category"]]
    drawn = found["elasticity"] + found["standard_error"] * rng.standard_normal(draws)
    prices = np.linspace(0.6, 1.6, 101) * costs["price_usd"]
    profit = profit_curve(costs["price_usd"], costs["unit_cost_usd"], costs["units"], drawn, prices, costs["fee_rate"])
    return prices, profit


def instrument_check(panel: pd.DataFrame, elasticities: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Each category's elasticity with and without the instrument, and the interval of their difference.

    The errors of the two are taken as independent, which makes the interval too wide rather than too narrow
    (Hausman, 1978, subtracts the smaller variance).
    """
    instrumented = category_elasticities(panel, level=level, instrumented=True)
    table = elasticities[["category", "elasticity", "standard_error"]].merge(
        instrumented[["category", "elasticity", "standard_error", "strength"]], on="category", suffixes=("", "_iv")
    )
    error = np.hypot(table["standard_error"], table["standard_error_iv"])
    half = error * ndtri((1 + level) / 2)
    difference = table["elasticity_iv"] - table["elasticity"]
    return pd.DataFrame(
        {
            "category": table["category"],
            "elasticity": table["elasticity"],
            "instrumented": table["elasticity_iv"],
            "difference": difference,
            "low": difference - half,
            "high": difference + half,
            "agree": (difference.abs() <= half),
            "strength": table["strength"],
        }
    )


def truth_errors(elasticities: pd.DataFrame, truth: dict[str, float] | None) -> pd.DataFrame:
    """Estimate beside truth by category, and whether the interval covers it; empty where there is no truth."""
    columns = ["category", "elasticity", "low", "high", "naive"]
    table = elasticities[columns].assign(truth=elasticities["category"].map(truth or {}).astype(float))
    table["error"] = table["elasticity"] - table["truth"]
    table["covered"] = table["truth"].between(table["low"], table["high"])
    return table if truth else table.iloc[:0]


def yearly_worth(advice: pd.DataFrame | None, markets: pd.Series) -> pd.DataFrame:
    """What the advised prices are worth a year by market, USD: market, gain_usd, gain_low_usd, gain_high_usd.

    Without advice the gains are not known.
    """
    names = ["gain_usd", "gain_low_usd", "gain_high_usd"]
    if advice is None:
        return pd.DataFrame({"market": list(markets)} | dict.fromkeys(names, np.nan))
    return advice.groupby("market", as_index=False)[names].sum()


def price_results(
    advice: pd.DataFrame | None,
    worth: pd.DataFrame,
    elasticities: pd.DataFrame | None,
    level: float,
    result: Callable[..., object],
    note: str,
) -> list[object]:
    """What 51 records of prices, each made by `result`: the gain of the advice (with a note), the steepest elasticity.

    Nothing without advice.
    """
    if advice is None or elasticities is None:
        return []
    steepest = elasticities.iloc[elasticities["elasticity"].argmin()]
    gain = [float(worth[name].sum()) for name in ("gain_usd", "gain_low_usd", "gain_high_usd")]
    return [
        result("finance.price.gain_usd", *gain, level=0.9, unit="USD", note=note),
        result(
            "finance.price.steepest_elasticity",
            *(float(steepest[name]) for name in ("elasticity", "low", "high")),
            level=level,
            note=steepest["category"],
        ),
    ]
