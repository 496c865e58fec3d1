"""After a pilot: scale, fix or stop, by the expected loss of each, from what was sold, sent back and said."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError

if TYPE_CHECKING:
    import ibis

__all__ = [
    "Decision",
    "Pilot",
    "Stakes",
    "better_rate",
    "decide",
    "decide_all",
    "first_weeks",
    "mix_shift",
    "mix_table",
    "pilot_of",
    "priced",
    "regions",
    "stakes_of",
    "version_counts",
]


@dataclass(frozen=True)
class Pilot:
    """What a pilot showed: pieces in stock and sold, sent back, reviews and how many of them good (4 or 5 stars)."""

    stock: int
    sold: int
    returned: int
    reviews: int
    good_reviews: int

    def __post_init__(self) -> None:
        if not (0 <= self.sold <= self.stock and self.stock > 0 and 0 <= self.returned <= self.sold):
            raise InputError.out_of_range(
                "pilot", (self.stock, self.sold, self.returned), "stock above 0, 0 <= returned <= sold <= stock"
            )
        if not 0 <= self.good_reviews <= self.reviews:
            raise InputError.out_of_range("good_reviews", self.good_reviews, f"0 to {self.reviews}")


@dataclass(frozen=True)
class Stakes:
    """What is at stake when scaling, USD and fractions.

    `piece_usd`: contribution of a piece kept; `return_usd`: cost of one sent back; `unsold_usd`: loss on a piece not
    sold; `scale_units`: pieces of the next order; `fixed_usd`: cost of scaling. A fix costs `fix_usd`, delays by
    `fix_delay_share` of the season's sales, cuts returns by `fix_return_cut` and lifts sell-through by `fix_lift`.
    """

    piece_usd: float
    return_usd: float
    unsold_usd: float
    scale_units: int
    fixed_usd: float = 0.0
    fix_usd: float = 0.0
    fix_delay_share: float = 0.1
    fix_return_cut: float = 0.5
    fix_lift: float = 0.1


@dataclass(frozen=True)
class Decision:
    """`choice` is the action with the smallest expected loss (against knowing the truth).

    `actions`: expected profit and loss, and the probability of being best. `rates`: sell-through, return rate and
    share of good reviews with 90 % intervals. `draws`: sell_through, return_rate and profits, for figures.
    """

    choice: str
    actions: pd.DataFrame
    rates: pd.DataFrame
    draws: pd.DataFrame


def decide(
    pilot: Pilot,
    stakes: Stakes,
    rng: np.random.Generator,
    *,
    carry_over_log_sd: float = 0.2,
    prior: tuple[float, float] = (2.0, 2.0),
    prior_returns: tuple[float, float] = (2.0, 18.0),
    draws: int = 20_000,
) -> Decision:
    """Expected profit and loss of scaling now, fixing first, and stopping.

    Beta posteriors of sell-through and return rate (priors worth 4 and 20 pieces); a larger market differs from the
    pilot's by a log-normal factor with `carry_over_log_sd`. Pieces of one order are treated as independent: with few
    buyers of many pieces the intervals are too short.
    Source: Raiffa and Schlaifer (1961); the expected loss is the expected value of perfect information of each action.
    """
    sell = rng.beta(prior[0] + pilot.sold, prior[1] + pilot.stock - pilot.sold, draws)
    back = rng.beta(prior_returns[0] + pilot.returned, prior_returns[1] + pilot.sold - pilot.returned, draws)
    liked = rng.beta(1 + pilot.good_reviews, 1 + pilot.reviews - pilot.good_reviews, draws)
    later = np.exp(carry_over_log_sd * rng.standard_normal(draws) - carry_over_log_sd**2 / 2)
    now = np.minimum(sell * later, 1.0)
    fixed = np.minimum(now * (1 + stakes.fix_lift) * (1 - stakes.fix_delay_share), 1.0)
    profit = pd.DataFrame(
        {
            "scale": _profit(now, back, stakes) - stakes.fixed_usd,
            "fix": _profit(fixed, back * (1 - stakes.fix_return_cut), stakes) - stakes.fixed_usd - stakes.fix_usd,
            "stop": np.zeros(draws),
        }
    )
    actions = _actions(profit)
    rates = pd.DataFrame({"sell_through": sell, "return_rate": back, "good_reviews": liked})
    ends = rates.quantile([0.05, 0.95])
    table = pd.DataFrame({"value": rates.mean(), "low": ends.iloc[0], "high": ends.iloc[1]})
    choice = str(actions["expected_loss_usd"].idxmin())
    return Decision(choice, actions.rename_axis("action"), table.rename_axis("rate"), rates.join(profit))


def _actions(profit: pd.DataFrame) -> pd.DataFrame:
    best, ends = profit.max(axis=1), profit.quantile([0.05, 0.95])
    return pd.DataFrame(
        {
            "expected_usd": profit.mean(),
            "low_usd": ends.iloc[0],
            "high_usd": ends.iloc[1],
            "expected_loss_usd": profit.rsub(best, axis=0).mean(),
            "best": profit.eq(best, axis=0).mean(),
        }
    )


def _profit(sell: np.ndarray, back: np.ndarray, stakes: Stakes) -> np.ndarray:
    sold = stakes.scale_units * sell
    kept = sold * (1 - back)
    return kept * stakes.piece_usd - sold * back * stakes.return_usd - (stakes.scale_units - sold) * stakes.unsold_usd


def regions(stakes: Stakes, sell: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Best action for known rates on a grid, 0 scale, 1 fix, 2 stop; rows are return rates, columns sell-through."""
    s, b = np.meshgrid(sell, back)
    fixed = np.minimum(s * (1 + stakes.fix_lift) * (1 - stakes.fix_delay_share), 1.0)
    options = [
        _profit(s, b, stakes) - stakes.fixed_usd,
        _profit(fixed, b * (1 - stakes.fix_return_cut), stakes) - stakes.fixed_usd - stakes.fix_usd,
        np.zeros_like(s),
    ]
    return np.argmax(np.stack(options), axis=0)


