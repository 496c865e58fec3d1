"""Risks with stated frequency and severity, the losses that followed, the incidents among them.

Losses arrive as Poisson events whose rate is shared by a cluster of risks in a good or bad year; severities are
lognormal. The scores of the register agree with them only in part. Incidents are the losses of the last three years
that belong to risks under weekly watch.
"""

from io import StringIO

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import MARKETS, PERIOD, World

__all__ = ["RISKS", "draw_losses", "part"]

HISTORY_STARTS = pd.Timestamp("2020-11-01")
CLUSTER_SHAPE = 6.0  # of the gamma factor, mean 1, that a cluster's rates share in a year

# `cluster` shares its good and bad years; `incident` is the kind under weekly watch, empty for the others.
RISKS = pd.read_csv(
    StringIO("""name,kind,phase,cluster,frequency_year,severity_median_usd,severity_log_sd,controllability_score,incident,treatment,treatment_cost_usd,treatment_effect,owner
Port congestion,operational,delivery,supply,2.1,1900,0.7,4,port_congestion,reduce,2500,0.35,logistics
Supplier fails to deliver,operational,sourcing,supply,1.4,3700,0.8,3,supplier_failure,reduce,6000,0.5,sourcing
Faulty batch,operational,sourcing,supply,1.8,2700,0.8,2,faulty_batch,reduce,4200,0.55,quality
Account suspended,compliance,sales,platform,1.4,4000,0.8,3,account_suspension,reduce,3800,0.45,marketplaces
Wave of bad reviews,strategic,sales,platform,2.1,1100,0.6,3,review_wave,reduce,1200,0.3,marketing
Payout held back,financial,sales,platform,1.8,1400,0.6,4,payment_hold,accept,0,0.0,finance
Goods held at customs,compliance,delivery,supply,2.0,1700,0.7,3,customs_hold,reduce,1800,0.4,logistics
Attack on the own store,operational,sales,digital,1.4,2100,0.8,2,cyber_attack,reduce,3600,0.6,technology
Price war in a category,strategic,sales,market,2.0,1900,0.6,5,price_war,accept,0,0.0,category
Stock-out of a leading product,operational,delivery,supply,2.5,1500,0.6,2,stock_out,reduce,3000,0.5,planning
Recall of a product,compliance,use,supply,0.1,38000,0.9,3,,transfer,4500,0.7,quality
Largest marketplace bans the company,strategic,sales,platform,0.06,95000,0.6,4,,reduce,5200,0.35,marketplaces
Personal data leaked,compliance,sales,digital,0.08,30000,1.1,2,,reduce,4800,0.55,technology
Arrears of sales tax,compliance,sales,rules,0.15,16000,0.9,1,,avoid,3500,0.8,finance
Infringed trademark or patent,compliance,sourcing,rules,0.22,9500,1.0,2,,reduce,2800,0.6,legal
Own brand copied,strategic,sales,rules,0.3,5200,0.8,3,,reduce,2000,0.35,legal
Tariff raised at short notice,strategic,delivery,rules,0.35,11000,0.7,5,,accept,0,0.0,finance
Home currency rises fast,financial,sales,money,0.4,7800,0.6,4,,transfer,2600,0.5,finance
Sales currency collapses,financial,sales,money,0.25,6900,0.7,5,,transfer,2200,0.4,finance
Customer or partner does not pay,financial,sales,money,0.6,2400,0.9,3,,reduce,900,0.4,finance
Container lost or wet,operational,delivery,supply,0.35,6400,0.6,3,,transfer,1900,0.85,logistics
Fire or theft in a warehouse,operational,delivery,supply,0.05,42000,0.8,3,,transfer,2100,0.85,logistics
Fraudulent orders,operational,sales,digital,0.9,1400,0.7,2,,reduce,1500,0.55,technology
Advertising claim sanctioned,compliance,sales,rules,0.25,4300,0.9,1,,reduce,900,0.6,legal
Key person leaves,strategic,all,people,0.3,6200,0.6,2,,reduce,2400,0.4,people
"""),
    keep_default_na=False,
)
# What the core of the company went through: kind, day, market, days it lasted, cause.
KNOWN_EVENTS = (
    ("port_congestion", "2024-01-08", "DE", 168, "canal closed"),
    ("port_congestion", "2025-05-12", "US", 84, "dock strike"),
    ("supplier_failure", "2025-06-03", None, 42, "cash ran out"),
)
# Risks whose scores mislead: points added to probability and to impact.
MISJUDGED = {
    "Largest marketplace bans the company": (2, -1),
    "Tariff raised at short notice": (-1, -2),
    "Wave of bad reviews": (0, 3),
    "Stock-out of a leading product": (-2, -1),
    "Own brand copied": (2, 2),
    "Personal data leaked": (2, 0),
}
CAUSES = {
    "port_congestion": ("dock strike", "typhoon", "canal closed", "too few trucks"),
    "supplier_failure": ("cash ran out", "labour shortage", "machine broke down"),
    "faulty_batch": ("new raw material", "skipped inspection", "tool worn out"),
    "account_suspension": ("late shipments", "listing broke a rule", "document out of date"),
    "review_wave": ("misleading picture", "rival's campaign", "faulty batch"),
    "payment_hold": ("platform's review", "bank's check", "missing document"),
    "customs_hold": ("wrong code", "missing certificate", "random inspection"),
    "cyber_attack": ("stolen password", "old software", "flood of requests"),
    "price_war": ("rival's clearance", "new entrant", "platform's subsidy"),
    "stock_out": ("forecast too low", "late shipment", "promotion not planned"),
}


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Risks, losses and incidents; the truth: rates, severities, clusters, expected losses."""
    register = _register(rng)
    losses = draw_losses(register, rng)
    incidents = _incidents(losses, rng)
    expected = RISKS["frequency_year"] * RISKS["severity_median_usd"] * np.exp(RISKS["severity_log_sd"] ** 2 / 2)
    truth = {
        "risk_clusters": register[["risk_id"]].assign(cluster=RISKS["cluster"], expected_loss_year_usd=expected),
        "risk_cluster_shape": CLUSTER_SHAPE,
        "risk_misjudged": [f"RK{RISKS.index[RISKS['name'] == name][0] + 1:02d}" for name in MISJUDGED],
        "incident_risks": register[["risk_id"]]
        .assign(kind=RISKS["incident"])
        .query("kind != ''")
        .reset_index(drop=True),
    }
    tables = {
        "risks": typed(register, "risks"),
        "risk_losses": typed(losses.drop(columns=["kind", "known_market", "known_days", "known_cause"]), "risk_losses"),
        "incidents": typed(incidents, "incidents"),
    }
    return tables, truth


def _register(rng: np.random.Generator) -> pd.DataFrame:
    """The register: true frequency and severity, and scores that agree with them only in part."""
    frame = RISKS.drop(columns=["cluster", "incident"])
    frame.insert(0, "risk_id", [f"RK{i + 1:02d}" for i in range(len(frame))])
    off = frame["name"].map(MISJUDGED)
    probability = np.digitize(frame["frequency_year"], [0.08, 0.2, 0.5, 1.2]) + 1
    impact = np.digitize(frame["severity_median_usd"], [2000, 5000, 15000, 50000]) + 1
    noise = rng.choice([-1, 0, 0, 0, 1], (2, len(frame)))
    for name, score, draw, side in (("probability", probability, noise[0], 0), ("impact", impact, noise[1], 1)):
        planted = np.array([pair[side] if isinstance(pair, tuple) else 0 for pair in off])
        frame[f"{name}_score"] = (score + np.where(off.notna(), planted, draw)).clip(1, 5)
    return frame


def draw_losses(register: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Losses over six years: Poisson a year with a gamma factor shared by a cluster, lognormal amounts."""
    years = 6
    clusters, code = np.unique(RISKS["cluster"], return_inverse=True)
    factor = rng.gamma(CLUSTER_SHAPE, 1 / CLUSTER_SHAPE, (len(clusters), years))
    count = rng.poisson(register["frequency_year"].to_numpy()[:, None] * factor[code])
    risk, year = (np.repeat(index, count.ravel()) for index in np.indices(count.shape).reshape(2, -1))
    days = (365.25 * (year + rng.uniform(size=len(year)))).astype(int)
    date = HISTORY_STARTS + pd.to_timedelta(np.minimum(days, (PERIOD[1] - HISTORY_STARTS).days), unit="D")
    median = register["severity_median_usd"].to_numpy()[risk]
    amount = median * np.exp(register["severity_log_sd"].to_numpy()[risk] * rng.standard_normal(len(risk)))
    frame = pd.DataFrame(
        {
            "date": date,
            "risk_id": register["risk_id"].to_numpy()[risk],
            "loss_usd": amount.round(2),
            "kind": RISKS["incident"].to_numpy()[risk],
        }
    )
    frame = _with_known_events(frame.assign(known_market=None, known_days=np.nan, known_cause=None)).sort_values(
        ["date", "risk_id"], ignore_index=True
    )
    frame.insert(0, "loss_id", [f"LS{i + 1:04d}" for i in range(len(frame))])
    return frame


