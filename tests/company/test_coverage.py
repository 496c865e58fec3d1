import pandas as pd
import pytest
from crossborder.company import Company, checks, coverage, sampling
from crossborder.company.tables import TABLES


def test_absent_tables_are_listed_without_rows(folder):
    company = Company.open(folder)
    table = coverage.coverage(company).set_index("table")
    assert table["present"].sum() == 2
    assert table.loc["orders", "rows"] == 4


def test_completeness_counts_required_columns_that_may_be_empty(folder):
    table = coverage.coverage(Company.open(folder)).set_index("table")
    # unit_cost 1 of 2, supplier_id 0 of 2, launched_on 1 of 2
    assert table.loc["products", "completeness"] == pytest.approx((0.5 + 0 + 0.5) / 3)


def test_age_counts_from_the_company_s_day(folder):
    table = coverage.coverage(Company.open(folder)).set_index("table")
    assert table.loc["orders", "age_days"] == 0
    assert pd.isna(table.loc["products", "age_days"])


def test_joins_count_partners_in_frames_and_in_the_engine(folder):
    pd.DataFrame(
        {
            "customer_id": ["c", "d"],
            "at": "2026-01-05T09:00:00Z",
            "channel": "email",
            "market": "US",
            "converted_order_id": ["0001", "9999"],
        }
    ).to_csv(folder / "touchpoints.csv", index=False)
    products = pd.read_csv(folder / "products.csv")
    sold = Company.open(folder).events("orders").sku.to_pandas()
    joins = coverage.join_rates(Company.open(folder)).set_index("join")
    assert joins.loc["orders.sku", ["share", "rows"]].tolist() == [sold.isin(products["sku"].astype(str)).mean(), 4]
    assert joins.loc["touchpoints.converted_order_id", ["share", "rows"]].tolist() == [0.5, 2]


def test_the_score_is_the_mean_of_its_parts(folder):
    company = Company.open(folder)
    covered = coverage.coverage(company)
    score = coverage.data_score(covered, coverage.join_rates(company)).set_index("dimension")["score"]
    assert score["overall"] == pytest.approx(score.drop("overall").mean())
    assert score["coverage"] == pytest.approx(2 / len(covered))


def test_one_table_alone_has_no_joins_to_score(folder):
    (folder / "products.csv").unlink()
    company = Company.open(folder)
    score = coverage.data_score(coverage.coverage(company), coverage.join_rates(company)).set_index("dimension")[
        "score"
    ]
    assert pd.isna(score["integration"])
    assert score["overall"] == pytest.approx(score.drop(["overall", "integration"]).mean())


def test_few_partners_and_many_give_the_same_shares(folder, monkeypatch):
    company = Company.open(folder)
    few = coverage.join_rates(company)
    monkeypatch.setattr(coverage, "FEW_PARTNERS", 0)
    pd.testing.assert_frame_equal(few, coverage.join_rates(company))


@pytest.fixture
def shop(folder):
    """The company with 300 buyers, of whom two in three came by a touchpoint, and a table of them in Parquet."""
    people = [f"c{place}" for place in range(300)]
    orders = pd.concat(
        [pd.read_csv(folder / "orders.csv", dtype=str, keep_default_na=False).head(1)] * 300, ignore_index=True
    )
    orders["order_id"], orders["customer_id"], orders["line"] = [f"o{place}" for place in range(300)], people, "1"
    orders.to_csv(folder / "orders.csv", index=False)
    touches = pd.DataFrame({"customer_id": people, "converted_order_id": orders["order_id"]}).iloc[::3]
    touches = pd.concat([touches, touches.assign(customer_id=touches["customer_id"].str.replace("c", "x"))])
    more = pd.DataFrame({"customer_id": people[1::3], "converted_order_id": None})
    touches = pd.concat([touches, more]).assign(at="2026-01-05T09:00:00Z", channel="email", market="US")
    touches.astype(str).replace("None", None).to_csv(folder / "touchpoints.csv", index=False)
    customers = pd.DataFrame({"customer_id": people, "market": "US"})
    customers["first_seen_on"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(range(300), unit="h").floor("D")
    customers["acquisition_channel"] = [None if place % 4 else "email" for place in range(300)]
    customers["member"] = [place % 5 == 0 for place in range(300)]
    customers["member_since"] = customers["first_seen_on"].where(customers["member"])
    customers.to_parquet(folder / "customers.parquet")
    asked = [*people[:30], *(f"z{place}" for place in range(10))]
    surveys = pd.DataFrame({"date": "2026-02-01", "customer_id": asked, "market": "US"})
    surveys.assign(score="9").to_csv(folder / "surveys.csv", index=False)
    return folder


def test_a_large_table_is_counted_where_it_lies_and_gives_the_same(shop, monkeypatch):
    company = Company.open(shop)
    company.table("customers")
    small, joined = coverage.coverage(company), coverage.join_rates(company)
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(checks, "_FRAMES", {})
    large = Company.open(shop)
    assert large.stored("customers") is not None
    pd.testing.assert_frame_equal(small, coverage.coverage(large))
    pd.testing.assert_frame_equal(joined, coverage.join_rates(large))
    assert joined.set_index("join").loc["surveys.customer_id", "share"] == 0.75
    assert not checks._FRAMES.keys() & {checks._stamp_path(shop / "customers.parquet", TABLES["customers"]).name}
    assert Company.open(shop, as_of="2026-01-02").stored("customers") is None


def test_people_of_the_sample_meet_touchpoints_as_often_as_all(shop, monkeypatch):
    name, share = "orders with a touchpoint of the customer", 2 / 3
    whole = coverage.join_rates(Company.open(shop)).set_index("join").loc[name]
    assert (whole["share"], whole["rows"]) == (pytest.approx(share), 300)
    monkeypatch.setattr(sampling, "LIMIT", 150)
    some = coverage.join_rates(Company.open(shop)).set_index("join").loc[name]
    # Two standard errors of a share of some 150 people.
    assert some["share"] == pytest.approx(share, abs=2 * (share * (1 - share) / 150) ** 0.5)
    assert some["rows"] == 300
