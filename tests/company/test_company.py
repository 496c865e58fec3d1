import pandas as pd
import pytest
from crossborder.company import Company, checks, sampling
from crossborder.errors import InputError, MissingTable


def test_text_keeps_leading_zeros_and_na_is_namibia(folder):
    company = Company.open(folder)
    orders = company.events("orders").to_pandas()
    assert set(orders["order_id"]) == {"0001", "0002", "0003"}
    assert set(orders["market"]) == {"US", "DE", "NA"}
    assert list(company.table("products")["hs_code"]) == ["010203", "392690"]


def test_times_are_utc_and_absent_optional_columns_are_missing(folder):
    orders = Company.open(folder).events("orders").to_pandas()
    assert orders["ordered_at"].max() == pd.Timestamp("2026-03-02T08:00:00Z")
    assert pd.Timestamp("2026-02-01T22:30:00Z") in set(orders["ordered_at"])
    assert orders["platform"].isna().all()


def test_what_company_yaml_leaves_out_comes_from_the_orders(folder):
    company = Company.open(folder)
    assert company.as_of == pd.Timestamp("2026-03-02")
    assert company.markets == ("DE", "NA", "US")


def test_opening_as_of_a_day_hides_what_was_not_yet_known(folder):
    company = Company.open(folder, as_of="2026-02-03")
    orders = company.events("orders").to_pandas()
    assert len(orders) == 3
    assert orders.loc[orders["order_id"] == "0002", "delivered_at"].isna().all()


def test_a_table_given_out_can_be_changed_without_changing_the_company(folder):
    company = Company.open(folder)
    products = company.table("products")
    products.loc[0, "name"] = "changed"
    assert company.table("products").loc[0, "name"] == "box"


def test_missing_tables_are_a_state_until_required(folder):
    company = Company.open(folder)
    assert company.tables == ["orders", "products"]
    assert not company.has("ledger")
    assert company.optional("reviews") is None
    with pytest.raises(
        MissingTable, match=r"(?s)'ledger, touchpoints' is missing.*ledger\.parquet or \.csv.*import ga4"
    ):
        company.require("orders", "ledger", "touchpoints")


def test_errors_name_what_is_known(folder, tmp_path_factory):
    company = Company.open(folder)
    with pytest.raises(InputError, match=r"(?s)table 'prodcts' is not known.*did you mean 'products'"):
        company.table("prodcts")
    with pytest.raises(InputError, match=r"use company\.events"):
        company.table("orders")
    with pytest.raises(InputError, match=r"as_of is 'yesterday'"):
        Company.open(folder, as_of="yesterday")
    with pytest.raises(InputError, match="no company in"):
        Company.open(tmp_path_factory.mktemp("empty"))


def test_events_may_be_a_folder_of_parts(folder):
    orders = pd.read_csv(folder / "orders.csv", dtype=str, keep_default_na=False, na_values=[""])
    orders = orders.astype({"line": int, "quantity": int, "unit_price": float})
    for name in ("ordered_at", "delivered_at"):
        orders[name] = pd.to_datetime(orders[name], utc=True, format="ISO8601")
    (folder / "orders.csv").unlink()
    for part, rows in orders.groupby(orders["market"] == "US"):
        (folder / "orders" / f"part={part}").mkdir(parents=True)
        rows.to_parquet(folder / "orders" / f"part={part}" / "0.parquet")
    assert Company.open(folder).events("orders").count().to_pandas() == 4


def test_what_a_scenario_leaves_as_it_is_is_worked_out_once():
    base = Company.open("data/demo")
    shocked = base.under("freight_shock")  # it changes assumptions and what lanes cost
    made = []

    def make():
        made.append(1)
        return len(made)

    assert base.kept("modes", make, of=("lanes.mode",)) == shocked.kept("modes", make, of=("lanes.mode",)) == 1
    assert base.kept("costs", make, of=("lanes",)) == 2 and shocked.kept("costs", make, of=("lanes",)) == 3
    assert base.kept("own", make) == 4 and shocked.kept("own", make) == 5


def test_columns_of_a_large_table_are_read_alone_and_are_those_of_the_whole(monkeypatch):
    columns = ["customer_id", "cohort", "member", "member_since", "spend_after_joining_usd"]
    company = Company.open("data/demo")
    whole = company.table("customers")
    some = company.table("customers", columns, share=0.2)
    assert 0.15 < len(some) / len(whole) < 0.25
    assert list(some.columns) == columns
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(checks, "_FRAMES", {})
    large = Company.open("data/demo")
    pd.testing.assert_frame_equal(large.table("customers", columns), whole[columns])
    pd.testing.assert_frame_equal(large.table("customers", columns, share=0.2), some.reset_index(drop=True))
    assert not checks._FRAMES, "the table was read whole"


def test_customers_of_a_sample_are_those_whose_orders_were_drawn(monkeypatch):
    columns = ["customer_id", "market"]
    company = Company.open("data/demo")
    orders = company.events("orders")
    pd.testing.assert_frame_equal(
        company.table("customers", columns, buyers_of=orders), company.table("customers")[columns]
    )
    monkeypatch.setattr(sampling, "LIMIT", 5_000)
    drawn = set(sampling.of_buyers(orders, orders)[0].customer_id.as_table().distinct().to_pandas()["customer_id"])
    assert drawn <= set(company.table("customers", columns, buyers_of=orders)["customer_id"])
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(checks, "_FRAMES", {})
    assert set(Company.open("data/demo").table("customers", columns, buyers_of=orders)["customer_id"]) == drawn


def test_rows_that_are_named_and_rows_that_are_counted_are_the_same_in_the_engine(folder, monkeypatch):
    columns = ["customer_id", "acquisition_channel"]
    company = Company.open("data/demo")
    whole = company.table("customers")
    named = pd.concat([whole["customer_id"].iloc[5:900:7], pd.Series(["nobody"])])
    counted = company.counts("customers", ["acquisition_channel", "market"])
    assert counted.sum() == len(whole.dropna(subset=["acquisition_channel", "market"]))
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(checks, "_FRAMES", {})
    large = Company.open("data/demo")
    pd.testing.assert_series_equal(
        large.counts("customers", ["acquisition_channel", "market"]), counted, check_index_type=False
    )
    some = large.table("customers", columns, only=named).sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(some, company.table("customers", columns, only=named).reset_index(drop=True))
    assert len(some) == len(named) - 1
    assert not checks._FRAMES, "the table was read whole"
    with pytest.raises(MissingTable, match="'customers' is missing"):
        Company.open(folder).counts("customers", ["market"])


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_column_that_nobody_filled_is_told_by_the_file_alone(tmp_path, kind):
    lines = pd.DataFrame({"order_id": ["a", "b"], "customer_id": pd.array([None, None], "string"), "market": "DE"})
    write = {"parquet": pd.DataFrame.to_parquet, "csv": pd.DataFrame.to_csv}[kind]
    write(lines, tmp_path / f"orders.{kind}", index=False)
    (tmp_path / "company.yaml").write_text("name: Firm\nas_of: 2026-10-31\nmarkets: [DE]\n")
    company = Company.open(tmp_path)
    company.require_filled("orders.market", "touchpoints.customer_id")
    with pytest.raises(MissingTable, match=r"(?s)'orders.refund'.*a filled cell of column 'refund'"):
        company.require_filled("orders.refund")
    if kind == "parquet":  # a text file does not tell without being read
        with pytest.raises(MissingTable, match="customer_id"):
            company.require_filled("orders.customer_id")
