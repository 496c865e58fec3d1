"""Gates before any score: may it be sold, does it earn enough, fit the mains, ship, and can the supplier make it?

Every gate says pass, fix (with cost in USD and days) or reject, and why. A gate is no score: nothing outweighs it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.reference import certificates as rules
from crossborder.selection import living_fit

__all__ = [
    "GATES",
    "Limits",
    "compliance",
    "content",
    "funnel",
    "logistics",
    "mains",
    "margin",
    "run",
    "supplier",
    "verdicts",
]

GATES = ("compliance", "content", "margin", "mains", "logistics", "supplier")
COLUMNS = ["candidate_id", "gate", "verdict", "cost_usd", "cost_low_usd", "cost_high_usd", "days", "reason"]


@dataclass(frozen=True)
class Limits:
    """Where the gates stand; rates are fractions of the price without sales tax.

    A margin up to `fix_points` below `margin` can be mended by price or cost; a chargeable weight above `weight_kg` or
    a volume above `volume_cbm` cannot be sent as a parcel; `certificate_factor` scales the certificates' prices and
    `certificate_days` the time beyond the laboratory's; `months_of_stock` is how long the smallest order may last.
    Another plug costs `plug_cost_usd`, a variant for another voltage `voltage_cost_usd` (placeholders, half to double);
    `home` is the market whose plugs the goods have.
    """

    margin: float = 0.25
    fix_points: float = 0.06
    weight_kg: float = 12.0
    volume_cbm: float = 0.06
    certificate_factor: float = 1.0
    certificate_days: float = 0.0
    substitute_cost_usd: float = 1500.0
    substitute_days: float = 45.0
    content_cost_usd: float = 400.0
    content_days: float = 10.0
    months_of_stock: float = 6.0
    plug_cost_usd: float = 250.0
    plug_days: float = 7.0
    voltage_cost_usd: float = 1800.0
    voltage_days: float = 30.0
    home: str = "CN"


def _needs(frame: pd.DataFrame, columns: str) -> None:
    missing = set(columns.split()) - set(frame.columns)
    if missing:
        raise InputError.missing_columns("candidates", missing, frame.columns)


def _rows(frame: pd.DataFrame, gate: str, verdict: object, reason: object, cost=0.0, days=0.0, low=None, high=None):
    table = pd.DataFrame({"candidate_id": frame["candidate_id"].to_numpy()})
    values = {"gate": gate, "verdict": verdict, "cost_usd": cost, "cost_low_usd": cost if low is None else low}
    values |= {"cost_high_usd": cost if high is None else high, "days": days, "reason": reason}
    for name, value in values.items():
        table[name] = value.to_numpy() if isinstance(value, pd.Series) else value
    return table[COLUMNS]


def _exploded(candidates: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row a candidate and item of a `|` list."""
    text = candidates[column].fillna("").astype(object)
    long = candidates[["candidate_id", "market"]].assign(item=text.str.split("|")).explode("item")
    long["item"] = long["item"].str.strip()
    return long[long["item"] != ""]


def compliance(candidates: pd.DataFrame, on: str | pd.Timestamp, limits: Limits | None = None) -> pd.DataFrame:
    """Certificates that the market asks for and the idea lacks (fix), and inputs it bans (reject) or restricts (fix).

    One row a problem, one `pass` row for ideas without any: cost and days with their range from the reference table.
    Certificates for a company as a whole are counted for each idea that needs them first.
    """
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id market hs_code battery certificates materials")
    traits = rules.traits(candidates["hs_code"].to_numpy(), candidates["battery"].fillna(False).to_numpy(bool))
    row, column = np.nonzero(traits.to_numpy())
    ids = candidates["candidate_id"].to_numpy()
    has = pd.DataFrame({"candidate_id": ids[row], "trait": traits.columns.to_numpy(object)[column]})
    has = has.merge(candidates[["candidate_id", "market"]], on="candidate_id")
    found = [_lacking(candidates, has, on, limits), _inputs(candidates, has, limits)]
    problems = pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else None
    held = set() if problems is None else set(problems["candidate_id"])
    clean = candidates[~candidates["candidate_id"].isin(held)]
    passed = _rows(clean, "compliance", "pass", "every certificate that is asked for is held")
    return passed if problems is None else pd.concat([problems, passed], ignore_index=True)


