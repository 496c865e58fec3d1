"""The answers of the market notebooks as tables, named results and words; numbers come in, nothing is computed anew."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.market import nowcast, own_forecasts, own_growth

__all__ = ["Checked", "ceiling_check", "growth_answer", "growth_results", "own_advice", "own_answer", "own_results",
           "present", "recommendation", "sizing_answer", "sizing_results", "truth_check"]  # fmt: skip


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


def growth_answer(
    estimates: pd.DataFrame, gate: pd.DataFrame, passed: pd.DataFrame, summary: pd.DataFrame, weights: pd.Series
) -> pd.DataFrame:
    """One row a market, by its chance to be first: growth with interval, verdicts, rank chances, share of the mix."""
    frame = summary[["p_first", "p_top3"]].join(estimates[["growth", "growth_low", "growth_high"]])
    frame = frame.join(gate[["probability", "verdict"]]).join(passed[["passes", "reasons"]]).join(weights.rename("mix"))
    return frame.rename_axis("market").reset_index()


def recommendation(answer: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """A sentence template and its values: the best market among those that pass all gates, and the best by score."""
    best, open_to = answer.iloc[0], answer[answer["passes"]]
    values = {"best": best["market"], "p": f"{best['p_first']:.0%}", "why": best["reasons"] or "nothing"}
    if open_to.empty:
        return "No market passes all gates; **{best}** scores best ({p}) and fails because: {why}.", values
    entry = open_to.iloc[0]
    values |= {"entry": entry["market"], "q": f"{entry['p_first']:.0%}", "verdict": entry["verdict"]}
    if entry["market"] == best["market"]:
        return "**{entry}** passes all gates (growth: {verdict}) and scores best most often ({q}).", values
    text = "**{entry}** is the best market that passes all gates (growth: {verdict}; first in {q}). "
    return text + "{best} scores best more often ({p}) but fails because: {why}.", values


def own_answer(found: own_growth.Growth | None, forecast: own_forecasts.Forecast | None) -> pd.DataFrame:
    """One row a market from own orders alone: growth with interval, share of revenue, forecast of the months ahead."""
    if found is None:
        return pd.DataFrame(columns=["market", "share", "growth", "low", "high"])
    table = found.table[["share", "growth", "low", "high"]].replace([np.inf, -np.inf], np.nan)
    if forecast is not None:
        sums = {market: fan.sum() for market, fan in forecast.fans.items()}
        table["ahead"] = pd.Series({market: float(fan["point"]) for market, fan in sums.items()})
    return table.reset_index()


def own_advice(found: own_growth.Growth | None, forecast: own_forecasts.Forecast | None) -> tuple[str, dict[str, str]]:
    """A sentence template and its values on own growth and the months ahead, for companies with orders alone."""
    if found is None:
        return "The orders do not go back far enough to tell growth.", {}
    sure = found.table[found.table["low"] > 0]
    values = {"count": len(sure), "all": len(found.table), "first": found.table.index[0]}
    if forecast is None:
        return (
            "Own revenue surely grows in **{count}** of {all} markets; {first} adds most. Published sales of the "
            "markets (`market_sales`) would tell which market to enter."
        ), values
    total = forecast.summary
    values |= {"months": forecast.horizon} | {name: _thousands(float(total[name])) for name in ("point", "low", "high")}
    return (
        "Own revenue surely grows in **{count}** of {all} markets; {first} adds most. The next {months} months should "
        "bring **USD {point} thousand** ({low} to {high}). Published sales of the markets (`market_sales`) would tell "
        "which market to enter."
    ), values


def _thousands(value: float) -> str:
    return f"{value / 1000:,.0f}"


def own_results(
    found: own_growth.Growth | None, forecast: own_forecasts.Forecast | None, level: float
) -> list[dict[str, object]]:
    """Named results of own growth and own forecast, as keywords of `reports.Result`."""
    rows: list[dict[str, object]] = []
    if found is not None:
        note = f"last {found.months} whole months against the {found.months} before"
        rows.append({"name": "market.own_growth.share", "value": float(found.total["growth"]),
                     "low": float(found.total["low"]), "high": float(found.total["high"]), "level": level,
                     "unit": "share", "note": note, "label": "growth of own revenue"})  # fmt: skip
    if forecast is not None:
        total, errors = forecast.summary, ("wape", "wape_seasonal_naive")
        sizes = {name: float(total[end]) for name, end in (("value", "point"), ("low", "low"), ("high", "high"))}
        rows.append({"name": "market.demand.next_months_usd", **sizes, "level": level, "unit": "USD",
                     "label": "own revenue in the months forecast"})  # fmt: skip
        rows += [{"name": f"market.demand.{name}", "value": float(total[name]), "unit": "share"} for name in errors]
    return rows


def growth_results(
    total: pd.Series,
    answer: pd.DataFrame,
    forecast: dict[str, float],
    volatility: dict[str, float],
    numbers: dict[str, float],
    level: float,
) -> list[dict]:
    """Named results of `12_market_growth`, as keywords of `reports.Result`; the first three are the headline."""
    first, entry = answer.iloc[0], answer[answer["passes"]].head(1)
    open_to = entry["market"].squeeze() if len(entry) else ""
    rows = [
        {"name": "market.growth.year", "value": total["growth"], "low": total["growth_low"],
         "high": total["growth_high"], "level": level, "unit": "share", "label": "growth of our markets a year"},
        {"name": "market.entry.chosen_p_first", "value": entry["p_first"].squeeze() if len(entry) else None,
         "unit": "share", "note": open_to or "no market passes all gates",
         "label": f"chance of {open_to or 'a market'} to be the best, and it passes all gates"},
        {"name": "market.demand.next_months_usd", "value": forecast["point"], "low": forecast["low"],
         "high": forecast["high"], "level": level, "unit": "USD", "label": "own revenue in the months forecast"},
        {"name": "market.entry.p_first", "value": first["p_first"], "unit": "share", "note": first["market"],
         "label": f"chance of {first['market']} to be the best market, gates aside"},
        {"name": "market.demand.wape", "value": forecast["wape"], "unit": "share", "note": str(forecast["method"])},
        {"name": "market.demand.wape_seasonal_naive", "value": forecast["wape_seasonal_naive"], "unit": "share"},
        {"name": "market.demand.interval_covered", "value": forecast["covered"], "unit": "share",
         "label": "later months inside intervals set before"},
        {"name": "market.gate.passing", "value": answer["passes"].sum(), "unit": "markets"},
        {"name": "market.portfolio.volatility_change", "value": volatility["change"], "low": volatility["low"],
         "high": volatility["high"], "level": level, "unit": "share"},
        {"name": "market.portfolio.volatility_change_held_out", "value": volatility["held_out"], "unit": "share"},
    ]  # fmt: skip
    rows += [{"name": f"market.trust.{k}", "value": v, "unit": "share"} for k, v in numbers.items()]
    numeric = ("value", "low", "high")
    return [{k: float(v) if k in numeric and v is not None else v for k, v in row.items()} for row in rows]


def ceiling_check(ceilings: pd.DataFrame, known: pd.DataFrame | None, weights: pd.Series, level: float) -> Checked:
    """Fitted ceilings of online penetration against the simulated ones (cells weighted by retail sales `weights`)."""
    if known is None:
        return Checked("The company is not simulated, so the true ceilings are not known.", {}, {})
    true = known.set_index(["market", "category"])["penetration_ceiling"]
    weight = weights.reindex(true.index).fillna(0.0)
    total = (true * weight).groupby("market").sum() / weight.groupby("market").sum()
    total = total.reindex(ceilings.index)
    inside = ceilings["ceiling_low"].le(total) & ceilings["ceiling_high"].ge(total)
    error = (ceilings["ceiling"] / total - 1).abs().mean()
    text = (
        "Against the simulated truth, **{inside}** of {count} ceilings lie in their {level} interval; the mean error "
        "of a ceiling is {error}. The truth follows another curve (Bass) than the one fitted."
    )
    values = {"inside": int(inside.sum()), "count": len(ceilings), "level": f"{level:.0%}", "error": f"{error:.1%}"}
    return Checked(text, values, {"ceiling_covered": float(inside.mean()), "ceiling_error": float(error)})
