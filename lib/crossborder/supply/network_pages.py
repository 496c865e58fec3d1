"""The logistics page on a company: flows, modes, rerouting and warehouses from its tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.reference import airports, emissions
from crossborder.supply import inputs, modes, network, routing
from crossborder.supply.duty_rules import rule_sources
from crossborder.supply.freight import freight_per_piece, volumetric_weight
from crossborder.supply.inputs import LandedInputs

__all__ = [
    "REGIONS",
    "Flows",
    "closure_sums",
    "closures",
    "co2e",
    "first_region",
    "flows",
    "leg_km",
    "mode_points",
    "mode_table",
    "network_choice",
    "route_graph",
    "split_table",
]

DEMAND_RANGE = (0.75, 1.3)  # of the demand today, as the scenarios demand_slump and demand_boom
TURNS_YEAR = 6.0  # of the stock in a warehouse
ROOM_SPARE = 1.05  # room taken over the room needed, where the sites listed hold too little
REGIONS = pd.DataFrame(
    [
        ("US", "west", -118.2, 34.1, 0.24),
        ("US", "south", -96.8, 32.8, 0.27),
        ("US", "midwest", -87.6, 41.9, 0.2),
        ("US", "east", -74.0, 40.7, 0.29),
        ("DE", "west", 7.0, 51.2, 0.5),
        ("DE", "east", 13.4, 52.5, 0.2),
        ("DE", "south", 11.6, 48.1, 0.3),
        ("GB", "south", -0.1, 51.5, 0.6),
        ("GB", "north", -2.2, 53.5, 0.4),
        ("JP", "east", 139.7, 35.7, 0.6),
        ("JP", "west", 135.5, 34.7, 0.4),
        ("MX", "centre", -99.1, 19.4, 0.7),
        ("MX", "north", -100.3, 25.7, 0.3),
        ("BR", "south-east", -46.6, -23.6, 0.7),
        ("BR", "north-east", -38.5, -12.9, 0.3),
        ("ID", "Java", 106.8, -6.2, 0.75),
        ("ID", "Sumatra", 98.7, 3.6, 0.25),
        ("SA", "centre", 46.7, 24.7, 0.5),
        ("SA", "west", 39.2, 21.5, 0.5),
    ],
    columns=["market", "region", "lon", "lat", "share"],
)
DELIVERY_USD, DELIVERY_USD_1000KM = 0.9, 1.15  # a parcel within a country: base, and per 1,000 km of the way


@dataclass(frozen=True)
class Flows:
    """Weekly flows by product x market and their costs: the base of all sections of the page."""

    inputs: LandedInputs
    units_week: np.ndarray
    sd_week: np.ndarray
    freight: np.ndarray
    landed: np.ndarray
    margin: np.ndarray
    market_of_lane: np.ndarray
    duty_sources: pd.DataFrame


def flows(company: object) -> Flows:
    """The flows of the last year: pieces a week by product and market, freight by lane, value and margin."""
    base = inputs.from_company(company)
    cost = inputs.landed_from(base, company.as_of)
    market = base.lanes["market"].to_numpy(str)
    names = np.unique(market)
    yearly = np.stack([base.weights[:, market == name].sum(1) for name in names], axis=1)
    week = yearly / 52
    place = np.searchsorted(names, market)
    freight = freight_per_piece(base.products, base.lanes, fill=base.terms.fill)
    value = np.asarray(base.products["unit_cost_usd"], float)
    best = cost.least()
    price = np.stack([base.price[:, market == name].mean(1) for name in names], axis=1)
    margin = np.maximum(price - best[names].to_numpy(), 0.1)
    # Weekly sales of a product in a market vary more than Poisson: twice its variance is this trade's usual size.
    return Flows(base, week, np.sqrt(2 * week + 0.05), freight, value, margin, place, rule_sources(cost.books, "bulk"))


def mode_table(found: Flows, holding_rate_year: float, service_level: float, lost_share: float) -> pd.DataFrame:
    """The cheapest mode of every product and market with all inventory costs, its runner-up and yearly cost."""
    rows = []
    names = np.unique(found.inputs.lanes["market"].to_numpy(str))
    stocked = (found.inputs.lanes["mode"] != "courier").to_numpy()
    for place in range(len(names)):  # over markets
        columns = np.flatnonzero((found.market_of_lane == place) & stocked)
        lanes = found.inputs.lanes.iloc[columns].reset_index(drop=True)
        cost = modes.mode_cost(
            found.units_week[:, place],
            found.sd_week[:, place],
            found.landed,
            found.freight[:, columns],
            lanes,
            holding_rate_year,
            found.margin[:, place],
            service_level,
            lost_share,
        )
        best = modes.cheapest_mode(cost["total"], lanes, found.inputs.products["sku"])
        chosen = best["lane"].to_numpy()
        lines = {line: cost[line][np.arange(len(best)), chosen] for line in modes.LINES}
        sea = np.flatnonzero((lanes["mode"] == "sea").to_numpy())
        cheapest_sea = cost["total"][:, sea].min(1) if len(sea) else np.inf
        rows.append(best.assign(**lines, units=found.units_week[:, place] * 52, sea_only=cheapest_sea))
    return pd.concat(rows, ignore_index=True)


def mode_points(found: Flows, market: str, holding_rate_year: float) -> pd.DataFrame:
    """Options to a market for its mean piece: days, freight and stock cost a piece, kg CO2e, and who is not beaten."""
    lanes = found.inputs.lanes
    columns = np.flatnonzero((lanes["market"] == market).to_numpy())
    place = found.market_of_lane[columns[0]]
    weight = found.units_week[:, place] / found.units_week[:, place].sum()
    here = lanes.iloc[columns].reset_index(drop=True)
    freight = weight @ found.freight[:, columns]
    value = float(weight @ found.landed)
    days = here["transit_days_mean"].to_numpy(float)
    stock = value * holding_rate_year * (days + 1.645 * here["transit_days_sd"].to_numpy(float)) / 365
    kg = float(weight @ found.inputs.products["weight_kg"].to_numpy(float))
    distance = leg_km(here)
    table = here[["lane_id", "origin", "mode"]].assign(
        days=days,
        freight=freight,
        stock=stock,
        cost=freight + stock,
        co2e_kg=co2e(kg, distance, here["mode"]),
        reliability=here["reliability"],
    )
    table["undominated"] = modes.pareto(table["days"], table["cost"])
    return table.sort_values("days", ignore_index=True)


def leg_km(lanes: pd.DataFrame) -> np.ndarray:
    """Way of every lane in km: sea network for sea, great circle for air, 1.25 x great circle of gateways on land."""
    ports = routing.SeaNetwork.load().ports().set_index("locode")
    km = np.full(len(lanes), np.nan)
    mode = lanes["mode"].to_numpy(str)
    sea = np.flatnonzero(mode == "sea")
    if len(sea):
        km[sea] = routing.sea_lengths(lanes.iloc[sea]) * routing.KM_PER_NM
    for row in np.flatnonzero(mode != "sea"):  # over a few dozen lanes
        ends = [_spot(str(lanes[c].iloc[row]), ports) for c in ("origin_gateway", "market_gateway")]
        straight = float(airports.great_circle_km(ends[0][0], ends[0][1], ends[1][0], ends[1][1]))
        km[row] = straight * (1.25 if mode[row] in ("rail", "road") else 1.0)
    return km


def split_table(found: Flows, market: str, holding_rate_year: float) -> pd.DataFrame | None:
    """Sea-air by share for the market's mean piece; None where it lacks one of both modes."""
    points = mode_points(found, market, holding_rate_year)
    sea, air = points[points["mode"] == "sea"], points[points["mode"] == "air"]
    if sea.empty or air.empty:
        return None
    place = found.market_of_lane[np.flatnonzero((found.inputs.lanes["market"] == market).to_numpy())[0]]
    weight = found.units_week[:, place] / found.units_week[:, place].sum()
    margin = float(weight @ found.margin[:, place])
    lane = found.inputs.lanes.set_index("lane_id").loc[sea["lane_id"].iloc[0]]
    return modes.sea_air_split(
        float(sea["freight"].min()),
        float(air["freight"].min()),
        float(sea["days"].iloc[0]),
        float(air["days"].min()),
        float(weight @ found.landed),
        holding_rate_year,
        0.004 * margin,
        float(lane["transit_days_sd"]),
    )


