import pandas as pd
from crossborder.charts import supply_network as charts


def test_the_map_names_what_is_hit():
    lanes = pd.DataFrame({"mode": ["sea"], "origin_gateway": ["CNSHA"], "market_gateway": ["DEHAM"], "market": ["DE"]})
    hit = pd.DataFrame({"market": ["DE"], "extra_days": [9.9]})
    fig = charts.route_map(lanes, ("suez",), "ultra_large", hit)
    assert "DE" in fig.title_text
    assert len(fig.png()) > 20_000
    assert "touches none" in charts.route_map(lanes, ("panama",), "ultra_large", hit.assign(extra_days=0.0)).title_text


def test_frontier_sites_and_stages():
    points = pd.DataFrame(
        {
            "lane_id": ["a", "b"],
            "mode": ["air", "sea"],
            "days": [7.0, 30.0],
            "cost": [5.0, 0.5],
            "co2e_kg": [10.0, 0.2],
            "undominated": True,
        }
    )
    assert "10.0 times" in charts.mode_frontier(points, "US").title_text
    sites = pd.DataFrame(
        {"warehouse_id": ["w"], "market": ["US"], "longitude": [-100.0], "latitude": [40.0], "open": [True]}
    )
    regions = pd.DataFrame({"market": ["US"], "lon": [-90.0], "lat": [38.0], "units": [100.0], "site": ["w"]})
    worth = {"cost_today": 10_000.0, "cost_best": 4_000.0, "days_best": 1.5, "gap": 0.0}
    assert charts.warehouse_map(sites, regions, worth).title_text.startswith("1 sites")
    stages = pd.DataFrame(
        {
            "stage": ["materials", "way"],
            "co2e_kg": [3.0, 1.0],
            "co2e_kg_low": [2.0, 0.5],
            "co2e_kg_high": [4.0, 2.0],
            "share": [0.75, 0.25],
            "hotspot": [True, True],
        }
    )
    assert "materials" in charts.carbon_stages(stages).title_text
