"""Everything known of each idea in one row: gates, probability, worth of a piece; and the list that a buyer acts on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.selection import gates, launch_success, life_cycle, portfolio
from crossborder.selection.launch_success import SuccessModel

if TYPE_CHECKING:
    import ibis

__all__ = [
    "Appraisal",
    "against_truth",
    "appraise",
    "buying_list",
    "fix_premium",
    "in_words",
    "limits_of",
    "market_pulse",
    "sales_of_a_success",
    "sources",
    "supplier_form",
    "terms_of",
    "units_by_product",
]


@dataclass(frozen=True)
class Appraisal:
    """`ideas` (one row each), `findings` of the gates, `margins` (gross, contribution, price needed)."""

    ideas: pd.DataFrame
    findings: pd.DataFrame
    margins: pd.DataFrame


def limits_of(assumptions: pd.DataFrame | None, **known: float | str) -> gates.Limits:
    """Where the gates stand, from the table of assumptions; `known` values win, what is absent keeps its default."""
    names = {"margin": "selection.margin.gate", "certificate_factor": "selection.certification.cost_factor"}
    return gates.Limits(**{**_found(assumptions, names), **known})


def terms_of(assumptions: pd.DataFrame | None, launches: pd.DataFrame, **known: float) -> portfolio.Terms:
    """What launches earn: life from the assumptions, spread and failures from past launches; `known` values win."""
    found = _found(assumptions, {"months": "selection.lifecycle.months"})
    return portfolio.Terms(**{**portfolio.outcome_factors(launches), **found, **known})


def _found(assumptions: pd.DataFrame | None, names: dict[str, str]) -> dict[str, float]:
    if assumptions is None:
        return {}
    base = assumptions.set_index("name")["base"]
    return {field: float(base[name]) for field, name in names.items() if name in base.index}


def appraise(
    candidates: pd.DataFrame,
    suppliers: pd.DataFrame,
    on: str | pd.Timestamp,
    limits: gates.Limits,
    model: SuccessModel,
    level: float = 0.9,
) -> Appraisal:
    """Gates, probability of success and contribution a piece of every idea.

    `candidates` with landed_cost_usd, door_cost_usd and advertising_share (see `gates.margin`). What must be fixed
    costs fix_cost_usd and fix_days; content that offends is taken as fixed, so no sales are lost to it.
    """
    findings = gates.run(candidates, suppliers, on, limits)
    margins = gates.margin(candidates, limits)
    odds = launch_success.score(candidates, model, level)
    names = {"low": "probability_low", "high": "probability_high"}
    ideas = pd.concat([candidates.reset_index(drop=True), odds.reset_index(drop=True).rename(columns=names)], axis=1)
    ideas["contribution_margin"] = margins["contribution_margin"].to_numpy()
    ideas["piece_usd"] = ideas["contribution_margin"] * ideas["price_usd"]
    fixes = {"cost_usd": "fix_cost_usd", "cost_low_usd": "fix_cost_low_usd", "cost_high_usd": "fix_cost_high_usd"}
    verdict = gates.verdicts(findings).rename(columns={**fixes, "days": "fix_days"})
    ideas = ideas.merge(verdict, on="candidate_id", how="left")
    ideas["cost_usd"] = ideas["launch_cost_usd"] + ideas["fix_cost_usd"]
    return Appraisal(ideas, findings, margins)


def buying_list(picks: portfolio.Picks, changes: pd.DataFrame) -> pd.DataFrame:
    """The picks by value: product, market, probability and value with intervals, cost, what to fix, where they drop."""
    chosen = picks.table[picks.table["chosen"]]
    table = chosen.merge(changes.drop(columns="value_usd"), on="candidate_id")
    columns = [
        "candidate_id", "name", "market", "probability", "probability_low", "probability_high", "value_usd", "low_usd",
        "high_usd", "cost_usd", "fix_first", "fix_days", "drops_below_probability", "replaced_by",
    ]  # fmt: skip
    table["fix_first"] = table["fix_first"].replace("", "nothing")
    return table[columns].sort_values("value_usd", ascending=False, ignore_index=True)


def fix_premium(ideas: pd.DataFrame, terms: portfolio.Terms, rng: np.random.Generator) -> pd.DataFrame:
    """What certificates and other fixes cost each idea that needs one: up-front cost, delay and value lost, USD."""
    rows = ideas[(ideas["verdict"] == "fix")].reset_index(drop=True)
    seed = int(rng.integers(2**32))
    whole = portfolio.launch_values(rows, terms, np.random.default_rng(seed))[0]
    free = rows.assign(fix_cost_usd=0.0, fix_cost_low_usd=0.0, fix_cost_high_usd=0.0, fix_days=0.0)
    without = portfolio.launch_values(free, terms, np.random.default_rng(seed))[0]
    table = rows[["candidate_id", "name", "market", "fix_cost_usd", "fix_days", "fix_first"]]
    lost = without["value_usd"] - whole["value_usd"]
    share = rows["fix_cost_usd"] / rows["launch_cost_usd"]
    table = table.assign(cost_share=share, value_lost_usd=lost, still_pays=whole["value_usd"] > 0)
    return table.sort_values("value_lost_usd", ascending=False, ignore_index=True)


DATED_BY = {
    "candidates": "proposed_on", "launches": "decided_on", "listings": "listed_on", "reviews": "date",
    "search_interest": "week", "keywords": "month",
}  # fmt: skip


def sources(table: Callable[[str], pd.DataFrame | None], names: list[str]) -> tuple[dict, dict[str, str]]:
    """Tables by name (None where absent) and the columns that date them, as `signals.coverage` takes them."""
    return {name: table(name) for name in names}, DATED_BY


def sales_of_a_success(launches: pd.DataFrame) -> tuple[float, float]:
    """Mean yearly sales of a successful launch, USD (four times those of 90 days), and their log spread."""
    won = launches[launches["success"].fillna(False).astype(bool) & launches["units_90_days"].notna()]
    sales = 4 * won["units_90_days"].astype(float) * won["price_usd"]
    return float(sales.mean()), float(np.log(sales.dropna()).std(ddof=1))


def market_pulse(
    interest: pd.DataFrame | None,
    orders: "ibis.Table | None",
    products: pd.DataFrame | None,
    last: str | pd.Timestamp,
    level: float = 0.9,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Life-cycle stage by market and category from searches, and monthly season from own sales.

    Without searches nothing grows, without sales there is no season: both come back neutral for what is absent.
    """
    if interest is None:
        index = pd.MultiIndex.from_arrays([[], []], names=["market", "category"])
        names = ["stage", "probability", "growth", "low", "high", "acceleration", "saturation"]
        stage = pd.DataFrame(columns=names, index=index).astype({"growth": float})
    else:
        wide = interest.pivot_table(index="week", columns=["market", "category"], values="interest", aggfunc="mean")
        stage = life_cycle.stages(wide, level=level)
    if orders is None or products is None:
        columns = stage.index if len(stage) else pd.MultiIndex.from_tuples([("", "")], names=["market", "category"])
        return stage, pd.DataFrame(1.0, index=range(1, 13), columns=columns)
    return stage, life_cycle.season(life_cycle.monthly_units(orders, products, last))


