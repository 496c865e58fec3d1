"""Suppliers, lanes and warehouses of the simulated company, with the quality that stands behind them."""

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, World

__all__ = ["FAILED_SUPPLIER", "lanes", "monthly_rates", "part", "supplier_months", "suppliers", "warehouses"]

REGIONS = {
    "CN": ("Zhejiang", "Guangdong", "Fujian", "Jiangsu"),
    "VN": ("Binh Duong", "Bac Ninh"),
    "IN": ("Gujarat", "Tamil Nadu"),
    "ID": ("West Java", "Central Java"),
    "TR": ("Bursa", "Izmir"),
    "MX": ("Nuevo Leon", "Jalisco"),
}
TRADE_NAMES = {
    "home_storage": "Housewares",
    "kitchen_health": "Kitchen Works",
    "pet": "Pet Products",
    "outdoor": "Outdoor Goods",
    "electronics_accessories": "Electronics",
    "beauty": "Cosmetics",
}

# country: suppliers, days to ready (mean), spread of the days, price level, credit, labour, environment, outage a year
COUNTRIES = pd.DataFrame(
    [
        ("CN", 22, 24.0, 0.18, 1.00, 0.66, 0.62, 0.55, 0.020),
        ("VN", 6, 30.0, 0.24, 0.97, 0.60, 0.60, 0.52, 0.030),
        ("IN", 4, 34.0, 0.30, 0.93, 0.56, 0.52, 0.48, 0.040),
        ("ID", 3, 33.0, 0.28, 0.95, 0.55, 0.55, 0.50, 0.045),
        ("TR", 3, 27.0, 0.22, 1.12, 0.58, 0.66, 0.62, 0.050),
        ("MX", 2, 26.0, 0.22, 1.18, 0.60, 0.64, 0.58, 0.035),
    ],
    columns=["country", "count", "days", "spread", "price", "credit", "labour", "environment", "outage"],
)

# The supplier that failed: month of the first missing deliveries. Its delivery record slips in the months before.
FAILED_SUPPLIER = {"supplier_id": "S019", "failed_in": "2025-06-01", "slips_from": "2025-01-01"}
# Suppliers whose record slips from a month on and stays there, and one that mends its ways.
DRIFTS = (
    ("S007", "2025-04-01", -0.16, 2.2),
    ("S027", "2025-10-01", -0.12, 1.8),
    ("S034", "2026-02-01", -0.20, 2.5),
    ("S012", "2024-09-01", 0.10, 0.5),
)

ORIGINS = pd.DataFrame(
    [("CNSHA", "PVG", 1.00, 0.0), ("CNYTN", "CAN", 1.02, -0.5), ("VNSGN", "SGN", 1.07, 1.0)],
    columns=["origin", "airport", "price", "extra_days"],
)

# market: port, airport, price of a 40-foot container, sea days, air per kg, air days, customs days, by the Red Sea,
# courier per kg, hub of sea-air
MARKET_GATES = pd.DataFrame(
    [
        ("US", "USLAX", "LAX", 2650, 30, 5.30, 7.5, 1.8, False, 9.8, "LAX"),
        ("DE", "DEHAM", "FRA", 2780, 41, 4.25, 7.0, 2.2, True, 8.9, "DXB"),
        ("GB", "GBFXT", "LHR", 2850, 42, 4.35, 7.0, 2.0, True, 9.1, "DXB"),
        ("JP", "JPTYO", "NRT", 780, 10, 2.45, 4.5, 1.4, False, 5.6, ""),
        ("MX", "MXZLO", "MEX", 2950, 33, 6.20, 10.0, 3.6, False, 11.9, "LAX"),
        ("BR", "BRSSZ", "GRU", 3650, 47, 7.30, 14.0, 7.5, False, 13.8, "LAX"),
        ("ID", "IDJKT", "CGK", 820, 17, 2.70, 8.0, 4.6, False, 6.2, ""),
        ("SA", "SAJED", "RUH", 2350, 31, 4.05, 8.5, 3.9, True, 9.4, "DXB"),
    ],
    columns=["market", "port", "airport", "feu", "sea", "air_kg", "air", "customs", "canal", "courier_kg", "hub"],
)
USABLE_CBM = 58.0  # of a 40-foot container with cartons
PART_LOAD = 1.95  # price of a cubic metre in a part load over its share of a full container
MODES = pd.DataFrame(
    [
        ("sea", 0.15, 0.76, 3.0),
        ("rail", 0.14, 0.82, 2.0),
        ("air", 0.20, 0.90, 6.0),
        ("road", 0.16, 0.84, 2.0),
        ("sea_air", 0.15, 0.83, 2.0),
        ("courier", 0.22, 0.93, 7.0),
    ],
    columns=["mode", "spread", "on_time", "departures"],
)

