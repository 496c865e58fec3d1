"""Tests of controls month by month, drills and restores, and trade marks by market with their gaps.

Every control stops a bad case with its own fixed probability and a good one by mistake with another; some get better
from one day on. Drills take a lognormal time around their true median. Marks are missing in some markets by plan.
"""

from io import StringIO

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import MARKETS, PERIOD, World

__all__ = ["CONTROLS", "DRILLS", "MARKS", "part"]

# Cases are those of a month; `caught_later` holds from the day on which the control was renewed, if there is one.
CONTROLS = pd.read_csv(
    StringIO("""kind,control,layer,line,cases_bad,caught,cases_good,false_stops,value_usd,renewed_on,caught_later
access,log-in with second factor,technology,1,260,0.955,900,0.012,3.5,2025-10-01,0.972
access,review of rights,process,2,6,0.75,60,0.02,240,,
screening,age check at checkout,technology,1,24,0.93,800,0.006,45,,
screening,banned goods by market,policy,1,14,0.90,400,0.010,120,2026-01-15,0.97
content,claims in advertisements,process,1,18,0.72,160,0.05,95,2025-07-01,0.86
fraud,own fraud score,technology,1,40,0.66,700,0.018,42,2025-04-01,0.78
fraud,shared list of the platforms,technology,1,40,0.41,700,0.004,42,,
audit,social audit of suppliers,policy,3,3,0.80,9,0.03,1900,,
audit,books and payments,process,3,4,0.85,30,0.02,700,,
audit,product files,process,2,5,0.82,40,0.03,410,,
"""),
    keep_default_na=False,
)
DRILLS = pd.read_csv(
    StringIO("""kind,control,layer,line,median_hours,log_sd,target_hours,every_months
drill,largest marketplace closed,process,2,30,0.35,24,3
drill,data breach,process,2,19,0.30,24,4
drill,port closed,process,1,52,0.30,72,3
drill,recall of a batch,process,1,15,0.40,24,4
restore,orders and customers,technology,1,5,0.50,8,2
restore,product and price data,technology,1,9,0.45,12,3
"""),
    keep_default_na=False,
)
# Sign, class, markets with a registration, markets with an application only.
MARKS = (
    ("Quillharbor", 20, ("US", "DE", "GB", "JP", "MX"), ("BR",)),
    ("Quillharbor", 21, ("US", "DE", "GB", "JP"), ("BR", "SA")),
    ("Quillharbor", 9, ("US", "DE", "GB"), ()),
    ("Quillharbor", 18, ("US", "JP"), ("MX",)),
)
ENDS_SOON = ("MX", 20)


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Tests of controls and trade marks; the truth: what every control stops, and the true median of every drill."""
    months = pd.date_range(PERIOD[0], PERIOD[1], freq="MS") + pd.Timedelta(days=20)
    tests = pd.concat([_screens(months, rng), _drills(months, rng)]).sort_values(["date", "control"], ignore_index=True)
    tests.insert(0, "test_id", [f"CT{i + 1:04d}" for i in range(len(tests))])
    last = CONTROLS["caught_later"].replace("", np.nan).astype(float).fillna(CONTROLS["caught"].astype(float))
    truth = {
        "controls": CONTROLS[["kind", "control"]].assign(caught=last, false_stops=CONTROLS["false_stops"]),
        "drills": DRILLS[["kind", "control", "median_hours", "log_sd", "target_hours"]],
    }
    tables = {"control_tests": typed(tests, "control_tests"), "trade_marks": typed(_marks(), "trade_marks")}
    return tables, truth


def _screens(months: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    every = CONTROLS.merge(pd.DataFrame({"date": months}), how="cross")
    renewed = pd.to_datetime(every["renewed_on"].replace("", None))
    later = every["caught_later"].replace("", np.nan).astype(float)
    caught = np.where(renewed.notna() & (every["date"] >= renewed), later, every["caught"].astype(float))
    every["cases_bad"] = rng.poisson(every["cases_bad"].astype(float))
    every["cases_good"] = rng.poisson(every["cases_good"].astype(float))
    every["bad_stopped"] = rng.binomial(every["cases_bad"], caught)
    every["good_stopped"] = rng.binomial(every["cases_good"], every["false_stops"].astype(float))
    return every.drop(columns=["caught", "false_stops", "renewed_on", "caught_later"])


def _drills(months: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    every = DRILLS.merge(pd.DataFrame({"date": months, "month": range(len(months))}), how="cross")
    every = every[every["month"] % every["every_months"] == 0].reset_index(drop=True)
    spread = every["log_sd"].to_numpy() * rng.standard_normal(len(every))
    every["took_hours"] = (every["median_hours"] * np.exp(spread)).round(1)
    return every.drop(columns=["median_hours", "log_sd", "every_months", "month"])


def _marks() -> pd.DataFrame:
    rows = []
    for mark, nice, registered, pending in MARKS:
        for place, market in enumerate(sorted((*registered, *pending), key=MARKETS.index)):
            applied = pd.Timestamp("2021-03-01") + pd.DateOffset(months=5 * place + nice)
            granted = applied + pd.DateOffset(months=11) if market in registered else pd.NaT
            ends = applied + pd.DateOffset(years=3 if (market, nice) == ENDS_SOON else 10)
            rows.append((mark, market, nice, applied, granted, ends if market in registered else pd.NaT))
    frame = pd.DataFrame(
        rows, columns=["mark", "market", "nice_class", "applied_on", "registered_on", "expires_on"]
    ).sort_values(["applied_on", "market"], ignore_index=True)
    frame.insert(0, "mark_id", [f"TM{i + 1:03d}" for i in range(len(frame))])
    return frame