def units_by_product(orders: "ibis.Table", products: pd.DataFrame, last: str | pd.Timestamp) -> pd.Series:
    """Pieces of each product in the last twelve months; products without a sale count 0."""
    since = pd.Timestamp(last) - pd.DateOffset(years=1)
    recent = orders.filter(orders.ordered_at.cast("date") > since.date())
    sold = recent.group_by("sku").aggregate(units=recent.quantity.sum()).to_pandas().set_index("sku")["units"]
    return sold.reindex(products["sku"]).fillna(0.0)


def supplier_form(picked: pd.DataFrame, suppliers: pd.DataFrame) -> pd.DataFrame:
    """What to ask each supplier of a pick: product, pieces for six months, smallest order, lead time, papers."""
    rows = picked.merge(suppliers, on="supplier_id", suffixes=("", "_supplier"))
    form = rows[["supplier_id", "name_supplier", "candidate_id", "name", "market"]].rename(
        columns={"name_supplier": "supplier", "name": "product"}
    )
    return form.assign(
        pieces_six_months=6 * rows["expected_units_month"],
        min_order_quantity=rows["min_order_quantity"],
        lead_time_days=rows["lead_time_days_mean"],
        papers=rows["fix_first"],
    )


def against_truth(ideas: pd.DataFrame, known: pd.DataFrame | None) -> pd.DataFrame | None:
    """Probabilities against known true ones: correlation, mean error, share inside the interval; None without truth."""
    if known is None:
        return None
    both = ideas.merge(known, on="candidate_id")
    gap = both["probability"] - both["true_probability"]
    inside = both["true_probability"].between(both["probability_low"], both["probability_high"])
    measures = {
        "correlation with the truth": both["probability"].corr(both["true_probability"]),
        "mean error": gap.mean(),
        "mean absolute error": gap.abs().mean(),
        "share of intervals that hold the truth": inside.mean(),
    }
    return pd.DataFrame({"measure": list(measures), "value": list(measures.values())})


def in_words(binding: list[str]) -> str:
    """The caps that bind, as words: budget, supplier S034, market US."""
    return ", ".join(name.replace("supplier_id", "supplier") for name in binding) or "no cap"
