"""Past launches: signals known at the decision, a stated chance of success, drift, selection.

The log-odds of success are linear in standardised signals. Three coefficients and the intercept drift from quarter
to quarter. An old rule, only weakly related to the truth, chose which ideas were launched; only they have outcomes.
"""

import numpy as np
import pandas as pd

from crossborder.demo import content_features
from crossborder.demo.typed import typed
from crossborder.demo.world import AS_OF, PERIOD, World

__all__ = ["CATEGORIES", "COEFFICIENTS", "MARKETS", "launches", "log_odds", "part", "signals"]

MATURING_DAYS = 90
LAUNCHED_WITH_OUTCOME = 400
UNITS_MARK = 100  # pieces by day 90 that count as success, with a contribution of at least zero

# market: how often ideas aim at it, level of searches, of prices
MARKETS = pd.DataFrame(
    [
        ("US", 0.24, 1.0, 1.00),
        ("DE", 0.15, 0.5, 1.02),
        ("GB", 0.13, 0.5, 1.00),
        ("JP", 0.12, 0.6, 0.92),
        ("MX", 0.10, 0.3, 0.72),
        ("BR", 0.10, 0.4, 0.70),
        ("ID", 0.08, 0.3, 0.45),
        ("SA", 0.08, 0.2, 0.95),
    ],
    columns=["market", "share", "search", "price"],
)
# category: typical price, purchase price over price, weight, volume, growth, fit for light parcels, for short videos
CATEGORIES = pd.DataFrame(
    [
        ("home_storage", 24.0, 0.26, 1.10, 0.0085, 0.09, 0.45, 0.50),
        ("kitchen_health", 42.0, 0.29, 1.45, 0.0080, 0.12, 0.42, 0.60),
        ("pet", 27.0, 0.25, 0.70, 0.0045, 0.16, 0.60, 0.72),
        ("outdoor", 46.0, 0.31, 1.60, 0.0110, 0.10, 0.40, 0.58),
        ("electronics_accessories", 22.0, 0.30, 0.22, 0.0009, 0.07, 0.82, 0.50),
        ("beauty", 19.0, 0.20, 0.24, 0.0010, 0.14, 0.80, 0.75),
    ],
    columns=["category", "price", "cost_share", "weight", "volume", "growth", "light", "video"],
)

