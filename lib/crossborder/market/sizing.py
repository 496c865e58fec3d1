"""TAM, SAM and SOM from a chain of factors, top-down and bottom-up, with the gap between the routes explained.

A factor is a number with low (5 %), base and high (95 %); a chain multiplies factors. TAM is what everybody spends on
the need, SAM the part that our markets, categories and channels can serve, SOM what we can win within the plan.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["Chain", "assumed", "bottom_up_factors", "chain", "draw_factor", "funnel", "gap_waterfall",
           "market_build_up", "own_funnel", "route_factors", "sensitivity", "size_factor"]  # fmt: skip

KINDS = ("level", "share")
Z95 = float(special.ndtri(0.95))


@dataclass(frozen=True)
class Chain:
    """The product of factors: `draws`, `low`, `median`, `high` at `level`, the all-base product and the `factors`."""

    draws: np.ndarray
    base: float
    low: float
    median: float
    high: float
    level: float
    factors: pd.DataFrame


def draw_factor(low: float, base: float, high: float, kind: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` draws of one factor whose 5 %, 50 % and 95 % points are low, base, high.

    A `level` is drawn in logs, a `share` (0 to 1) in logits, each side of the base with its own spread.
    """
    if kind not in KINDS:
        raise InputError.unknown("factor kind", kind, KINDS)
    top = 1.0 if kind == "share" else np.inf
    if not (0 < low <= base <= high <= top) or not np.isfinite(high):
        raise InputError.out_of_range(
            f"factor ({kind})", (low, base, high), f"0 < low <= base <= high{' <= 1' if kind == 'share' else ''}", ""
        )
    z = rng.standard_normal(count)
    if kind == "level":
        points = np.log([low, base, high])
        return np.exp(_two_piece(points, z))
    points = np.clip([low, base, high], 1e-12, 1 - 1e-12)
    return 1 / (1 + np.exp(-_two_piece(np.log(points / (1 - points)), z)))


def _two_piece(points: np.ndarray, z: np.ndarray) -> np.ndarray:
    low, base, high = points
    return base + np.where(z < 0, (base - low) / Z95, (high - base) / Z95) * z


