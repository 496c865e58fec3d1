"""A company with orders alone, and one with orders and products, run every notebook that asks for no more."""

import json

import numpy as np
import pandas as pd
import pytest
from crossborder import reports
from crossborder.company import Company
from crossborder.reports import project
from crossborder.reports.parameters import base
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import run

# 72 audits published figures and reads other notebooks' results; it does not look at the company.
ALONE = sorted(
    name
    for name, model in base.registry().items()
    if not model.after and set(model.needs) <= {"orders"}
)  # fmt: skip
EXPECTED = {
    "00_start_here": {"company.data.score", "company.kpi.orders_year", "company.kpi.return_rate"},
    "12_market_growth": {"market.own_growth.share", "market.demand.next_months_usd"},
    "33_demand_and_inventory": {"supply.forecast.wape", "supply.demand.weeks_ahead_units"},
    "43_customer_value": {"marketing.customer.new_value_usd", "marketing.customer.half_life_months"},
    "62_fx_risk": {"risk.currency.var_1d_share", "risk.currency.bad_year_usd"},
    "63_stress_and_continuity": {"risk.concentration.above_cap"},
}

WITH_PRODUCTS = {"51_unit_economics_and_pricing": {"finance.order.contribution_usd", "finance.order.margin_share"}}


def small_company(folder, *, products: bool) -> None:
    """Two years of a small seller: 500 customers, 12 products, two markets, one currency, bare columns.

    The one with products sells in dollars alone.
    """
    currency = "USD" if products else "EUR"
    rng = np.random.default_rng(7)
    people = 500
    first = rng.integers(0, 700, people)
    again = rng.poisson(rng.gamma(1.2, 1.6, people))
    customer = np.repeat(np.arange(people), again + 1)
    day = np.minimum(first[customer] + np.where(np.r_[True, customer[1:] != customer[:-1]], 0, 1) *
                     rng.integers(5, 300, len(customer)), 790)  # fmt: skip
    lines = rng.integers(1, 4, len(customer))
    order = np.repeat(np.arange(len(customer)), lines)
    line = np.concatenate([np.arange(1, n + 1) for n in lines])
    sku = (rng.integers(0, 12, len(order)) + line) % 12
    quantity = 1 + rng.poisson(0.4, len(order))
    moment = pd.Timestamp("2023-01-02T09:00Z") + pd.to_timedelta(day[order] * 24 + order % 12, unit="h")
    frame = pd.DataFrame(
        {
            "order_id": [f"A{n:05d}" for n in order],
            "line": line,
            "ordered_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "customer_id": [f"K{n:04d}" for n in customer[order]],
            "market": np.where(customer[order] % 3 == 0, "FR", "DE"),
            "sku": [f"P{n:02d}" for n in sku],
            "quantity": quantity,
            "unit_price": (8 + 2.5 * sku).round(2),
            "currency": currency,
            "returned": (rng.random(len(order)) < 0.04) * 1,
        }
    )
    frame.to_csv(folder / "orders.csv", index=False)
    if products:
        names = [f"P{n:02d}" for n in range(12)]
        table = pd.DataFrame({"sku": names, "name": [f"box {n}" for n in names], "category": ["box", "lid"] * 6})
        sizes = {"weight_kg": 0.4, "length_cm": 20, "width_cm": 12, "height_cm": 8}
        table = table.assign(
            hs_code="392310", unit_cost=3.5, currency=currency, **sizes, supplier_id="", launched_on=""
        )
        table.to_csv(folder / "products.csv", index=False)


@pytest.fixture(scope="module", params=[False, True], ids=["orders", "orders_and_products"])
def pages(request, tmp_path_factory):
    """One run of those notebooks: the manifest's notebooks, the results, and the folder of pages."""
    place = tmp_path_factory.mktemp("partial")
    data = place / "data"
    data.mkdir()
    small_company(data, products=request.param)
    # With products only what products or dollars change is run again.
    changed = ["00_start_here", "12_market_growth", "43_customer_value", *WITH_PRODUCTS]
    names = changed if request.param else ALONE
    folders = Folders(project.notebooks_folder(), place / "reports", place / "cache")
    finished = run(
        Request(notebooks=names, parameters={"data": str(data)}, name="partial", force=True, warm=True), folders
    )
    manifest = json.loads((finished.folder / "manifest.json").read_text())
    results = json.loads((finished.folder / "results.json").read_text())
    return request.param, manifest["notebooks"], results["notebooks"], finished.folder


def test_orders_alone_carry_what_orders_can_tell():
    assert set(EXPECTED) <= set(ALONE)


def test_every_page_is_whole(pages):
    _, notebooks, _, _ = pages
    assert {name: entry["status"] for name, entry in notebooks.items()} == dict.fromkeys(notebooks, "ok")


def test_no_cell_prints_a_warning(pages):
    _, notebooks, _, folder = pages
    for name in notebooks:
        cells = json.loads((folder / "notebooks" / f"{name}.ipynb").read_text())["cells"]
        printed = [out for cell in cells for out in cell.get("outputs", []) if out["output_type"] == "stream"]
        assert printed == [], name


def test_the_numbers_are_there(pages):
    _, notebooks, results, _ = pages
    for name, wanted in (EXPECTED | WITH_PRODUCTS).items():
        if name not in notebooks:
            continue
        found = results[name]["results"]
        assert wanted <= set(found), name
        values = [row["value"] for row in found.values() if row["value"] is not None]
        assert np.isfinite(values).all(), name


def test_sections_without_their_tables_say_so(pages):
    with_products, _, _, folder = pages
    text = (folder / "43_customer_value.html").read_text()
    assert "it would add the funnel" in text and "it would add the effect of membership" in text
    assert ("it would add the cost of goods" in text) is not with_products
    assert ("of contribution in 24 months" in text) is with_products
    assert ("of revenue in 24 months" in text) is not with_products
    if not with_products:
        assert "it would add the order list" in (folder / "33_demand_and_inventory.html").read_text()
        growth = (folder / "12_market_growth.html").read_text()
        assert "they would add which markets pass the gates" in growth and "Own revenue grew by" in growth


def test_the_start_page_tells_what_further_tables_unlock(pages):
    with_products, _, _, folder = pages
    if with_products:
        unlocked = str(reports.unlocks(Company.open(folder.parents[1] / "data")).to_numpy().tolist())
    else:
        unlocked = (folder / "00_start_here.html").read_text()
    assert "Which marketing deserves the credit for an order? (41)" in unlocked
    assert ("the cost of goods" in unlocked) is not with_products
