"""Where money should come from: debt or equity under covenants, grants and soft loans, and what payments cost."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crossborder.errors import InputError, Refusal

__all__ = ["debt_or_equity", "grant_value", "loan_schedule", "payment_costs", "soft_loan_value", "yearly_earnings"]


def loan_schedule(
    principal_usd: float, rate_year: float, years: int, *, grace_years: int = 0, kind: str = "even"
) -> pd.DataFrame:
    """Yearly interest, repayment and balance of a loan; `kind` "even" (equal repayments), "annuity", or "bullet".

    In the grace years only interest is paid. Source: any text on annuities; payment = P r / (1 - (1 + r)^-n).
    """
    if kind not in ("even", "annuity", "bullet"):
        raise InputError.unknown("kind", kind, ("even", "annuity", "bullet"))
    if principal_usd < 0 or years < 1 or not 0 <= grace_years < years or rate_year <= -1:
        got = (principal_usd, years, grace_years, rate_year)
        raise InputError.out_of_range("principal, years, grace, rate", got, "at least 0; grace under years; above -1")
    n = years - grace_years
    balance, rows = float(principal_usd), []
    annuity = balance / n if rate_year == 0 else balance * rate_year / (1 - (1 + rate_year) ** -n)
    for year in range(1, years + 1):
        interest = balance * rate_year
        repaid = {"even": principal_usd / n, "annuity": annuity - interest, "bullet": 0.0}[kind]
        repaid = 0.0 if year <= grace_years else repaid
        repaid = balance if year == years else repaid
        balance -= repaid
        rows.append((year, interest, repaid, interest + repaid, balance))
    return pd.DataFrame(rows, columns=["year", "interest_usd", "repaid_usd", "paid_usd", "balance_usd"])


def soft_loan_value(
    principal_usd: float, rate_year: float, market_rate: float, years: int, *, grace_years: int = 0, kind: str = "even"
) -> float:
    """Present value gained by a loan below the market rate, USD: what is lent less the payments at the market rate.

    The grant element of a loan (OECD, DAC method) is this value over the principal.
    """
    paid = loan_schedule(principal_usd, rate_year, years, grace_years=grace_years, kind=kind)["paid_usd"].to_numpy()
    if market_rate <= -1:
        raise InputError.out_of_range("market_rate", market_rate, "above -1")
    return float(principal_usd - (paid * (1 + market_rate) ** -np.arange(1, years + 1)).sum())


def grant_value(
    grant_usd: float,
    *,
    probability: float,
    application_usd: float,
    rate_year: float,
    delay_years: float = 1.0,
    tax_rate: float = 0.0,
    level: float = 0.9,
    wins: int = 0,
    tries: int = 0,
) -> dict[str, float]:
    """Expected present value of applying for a grant, USD, with range over the probability of winning.

    `wins` of `tries` past applications move the probability (Beta with ten pseudo-applications at `probability`); the
    grant comes after `delay_years` and may be taxed.
    """
    if not 0 < probability < 1 or not 0 <= wins <= tries or grant_usd < 0 or application_usd < 0:
        got = (probability, wins, tries, grant_usd, application_usd)
        raise InputError.out_of_range("probability, wins, tries, amounts", got, "0 to 1, wins up to tries, at least 0")
    a, b = 10 * probability + wins, 10 * (1 - probability) + tries - wins
    worth = grant_usd * (1 - tax_rate) * (1 + rate_year) ** -delay_years
    low, high = betaincinv(a, b, [(1 - level) / 2, (1 + level) / 2])
    return {
        "value_usd": float(a / (a + b) * worth - application_usd),
        "low": float(low * worth - application_usd),
        "high": float(high * worth - application_usd),
        "break_even_probability": application_usd / worth if worth else float("inf"),
    }


def yearly_earnings(
    monthly_usd: Sequence[float], *, paths: int, rng: np.random.Generator, block: int = 3, growth: float = 0.0
) -> np.ndarray:
    """Twelve months of earnings on each path: blocks of past months drawn at random around their mean, USD.

    `monthly_usd` are past monthly earnings; blocks keep what neighbouring months have in common (Kuensch, 1989).
    Raises Refusal for fewer than 12 months.
    """
    past = np.asarray(monthly_usd, dtype=float)
    if len(past) < 12:
        raise Refusal.because("no distribution of earnings", f"{len(past)} months are given", "give at least 12")
    starts = rng.integers(0, len(past) - block + 1, (paths, -(-12 // block)))
    months = past[(starts[:, :, None] + np.arange(block)).reshape(paths, -1)[:, :12]]
    return months.sum(axis=1) * (1 + growth)


def debt_or_equity(
    need_usd: float,
    earnings_usd: np.ndarray,
    *,
    debt_usd: float,
    cash_usd: float,
    debt_rate: float,
    equity_cost: float,
    tax_rate: float,
    debt_to_ebitda_max: float,
    cash_min_usd: float,
    pre_money_usd: float,
    repay_years: int = 5,
    breach_limit: float = 0.05,
    shares: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0),
) -> pd.DataFrame:
    """One row a share of debt in the money needed: cost, dilution, chance of breaking a covenant in the first year.

    `earnings_usd` are draws of a year's earnings before interest, tax and depreciation. A breach is debt over earnings
    above the covenant, or cash after interest, tax and repayment below the least. `cost` is the after-tax yearly cost
    of the money; `best` marks the cheapest share whose breach probability is within the limit (none: the safest).
    """
    if need_usd <= 0 or pre_money_usd <= 0 or repay_years < 1:
        raise InputError.out_of_range("need, value, years", (need_usd, pre_money_usd, repay_years), "above 0")
    earnings = np.asarray(earnings_usd, dtype=float)
    part = np.asarray(shares, dtype=float)
    if part.min() < 0 or part.max() > 1:
        raise InputError.out_of_range("shares", part.tolist(), "from 0 to 1")
    debt = debt_usd + need_usd * part[:, None]
    repaid = need_usd * part[:, None] / repay_years
    cash = _cash_left(earnings, debt, repaid, cash_usd=cash_usd, debt_rate=debt_rate, tax_rate=tax_rate)
    # Without earnings any debt is too much, whatever the ratio says.
    heavy = (earnings <= 0) & (debt > 0) | (debt > debt_to_ebitda_max * np.maximum(earnings, 1e-9))
    poor = cash < cash_min_usd
    equity = need_usd * (1 - part)
    table = pd.DataFrame(
        {
            "debt_share": part,
            "debt_usd": need_usd * part,
            "equity_usd": equity,
            "cost": part * debt_rate * (1 - tax_rate) + (1 - part) * equity_cost,
            "dilution": equity / (pre_money_usd + equity),
            "debt_to_ebitda": debt[:, 0] / max(float(np.median(earnings)), 1e-9),
            "breach": (heavy | poor).mean(axis=1),
            "breach_debt": heavy.mean(axis=1),
            "breach_cash": poor.mean(axis=1),
        }
    )
    table["breach_error"] = np.sqrt(table["breach"] * (1 - table["breach"]) / earnings.size)
    return _with_choice(table, breach_limit)


def _cash_left(
    earnings: np.ndarray, debt: np.ndarray, repaid: np.ndarray, *, cash_usd: float, debt_rate: float, tax_rate: float
) -> np.ndarray:
    """Cash after a year: the money needed is spent; earnings pay interest, tax and the new repayments."""
    interest = debt * debt_rate
    tax = np.maximum(earnings - interest, 0.0) * tax_rate
    return cash_usd + earnings - interest - tax - repaid


def _with_choice(table: pd.DataFrame, breach_limit: float) -> pd.DataFrame:
    """The rows with `within` the limit of a breach and `best`: the cheapest within it, else the safest."""
    allowed = table["breach"] <= breach_limit
    choice = table.loc[allowed, "cost"].idxmin() if allowed.any() else table["breach"].idxmin()
    return table.assign(best=table.index == choice, within=allowed)


def payment_costs(rails: pd.DataFrame, amount_usd: float, *, payments_year: float, capital_rate: float) -> pd.DataFrame:
    """One row a way of paying: cost of one payment and of a year, share of the amount, with range, dearest part named.

    `rails` has rail, fee_share, fee_share_low, fee_share_high, fee_fixed_usd, fx_spread, delay_days, allowed. The time
    money is under way costs `capital_rate` a year. Rails that are not allowed come last and are never the best.
    """
    needed = [
        "rail",
        "fee_share",
        "fee_share_low",
        "fee_share_high",
        "fee_fixed_usd",
        "fx_spread",
        "delay_days",
        "allowed",
    ]
    missing = set(needed) - set(rails.columns)
    if missing:
        raise InputError.missing_columns("rails", missing, rails.columns)
    if amount_usd <= 0 or payments_year < 0:
        raise InputError.out_of_range("amount and payments", (amount_usd, payments_year), "above 0, at least 0")
    other = rails["fx_spread"] + rails["delay_days"] / 365 * capital_rate + rails["fee_fixed_usd"] / amount_usd
    table = rails[["rail", "allowed", "delay_days"]].copy()
    for name in ("", "_low", "_high"):
        table["cost_share" + name] = rails["fee_share" + name] + other
    table["cost_usd"] = table["cost_share"] * amount_usd
    table["year_usd"] = table["cost_usd"] * payments_year
    ranked = table.sort_values(["allowed", "cost_share"], ascending=[False, True], kind="stable", ignore_index=True)
    best = float(ranked.loc[0, "year_usd"]) if bool(ranked.loc[0, "allowed"]) else float("nan")
    return ranked.assign(dearer_usd=ranked["year_usd"] - best)