def first_weeks(
    orders: "ibis.Table", products: pd.DataFrame, purchases: pd.DataFrame, reviews: pd.DataFrame | None, weeks: int = 13
) -> pd.DataFrame:
    """Every product's first weeks on sale as a pilot: one row a SKU launched within the orders' time.

    Columns: sku, name, category, launched_on, markets, stock (pieces bought by the end of the weeks), sold, returned,
    reviews, good_reviews (all markets). Products launched before the first order, or too late, are left out.
    """
    import ibis

    first, last = orders.aggregate(a=orders.ordered_at.min(), b=orders.ordered_at.max()).execute().iloc[0]
    first, last = (pd.Timestamp(x).tz_localize(None) if pd.Timestamp(x).tz is None else pd.Timestamp(x).tz_convert(None)
                   for x in (first, last))  # fmt: skip
    span = pd.Timedelta(weeks=weeks)
    new = products[(products["launched_on"] > first) & (products["launched_on"] + span <= last)]
    if new.empty:
        return pd.DataFrame(columns=["sku", "name", "category", "launched_on", "markets", "stock", "sold", "returned"])
    begun = ibis.memtable(new[["sku", "launched_on"]].astype({"launched_on": "datetime64[us]"}))
    rows = orders.inner_join(begun, "sku")
    day = rows.ordered_at.cast("date")
    rows = rows.filter(
        (day >= rows.launched_on.cast("date")) & (day < rows.launched_on.cast("date") + ibis.interval(weeks=weeks))
    )
    sums = rows.group_by("sku").aggregate(
        sold=rows.quantity.sum(), returned=rows.returned.sum(), markets=rows.market.nunique()
    ).to_pandas()  # fmt: skip
    table = (
        new[["sku", "name", "category", "launched_on"]]
        .merge(sums, on="sku", how="left")
        .fillna({"sold": 0, "returned": 0, "markets": 0})
    )
    bought = purchases.merge(new[["sku", "launched_on"]], on="sku")
    bought = bought[bought["received_on"] <= bought["launched_on"] + span].groupby("sku")["quantity"].sum()
    table["stock"] = np.maximum(table["sku"].map(bought).fillna(0).astype(float), table["sold"].astype(float)).astype(
        int
    )
    said = _said(reviews, new, span)
    table["reviews"] = table["sku"].map(said["reviews"]).fillna(0).astype(int)
    table["good_reviews"] = table["sku"].map(said["good"]).fillna(0).astype(int)
    return table.astype({"sold": int, "returned": int, "markets": int})