# signal: whether its logarithm counts, its usual level and spread, coefficient a spread, change of it a quarter
COEFFICIENTS = pd.DataFrame(
    [
        ("search_volume", True, 9.2, 1.00, 0.25, 0.000),
        ("search_growth", False, 0.15, 0.25, 0.45, 0.025),
        ("category_sales_usd", True, 16.0, 0.90, 0.00, 0.000),
        ("category_growth", False, 0.11, 0.10, 0.35, 0.000),
        ("growth_change", False, 0.00, 0.09, 0.30, 0.000),
        ("price_usd", True, 3.3, 0.45, 0.00, 0.000),
        ("price_percentile", False, 0.50, 0.22, -0.25, 0.000),
        ("margin_share", False, 0.22, 0.10, 0.75, 0.000),
        ("competition_hhi", False, 0.12, 0.07, 0.00, 0.000),
        ("homogeneity", False, 0.55, 0.17, -0.55, -0.020),
        ("rating_gap", False, 0.10, 0.30, 0.65, 0.000),
        ("content_fit", False, 0.58, 0.17, 0.35, 0.025),
        ("logistics_fit", False, 0.57, 0.20, 0.30, 0.000),
        ("climate_fit", False, 0.66, 0.15, 0.30, 0.000),
        ("supplier_readiness", False, 0.62, 0.16, 0.35, 0.000),
        ("policy_risk", False, 0.16, 0.10, -0.40, 0.000),
        ("brand_fit", False, 0.50, 0.18, 0.25, 0.000),
    ],
    columns=["signal", "log", "level", "spread", "coefficient", "drift_a_quarter"],
)
INTERCEPT, INTERCEPT_DRIFT = -0.55, -0.04
SOMETIMES_MISSING = {"search_growth": 0.02, "rating_gap": 0.04, "growth_change": 0.02, "policy_risk": 0.03}
OLD_RULE = {"search_volume": 0.45, "category_sales_usd": 0.30, "margin_share": 0.10, "content_fit": 0.15}


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Launches, and the truth: coefficients, and the true chance of every idea, launched or not."""
    past, chances = launches(rng)
    truth = {
        "launch_coefficients": COEFFICIENTS.copy(),
        "launch_intercept": {"first_quarter": INTERCEPT, "change_a_quarter": INTERCEPT_DRIFT},
        "launch_chances": chances,
        "launch_units_mark": UNITS_MARK,
        "old_rule_weights": dict(OLD_RULE),
    }
    return {"launches": past}, truth


def signals(rng: np.random.Generator, market: np.ndarray, category: np.ndarray) -> pd.DataFrame:
    """Correlated signals of ideas, all known on the day of the decision."""
    n = len(market)
    place = MARKETS.set_index("market").loc[market].reset_index()
    kind = CATEGORIES.set_index("category").loc[category].reset_index()
    z = rng.standard_normal((n, 17))
    heat, crowd = z[:, 0], 0.4 * z[:, 0] + 0.9 * z[:, 1]
    price = kind["price"] * place["price"] * np.exp(0.35 * z[:, 2])
    percentile = _logistic(1.1 * z[:, 2] + 0.5 * z[:, 3])
    return pd.DataFrame(
        {
            "search_volume": (place["search"] * 16000 * np.exp(0.45 * heat + 0.75 * z[:, 4])).round(-1),
            "search_growth": (0.15 + 0.13 * heat + 0.21 * z[:, 5]).clip(-0.6, 1.5).round(3),
            "category_sales_usd": (place["search"] * 1.6e7 * np.exp(0.30 * heat + 0.70 * z[:, 6])).round(-3),
            "category_growth": (kind["growth"] + 0.04 * heat + 0.08 * z[:, 7]).clip(-0.3, 0.6).round(3),
            "growth_change": (0.09 * z[:, 8]).round(3),
            "price_usd": price.round(2),
            "price_percentile": percentile.round(3),
            "margin_share": (0.23 - 0.03 * crowd + 0.03 * z[:, 2] + 0.09 * z[:, 9]).clip(-0.3, 0.6).round(3),
            "competition_hhi": (0.12 * np.exp(-0.25 * crowd + 0.40 * z[:, 10])).clip(0.01, 0.9).round(4),
            "homogeneity": _logistic(0.25 + 0.55 * crowd + 0.40 * z[:, 11]).round(3),
            "rating_gap": (0.10 - 0.05 * crowd + 0.29 * z[:, 12]).clip(-1.5, 1.5).round(2),
            "content_fit": (kind["video"] + 0.15 * z[:, 13]).clip(0.02, 0.99).round(3),
            "logistics_fit": (kind["light"] + 0.12 * z[:, 14]).clip(0.02, 0.99).round(3),
            "climate_fit": (0.66 + 0.15 * z[:, 15]).clip(0.05, 0.99).round(3),
            "supplier_readiness": (0.62 + 0.16 * z[:, 16]).clip(0.05, 0.99).round(3),
            "policy_risk": (0.14 * np.exp(0.6 * rng.standard_normal(n))).clip(0.005, 0.9).round(3),
            "brand_fit": (0.50 + 0.18 * rng.standard_normal(n)).clip(0.02, 0.99).round(3),
        }
    )


def log_odds(frame: pd.DataFrame, quarter: np.ndarray) -> np.ndarray:
    """True log-odds of success; `quarter` counts from the first one."""
    c = COEFFICIENTS.set_index("signal")
    x = frame[c.index].astype("float64").to_numpy(copy=True)
    logged = c["log"].to_numpy()
    x[:, logged] = np.log(x[:, logged])
    x = (x - c["level"].to_numpy()) / c["spread"].to_numpy()
    beta = c["coefficient"].to_numpy() + np.outer(quarter, c["drift_a_quarter"].to_numpy())
    return INTERCEPT + INTERCEPT_DRIFT * np.asarray(quarter) + (x * beta).sum(axis=1)


def launches(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Past ideas with the decision of the old rule and, where launched and mature, the outcome."""
    frame = _decided_ideas(rng)
    quarter = frame.pop("quarter").to_numpy()
    eta = log_odds(frame, quarter)
    frame["old_rule_score"] = _old_rule(frame, rng)
    frame["launched"] = _launched_by_rule(frame, rng)
    frame = pd.concat([frame, _outcomes(frame, eta, rng)], axis=1)
    frame = _hide_some(frame, rng)
    frame["true_probability"] = _logistic(eta)
    frame = _keep_rows(frame)
    frame = pd.concat([frame, content_features.social_share(frame, rng.spawn(1)[0])], axis=1)
    frame.insert(0, "launch_id", [f"L{i + 1:04d}" for i in range(len(frame))])
    truth = frame[["launch_id", "true_probability", "true_success"]].copy()
    return typed(frame.drop(columns=["true_probability", "true_success"]), "launches"), truth