WAREHOUSES = pd.DataFrame(
    [
        ("US-W", "Ontario, California", "US", -117.65, 34.06, True, 1650, 1.85, 24.0, 900, False, 0.975),
        ("US-S", "Dallas, Texas", "US", -96.80, 32.78, False, 1350, 1.65, 19.0, 700, False, 0.970),
        ("US-E", "Edison, New Jersey", "US", -74.41, 40.52, False, 1750, 1.95, 25.5, 800, False, 0.972),
        ("DE-W", "Duisburg", "DE", 6.76, 51.43, True, 1280, 1.70, 20.5, 600, False, 0.982),
        ("DE-E", "Leipzig", "DE", 12.37, 51.34, False, 1050, 1.50, 17.5, 600, True, 0.978),
        ("GB-M", "Daventry", "GB", -1.16, 52.26, True, 1190, 1.75, 22.0, 500, False, 0.976),
        ("JP-K", "Chiba", "JP", 140.11, 35.61, True, 1220, 1.60, 26.0, 450, False, 0.991),
        ("MX-C", "Tepotzotlan", "MX", -99.22, 19.71, True, 640, 0.95, 14.0, 350, False, 0.955),
        ("BR-S", "Cajamar", "BR", -46.88, -23.36, True, 760, 1.15, 15.5, 400, True, 0.951),
        ("ID-J", "Cikarang", "ID", 107.14, -6.29, True, 520, 0.70, 11.0, 350, True, 0.948),
        ("SA-R", "Riyadh", "SA", 46.72, 24.63, True, 880, 1.25, 17.0, 350, False, 0.962),
        ("SA-J", "Jeddah", "SA", 39.19, 21.49, False, 790, 1.15, 15.0, 350, True, 0.960),
    ],
    columns=[
        "warehouse_id",
        "name",
        "market",
        "longitude",
        "latitude",
        "in_use",
        "fixed_cost_month",
        "handling_cost_unit",
        "storage_cost_cbm_month",
        "capacity_cbm",
        "bonded",
        "record_accuracy",
    ],
)


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """The monthly record of the suppliers, and the truth behind suppliers and lanes."""
    frame, quality = _suppliers(world.rng("suppliers"))
    truth = {
        "supplier_quality": quality,
        "supplier_rates": monthly_rates(world),
        "supplier_failure": dict(FAILED_SUPPLIER),
        "supplier_drifts": pd.DataFrame(DRIFTS, columns=["supplier_id", "from", "on_time_change", "defect_factor"]),
        "markets_by_canal": MARKET_GATES.loc[MARKET_GATES["canal"], "market"].tolist(),
    }
    return {"supplier_months": supplier_months(world, frame, rng)}, truth


def suppliers(rng: np.random.Generator) -> pd.DataFrame:
    """The 40 suppliers with twelve indicators."""
    return _suppliers(rng)[0]


def monthly_rates(world: World) -> pd.DataFrame:
    """True rates of each supplier and month: on_time_true, defect_true, available."""
    quality = _suppliers(world.rng("suppliers"))[1]
    grid = quality.merge(pd.DataFrame({"month": world.months}), how="cross")
    grid["on_time_true"], grid["defect_true"] = _drifted(grid)
    failed = (grid["supplier_id"] == FAILED_SUPPLIER["supplier_id"]) & (grid["month"] >= FAILED_SUPPLIER["failed_in"])
    grid["available"] = ~failed
    columns = ["month", "supplier_id", "on_time_true", "defect_true", "available"]
    return grid[columns].sort_values(["month", "supplier_id"], ignore_index=True)


