"""What the spend reports of all platforms share."""

import duckdb
import pytest
from crossborder.company import Company

HEAD = "Day,Campaign,Country,Currency code,Cost,Impr.,Clicks\n"


def written(tmp_path, text, name="ads.csv"):
    """A report file."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def spend(folder):
    """The spend table."""
    return Company.open(folder).table("ad_spend").sort_values(["date", "market", "channel"], ignore_index=True)


def test_campaigns_of_a_channel_are_summed_to_the_cent(bring, tmp_path):
    rows = "2026-01-05,A,DE,EUR,0.10,100,1\n2026-01-05,B,DE,EUR,0.20,100,2\n2026-01-05,B brand,DE,EUR,1,10,1\n"
    report, folder = bring("google-ads", written(tmp_path, HEAD + rows))
    table = spend(folder)
    assert list(table["spend"]) == [1.0, 0.3]
    assert list(table["campaign"].fillna("")) == ["B brand", ""]
    [total] = report.sums.query("measure == 'spend'").itertuples()
    assert (total.before, total.in_tables, total.difference) == (1.3, 1.3, 0)


def test_the_market_is_found_in_the_campaign_only_where_it_is_set_apart(bring, tmp_path):
    rows = "2026-01-05,{},,EUR,1,100,1\n"
    names = ["UK_Brand", "[FR] Summer", "Spring - US", "IN STOCK NOW", "kits_de"]
    text = HEAD + "".join(rows.format(name) for name in names)
    _, folder = bring("google-ads", written(tmp_path, text), market="JP")
    assert sorted(spend(folder)["market"].unique()) == ["FR", "GB", "JP", "US"]


def test_a_total_that_differs_from_its_rows_is_told(bring, tmp_path):
    rows = "2026-01-05,A,DE,EUR,10,100,1\nTotal: Account,--,--,EUR,25,300,3\n"
    report, _ = bring("google-ads", written(tmp_path, HEAD + rows))
    assert any("total says 25.00, its rows sum to 10.00" in note for note in report.notes)
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True))["total row"] == 1


def test_a_row_of_an_overlapping_export_counts_once(bring, tmp_path):
    one = written(tmp_path, HEAD + "2026-01-05,A,DE,EUR,10,100,1\n2026-01-06,A,DE,EUR,20,100,1\n", "a.csv")
    two = written(tmp_path, HEAD + "2026-01-06,A,DE,EUR,20,100,1\n2026-01-07,A,DE,EUR,30,100,1\n", "b.csv")
    report, folder = bring("google-ads", one, two)
    assert list(spend(folder)["spend"]) == [10, 20, 30]
    assert "stands in the files before" in set(report.fates["fate"])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2026-01-05,A,DE,,10,100,1\n", "no currency that is known"),
        ("2026-01-05,A,DE,EUR,-10,100,1\n", "is negative"),
        (",A,DE,EUR,10,100,1\n", "row has no day"),
        ("2026-01-05,A,DE,EUR,ten,100,1\n", "is not a number"),
        ("2026-01-05,A,Atlantis,EUR,10,100,1\n", "is not a country"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_written(bring, tmp_path, row, rule):
    report, folder = bring("google-ads", written(tmp_path, HEAD + "2026-01-04,A,DE,EUR,1,10,1\n" + row))
    assert not report.accepted and not folder.exists()
    assert any(rule in problem.rule for problem in report.problems), str(report)


def test_own_words_name_the_channel(bring, tmp_path):
    (tmp_path / "map.yaml").write_text("channels: {spring: seasonal}\n")
    _, folder = bring(
        "google-ads", written(tmp_path, HEAD + "2026-01-05,Spring,DE,EUR,1,10,1\n"), mapping=tmp_path / "map.yaml"
    )
    assert list(spend(folder)["channel"]) == ["seasonal"]


def test_what_can_hardly_be_right_is_a_warning_and_is_written(bring, tmp_path):
    rows = "2026-01-05,A,DE,EUR,1500000000,1000,10\n"
    report, folder = bring("google-ads", written(tmp_path, HEAD + rows))
    [warning] = report.problems
    assert (warning.severity, warning.column) == ("warning", "spend") and "micros" in warning.rule
    assert report.accepted and folder.exists()


def test_a_total_is_known_by_the_dash_for_its_day(bring, tmp_path):
    path = tmp_path / "google.csv"
    path.write_text(
        'Account,Day,Cost (EUR),Impr.,Clicks\nShop,"Sun, Feb 1, 2026",10.00,100,5\nTotal, --,10.00,100,5\n',
        encoding="utf-8",
    )
    report, folder = bring("google-ads", path, market="DE")
    assert report.accepted, str(report)
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True)) == {
        "spend of a day, to search_generic": 1,
        "total row": 1,
    }
    assert "platform_conversions" not in duckdb.sql(f"FROM '{folder / 'ad_spend.parquet'}'").columns