def closures(
    found: Flows, cases: dict[str, tuple[str, ...]], ships: list[str], holding_rate_year: float, speed_knots: float
) -> pd.DataFrame:
    """Closed passages by case and ship class through to days, stock, cost and CO2e, one row a sea lane."""
    lanes = found.inputs.lanes
    sea = np.flatnonzero((lanes["mode"] == "sea").to_numpy())
    units = found.inputs.weights[:, sea]
    total = np.maximum(units.sum(0), 1e-9)
    share = units / total
    table = pd.DataFrame(
        {
            "units_week": units.sum(0) / 52,
            "sd_week": np.sqrt(units.sum(0) / 52 * 2),
            "value": (share * found.landed[:, None]).sum(0),
            "freight": (share * found.freight[:, sea]).sum(0),
            "weight_kg": (share * found.inputs.products["weight_kg"].to_numpy(float)[:, None]).sum(0),
        },
        index=lanes["lane_id"].iloc[sea],
    )
    rows = [
        routing.closure(lanes, shut, table, holding_rate_year, ship, speed_knots).assign(case=case, ship=ship)
        for case, shut in cases.items()
        for ship in dict.fromkeys(ships)
    ]
    return pd.concat(rows, ignore_index=True)


def route_graph(found: Flows, closed: tuple[str, ...] = ()) -> pd.DataFrame:
    """The company's way as a graph: suppliers' origins, gateways, warehouses and regions; cost (USD a kg) and days."""
    lanes = found.inputs.lanes
    kg = float(found.inputs.products["weight_kg"].mean())
    per_kg = found.freight.mean(0) / kg
    arcs = pd.DataFrame(
        {
            "tail": lanes["origin"],
            "head": lanes["market"] + " by " + lanes["mode"],
            "cost": per_kg,
            "days": lanes["transit_days_mean"],
            "mode": lanes["mode"],
        }
    )
    if closed:
        sea = lanes[lanes["mode"] == "sea"]
        longer = routing.sea_lengths(sea, closed) / routing.sea_lengths(sea)
        arcs.loc[(lanes["mode"] == "sea").to_numpy(), "days"] *= np.where(np.isfinite(longer), longer, 1e6)
    regions = REGIONS[REGIONS["market"].isin(lanes["market"])]
    doors = arcs[["head", "mode"]].drop_duplicates().assign(market=lambda f: f["head"].str[:2])
    regions = doors.merge(regions, on="market")
    inside = pd.DataFrame(
        {
            "tail": regions["head"],
            "head": regions["market"] + " " + regions["region"],
            "cost": 1.1 + 0.4 * (1 - regions["share"]),
            "days": 1.5 + 2 * (1 - regions["share"]),
            "mode": "parcel",
        }
    )
    return pd.concat([arcs, inside], ignore_index=True)


