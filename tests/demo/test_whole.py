"""The whole company: it is what the repository holds, and its tables agree with each other to the cent."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import truth as truth_file
from crossborder.demo import writing
from crossborder.demo.world import MARKETS, World

from tests.demo import estimators

COMMITTED = Path(__file__).resolve().parents[2] / "data" / "demo"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict[str, pd.DataFrame], dict]:
    """A fresh company: its folder, tables and truth, as they are read back from the files."""
    folder = writing.write(tmp_path_factory.mktemp("demo"))
    tables = {}
    for name, table in TABLES.items():
        path = folder / f"{name}.parquet"
        tables[name] = pd.read_parquet(path) if path.exists() else pd.read_csv(folder / f"{name}.csv")
        for c in table.columns:
            if c.kind == "date" and c.name in tables[name]:
                tables[name][c.name] = pd.to_datetime(tables[name][c.name])
    return folder, tables, truth_file.load(folder)


def _hashes(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "README.md"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _cents(amount: pd.Series) -> pd.Series:
    """Whole hundredths, so that sums compare exactly."""
    return (amount * 100).round().astype("int64")


def test_the_committed_company_is_a_fresh_generation(made):
    fresh, committed = _hashes(made[0]), _hashes(COMMITTED)
    assert sorted(fresh) == sorted(committed)
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def test_it_is_small_enough_to_be_committed():
    assert sum(p.stat().st_size for p in COMMITTED.rglob("*") if p.is_file()) < 15e6


def test_every_table_of_the_contract_is_there_and_has_the_size_asked_for(made):
    tables = made[1]
    assert set(tables) == set(TABLES)
    assert len(tables["products"]) == 120 and len(tables["suppliers"]) == 40 and len(tables["warehouses"]) == 12
    assert len(tables["orders"]) == pytest.approx(150_000, rel=0.1)
    assert len(tables["customers"]) == pytest.approx(60_000, rel=0.1)
    assert len(tables["touchpoints"]) == pytest.approx(300_000, rel=0.15)
    assert tables["experiments"]["experiment_id"].nunique() == 6


def test_funnel_orders_are_the_orders(made):
    orders, sessions = made[1]["orders"], made[1]["sessions"]
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    counted = orders.groupby([day, "market", "platform"])["order_id"].nunique()
    funnel = sessions[sessions["orders"] > 0].set_index(["date", "market", "platform"])["orders"]
    pd.testing.assert_series_equal(counted.sort_index(), funnel.sort_index(), check_names=False, check_dtype=False)
    steps = sessions[["visits", "product_views", "carts", "checkouts", "orders"]].to_numpy()
    assert (np.diff(steps, axis=1) <= 0).all()


def test_stock_flows_add_up_and_carry_over(made):
    stock = made[1]["inventory"].sort_values(["sku", "warehouse_id", "week"])
    left = stock["opening"] + stock["received"] - stock["sold"] + stock["restocked"] - stock["written_off"]
    assert (left == stock["on_hand"]).all() and (stock["on_hand"] >= 0).all()
    cell = stock.groupby(["sku", "warehouse_id"])
    before = cell["on_hand"].shift()
    assert (stock["opening"][before.notna()] == before.dropna()).all()
    assert (cell["week"].diff().dropna() == pd.Timedelta(days=7)).all()


def test_what_stock_sold_and_the_price_table_counts_is_what_was_ordered(made):
    tables = made[1]
    orders = tables["orders"]
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    week = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    pieces = orders.groupby([week, "sku", "market"])["quantity"].sum()
    for name, column in (("inventory", "sold"), ("prices", "units")):
        table = tables[name]
        found = table[table[column] > 0].set_index(["week", "sku", "market"])[column]
        pd.testing.assert_series_equal(pieces.sort_index(), found.sort_index(), check_names=False, check_dtype=False)


def test_arrivals_are_stock_receipts_and_batches_are_shipped_whole(made):
    tables = made[1]
    ships = tables["shipments"]
    there = ships[ships["arrived_on"].notna()]
    week = there["arrived_on"] - pd.to_timedelta(there["arrived_on"].dt.day_of_week, unit="D")
    came = there.groupby([week, "sku", "warehouse_id"])["quantity"].sum()
    stock = tables["inventory"]
    found = stock[stock["received"] > 0].set_index(["week", "sku", "warehouse_id"])["received"]
    pd.testing.assert_series_equal(came.sort_index(), found.sort_index(), check_names=False, check_dtype=False)
    bought = tables["purchases"].set_index("purchase_id")["quantity"]
    shipped = ships.groupby("purchase_id")["quantity"].sum()
    assert (shipped == bought.loc[shipped.index]).all()


def test_on_order_is_what_was_bought_and_has_not_arrived(made):
    tables = made[1]
    stock = tables["inventory"]
    on_order = stock[stock["week"] == stock["week"].max()].groupby("sku")["on_order"].sum()
    bought = tables["purchases"]
    failed = (bought["supplier_id"] == "S019") & bought["received_on"].isna()
    came = tables["shipments"].query("arrived_on.notna()").groupby("sku")["quantity"].sum()
    due = bought[~failed].groupby("sku")["quantity"].sum().sub(came, fill_value=0)
    assert (due.reindex(on_order.index, fill_value=0) == on_order).all()


def test_a_month_of_ad_spend_is_the_advertising_invoice(made):
    tables = made[1]
    spend = tables["ad_spend"]
    number = "A" + spend["date"].dt.strftime("%Y%m") + "-" + spend["market"] + "-" + spend["channel"]
    spent = _cents(spend.groupby(number)["spend"].sum())
    billed = tables["payables"].query("account == 'advertising'").set_index("invoice_id")["amount"]
    spent = spent[spent > 0]
    pd.testing.assert_series_equal(spent, _cents(billed).sort_index(), check_names=False)


def test_settlements_are_the_orders_less_fees_and_refunds(made):
    tables = made[1]
    orders, ledger, owed = tables["orders"], tables["ledger"], tables["receivables"]
    gross = _cents(orders["unit_price"] * orders["quantity"] - orders["discount"] + orders["shipping_charged"])
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    week = (day - World().weeks[0]).dt.days // 7
    document = "R" + week.astype(str).str.zfill(3) + "-" + orders["market"] + "-" + orders["platform"]
    sold = gross.groupby(document).sum()
    paid = ledger[ledger["document"].str.startswith("R", na=False) & (ledger["account"] == "sales payout")]
    cash = _cents(paid.set_index("document")["amount"])
    assert (cash == sold.loc[cash.index]).all()
    net = _cents(ledger[ledger["document"].isin(owed["invoice_id"])].groupby("document")["amount"].sum())
    settled = owed[owed["paid_on"].notna()].set_index("invoice_id")["amount"]
    pd.testing.assert_series_equal(net, _cents(settled).sort_index(), check_names=False)
    open_weeks = set(sold.index) - set(cash.index)
    assert open_weeks <= set(owed[owed["paid_on"].isna()]["invoice_id"]) | set(
        tables["payables"].query("paid_on.isna()")["invoice_id"]
    )


def test_refunds_of_orders_are_refunds_of_settlements(made):
    tables = made[1]
    orders, ledger = tables["orders"], tables["ledger"]
    given = _cents(orders.groupby("market")["refund"].sum())
    paid = -_cents(ledger[ledger["account"] == "refunds"].groupby("market")["amount"].sum())
    # What is not yet paid out lies in the settlements of the last weeks.
    assert (given >= paid).all() and (paid / given > 0.93).all()


def test_each_payable_is_paid_once_and_in_full(made):
    tables = made[1]
    ledger = tables["ledger"]
    bills = tables["payables"].query("account != 'refunds'")
    paid = bills[bills["paid_on"].notna()].set_index("invoice_id")
    cash = ledger[~ledger["document"].str.match(r"^[RW]\d+(-|$)(?!C)", na=False) & ledger["document"].notna()]
    cash = cash.set_index("document")["amount"]
    assert cash.index.is_unique
    pd.testing.assert_series_equal(-_cents(cash).sort_index(), _cents(paid["amount"]).sort_index(), check_names=False)


def test_goods_and_freight_invoices_are_the_purchases_and_shipments(made):
    tables = made[1]
    bills, ships, bought = tables["payables"], tables["shipments"], tables["purchases"]
    for account in ("inland", "freight", "insurance", "brokerage"):
        billed = bills.loc[bills["account"] == account, "amount"]
        assert _cents(billed).sum() == _cents(ships.groupby("shipment_id")[account].sum()).sum()
    customs = ships[ships["arrived_on"].notna()]
    assert _cents(bills.loc[bills["account"] == "duty", "amount"]).sum() == _cents(customs["duty"]).sum()
    ready = bought[bought["received_on"].notna()]
    billed = bills[bills["account"] == "purchases"]
    whole = billed["amount"].groupby(billed["invoice_id"].str.split("-").str[0]).sum()
    value = ready["quantity"] * ready["unit_cost"]
    assert (_cents(whole.loc[ready["purchase_id"]]).to_numpy() == _cents(value).to_numpy()).all()


def test_usd_amounts_follow_the_rate_and_cash_never_runs_out(made):
    tables = made[1]
    ledger = tables["ledger"]
    assert (ledger["amount_usd"] - ledger["amount"] * ledger["usd_rate"]).abs().max() <= 0.005 + 1e-9
    opening = tables["opening_balances"].set_index("item")["amount_usd"]
    assert _cents(opening).sum() == 0
    cash = opening["cash"] + ledger.groupby("date")["amount_usd"].sum().cumsum()
    assert cash.min() > 0
    rounds = tables["cap_table"]
    inside = pd.to_datetime(rounds["date"]) >= World().start
    assert ledger.query("account == 'capital'")["amount_usd"].sum() == rounds.loc[inside, "invested_usd"].sum()


def test_references_between_tables_hold(made):
    tables = made[1]
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers_to and column.name in tables[name]:
                other, key = column.refers_to.split(".")
                assert tables[name][column.name].dropna().isin(tables[other][key]).all(), (name, column.name)


def test_contacts_come_before_what_they_led_to(made):
    tables = made[1]
    touched = tables["touchpoints"].dropna(subset="converted_order_id")
    orders = tables["orders"].drop_duplicates("order_id").set_index("order_id")
    when = orders["ordered_at"].loc[touched["converted_order_id"]].to_numpy()
    assert ((when - touched["at"].to_numpy()) <= np.timedelta64(10, "m")).all()
    assert (touched["at"].to_numpy() <= when).all()
    buyers = orders["customer_id"].loc[touched["converted_order_id"]]
    assert (buyers.dropna().to_numpy() == touched["customer_id"].to_numpy()[buyers.notna()]).all()


def test_last_click_credits_the_harvest_channels_and_forgets_the_causes(made):
    tables, truth = made[1], made[2]
    effects = truth["channels"]["effects"].set_index("channel")
    orders = tables["orders"].dropna(subset="customer_id").drop_duplicates("order_id")
    orders = orders[["order_id", "customer_id", "ordered_at"]].sort_values("ordered_at")
    touches = tables["touchpoints"].sort_values("at")[["customer_id", "at", "channel"]]
    last = pd.merge_asof(
        orders, touches, left_on="ordered_at", right_on="at", by="customer_id", tolerance=pd.Timedelta(days=30)
    )
    credit = last["channel"].value_counts(normalize=True)
    true = effects["shapley_orders"] / effects["shapley_orders"].sum()
    for channel in ("search_brand", "retargeting"):
        assert credit[channel] > 5 * true[channel]
    for channel in ("video", "social_paid"):
        assert credit[channel] < 0.6 * true[channel]


def test_effects_of_single_channels_multiply(made):
    known = made[2]["channels"]
    effects = known["effects"]
    total = known["served_orders_by_market"]["all"].sum()
    assert effects["shapley_orders"].sum() == pytest.approx(total, rel=0.05)
    assert effects["served_orders"].sum() > total
    curve = known["response_curves"].query("channel == 'video'").set_index("multiplier")["orders"]
    assert curve[1.0] - curve[0.0] == pytest.approx(effects.set_index("channel")["served_orders"]["video"], rel=0.05)
    drawn = effects["incremental_orders_drawn"].sum()
    assert drawn == pytest.approx(effects["incremental_orders"].sum(), rel=0.03)


def test_platform_shares_sum_to_one(made):
    shares = made[2]["customers"]["platform_share"]
    assert set(shares) == set(MARKETS)
    assert all(sum(row.values()) == pytest.approx(1) for row in shares.values())


def test_repeat_purchases_are_those_of_the_stated_bg_nbd_model(made):
    orders, known = made[1]["orders"], made[2]["customers"]["bg_nbd"]
    bought = orders.dropna(subset="customer_id")
    days = (bought["ordered_at"].dt.tz_localize(None) - World().start).dt.days
    history = days.groupby(bought["customer_id"]).agg(["min", "max", "nunique"])
    age = len(World().days) - history["min"]
    found, _ = estimators.bg_nbd(history["nunique"] - 1, history["max"] - history["min"], age)
    assert found[0] == pytest.approx(known["r"], rel=0.10)
    assert found[1] == pytest.approx(known["alpha_days"], rel=0.15)
    # Drop-out is seen through needs that last some days: its mean is found within a few points.
    assert found[2] / (found[2] + found[3]) == pytest.approx(known["a"] / (known["a"] + known["b"]), abs=0.06)


def test_members_spend_more_than_membership_explains(made):
    customers, known = made[1]["customers"], made[2]["customers"]
    spend = customers.groupby("member")["spend_after_joining_usd"].mean()
    assert 0 < known["member_spend_effect_180_days_usd"] < 0.5 * (spend[True] - spend[False])


def test_late_parcels_come_back_more_often(made):
    orders, known = made[1]["orders"], made[2]["demand"]
    there = orders[orders["delivered_at"].notna() & (orders["ordered_at"] < "2026-08-01")]
    late = there["delivered_at"] - there["ordered_at"] > pd.to_timedelta(there["promised_days"], unit="D")
    rate = (there["returned"] > 0).groupby(late).mean()
    assert rate[True] / rate[False] == pytest.approx(known["return_late_factor"], rel=0.06)
    assert (there.loc[~late, "return_reason"] == "late").sum() == 0


def test_shelf_prices_follow_the_exchange_rate_in_part_and_late(made):
    prices, known, world = made[1]["prices"], made[2]["demand"]["pass_through"], World()
    mine = prices[prices["market"] == "BR"]
    log = np.log(mine["price"]).groupby(mine["sku"]).transform(lambda v: v - v.mean())
    weekly = log.groupby(mine["week"]).mean()
    rate = np.log(1 / world.usd_per_unit["BRL"]).rolling(7 * known["smooth_weeks"]).mean()
    lagged = rate.reindex(weekly.index - pd.Timedelta(weeks=known["lag_weeks"])).to_numpy()
    slope = np.polyfit(lagged, weekly.to_numpy(), 1)[0]
    assert slope == pytest.approx(known["share"], abs=0.12)


def test_disruptions_delayed_the_lanes_they_hit(made):
    ships, lanes, known = made[1]["shipments"], made[1]["lanes"], made[2]["supply"]["disruptions"]
    took = (ships["arrived_on"] - ships["shipped_on"]).dt.days
    mean = lanes.set_index("lane_id")["transit_days_mean"]
    extra = (took - mean.loc[ships["lane_id"]].to_numpy()).where(ships["lane_id"].str.endswith("sea"))
    for event in known:
        hit = ships["shipped_on"].between(event["from"], event["to"]) & ships["market"].isin(event["markets"])
        assert extra[hit].mean() == pytest.approx(event["days"], abs=2.0)
    calm = ~ships["shipped_on"].between("2024-01-01", "2024-07-01") & ~ships["shipped_on"].between(
        "2025-05-01", "2025-08-10"
    )
    assert extra[calm].mean() == pytest.approx(0.5, abs=1.0)


def test_the_failed_supplier_delivers_no_more(made):
    bought = made[1]["purchases"]
    mine = bought[bought["supplier_id"] == "S019"]
    assert len(mine) > 10
    assert mine["received_on"].max() < pd.Timestamp("2025-06-01")
    assert mine["ordered_on"].max() < pd.Timestamp("2025-07-15")
    assert mine["received_on"].isna().any()


def test_the_closing_balance_follows_from_the_tables(made):
    tables, closing = made[1], made[2]["money"]["closing_usd"]
    opening = tables["opening_balances"].set_index("item")["amount_usd"]
    assert closing["cash"] == pytest.approx(opening["cash"] + tables["ledger"]["amount_usd"].sum(), abs=0.005)
    assert closing["loan"] == -(260_000 + 120_000 - 36 * 4_000)
    assert closing["payables"] < 0 < closing["receivables"]
