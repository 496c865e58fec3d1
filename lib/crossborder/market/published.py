"""What published figures imply: each claim put through its own arithmetic, and made ready for triangulation.

All figures are read from the claims by their id; nothing here is typed in. Notes per check name the claims it uses.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.market import consistency, trends

__all__ = ["CHECKS", "china_trade", "claim_value", "consistency_table", "digitalisation", "growth_claims",
           "implied_table", "live_commerce", "online_retail", "size_records", "user_base"]  # fmt: skip

VERDICTS = ("agrees", "needs a choice", "contradicts")


def claim_value(claims: pd.DataFrame, claim_id: str) -> float:
    """The figure of a claim; of a range the middle, of an "at least" or "at most" its bound (unit of the claim)."""
    rows = claims[claims["claim_id"] == claim_id]
    if rows.empty:
        raise InputError.unknown("claim", claim_id, claims["claim_id"])
    row = rows.iloc[0]
    ends = [float(v) for v in (row["value_low"], row["value_high"]) if pd.notna(v)]
    return float(np.mean(ends))


def size_records(
    claims: pd.DataFrame, scopes: pd.DataFrame, *, undated_year: int, dated_is_value: bool
) -> pd.DataFrame:
    """Published world sizes as records for `triangulation.triangulate`, with scope flags and error from `scopes`.

    `scopes`: claim_id, parent, log_sd and 0/1 columns. A claim with both ends equal is a value; "at least" is a bound,
    unless it is dated and `dated_is_value` reads it as a figure rounded down. Claims without a year get `undated_year`.
    """
    missing = {"claim_id", "parent", "log_sd"} - set(scopes.columns)
    if missing:
        raise InputError.missing_columns("scopes", missing, scopes.columns)
    rows = claims.merge(scopes, on="claim_id", how="inner", suffixes=("", "_scope"))
    exact = rows["value_low"].eq(rows["value_high"])
    upper = rows["value_low"].isna()
    dated = rows["year"].notna()
    bound = np.select([exact | (dated & dated_is_value & ~upper), upper], ["=", "<="], default=">=")
    flags = [c for c in scopes.columns if c not in ("claim_id", "parent", "log_sd") and _is_flag(scopes[c])]
    return pd.DataFrame(
        {
            "claim_id": rows["claim_id"],
            "source": rows["source"],
            "parent": rows["parent"],
            "value": rows["value_low"].fillna(rows["value_high"]).astype(float),
            "year": rows["year"].astype("float64").fillna(undated_year).astype(int),
            "dated": dated,
            "bound": bound,
            "log_sd": rows["log_sd"].astype(float),
            **{c: rows[c].astype(int) for c in flags},
        }
    )


def _is_flag(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and column.isin([0, 1]).all())


def growth_claims(claims: pd.DataFrame, claim_ids: list[str], *, sd: float = 0.02) -> pd.DataFrame:
    """Stated growth rates as a mixture for `triangulation.triangulate`: each report one vote, shared by its claims.

    `rate` and `sd` are yearly fractions; `sd` is the analyst's, because no report states an error.
    """
    rows = claims.set_index("claim_id").reindex(claim_ids)
    if rows["source"].isna().any():
        raise InputError.unknown("claim", rows.index[rows["source"].isna()][0], claims["claim_id"])
    votes = 1 / rows.groupby("source")["source"].transform("size")
    rates = [claim_value(claims, c) for c in claim_ids]
    return pd.DataFrame(
        {"rate": rates, "sd": sd, "weight": votes / votes.sum()}, index=pd.Index(claim_ids, name="claim")
    )


def online_retail(claims: pd.DataFrame) -> dict[str, float]:
    """China's total retail that online retail and its share imply (tn CNY), and the growth that 2025 asks for."""
    online, share, total = (claim_value(claims, c) for c in ("C003-003", "C003-004", "C003-001"))
    goal = consistency.solve(base=total, end=claim_value(claims, "C003-006"), years=3)
    return {
        "total_retail": consistency.implied_total(online, share),
        "online_share_of_transactions": online / total,
        "growth_to_goal": goal.rate,
        "other_report_over_total": claim_value(claims, "C002-001") / total,
        "other_report_over_online": claim_value(claims, "C002-001") / online,
    }


