import pandas as pd
import pytest
from crossborder.company import Company, coverage


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