def chain(factors: pd.DataFrame, *, rng: np.random.Generator, draws: int = 10_000, level: float = 0.9) -> Chain:
    """The product of `factors` (index name; columns `low`, `base`, `high`, `kind` level or share), with interval."""
    missing = {"low", "base", "high", "kind"} - set(factors.columns)
    if missing:
        raise InputError.missing_columns("factors", missing, factors.columns)
    if factors.empty:
        raise InputError.out_of_range("factors", "an empty table", "at least one factor", "")
    rows = factors[["low", "base", "high", "kind"]].itertuples(index=False)
    sample = np.prod([draw_factor(*row, count=draws, rng=rng) for row in rows], axis=0)
    low, median, high = np.quantile(sample, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Chain(sample, float(factors["base"].prod()), float(low), float(median), float(high), level, factors)


def assumed(names: dict[str, str], assumptions: pd.DataFrame | None, fallback: pd.DataFrame) -> pd.DataFrame:
    """Factors from assumption rows: `names` maps a factor to an assumption's name, such as market.buyers.share.

    A name that the company's `assumptions` lack is taken from `fallback` (same columns) and marked in `origin`. A unit
    that begins with "fraction" makes a share, any other a level. Index factor; low, base, high, kind, unit, origin.
    """
    own = pd.DataFrame(columns=fallback.columns) if assumptions is None else assumptions
    rows = pd.concat([own.assign(origin="company"), fallback.assign(origin="placeholder")], ignore_index=True)
    rows = rows.drop_duplicates("name").set_index("name")
    missing = sorted(set(names.values()) - set(rows.index))
    if missing:
        raise InputError.unknown("assumption", missing[0], rows.index)
    frame = rows.loc[list(names.values()), ["low", "base", "high", "unit", "origin"]]
    frame.index = pd.Index(list(names), name="factor")
    kind = np.where(frame["unit"].str.startswith("fraction"), "share", "level")
    return frame.astype({"low": float, "base": float, "high": float}).assign(kind=kind)


def size_factor(name: str, estimate: pd.Series) -> pd.DataFrame:
    """One factor from an estimated size: `size`, `size_low`, `size_high` (5 % to 95 %) as low, base, high."""
    row = {"low": estimate["size_low"], "base": estimate["size"], "high": estimate["size_high"], "kind": "level"}
    return pd.DataFrame([row], index=pd.Index([name], name="factor"))


def bottom_up_factors(users: float, build_up: pd.DataFrame) -> pd.DataFrame:
    """Factors of the bottom-up market: internet users (taken as known) and the build-up's factors."""
    known = {"low": users, "base": users, "high": users, "kind": "level"}
    return pd.concat([pd.DataFrame([known], index=["users"]), build_up[["low", "base", "high", "kind"]]])


def route_factors(size: float, buyers: float, order_value: float, category_share: float) -> pd.Series:
    """A published size written in the factors of the bottom-up route; orders a buyer are what remains.

    size (money a year) = buyers x orders a buyer x order value x share of spending in our categories.
    """
    for name, value in (("size", size), ("buyers", buyers), ("order_value", order_value)):
        if not (np.isfinite(value) and value > 0):
            raise InputError.out_of_range(name, value, "a finite number above 0", "leave out an empty market")
    if not 0 < category_share <= 1:
        raise InputError.out_of_range("category_share", category_share, "a fraction above 0 and at most 1", "")
    orders = size / (buyers * order_value * category_share)
    factors = {"buyers": buyers, "orders_a_buyer": orders, "order_value": order_value, "categories": category_share}
    return pd.Series(factors)


def sensitivity(factors: pd.DataFrame) -> pd.DataFrame:
    """Each factor moved to its low and high with the others at base: `at_low`, `at_high`, `swing`; widest first."""
    base = float(factors["base"].prod())
    frame = pd.DataFrame(
        {"at_low": base * factors["low"] / factors["base"], "at_high": base * factors["high"] / factors["base"]}
    )
    return frame.assign(swing=frame["at_high"] - frame["at_low"]).sort_values("swing", ascending=False)


def funnel(
    tam: pd.DataFrame,
    serviceable: pd.DataFrame,
    obtainable: pd.DataFrame,
    *,
    rng: np.random.Generator,
    draws: int = 10_000,
    level: float = 0.9,
) -> pd.DataFrame:
    """TAM, SAM and SOM as nested products: SAM = TAM x serviceable shares, SOM = SAM x obtainable shares.

    Each argument is a factor table as in `chain`. Index `stage`; columns `base`, `low`, `median`, `high`, in the
    unit of the TAM. The same draws run through all stages, so that SOM <= SAM <= TAM in every draw.
    """
    for name, table in (("serviceable", serviceable), ("obtainable", obtainable)):
        if (table["kind"] != "share").any():
            raise InputError.out_of_range(name, table["kind"].tolist(), "kind 'share' only", "put levels into `tam`")
    stages = [chain(table, rng=rng, draws=draws, level=level) for table in (tam, serviceable, obtainable)]
    sample = np.cumprod([s.draws for s in stages], axis=0)
    base = np.cumprod([s.base for s in stages])
    points = np.quantile(sample, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=1).T
    frame = pd.DataFrame(points, columns=["low", "median", "high"], index=pd.Index(["TAM", "SAM", "SOM"], name="stage"))
    return frame.assign(base=base)[["base", "low", "median", "high"]]


def market_build_up(
    facts: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    rng: np.random.Generator,
    draws: int = 4_000,
    level: float = 0.9,
    price_elasticity: float = 1.0,
) -> pd.DataFrame:
    """Online market of each country bottom-up: people x online share x buyer share x orders x order value.

    `facts`: index market, columns `population`, `internet_share` (fraction), `gdp_per_head_ppp`. `factors`:
    index with `buyers_per_user` (share), `orders_per_buyer` (a year), `order_value_usd` (at the mean income of the
    markets given); order value follows income with `price_elasticity`. Columns: `users`, `buyers`, `low`, `median`,
    `high` (USD a year), `share` of the median total. Markets with a missing fact: InputError that names them.
    """
    wanted = ["population", "internet_share", "gdp_per_head_ppp"]
    missing = set(wanted) - set(facts.columns)
    if missing:
        raise InputError.missing_columns("facts", missing, facts.columns)
    holes = facts.index[facts[wanted].isna().any(axis=1)].tolist()
    if holes:
        raise InputError.out_of_range("facts", f"missing for {holes}", "a number for every market", "leave them out")
    lacking = {"buyers_per_user", "orders_per_buyer", "order_value_usd"} - set(factors.index)
    if lacking:
        raise InputError.missing_columns("factors", lacking, factors.index)
    users = facts["population"] * facts["internet_share"]
    income = facts["gdp_per_head_ppp"] / np.average(facts["gdp_per_head_ppp"], weights=users)
    product = chain(factors, rng=rng, draws=draws, level=level)
    scale = (users * income**price_elasticity).to_numpy()
    frame = pd.DataFrame({"users": users, "buyers": users * factors.loc["buyers_per_user", "base"]}, index=facts.index)
    for name in ("low", "median", "high"):
        frame[name] = scale * getattr(product, name)
    return frame.assign(share=frame["median"] / frame["median"].sum())


def own_funnel(sessions: pd.DataFrame, order_value: pd.Series, *, level: float = 0.9) -> pd.DataFrame:
    """What our own shop sells by market: visits x conversion x order value, with the interval of the conversion.

    `sessions`: columns `market`, `visits`, `orders` (any period). `order_value`: index market, money an order.
    The interval is Wilson's for the conversion (fraction). Markets without visits are refused by name.
    """
    missing = {"market", "visits", "orders"} - set(sessions.columns)
    if missing:
        raise InputError.missing_columns("sessions", missing, sessions.columns)
    total = sessions.groupby("market")[["visits", "orders"]].sum().astype(float)
    empty = total.index[total["visits"] <= 0].tolist()
    if empty:
        raise Refusal.because(
            f"no conversion for {', '.join(map(str, empty))}", "there were no visits in the period", "widen the period"
        )
    n, share, z = total["visits"], total["orders"] / total["visits"], special.ndtri((1 + level) / 2)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    value = order_value.reindex(total.index)
    frame = total.assign(conversion=share, conversion_low=centre - reach, conversion_high=centre + reach)
    frame = frame.assign(order_value=value, sales=n * share * value)
    return frame.assign(sales_low=n * frame["conversion_low"] * value, sales_high=n * frame["conversion_high"] * value)


def gap_waterfall(top_down: pd.Series, bottom_up: pd.Series) -> pd.DataFrame:
    """Why two routes to one market disagree: the part of the gap that each factor carries.

    Both series hold the same factors (index name) whose products are the two sizes. The part of factor x is
    L(top, bottom) ln(x_top / x_bottom) with the logarithmic mean L (Ang 2005, equation 5), so that the parts add up
    to the gap exactly. Columns: `bottom_up`, `top_down`, `ratio`, `effect` (unit of the product).
    """
    if set(top_down.index) != set(bottom_up.index):
        raise InputError.missing_columns("the two routes", set(top_down.index) ^ set(bottom_up.index), top_down.index)
    top = top_down.reindex(bottom_up.index).astype(float)
    bottom = bottom_up.astype(float)
    if (top <= 0).any() or (bottom <= 0).any():
        raise InputError.out_of_range("factors", "0 or less", "numbers above 0", "leave out an empty market")
    high, low = top.prod(), bottom.prod()
    mean = low if np.isclose(high, low, rtol=1e-12) else (high - low) / np.log(high / low)
    frame = pd.DataFrame({"bottom_up": bottom, "top_down": top, "ratio": top / bottom})
    return frame.assign(effect=mean * np.log(frame["ratio"]))