def _said(reviews: pd.DataFrame | None, new: pd.DataFrame, span: pd.Timedelta) -> pd.DataFrame:
    if reviews is None:
        return pd.DataFrame({"reviews": pd.Series(dtype=int), "good": pd.Series(dtype=int)})
    rows = reviews.merge(new[["sku", "launched_on"]], on="sku")
    rows = rows[(rows["date"] >= rows["launched_on"]) & (rows["date"] < rows["launched_on"] + 2 * span)]
    return (
        rows.assign(good=(rows["rating"] >= 4).astype(int))
        .groupby("sku")
        .agg(reviews=("good", "size"), good=("good", "sum"))
    )


def mix_shift(before: dict[str, int], after: dict[str, int], version: str, level: float = 0.9) -> pd.Series:
    """Share of one version among all sold, before and after a change: shares, lift with interval, p value.

    Newcombe's interval for the difference of two shares (1998, method 10), two-sided p value from the pooled z test.
    """
    from scipy.special import ndtr

    from crossborder.selection.launch_review import wilson

    for name, counts in {"before": before, "after": after}.items():
        if version not in counts or sum(counts.values()) < 1:
            raise InputError.unknown(f"version in {name}", version, counts)
    hits = np.array([before[version], after[version]], dtype=float)
    total = np.array([sum(before.values()), sum(after.values())], dtype=float)
    share = hits / total
    low, high = wilson(hits, total, level)
    lift = share[1] - share[0]
    down = np.sqrt((share[1] - low[1]) ** 2 + (high[0] - share[0]) ** 2)
    up = np.sqrt((high[1] - share[1]) ** 2 + (share[0] - low[0]) ** 2)
    pooled = hits.sum() / total.sum()
    error = np.sqrt(pooled * (1 - pooled) * (1 / total).sum())
    p = 2 * ndtr(-abs(lift) / error) if error > 0 else 1.0
    return pd.Series(
        {"before": share[0], "after": share[1], "lift": lift, "low": lift - down, "high": lift + up, "p_value": p}
    )


def better_rate(
    control: tuple[float, float], treated: tuple[float, float], prior: tuple[float, float] = (1.0, 1.0)
) -> dict[str, float]:
    """Chance that the treated arm's rate is higher, and what either choice would lose on average (rates).

    Arms are (converted, exposed) with Beta posteriors. loss_if_kept: mean shortfall of the control where the treated
    arm is better; loss_if_changed: the other way round. By integration of the distribution functions, without draws.
    Source: Stucchio (2015), Bayesian A/B testing at VWO, sections 3 and 4.
    """
    from scipy.special import betainc, betaincinv

    for name, (hits, count) in {"control": control, "treated": treated}.items():
        if not 0 <= hits <= count:
            raise InputError.out_of_range(name, (hits, count), "converted from 0 to exposed")
    ends = [(prior[0] + hits, prior[1] + count - hits) for hits, count in (control, treated)]
    low = min(float(betaincinv(a, b, 1e-13)) for a, b in ends)
    high = max(float(1 - betaincinv(b, a, 1e-13)) for a, b in ends)
    nodes, weights = _gauss(800)
    x, step = low + (nodes + 1) / 2 * (high - low), weights * (high - low) / 2
    first, second = (betainc(a, b, x) for a, b in ends)
    changed, kept = float(step @ ((1 - first) * second)), float(step @ (first * (1 - second)))
    # P(B > A) is the mean of the control's distribution function under the treated arm's density.
    density = np.diff(betainc(*ends[1], np.linspace(low, high, 20_001)))
    middle = (np.linspace(low, high, 20_001)[1:] + np.linspace(low, high, 20_001)[:-1]) / 2
    return {"better": float(density @ betainc(*ends[0], middle)), "loss_if_kept": kept, "loss_if_changed": changed}