def _lacking(candidates: pd.DataFrame, has: pd.DataFrame, on, limits: Limits) -> pd.DataFrame:
    asked = rules.required(sorted(candidates["market"].unique()), on=on)
    asked = has.merge(asked, on=["market", "trait"]).drop_duplicates(["candidate_id", "certificate"])
    held = _exploded(candidates, "certificates").rename(columns={"item": "certificate"})
    merged = asked.merge(held[["candidate_id", "certificate"]], how="left", indicator=True)
    lack = merged[merged["_merge"] == "left_only"]
    reason = "lacks " + lack["certificate"] + " (" + lack["market"] + ")"
    cost = {end: lack[f"cost_usd{end}"] * limits.certificate_factor for end in ("", "_low", "_high")}
    days = lack["lead_days"] + limits.certificate_days
    return _rows(lack, "compliance", "fix", reason, cost[""], days, cost["_low"], cost["_high"])


def _inputs(candidates: pd.DataFrame, has: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    banned = rules.banned(sorted(candidates["market"].unique()))[["market", "item", "trait", "status"]]
    used = _exploded(candidates, "materials").merge(banned, on=["market", "item"])
    pairs = pd.MultiIndex.from_frame(has[["candidate_id", "trait"]])
    mine = pd.MultiIndex.from_frame(used[["candidate_id", "trait"]]).isin(pairs)
    used = used[mine | (used["trait"] == "").to_numpy()].drop_duplicates(["candidate_id", "item"])
    verdict = np.where(used["status"] == "banned", "reject", "fix")
    reason = used["item"] + " is " + used["status"] + " in " + used["market"]
    fix = (used["status"] != "banned").to_numpy(float)
    return _rows(used, "compliance", verdict, reason, fix * limits.substitute_cost_usd, fix * limits.substitute_days)


def content(candidates: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Images and words that offend (fix: other content) or are forbidden (reject as it is: reword) in the market.

    `penalty`, `penalty_low`, `penalty_high`: share of conversions lost if nothing is done, by market and image.
    """
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id market content_flags")
    taboo = rules.taboos(sorted(candidates["market"].unique()))
    hit = _exploded(candidates, "content_flags").merge(taboo, on=["market", "item"])
    reason = hit["item"] + " " + np.where(hit["status"] == "banned", "is banned in ", "offends in ") + hit["market"]
    rows = _rows(hit, "content", "fix", reason, limits.content_cost_usd, limits.content_days)
    # What is banned costs every sale, what offends the share that the table states.
    forbidden = (hit["status"] == "banned").to_numpy()
    for name in ("penalty", "penalty_low", "penalty_high"):
        rows[name] = np.where(forbidden, 1.0, hit[name].fillna(0.0))
    clean = candidates[~candidates["candidate_id"].isin(hit["candidate_id"])]
    passed = _rows(clean, "content", "pass", "nothing that offends")
    parts = [part for part in (rows, passed.assign(penalty=0.0, penalty_low=0.0, penalty_high=0.0)) if len(part)]
    return pd.concat(parts, ignore_index=True)


def margin(candidates: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Gross and contribution margin of a piece against the line, from what it costs at the market's warehouse.

    Needs price_usd, landed_cost_usd (to the warehouse) and door_cost_usd (fees, fulfilment, last mile, returns), with
    optional advertising_share of the price. The line is for the gross margin; a contribution below 0 rejects too.
    Columns beside the verdict: gross_margin, contribution_margin, price_needed_usd (price at which the line is met).
    """
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id price_usd landed_cost_usd door_cost_usd")
    price = candidates["price_usd"].to_numpy(float)
    landed, door = candidates["landed_cost_usd"].to_numpy(float), candidates["door_cost_usd"].to_numpy(float)
    if not (price > 0).all() or np.isnan(landed + door).any():
        raise InputError.out_of_range("price_usd, landed_cost_usd or door_cost_usd", "missing or 0", "numbers above 0")
    share = candidates["advertising_share"].to_numpy(float) if "advertising_share" in candidates else 0.0
    gross = 1 - landed / price
    left = gross - door / price - share
    needed = np.maximum(landed / (1 - limits.margin), (landed + door) / (1 - share))
    short = needed / price - 1
    verdict = np.select([short <= 1e-9, short <= limits.fix_points / (1 - limits.margin)], ["pass", "fix"], "reject")
    words = pd.Series(np.round(100 * gross).astype(int).astype(str), index=candidates.index)
    rise = pd.Series(np.ceil(100 * short).astype(int).astype(str), index=candidates.index)
    reason = "gross margin " + words + " %" + np.where(verdict == "pass", "", ", price " + rise + " % too low")
    rows = _rows(candidates, "margin", verdict, reason)
    return rows.assign(gross_margin=gross, contribution_margin=left, price_needed_usd=needed)


def mains(candidates: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Voltage and plug of the market (fix: a variant or another plug); what needs no mains passes."""
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id market hs_code battery")
    found = living_fit.mains(candidates.reset_index(drop=True), limits.home)
    plug, volts = (found["state"] == "plug").to_numpy(float), (found["state"] == "voltage").to_numpy(float)
    cost = plug * limits.plug_cost_usd + volts * limits.voltage_cost_usd
    days = plug * limits.plug_days + volts * limits.voltage_days
    return _rows(candidates, "mains", np.where(cost > 0, "fix", "pass"), found["words"], cost, days, cost / 2, 2 * cost)


def logistics(candidates: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Shipping class by chargeable weight (the larger of weight and volume at 167 kg a cbm), fragile goods, batteries.

    Classes: light (to 0.5 kg), standard (to 2 kg), heavy (to the limit), oversize (beyond: reject). Fragile goods need
    other packing (fix). Source of 167 kg a cbm: International Air Transport Association, 6,000 cubic cm a kg.
    """
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id weight_kg volume_cbm fragile battery")
    volume = candidates["volume_cbm"].to_numpy(float)
    charged = np.maximum(candidates["weight_kg"].to_numpy(float), volume * 1e6 / 6000)
    over = (charged > limits.weight_kg) | (volume > limits.volume_cbm)
    name = np.select([over, charged > 2, charged > 0.5], ["oversize", "heavy", "standard"], "light")
    breaks = candidates["fragile"].fillna(False).to_numpy(bool) & ~over
    text = pd.Series(name, index=candidates.index) + np.where(breaks, " parcel, needs stronger packing", " parcel")
    text = text + np.where(candidates["battery"].fillna(False).to_numpy(bool), ", battery", "")
    verdict = np.select([over, breaks], ["reject", "fix"], "pass")
    rows = _rows(candidates, "logistics", verdict, text, 350.0 * breaks, 14.0 * breaks)
    return rows.assign(shipping_class=name, chargeable_kg=charged)


def supplier(candidates: pd.DataFrame, suppliers: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Identity of the supplier (reject), free capacity for the expected sales and the smallest order (fix).

    A smallest order that lasts longer than `months_of_stock` costs the surplus; capacity that is short is made free by
    another supplier at the price of a substitute.
    """
    limits = Limits() if limits is None else limits
    _needs(candidates, "candidate_id supplier_id expected_units_month unit_cost_usd")
    row = candidates[["supplier_id"]].merge(suppliers, on="supplier_id", how="left")
    if row["capacity_units_month"].isna().any():
        unknown = row.loc[row["capacity_units_month"].isna(), "supplier_id"].iloc[0]
        raise InputError.unknown("supplier_id", str(unknown), suppliers["supplier_id"])
    known = row[["registry_ok", "tax_ok", "bank_ok"]].fillna(False).all(axis=1).to_numpy(bool)
    free = (row["capacity_units_month"] * row["capacity_free"]).to_numpy(float)
    units = candidates["expected_units_month"].to_numpy(float)
    surplus = row["min_order_quantity"].to_numpy(float) - limits.months_of_stock * units
    small, short = surplus > 0, free < units
    cost = np.where(small, np.maximum(surplus, 0) * candidates["unit_cost_usd"], 0.0)
    cost = np.where(short, limits.substitute_cost_usd, cost) * known
    days = np.where(short, limits.substitute_days, 0.0) * known
    cases = [~known, short, small]
    verdict = np.select(cases, ["reject", "fix", "fix"], "pass")
    reasons = ["supplier not verified", "capacity too small", "smallest order lasts too long"]
    return _rows(candidates, "supplier", verdict, np.select(cases, reasons, "capacity and order size fit"), cost, days)


def run(
    candidates: pd.DataFrame, suppliers: pd.DataFrame, on: str | pd.Timestamp, limits: Limits | None = None
) -> pd.DataFrame:
    """All gates of all ideas, one row a gate's finding, in the order of `GATES`; none at all: Refusal."""
    if candidates.empty:
        raise Refusal.because(
            "no idea to judge", "0 candidates in these markets by this day", "choose a later day or other markets"
        )
    parts = [
        compliance(candidates, on, limits),
        content(candidates, limits)[COLUMNS],
        margin(candidates, limits)[COLUMNS],
        mains(candidates, limits),
        logistics(candidates, limits)[COLUMNS],
        supplier(candidates, suppliers, limits)[COLUMNS],
    ]
    return pd.concat(parts, ignore_index=True)


def verdicts(found: pd.DataFrame) -> pd.DataFrame:
    """One row an idea: verdict (the worst), cost with range (USD), days (the longest), what to fix, why rejected."""
    order = {"pass": 0, "fix": 1, "reject": 2}
    code = found["verdict"].map(order)
    grouped = found.assign(code=code).groupby("candidate_id", sort=False)
    table = grouped.agg(code=("code", "max"), days=("days", "max"))
    fixes = found[found["verdict"] == "fix"].groupby("candidate_id")
    for name in ("cost_usd", "cost_low_usd", "cost_high_usd"):
        table[name] = fixes[name].sum().reindex(table.index).fillna(0.0)
    table["fix_first"] = fixes["reason"].agg("; ".join).reindex(table.index).fillna("")
    turned = found[found["verdict"] == "reject"].groupby("candidate_id")["reason"].agg("; ".join)
    table["rejected_for"] = turned.reindex(table.index).fillna("")
    table.insert(0, "verdict", table.pop("code").map({value: name for name, value in order.items()}))
    return table.reset_index()


def funnel(found: pd.DataFrame) -> pd.DataFrame:
    """How many ideas pass, need a fix or fall at each gate in turn; those rejected do not reach the next one."""
    code = found["verdict"].map({"pass": 0, "fix": 1, "reject": 2})
    worst = found.assign(code=code).pivot_table(index="candidate_id", columns="gate", values="code", aggfunc="max")
    worst = worst[[gate for gate in GATES if gate in worst]]
    rejected = (worst == 2).to_numpy()
    alive = np.cumsum(rejected, axis=1) - rejected == 0
    rows = {
        "entered": alive.sum(axis=0),
        "passed": (alive & (worst == 0).to_numpy()).sum(axis=0),
        "to_fix": (alive & (worst == 1).to_numpy()).sum(axis=0),
        "rejected": (alive & rejected).sum(axis=0),
    }
    return pd.DataFrame(rows, index=worst.columns).rename_axis("gate").reset_index()
