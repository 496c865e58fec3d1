"""TikTok Ads reports: Chinese headers in GB18030, the total in words, Excel."""

import pandas as pd
from crossborder.company import Company


def test_chinese_headers_and_totals_are_read(bring):
    report, folder = bring("tiktok-ads", "tiktok_ads_zh.csv")
    assert report.accepted, str(report)
    table = Company.open(folder).table("ad_spend").sort_values("market")
    assert list(table["market"]) == ["JP", "US"]
    assert list(table["channel"]) == ["live_stream", "social_paid"]
    assert list(table["spend"]) == [10.0, 1234.5]
    assert report.sums.query("measure == 'spend'")["before"].tolist() == [1244.5]


def test_a_workbook_is_read(bring, tmp_path):
    rows = {
        "Campaign name": ["US_a", "US_b", "Total of 2 results"], "By Day": ["2026-01-05", "2026-01-06", "-"],
        "Cost": [1.25, 2.5, 3.75], "Currency": ["USD", "USD", "USD"], "Impressions": [10, 20, 30], "Clicks (destination)": [1, 2, 3],
    }  # fmt: skip
    pd.DataFrame(rows).to_excel(tmp_path / "tt.xlsx", index=False)
    _, folder = bring("tiktok-ads", tmp_path / "tt.xlsx")
    assert Company.open(folder).table("ad_spend")["spend"].tolist() == [1.25, 2.5]