def _with_known_events(frame: pd.DataFrame) -> pd.DataFrame:
    """What struck the supply of the company is among the losses: the largest drawn ones of the kind take the dates."""
    free = np.ones(len(frame), dtype=bool)
    known = ["date", "known_market", "known_days", "known_cause"]
    for kind, day, market, days, cause in KNOWN_EVENTS:
        drawn = frame["loss_usd"].where((frame["kind"] == kind) & free)
        if drawn.notna().any():
            row = drawn.idxmax()
            free[row] = False
            frame.loc[row, known] = [pd.Timestamp(day), market, days, cause]
    return frame


def _incidents(losses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Incidents of the company's three years: the losses of watched risks, with end, notice, market and cause."""
    frame = losses[(losses["kind"] != "") & (losses["date"] >= PERIOD[0] + pd.Timedelta(weeks=8))].reset_index(
        drop=True
    )
    n = len(frame)
    length = frame["known_days"].fillna(pd.Series(rng.gamma(2.5, 5.0, n).round().clip(2, 60)))
    lag = np.minimum(rng.gamma(1.6, 3.0, n).round(), length)
    ended = frame["date"] + pd.to_timedelta(length, unit="D")
    local = frame["kind"].isin(
        ["port_congestion", "account_suspension", "review_wave", "customs_hold", "price_war", "stock_out"]
    )
    causes = [
        CAUSES[kind][i % len(CAUSES[kind])] for kind, i in zip(frame["kind"], rng.integers(0, 12, n), strict=True)
    ]
    return pd.DataFrame(
        {
            "incident_id": [f"IN{i + 1:03d}" for i in range(n)],
            "kind": frame["kind"],
            "started_on": frame["date"],
            "ended_on": ended.where(ended <= PERIOD[1]),
            "noticed_on": np.minimum(frame["date"] + pd.to_timedelta(lag, unit="D"), PERIOD[1]),
            "market": frame["known_market"].fillna(pd.Series(rng.choice(MARKETS, n)).where(local)),
            "loss_usd": frame["loss_usd"],
            "cause": frame["known_cause"].fillna(pd.Series(causes)),
        }
    )
