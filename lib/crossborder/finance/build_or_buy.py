"""Build or subscribe, own or outsource, cut or keep: costs over years with their break-even and their doubt."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["cost_cuts", "intensity", "own_or_outsource", "platform_cost", "technology_payback"]


def platform_cost(
    sales_usd: Sequence[float],
    *,
    rate_year: float,
    build_usd: float,
    build_year_usd: float,
    build_fee_share: float,
    subscribe_year_usd: float,
    subscribe_fee_share: float,
    overrun: float = 0.0,
) -> dict[str, float]:
    """Total cost of an own platform and of a subscription over the years of `sales_usd`, present value, USD.

    Own: `build_usd` today (times 1 + `overrun`), a team a year, payment fees. Subscription: a fee a year and a share of
    sales. `break_even_sales_usd` is the level yearly sales at which both cost the same (infinite if never).
    """
    sales = np.asarray(sales_usd, dtype=float)
    if not len(sales) or (sales < 0).any() or rate_year <= -1 or build_usd < 0 or overrun < -1:
        got = (sales.tolist(), rate_year, build_usd, overrun)
        raise InputError.out_of_range("sales, rate, build, overrun", got, "at least one year, none below 0")
    discount = (1 + rate_year) ** -np.arange(1, len(sales) + 1)
    upfront = build_usd * (1 + overrun)
    build = upfront + (discount * (build_year_usd + build_fee_share * sales)).sum()
    subscribe = (discount * (subscribe_year_usd + subscribe_fee_share * sales)).sum()
    saved = subscribe_fee_share - build_fee_share
    fixed = upfront / discount.sum() + build_year_usd - subscribe_year_usd
    return {
        "build_usd": float(build),
        "subscribe_usd": float(subscribe),
        "build_better_usd": float(subscribe - build),
        "break_even_sales_usd": float(max(fixed / saved, 0.0)) if saved > 0 else float("inf"),
    }


def technology_payback(
    cost_usd: float,
    saving_year_usd: tuple[float, float, float],
    *,
    fit_probability: float,
    years: int,
    rate_year: float,
    paths: int,
    rng: np.random.Generator,
    level: float = 0.9,
) -> dict[str, float]:
    """Payback of a technology whose saving comes only if it fits: value, chance of paying back, break-even fit.

    `saving_year_usd` is (low, base, high) of the yearly saving where it fits (5 %, 50 %, 95 %). `payback_years` is the
    undiscounted payback of the fitting case; `break_even_fit` the probability of fit at which the value is zero.
    """
    low, base, high = saving_year_usd
    if not low <= base <= high or not 0 <= fit_probability <= 1 or cost_usd <= 0 or years < 1:
        got = (saving_year_usd, fit_probability, cost_usd, years)
        raise InputError.out_of_range(
            "saving, fit, cost, years", got, "low <= base <= high, 0 to 1, above 0, 1 or more"
        )
    z = rng.standard_normal(paths)
    saving = base + np.where(z < 0, base - low, high - base) * z / 1.6448536269514722
    annuity = ((1 + rate_year) ** -np.arange(1.0, years + 1)).sum()
    value = np.where(rng.random(paths) < fit_probability, saving, 0.0) * annuity - cost_usd
    mean_saving = base + (high + low - 2 * base) / 1.6448536269514722 / np.sqrt(2 * np.pi)
    ends = np.quantile(value, [(1 - level) / 2, (1 + level) / 2])
    return {
        "value_usd": float(fit_probability * mean_saving * annuity - cost_usd),
        "low": float(ends[0]),
        "high": float(ends[1]),
        "pays_back": float((value > 0).mean()),
        "payback_years": cost_usd / mean_saving if mean_saving > 0 else float("inf"),
        "break_even_fit": cost_usd / (mean_saving * annuity) if mean_saving > 0 else float("inf"),
    }


def own_or_outsource(
    volume_year: float | tuple[float, float, float],
    *,
    own_fixed_usd: float,
    own_unit_usd: float,
    outsourced_unit_usd: float,
    outsourced_fixed_usd: float = 0.0,
) -> dict[str, float]:
    """An own centre (for calls, returns, packing) against a provider: yearly cost of both and the break-even volume.

    `volume_year` is a number or (low, middle, high). Break-even = difference of fixed cost / difference of unit cost;
    infinite where an own centre never wins.
    """
    low, middle, high = volume_year if isinstance(volume_year, tuple) else (volume_year,) * 3
    if not 0 <= low <= middle <= high or min(own_fixed_usd, own_unit_usd, outsourced_unit_usd) < 0:
        got = (volume_year, own_fixed_usd, own_unit_usd, outsourced_unit_usd)
        raise InputError.out_of_range("volume and costs", got, "at least 0, low <= middle <= high")
    cheaper = outsourced_unit_usd - own_unit_usd
    extra = own_fixed_usd - outsourced_fixed_usd
    gain = [cheaper * volume - extra for volume in (middle, low, high)]
    return {
        "own_usd": own_fixed_usd + own_unit_usd * middle,
        "outsourced_usd": outsourced_fixed_usd + outsourced_unit_usd * middle,
        "own_better_usd": gain[0],
        "low": min(gain[1:]),
        "high": max(gain[1:]),
        "break_even_volume": (max(extra, 0.0) / cheaper if cheaper > 0 else float("inf")) if extra > 0 else 0.0,
    }


def intensity(
    spend_usd: float, sales_usd: float, benchmark: tuple[float, float], *, margin: float, payback_years: float = 3.0
) -> dict[str, float]:
    """A spending's share of sales beside its benchmark, and the growth of sales that would pay it back.

    `benchmark` is (low, high); `needed_growth` is the rise of yearly sales, as a fraction, whose margin pays one year's
    spending back in `payback_years`.
    """
    if sales_usd <= 0 or spend_usd < 0 or not 0 < margin <= 1 or payback_years <= 0:
        got = (spend_usd, sales_usd, margin, payback_years)
        raise InputError.out_of_range("spend, sales, margin, years", got, "spend at least 0, the others above 0")
    share, (low, high) = spend_usd / sales_usd, benchmark
    return {
        "share": share,
        "benchmark_low": low,
        "benchmark_high": high,
        "to_benchmark_usd": max(low - share, 0.0) * sales_usd,
        "needed_growth": share / margin / payback_years,
    }


def cost_cuts(costs: pd.DataFrame, target_usd: float) -> pd.DataFrame:
    """Cost lines ranked for cutting, the least harmful saving first, up to a target a year, USD.

    `costs` has line, year_usd, cuttable (share that could go or be outsourced), criticality (0 to 1: how much of the
    saved amount is lost again in margin) and saving_share (of what is cut). Harm-adjusted saving = year x cuttable x
    saving_share x (1 - criticality). `chosen` marks the lines needed to reach the target.
    """
    needed = ["line", "year_usd", "cuttable", "criticality", "saving_share"]
    missing = set(needed) - set(costs.columns)
    if missing:
        raise InputError.missing_columns("costs", missing, costs.columns)
    shares = costs[["cuttable", "criticality", "saving_share"]].astype(float)
    if ((shares < 0) | (shares > 1)).any().any() or target_usd < 0:
        raise InputError.out_of_range("shares and target", (shares.max().to_dict(), target_usd), "0 to 1; at least 0")
    gross = costs["year_usd"] * costs["cuttable"] * costs["saving_share"]
    table = costs[["line", "year_usd", "criticality"]].assign(
        saving_usd=gross, net_usd=gross * (1 - costs["criticality"])
    )
    table = table.sort_values(["criticality", "net_usd"], ascending=[True, False], kind="stable", ignore_index=True)
    reached = table["net_usd"].cumsum()
    return table.assign(reached_usd=reached, chosen=(reached - table["net_usd"] < target_usd) & (table["net_usd"] > 0))