def network_choice(
    found: Flows, warehouses: pd.DataFrame, as_of: pd.Timestamp, time_limit_seconds: float, lost_day_share: float = 0.02
) -> tuple[network.Network, pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Least-cost warehouses for the regions: the network, one row a site, one a region, and what the choice is worth.

    A piece costs its delivery by distance and, for each day of the way, `lost_day_share` of its margin. A site of
    another market cannot serve a region (customs lie between). `saved_low` and `saved_high` are what the choice saves
    with demand at the ends of DEMAND_RANGE, the sites and ways as chosen. Where the sites listed hold less than is
    sold (`room_share` below 1), they are taken larger (`_with_room`).
    """
    sites = warehouses.copy()
    for name in ("fixed_cost_month", "handling_cost_unit", "storage_cost_cbm_month"):
        sites[name] = inputs.to_usd(sites[name], sites["currency"], as_of)
    regions, serve, days = _regions(found, sites, lost_day_share)
    demand, used = regions["units"].to_numpy(float), sites["in_use"].to_numpy(bool)
    sides = (found.inputs.products[c] for c in ("length_cm", "width_cm", "height_cm"))
    cbm, limit = float(volumetric_weight(*sides, 1e6).mean()), {"time_limit_seconds": time_limit_seconds}
    sites, room_share = _with_room(sites, regions["market"], demand * cbm / TURNS_YEAR)
    limit["turns_year"] = TURNS_YEAR
    best, table = network.choose_warehouses(sites, demand, serve, cbm, **limit)
    here = sites[used].reset_index(drop=True)
    today, _ = network.choose_warehouses(here, demand, serve[used], cbm, must_open=np.ones(len(here), bool), **limit)
    regions = regions.assign(
        days_best=(best.share * days).sum(0),
        days_today=(today.share * days[used]).sum(0),
        site=sites["warehouse_id"].to_numpy()[best.share.argmax(0)],
    )
    mean = {name: float((regions[name] * demand).sum() / demand.sum()) for name in ("days_best", "days_today")}
    worth = {"cost_best": best.cost, "cost_today": today.cost, **mean, "gap": best.gap, "seconds": best.seconds}
    rent = today.fixed_cost - best.fixed_cost
    ends = [rent + factor * (today.cost - best.cost - rent) for factor in DEMAND_RANGE]
    worth |= {"saved_low": min(ends), "saved_high": max(ends), "room_share": room_share}
    return best, table.join(sites[["longitude", "latitude", "in_use", "bonded"]]), regions, worth


def _with_room(sites: pd.DataFrame, market: pd.Series, need_cbm: np.ndarray) -> tuple[pd.DataFrame, float]:
    """Sites that hold what their market needs, at the same rent a cubic metre, and the smallest share held as listed.

    `need_cbm` is the room that each region needs at once, `market` its market. Of a market those in use must hold it
    (or all, where none is in use), so that today can be compared; what no site of its own serves, all hold together.
    """
    need = pd.Series(need_cbm).groupby(market.to_numpy()).sum()
    told = sites[sites["in_use"] | ~sites.groupby("market")["in_use"].transform("any")]
    room = told.groupby("market")["capacity_cbm"].sum()
    share = (room / need.reindex(room.index).fillna(0.0)).clip(1e-9, 1.0)
    larger = sites["market"].map(ROOM_SPARE / share).where(sites["market"].map(share) < 1, 1.0)
    used = told["in_use"] | ~told["in_use"].any()
    held = float((told["capacity_cbm"] * larger[told.index])[used].sum()) / float(need.sum())
    larger *= max(ROOM_SPARE / held, 1.0) if held < 1 else 1.0
    grown = {name: sites[name] * larger for name in ("capacity_cbm", "fixed_cost_month")}
    return sites.assign(**grown), float(min(share.min(), held, 1.0))


def _regions(found: Flows, sites: pd.DataFrame, lost_day_share: float) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Regions with pieces a year, cost of serving a piece (sites x regions, USD), and days of the way."""
    names = np.unique(found.inputs.lanes["market"].to_numpy(str))
    regions = REGIONS[REGIONS["market"].isin(names)].reset_index(drop=True)
    place = np.searchsorted(names, regions["market"])
    weekly = found.units_week.sum(0)
    km = airports.great_circle_km(
        sites["longitude"].to_numpy()[:, None],
        sites["latitude"].to_numpy()[:, None],
        regions["lon"].to_numpy(),
        regions["lat"].to_numpy(),
    )
    days = 1 + km / 600
    margin = ((found.margin * found.units_week).sum(0) / np.maximum(weekly, 1e-9))[place]
    serve = DELIVERY_USD + DELIVERY_USD_1000KM * km / 1000 + lost_day_share * margin * days
    same = sites["market"].to_numpy()[:, None] == regions["market"].to_numpy()
    regions = regions.assign(units=weekly[place] * 52 * regions["share"].to_numpy())
    return regions, np.where(same, serve, 1e4), days


def co2e(weight_kg: np.ndarray | float, km: np.ndarray, mode: pd.Series) -> np.ndarray:
    """CO2e of lanes, kg; sea-air counts as half sea and half air, couriers as air."""
    plain = mode.replace({"courier": "air", "sea_air": "air"}).to_numpy(object)
    whole = emissions.freight_kg(weight_kg, km, plain)
    half = 0.5 * (whole + emissions.freight_kg(weight_kg, km, np.full(len(mode), "sea", object)))
    return np.where(mode == "sea_air", half, whole)


def _spot(code: str, ports: pd.DataFrame) -> tuple[float, float]:
    """Longitude and latitude of a port, an airport, or of the main airport of an inland terminal's country."""
    if code in ports.index:
        return float(ports.loc[code, "lon"]), float(ports.loc[code, "lat"])
    if len(code) == 3:
        place = airports.airport(code)
        return float(place["lon"]), float(place["lat"])
    place = airports.gateways([code[:2]]).iloc[0]
    return float(place["airport_lon"]), float(place["airport_lat"])


def closure_sums(closed: pd.DataFrame) -> pd.DataFrame:
    """Closures by case and ship class: lanes touched, days and way longer there, stock, cost and CO2e of all lanes."""
    hit = closed[closed["extra_days"] > 0.5]
    keys = ["case", "ship"]
    mean = hit.groupby(keys)[["extra_days", "extra_share"]].mean()
    total = closed.groupby(keys)[["extra_stock_usd", "extra_cost_year", "extra_co2e_t_year"]].sum()
    table = total.join(mean).join(hit.groupby(keys).size().rename("lanes")).fillna(0.0).reset_index()
    return table[
        [*keys, "lanes", "extra_days", "extra_share", "extra_stock_usd", "extra_cost_year", "extra_co2e_t_year"]
    ]


def first_region(market: str) -> str:
    """Name of the first region of a market in the graph."""
    return f"{market} {REGIONS.set_index('market').loc[[market], 'region'].iloc[0]}"
