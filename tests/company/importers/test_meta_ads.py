"""Meta Ads exports: currency in the header, total row without a campaign, rows over several days."""

from crossborder.company import Company


def test_the_currency_stands_in_the_header_and_the_total_is_no_spend(bring):
    report, folder = bring("meta-ads", "meta_ads_de.csv")
    assert report.accepted, str(report)
    table = Company.open(folder).table("ad_spend").sort_values("date")
    assert list(table["spend"]) == [1234.5, 27.8]
    assert list(table["currency"]) == ["EUR", "EUR"]
    assert list(table["channel"]) == ["social_paid", "retargeting"]
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True))["total row"] == 1


def test_a_row_over_several_days_is_told(bring, tmp_path):
    text = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Impressions,Link clicks\n"
    (tmp_path / "m.csv").write_text(text + "2026-01-01,2026-01-31,A,100,1000,10\n")
    report, folder = bring("meta-ads", tmp_path / "m.csv", market="US")
    assert not folder.exists()
    [problem] = [one for one in report.problems if one.severity == "error"]
    assert (problem.rule, problem.rows) == ("row covers several days", (2,))
    assert "by day" in problem.remedy