def china_trade(claims: pd.DataFrame, usd_per_cny: float) -> pd.DataFrame:
    """China's cross-border trade by direction in CNY and USD (tn), next year at the claimed rate, world share range.

    The world share depends on whose world size is used, so it is a range over the claimed sizes.
    """
    if not usd_per_cny > 0:
        raise InputError.out_of_range("usd_per_cny", usd_per_cny, "a rate above 0", "see `reference.exchange.rates`")
    volume, rate, exports = (claim_value(claims, c) for c in ("C001-001", "C001-002", "C001-003"))
    world = [claim_value(claims, c) for c in ("C000-001", "C001-031")]
    frame = pd.DataFrame(
        {"cny_tn": [volume, volume * exports, volume * (1 - exports)]},
        index=pd.Index(["trade", "exports", "imports"], name="flow"),
    )
    frame["usd_tn"] = frame["cny_tn"] * usd_per_cny
    frame["next_year_cny_tn"] = frame["cny_tn"] * (1 + rate)
    frame["world_share_low"], frame["world_share_high"] = frame["usd_tn"] / max(world), frame["usd_tn"] / min(world)
    return frame


def digitalisation(claims: pd.DataFrame, target_year: int = 2026) -> dict[str, float]:
    """The digitalisation rate projected from its two cited points, in a line and in logits, beside the rate forecast.

    Two points give a scenario without interval; the cited rates do not say that they measure one thing.
    """
    now = claim_value(claims, "C003-009")
    points = pd.Series({2020: now - claim_value(claims, "C003-010"), 2022: now})
    projected = {m: trends.project_rate(points, target_year, method=m) for m in ("linear", "logit")}
    return {**projected, "forecast": claim_value(claims, "C000-030")}


def live_commerce(claims: pd.DataFrame) -> dict[str, float]:
    """The platform's turnover that its live sales imply and the most that others' shares leave for it (tn CNY)."""
    implied = consistency.implied_total(claim_value(claims, "C003-030"), claim_value(claims, "C003-031"))
    left = consistency.remainder(claim_value(claims, "C003-003"), np.array([claim_value(claims, "C003-011")]))
    return {"implied_platform": implied, "left_for_others": left, "ratio": implied / left}


def user_base(claims: pd.DataFrame) -> pd.DataFrame:
    """Users and mobile shares as told by each source, with mobile users (or volume share) and the spread of sources."""
    rows = [
        ("world", claim_value(claims, "C001-034"), claim_value(claims, "C001-043"), "share of transactions, 2025"),
        ("CN, 2023", claim_value(claims, "C002-002"), claim_value(claims, "C002-003"), "share of use"),
        ("CN, 2022", claim_value(claims, "C002-002"), claim_value(claims, "C003-005"), "share of e-commerce"),
    ]
    frame = pd.DataFrame(rows, columns=["scope", "users", "mobile_share", "what_the_share_counts"])
    return frame.assign(mobile_users=frame["users"] * frame["mobile_share"])