def _decided_ideas(rng: np.random.Generator) -> pd.DataFrame:
    """More ideas than needed, in order of decision; the surplus is dropped once it is known what was launched."""
    n = 760
    days = np.sort(rng.integers(0, (AS_OF - PERIOD[0]).days - 10, n))
    decided = PERIOD[0] + pd.to_timedelta(days, unit="D")
    # The first two months are a cohort of their own, as the calendar has it.
    quarter = (decided.year - 2023) * 4 + decided.quarter - 4
    market = rng.choice(MARKETS["market"], n, p=MARKETS["share"])
    category = rng.choice(CATEGORIES["category"], n)
    frame = pd.DataFrame(
        {
            "category": category,
            "market": market,
            "decided_on": decided,
            "matured_on": decided + pd.Timedelta(days=MATURING_DAYS),
            "cohort": [f"{y}Q{q}" for y, q in zip(decided.year, decided.quarter, strict=True)],
            "quarter": quarter,
        }
    )
    return pd.concat([frame, signals(rng, market, category)], axis=1)


def _old_rule(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """The score used at the time: percentile ranks that chase size, with a good deal of opinion."""
    ranks = sum(weight * frame[name].rank(pct=True) for name, weight in OLD_RULE.items())
    return (100 * (0.75 * ranks + 0.25 * rng.uniform(size=len(frame)))).round(1).to_numpy()


def _launched_by_rule(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """The better scored seven of ten in a quarter, give or take."""
    opinion = frame["old_rule_score"] + 6 * rng.standard_normal(len(frame))
    return (opinion.groupby(frame["cohort"]).rank(pct=True) > 0.27).to_numpy()


def _outcomes(frame: pd.DataFrame, eta: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Success, units and contribution by day 90; missing where not launched or not mature on the last day."""
    n = len(frame)
    z = eta + rng.logistic(size=n)
    raw = UNITS_MARK * np.exp(0.45 * z)
    units = np.where(z > 0, np.ceil(raw), np.floor(raw))
    # Spending on the launch is covered somewhere below the mark, so the mark in units decides.
    covered_by = rng.uniform(40, 95, n)
    piece = frame["price_usd"] * np.clip(frame["margin_share"] + 0.03 * rng.standard_normal(n), 0.02, 0.7)
    known = frame["launched"].to_numpy() & (frame["matured_on"] <= AS_OF).to_numpy()
    return (
        pd.DataFrame(
            {
                "success": pd.array(z > 0, dtype="boolean"),
                "units_90_days": pd.array(units.astype(int), dtype="Int64"),
                "contribution_90_days_usd": (piece * (units - covered_by)).round(2),
            }
        )
        .where(pd.Series(known))
        .assign(true_success=z > 0)
    )


def _hide_some(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    for name, share in SOMETIMES_MISSING.items():
        frame.loc[rng.uniform(size=len(frame)) < share, name] = np.nan
    return frame


def _keep_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """400 launches with an outcome; other rows in the same proportion."""
    known = frame["success"].notna()
    share = LAUNCHED_WITH_OUTCOME / known.sum()
    keep = np.floor(np.arange(len(frame)) * share) != np.floor((np.arange(len(frame)) - 1) * share)
    surplus = np.flatnonzero(known & keep)[LAUNCHED_WITH_OUTCOME:]
    keep[surplus] = False
    lacking = LAUNCHED_WITH_OUTCOME - int((known & keep).sum())
    keep[np.flatnonzero(known & ~keep)[: max(lacking, 0)]] = True
    return frame[keep].reset_index(drop=True)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
