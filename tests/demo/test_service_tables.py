"""Support requests and surveys on a small company of their own."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import service_tables
from crossborder.demo.world import MARKETS, World


@pytest.fixture(scope="module")
def built():
    world = World(seed=13)
    rng = np.random.default_rng(14)
    n = 9000
    when = world.start + pd.to_timedelta(np.sort(rng.integers(0, 1095 * 86400, n)), unit="s")
    ids = [f"A{i}" for i in range(n)]
    orders = {"order_id": ids, "line": 1, "ordered_at": when.tz_localize("UTC"), "market": rng.choice(MARKETS, n)}
    orders |= {"customer_id": ids, "promised_days": 5.0, "returned": rng.uniform(size=n) < 0.1}
    late = rng.uniform(size=n) < 0.2
    delivered = orders["ordered_at"] + pd.to_timedelta(np.where(late, 8, 4), unit="D")
    world.tables["orders"] = pd.DataFrame({**orders, "delivered_at": delivered})
    first = world.start + pd.to_timedelta(rng.integers(0, 1000, n), unit="D")
    member = rng.uniform(size=n) < 0.3
    people = pd.DataFrame({"customer_id": ids, "market": orders["market"], "first_seen_on": first, "member": member})
    world.tables["customers"] = people.assign(member_since=first.to_series(index=people.index).where(member))
    tables, truth = service_tables.part(world, world.rng("service"))
    return tables, truth, world


def test_tables_keep_the_contract(built):
    for name in ("tickets", "surveys"):
        TABLES[name].schema().validate(built[0][name], lazy=True)


def test_requests_belong_to_orders_and_come_after_them(built):
    tickets, orders = built[0]["tickets"], built[2].tables["orders"]
    placed = tickets["order_id"].map(orders.set_index("order_id")["ordered_at"])
    known = tickets["order_id"].notna()
    assert known.mean() > 0.7
    assert placed[known].notna().all()
    assert (tickets["opened_at"] >= placed.dt.floor("s"))[known].all()


def test_trouble_with_an_order_leads_to_requests(built):
    tickets, orders = built[0]["tickets"], service_tables.with_trouble(built[2].tables["orders"])
    both = tickets.merge(orders, on="order_id")
    assert both["returned"].mean() > 1.3 * orders["returned"].mean()
    reason = both.groupby("late")["reason"].value_counts(normalize=True)
    assert reason[True]["arrived late"] > 2 * reason[False]["arrived late"]


def test_times_run_in_order(built):
    tickets = built[0]["tickets"]
    both = tickets.dropna(subset=["first_reply_at", "solved_at"])
    assert (both["first_reply_at"] >= both["opened_at"]).all()
    assert (both["solved_at"] >= both["first_reply_at"]).all()


def test_bot_solves_more_over_the_years(built):
    tickets = built[0]["tickets"]
    share = tickets.groupby(tickets["opened_at"].dt.year)["by_bot"].mean()
    assert share[2026] > share[2024] + 0.03


def test_stars_fall_with_waiting_as_stated(built):
    import statsmodels.api as sm

    tickets, truth = built[0]["tickets"], built[1]
    rows = tickets.dropna(subset=["satisfaction", "first_reply_at", "solved_at"]).query("not by_bot")
    hours = (rows["first_reply_at"] - rows["opened_at"]).dt.total_seconds() / 3600
    x = pd.get_dummies(rows["reason"], dtype=float).assign(log_hours=np.log(hours.clip(lower=0.05)))
    fit = sm.OLS(rows["satisfaction"].astype(float), x).fit()
    assert fit.params["log_hours"] == pytest.approx(truth["ticket_stars"]["log_hours"], abs=2.5 * fit.bse["log_hours"])


def test_safety_is_rare_and_mostly_about_defects(built):
    tickets = built[0]["tickets"]
    assert 0.002 < tickets["safety"].mean() < 0.03
    assert tickets.loc[tickets["safety"], "reason"].isin(["defect", "damaged on arrival", "how to use"]).all()


def test_members_score_higher_as_stated(built):
    surveys, people = built[0]["surveys"], built[2].tables["customers"].set_index("customer_id")
    since = surveys["customer_id"].map(people["member_since"])
    member = since <= surveys["date"]
    gain = surveys.loc[member, "score"].mean() - surveys.loc[~member, "score"].mean()
    assert 0.2 < gain < 0.9
    assert surveys["customer_id"].is_unique


def test_without_orders_requests_stand_alone():
    world = World(seed=13)
    tables, _ = service_tables.part(world, world.rng("service"))
    assert set(tables) == {"tickets"}
    assert tables["tickets"]["order_id"].isna().all()