@cache
def _gauss(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss and Legendre from -1 to 1; many points take long to find."""
    return np.polynomial.legendre.leggauss(points)


def stakes_of(
    price_usd: float,
    unit_cost_usd: float,
    scale_units: int,
    *,
    piece_share: float = 0.30,
    return_share: float = 0.25,
    unsold_share: float = 0.35,
    fix_usd: float = 1200.0,
) -> Stakes:
    """Stakes from price and purchase price.

    A kept piece earns `piece_share` of the price, a returned one costs `return_share` of it, an unsold one loses
    `unsold_share` of the purchase price (markdown).
    """
    if price_usd <= 0 or unit_cost_usd < 0:
        raise InputError.out_of_range("price and cost", (price_usd, unit_cost_usd), "a price above 0, a cost from 0")
    return Stakes(
        piece_usd=piece_share * price_usd,
        return_usd=return_share * price_usd,
        unsold_usd=unsold_share * unit_cost_usd,
        scale_units=scale_units,
        fix_usd=fix_usd,
    )


def decide_all(
    pilots: pd.DataFrame, scale_units: int, rng: np.random.Generator, draws: int = 4000, **shares: float
) -> pd.DataFrame:
    """A decision for every pilot: choice, expected value with interval and expected loss, sell-through and return rate.

    `pilots`: the columns of `first_weeks` with price_usd and unit_cost_usd. Sorted by what the choice is worth.
    """
    rows = [_one_row(row, scale_units, rng, draws, shares) for row in pilots.itertuples() if row.stock > 0]
    if not rows:
        raise InputError.out_of_range("pilots", len(pilots), "at least one with stock")
    return pd.DataFrame(rows).sort_values("expected_usd", ascending=False, ignore_index=True)


def pilot_of(row: object) -> Pilot:
    """The pilot in one row of `first_weeks`."""
    return Pilot(
        int(row.stock), int(row.sold), min(int(row.returned), int(row.sold)), int(row.reviews), int(row.good_reviews)
    )


def _one_row(row: object, scale_units: int, rng: np.random.Generator, draws: int, shares: dict) -> dict:
    made = decide(pilot_of(row), stakes_of(row.price_usd, row.unit_cost_usd, scale_units, **shares), rng, draws=draws)
    best = made.actions.loc[made.choice]
    sell, back = made.rates.loc["sell_through"], made.rates.loc["return_rate"]
    return {
        "sku": row.sku, "name": row.name, "choice": made.choice, "expected_usd": best["expected_usd"],
        "low_usd": best["low_usd"], "high_usd": best["high_usd"], "expected_loss_usd": best["expected_loss_usd"],
        "sell_through": sell["value"], "sell_low": sell["low"], "sell_high": sell["high"],
        "return_rate": back["value"], "return_low": back["low"], "return_high": back["high"],
    }  # fmt: skip


def priced(pilots: pd.DataFrame, products: pd.DataFrame, on: str | pd.Timestamp) -> pd.DataFrame:
    """The pilots with price_usd (reference price) and unit_cost_usd; those without either are left out."""
    from crossborder.reference import exchange

    facts = products.dropna(subset=["unit_cost", "list_price_usd"]).set_index("sku")
    rows = pilots[pilots["sku"].isin(facts.index)].reset_index(drop=True)
    mine = facts.loc[rows["sku"]]
    cost = exchange.convert(mine["unit_cost"].to_numpy(), mine["currency"].to_numpy(), on)
    return rows.assign(price_usd=mine["list_price_usd"].to_numpy(), unit_cost_usd=cost)


def version_counts(
    orders: "ibis.Table", products: pd.DataFrame, split: str | pd.Timestamp, days: int = 180
) -> tuple[dict[str, int], dict[str, int]]:
    """Pieces by version (first word of the name) in the `days` before and after `split`."""
    day = pd.Timestamp(split)
    date = orders.ordered_at.cast("date")
    low, high = day - pd.Timedelta(days=days), day + pd.Timedelta(days=days)
    near = orders.filter((date >= low.date()) & (date < high.date()))
    late = (near.ordered_at.cast("date") >= day.date()).name("late")
    sums = near.group_by(["sku", late]).aggregate(units=near.quantity.sum()).to_pandas()
    version = sums["sku"].map(products.set_index("sku")["name"].str.split(" ").str[0])
    table = sums.groupby([version, "late"])["units"].sum()
    both = [
        table.xs(flag, level="late") if flag in table.index.get_level_values("late") else {} for flag in (False, True)
    ]
    return tuple({str(k): int(v) for k, v in dict(part).items()} for part in both)


def mix_table(before: dict[str, int], after: dict[str, int], level: float = 0.9) -> pd.DataFrame:
    """`mix_shift` of every version, largest change first, with p values corrected for their number (Holm)."""
    names = sorted(set(before) & set(after))
    table = pd.DataFrame(
        [mix_shift(before, after, name, level) for name in names], index=pd.Index(names, name="version")
    )
    order = table["p_value"].rank(method="first")
    step = (table["p_value"] * (len(names) + 1 - order)).clip(upper=1).sort_values().cummax()
    table["p_holm"] = step.reindex(table.index)
    return table.sort_values("lift", key=np.abs, ascending=False).reset_index()
