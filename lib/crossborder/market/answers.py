"""The answers of the market notebooks as tables, named results and words; numbers come in, nothing is computed anew."""

from dataclasses import dataclass

import pandas as pd

from crossborder.market import nowcast

__all__ = ["Checked", "present", "sizing_answer", "sizing_results", "truth_check"]


@dataclass(frozen=True)
class Checked:
    """How estimates fared against a known truth: a sentence, its values, and the numbers (empty without a truth)."""

    text: str
    values: dict[str, str]
    numbers: dict[str, float]


def present(**parts: object) -> dict[str, object]:
    """The parts that are there: a section without its table leaves a None, which is not recorded."""
    return {name: part for name, part in parts.items() if part is not None}


def sizing_answer(world: pd.DataFrame, total: pd.Series, routes: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a size: `what`, `value`, `low`, `high` (USD), `rests_on`; world sizes come in tn USD."""
    rows = [
        (f"world, {name}", 1e12 * r["median"], 1e12 * r["low"], 1e12 * r["high"], r["kind"])
        for name, r in world.iterrows()
    ]
    rows.append(("our markets and categories", total["size"], total["size_low"], total["size_high"], "published sales"))
    for route, frame in routes.items():
        for stage in ("SAM", "SOM"):
            r = frame.loc[stage]
            rows.append((f"{stage}, {route}", r["median"], r["low"], r["high"], "company's assumptions"))
    return pd.DataFrame(rows, columns=["what", "value", "low", "high", "rests_on"])


def sizing_results(
    world: pd.DataFrame, total: pd.Series, routes: dict[str, pd.DataFrame], checked: Checked, level: float
) -> list[dict]:
    """Named results of `11_market_sizing`, as keywords of `reports.Result`; the first three are the headline."""
    size = {"low": total["size_low"], "high": total["size_high"], "level": level, "unit": "USD"}
    rows = [
        {
            "name": "market.size.own_markets_usd",
            "value": total["size"],
            **size,
            "label": "our categories in our markets",
        }
    ]
    for route, stage in (("top-down", "SOM"), ("bottom-up", "SOM"), ("top-down", "SAM"), ("bottom-up", "TAM")):
        r = routes[route].loc[stage]
        name = f"market.{stage.lower()}.{route.replace('-', '_')}_usd"
        label = {"SOM": "obtainable", "SAM": "serviceable", "TAM": "total"}[stage] + f" market, {route}"
        rows.append(
            {
                "name": name,
                "value": r["median"],
                "low": r["low"],
                "high": r["high"],
                "level": level,
                "unit": "USD",
                "label": label,
            }
        )
    for name, r in zip(("b2c", "with_b2b", "all_online"), world.itertuples(), strict=False):
        note = f"definition: {r.Index}; {r.kind}"
        size = {"value": 1e12 * r.median, "low": 1e12 * r.low, "high": 1e12 * r.high, "level": level, "unit": "USD"}
        rows.append({"name": f"market.world.{name}_usd", **size, "note": note})
    growth = {"low": total["growth_low"], "high": total["growth_high"], "level": level, "unit": "share"}
    rows.append({"name": "market.growth.own_markets", "value": total["growth"], **growth, "note": "a year"})
    rows += [{"name": f"market.trust.{k}", "value": v, "unit": "share"} for k, v in checked.numbers.items()]
    return [{k: float(v) if k in ("value", "low", "high") else v for k, v in row.items()} for row in rows]


def truth_check(found: nowcast.Nowcast, known: pd.DataFrame | None) -> Checked:
    """The nowcast against the simulated truth (`year`, `market`, `category`, `sales_usd`), or why there is none."""
    if known is None:
        return Checked(
            "The company is not simulated, so the true sizes are not known; the back-test above is the check.", {}, {}
        )
    true = known.pivot_table(index="year", columns=["market", "category"], values="sales_usd")
    now, before = true.loc[found.year], true.loc[found.year - 1]
    numbers = nowcast.against_truth(found.estimates, now, now / before - 1)
    text = (
        "Against the simulated truth, {level} intervals hold **{size}** of the {count} true sizes and **{growth}** "
        "of the true growth rates; the mean error is {error} (published figures: {published})."
    )
    values = {
        "level": f"{found.level:.0%}",
        "size": f"{numbers['size_covered']:.0%}",
        "growth": f"{numbers['growth_covered']:.0%}",
        "count": len(found.estimates),
        "error": f"{numbers['size_error']:.1%}",
        "published": f"{numbers['published_error']:.1%}",
    }
    return Checked(text, values, numbers)