def implied_table(claims: pd.DataFrame, usd_per_cny: float) -> pd.DataFrame:
    """What the claims imply once multiplied out: `measure`, `value`, `unit`, `from` (claims). Claims, not evidence."""
    value, trade = _Values(claims), china_trade(claims, usd_per_cny)
    retail, live = online_retail(claims), live_commerce(claims)
    world, b2c = value("C001-031"), value("C001-033")
    users = user_base(claims).set_index("scope")
    rows = [
        ("China's cross-border exports", trade.loc["exports", "usd_tn"], "USD tn", "C001-001, C001-003"),
        ("the same a year later at the claimed rate", trade.loc["exports", "next_year_cny_tn"] * usd_per_cny, "USD tn",
         "C001-001 to C001-003"),
        ("China's total retail behind online retail", retail["total_retail"], "CNY tn", "C003-003, C003-004"),
        ("growth that China's goal for 2025 needs", retail["growth_to_goal"], "a year", "C003-001, C003-006"),
        ("world cross-border B2C", world * b2c, "USD tn", "C001-031, C001-033"),
        ("world cross-border B2B", world * (1 - b2c), "USD tn", "C001-031, C001-033"),
        ("B2B export platforms' part of it", world * (1 - b2c) * value("C000-016"), "USD tn", "and C000-016"),
        ("mobile users in the world", users.loc["world", "mobile_users"] / 1e9, "bn", "C001-034, C001-043"),
        ("spending a cross-border B2C user", world * b2c * 1e12 / users.loc["world", "users"], "USD a year",
         "C001-031, C001-033, C001-034"),
        ("shopping apps open at a time in China", value("C002-002") * value("C003-007") / 1e9, "bn user-apps",
         "C002-002, C003-007"),
        ("live platform's turnover", live["implied_platform"], "CNY tn", "C003-030, C003-031"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["measure", "value", "unit", "from"])


def consistency_table(claims: pd.DataFrame, usd_per_cny: float, *, growth_gate: float = 0.15) -> pd.DataFrame:
    """Every check of the market claims: what is stated, what follows from the other figures, and the verdict.

    Columns: `check`, `claims`, `stated`, `implied`, `unit`, `arithmetic`, `verdict` (one of VERDICTS).
    """
    value = _Values(claims)
    settings = {"usd_per_cny": usd_per_cny, "growth_gate": growth_gate}
    rows = [check(value, settings) for check in CHECKS]
    columns = ["check", "claims", "stated", "implied", "unit", "arithmetic", "verdict"]
    return pd.DataFrame(rows, columns=columns)


class _Values:
    """The claims, asked for by id."""

    def __init__(self, claims: pd.DataFrame) -> None:
        self.claims = claims

    def __call__(self, claim_id: str) -> float:
        return claim_value(self.claims, claim_id)

    def ends(self, claim_id: str) -> tuple[float, float]:
        """Both ends of a claim's range."""
        self(claim_id)
        row = self.claims.set_index("claim_id").loc[claim_id]
        return float(row["value_low"]), float(row["value_high"])


def _verdict(broken: bool) -> str:
    return VERDICTS[2] if broken else VERDICTS[0]


def _choice(open_question: bool) -> str:
    return VERDICTS[1] if open_question else VERDICTS[0]


def _path(value: _Values, settings: Mapping[str, float]) -> tuple:
    base, end, rate = value("C000-001"), value("C000-002"), value("C000-003")
    years = consistency.solve(base=base, end=end, rate=rate).years
    from_last_year = consistency.solve(base=base, end=end, years=1).rate
    text = f"{base:g} to {end:g} tn at {rate:.1%} takes {years:.1f} years; in one year it needs {from_last_year:.1%}"
    return (
        "World size path",
        "C000-001, C000-002, C000-003",
        rate,
        from_last_year,
        "a year",
        text,
        _verdict(years > 2),
    )


def _levels(value: _Values, settings: Mapping[str, float]) -> tuple:
    sizes = [value(c) for c in ("C000-001", "C001-031", "C002-011")]
    rate = consistency.solve(base=value("C001-031"), end=value("C000-002"), years=3).rate
    text = f"largest over smallest {max(sizes) / min(sizes):.1f}; joining the two series needs {rate:.1%} a year"
    return (
        "World size, three reports",
        "C000-001, C001-031, C002-011",
        max(sizes),
        min(sizes),
        "USD tn",
        text,
        _verdict(max(sizes) > 2 * min(sizes)),
    )


def _rates(value: _Values, settings: Mapping[str, float]) -> tuple:
    rates = [value(c) for c in ("C000-003", "C001-042", "C001-032", "C002-012")]
    text = f"{min(rates):.1%} to {max(rates):.1%} a year for what is called the same market"
    return (
        "World growth",
        "C000-003, C001-042, C001-032, C002-012",
        min(rates),
        max(rates),
        "a year",
        text,
        _verdict(max(rates) > 2 * min(rates)),
    )


def _two_years(value: _Values, settings: Mapping[str, float]) -> tuple:
    found = consistency.agreement(value("C001-031"), value("C001-041"), value("C001-042"), 2, rate_digits=2)
    text = f"implied {found.implied_low:.1%} to {found.implied_high:.1%} within rounding"
    verdict = VERDICTS[0] if found.agrees else VERDICTS[2]
    return (
        "Two-year path",
        "C001-031, C001-041, C001-042",
        found.claimed_rate,
        found.implied_rate,
        "a year",
        text,
        verdict,
    )


def _regions(value: _Values, settings: Mapping[str, float]) -> tuple:
    west, fast = value.ends("C001-038"), (value("C001-037"), value("C001-036"))
    rates = pd.DataFrame({"low": [west[0], min(fast)], "high": [west[1], max(fast)]}, index=["West", "others"])
    bounds = consistency.feasible_weights(rates, value("C001-032"))
    low, high = bounds.loc["West", ["share_low", "share_high"]]
    text = f"the West can hold {low:.1%} to {high:.1%} of the base year, no more and no less"
    return (
        "Regional growth",
        "C001-032, C001-036, C001-037, C001-038",
        low,
        high,
        "West's share",
        text,
        _choice(high - low < 0.5),
    )


def _labels(value: _Values, settings: Mapping[str, float]) -> tuple:
    other, total, online = value("C002-001"), value("C003-001"), value("C003-003")
    text = (
        f"{other:g} is {other / total:.0%} of all transactions and {other / online:.0%} of online retail: a wrong label"
    )
    return (
        "China's total e-commerce",
        "C002-001, C003-001, C003-003",
        other,
        total,
        "CNY tn",
        text,
        _verdict(other < 0.5 * total),
    )


def _live(value: _Values, settings: Mapping[str, float]) -> tuple:
    implied = value("C003-030") / value("C003-031")
    left = (1 - value("C003-011")) * value("C003-003")
    text = f"live sales imply a platform of {implied:.2f}; the four leaders leave {left:.2f} for all others"
    return (
        "Live commerce platform",
        "C003-030, C003-031, C003-011",
        implied,
        left,
        "CNY tn",
        text,
        _verdict(implied > left),
    )


def _goal(value: _Values, settings: Mapping[str, float]) -> tuple:
    rate = consistency.solve(base=value("C003-001"), end=value("C003-006"), years=3).rate
    text = f"the goal needs {rate:.1%} a year while segments are asked to grow {settings['growth_gate']:.0%}"
    return (
        "China's goal for 2025",
        "C003-001, C003-006, C003-026",
        settings["growth_gate"],
        rate,
        "a year",
        text,
        _choice(rate < settings["growth_gate"]),
    )


def _mobile(value: _Values, settings: Mapping[str, float]) -> tuple:
    before, after = value("C003-005"), value("C002-003")
    text = f"{before:.1%} in 2022 to {after:.1%} in 2023 is {100 * (after - before):.1f} points: use or value?"
    return (
        "Mobile share in China",
        "C003-005, C002-003, C001-043",
        after,
        before,
        "share",
        text,
        _choice(after < before - 0.05),
    )


def _digital(value: _Values, settings: Mapping[str, float]) -> tuple:
    now, forecast = value("C003-009"), value("C000-030")
    text = f"{now:.0%} reached in 2022, {forecast:.0%} forecast for 2026: different objects, never defined"
    return ("Digitalisation rate", "C003-009, C000-030", forecast, now, "share", text, _choice(forecast < now))


def _china_share(value: _Values, settings: Mapping[str, float]) -> tuple:
    usd = value("C001-001") * settings["usd_per_cny"]
    high, low = usd / value("C001-031"), usd / value("C000-001")
    text = f"{usd:.2f} tn USD is {high:.1%} of one world size and {low:.1%} of the other"
    return (
        "China's share of the world",
        "C001-001, C001-031, C000-001",
        high,
        low,
        "share",
        text,
        _choice(high > 2 * low),
    )


def _leader(value: _Values, settings: Mapping[str, float]) -> tuple:
    share, b2c, total = value("C001-051"), value("C001-033"), value("C001-031")
    text = f"{share:.0%} of {b2c:.0%} of {total:g} tn is {share * b2c * total:.3f} tn USD of one firm"
    return (
        "The leading platform",
        "C001-051, C001-033, C001-031",
        share,
        share * b2c * total,
        "USD tn",
        text,
        VERDICTS[1],
    )


CHECKS = (_path, _levels, _rates, _two_years, _regions, _labels, _live, _goal, _mobile, _digital, _china_share, _leader)