def _suppliers(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The 40 suppliers with twelve indicators, and their hidden quality and true rates."""
    place = COUNTRIES.loc[COUNTRIES.index.repeat(COUNTRIES["count"])].reset_index(drop=True)
    n = len(place)
    number = np.arange(n)
    category = np.array(CATEGORIES)[number % len(CATEGORIES)]
    regions = place["country"].map(REGIONS)
    region = [names[i % len(names)] for i, names in zip(number, regions, strict=True)]
    quality = rng.standard_normal(n)
    on_time = _logistic(2.15 + 0.75 * quality + 0.25 * rng.standard_normal(n))
    defect = 0.016 * np.exp(-0.50 * quality + 0.25 * rng.standard_normal(n))
    size = rng.lognormal(0.0, 0.45, n)
    days = (place["days"] * np.exp(-0.06 * quality + 0.10 * rng.standard_normal(n))).clip(15, 40)
    frame = pd.DataFrame(
        {
            "supplier_id": [f"S{i + 1:03d}" for i in number],
            "name": [f"{r} {TRADE_NAMES[c]} {i + 1:02d}" for r, c, i in zip(region, category, number, strict=True)],
            "country": place["country"],
            "region": region,
            "category": category,
            "capacity_units_month": np.round(1600 * size, -1),
            "min_order_quantity": np.round(np.clip(85 * size**0.6 * rng.lognormal(0, 0.25, n), 40, 160), -1),
            "lead_time_days_mean": days.round(1),
            "lead_time_days_sd": (days * place["spread"] * np.exp(-0.15 * quality)).round(1),
            "volume_discount": rng.uniform(0.02, 0.08, n).round(3),
            **_identity(rng, n),
            "outage_probability_year": (place["outage"] * np.exp(-0.35 * quality)).clip(0.003, 0.2).round(4),
            **_indicators(rng, place, quality, on_time, defect, size),
        }
    )
    # The register knows today what happened to the supplier that failed.
    frame.loc[frame["supplier_id"] == FAILED_SUPPLIER["supplier_id"], ["financial_health", "credit_ok"]] = [0.12, False]
    truth = pd.DataFrame(
        {"supplier_id": frame["supplier_id"], "quality": quality, "on_time": on_time, "defect": defect}
    )
    return typed(frame, "suppliers"), truth


def _identity(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Four identity checks; four suppliers fail one of them, one fails two."""
    checks = np.ones((n, 4), dtype=bool)
    rows = rng.choice(np.arange(4, n), 5, replace=False)
    checks[rows, [0, 1, 2, 3, 3]] = False
    checks[rows[4], 2] = False
    return dict(zip(("registry_ok", "tax_ok", "bank_ok", "credit_ok"), checks.T, strict=True))


def _indicators(rng: np.random.Generator, place: pd.DataFrame, quality, on_time, defect, size) -> dict:
    """The twelve indicators as an audit would see them: the truth with error."""
    n = len(quality)

    def noise(scale: float) -> np.ndarray:
        return scale * rng.standard_normal(n)

    return {
        "on_time_rate": (on_time + noise(0.025)).clip(0.4, 0.995).round(3),
        "defect_rate": (defect * np.exp(noise(0.20))).clip(0.001, 0.15).round(4),
        "response_hours": (9.0 * np.exp(-0.30 * quality + noise(0.40))).round(1),
        "capacity_free": (0.35 - 0.05 * quality + noise(0.12)).clip(0.02, 0.85).round(2),
        "price_index": (place["price"] * np.exp(0.03 * quality - 0.03 * np.log(size) + noise(0.05))).round(3),
        "certificate_score": (0.82 + 0.08 * quality + noise(0.08)).clip(0.3, 1.0).round(2),
        "financial_health": (place["credit"] + 0.10 * quality + noise(0.08)).clip(0.05, 0.98).round(2),
        "flexibility": (0.60 + 0.10 * quality + noise(0.12)).clip(0.05, 0.98).round(2),
        "social_score": (place["labour"] + 0.07 * quality + noise(0.08)).clip(0.1, 0.98).round(2),
        "environment_score": (place["environment"] + 0.06 * quality + noise(0.09)).clip(0.1, 0.98).round(2),
        "traceability": (0.58 + 0.10 * quality + noise(0.13)).clip(0.05, 1.0).round(2),
        "years_together": (rng.gamma(2.2, 1.5, n) + 0.4).round(1),
    }


def supplier_months(world: World, frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Monthly delivery record of each supplier over all its customers; no row in a month without deliveries."""
    grid = monthly_rates(world).merge(frame[["supplier_id", "capacity_units_month"]], on="supplier_id")
    n = len(grid)
    season = 1 + 0.18 * np.cos(2 * np.pi * (grid["month"].dt.month - 10) / 12)
    used = np.clip(0.22 * season * rng.lognormal(0, 0.25, n), 0.02, 1.0)
    grid["units"] = np.maximum((grid["capacity_units_month"] * used).round().astype(int), 20)
    deliveries = np.maximum(grid["units"] // 25, 6).to_numpy()
    grid["on_time_rate"] = (rng.binomial(deliveries, grid["on_time_true"]) / deliveries).round(4)
    grid["defect_rate"] = (rng.binomial(grid["units"], grid["defect_true"]) / grid["units"]).round(5)
    columns = ["month", "supplier_id", "on_time_rate", "defect_rate", "units"]
    seen = grid.loc[grid["available"], columns]
    return typed(seen.sort_values(["month", "supplier_id"], ignore_index=True), "supplier_months")


def _drifted(grid: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    on_time, defect = grid["on_time"].to_numpy(copy=True), grid["defect"].to_numpy(copy=True)
    slips = (FAILED_SUPPLIER["supplier_id"], FAILED_SUPPLIER["slips_from"], -0.25, 1.6)
    for supplier, since, change, factor in (*DRIFTS, slips):
        rows = ((grid["supplier_id"] == supplier) & (grid["month"] >= since)).to_numpy()
        on_time[rows] += change
        defect[rows] *= factor
    return on_time.clip(0.30, 0.995), defect.clip(0.0005, 0.20)


def lanes(rng: np.random.Generator) -> pd.DataFrame:
    """Origins x markets x modes that exist, with prices in USD of October 2026 (assumed levels) and days."""
    origins = ORIGINS.rename(columns={"airport": "origin_airport"})
    grid = origins.merge(MARKET_GATES, how="cross").merge(MODES, how="cross")
    europe = grid["market"].isin(["DE", "GB"]) & (grid["origin"] != "VNSGN")
    has = {"rail": europe, "road": europe, "sea_air": grid["hub"] != ""}
    keep = np.logical_and.reduce([(grid["mode"] != mode) | mask for mode, mask in has.items()])
    grid = grid[keep].reset_index(drop=True)
    days = _transit_days(grid)
    busy = np.where(grid["market"].isin(["US", "DE", "JP"]), 1.5, 1.0)
    frame = pd.DataFrame(
        {
            "lane_id": grid["origin"] + "-" + grid["market"] + "-" + grid["mode"],
            "origin": grid["origin"],
            "market": grid["market"],
            "mode": grid["mode"],
            **_gateways(grid),
            **_freight(grid, rng),
            "currency": "USD",
            "transit_days_mean": days.round(1),
            "transit_days_sd": (days * (grid["spread"] + 0.035 * (grid["customs"] > 3))).round(1),
            "customs_days_mean": (grid["customs"] * np.where(grid["mode"] == "courier", 0.5, 1.0)).round(1),
            "reliability": (grid["on_time"] - 0.012 * grid["customs"]).clip(0.4, 0.99).round(2),
            "departures_per_week": grid["departures"] * busy,
        }
    )
    return typed(frame, "lanes")


def _transit_days(grid: pd.DataFrame) -> pd.Series:
    """Mean days from door to warehouse, customs included."""
    mode, island = grid["mode"], 1.0 * (grid["market"] == "GB")
    known = {
        "sea": grid["sea"] + grid["extra_days"],
        "rail": 21.0 + 4.0 * island,
        "air": grid["air"],
        "road": 19.0 + 2.0 * island,
        "sea_air": 0.38 * grid["sea"] + grid["air"] + grid["extra_days"],
        "courier": 0.75 * grid["air"],
    }
    return pd.Series(np.select([mode == m for m in known], list(known.values())), index=grid.index)


def _freight(grid: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Prices by weight, by volume (part load) and by 40-foot container, with 3 % spread between lanes."""
    mode = grid["mode"]
    spread = grid["price"] * np.exp(0.03 * rng.standard_normal(len(grid)))
    container = np.select(
        [mode == "sea", mode == "rail", mode == "road"], [grid["feu"], 2.35 * grid["feu"], 11500], np.nan
    )
    weight = {"air": grid["air_kg"], "courier": grid["courier_kg"], "sea_air": 0.64 * grid["air_kg"], "road": 1.75}
    per_kg = np.select([mode == m for m in weight], list(weight.values()), np.nan)
    # Handling weighs more in a part load on a short sea lane.
    short = np.where((mode == "sea") & (container < 1500), 2.2, 1.0)
    part = np.where(mode != "road", PART_LOAD * short * container / USABLE_CBM, np.nan)
    return {
        "cost_per_kg": (per_kg * spread).round(2),
        "cost_per_cbm": (part * spread).round(1),
        "cost_per_container": (container * spread).round(-1),
    }


def _gateways(grid: pd.DataFrame) -> dict[str, np.ndarray]:
    """Ports (UN/LOCODE) for sea, airports (IATA) for air; rail by Chongqing and Duisburg, road by Urumqi."""
    mode = grid["mode"]
    by_air = mode.isin(["air", "courier"])
    home = np.select(
        [by_air, mode == "rail", mode == "road"], [grid["origin_airport"], "CNCKG", "CNURC"], grid["origin"]
    )
    road_end = np.where(grid["market"] == "GB", "GBLON", "DEFRA")
    abroad = np.select(
        [mode == "sea", mode == "rail", mode == "road"], [grid["port"], "DEDUI", road_end], grid["airport"]
    )
    return {"origin_gateway": home, "market_gateway": abroad}


def warehouses(scale: float = 1.0) -> pd.DataFrame:
    """The 12 warehouses, eight of them in use; contract rates in USD. Room and rent grow with the company."""
    larger = max(scale, 1.0)
    grown = {name: WAREHOUSES[name] * larger for name in ("capacity_cbm", "fixed_cost_month")}
    return typed(WAREHOUSES.assign(currency="USD", **grown), "warehouses")


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
