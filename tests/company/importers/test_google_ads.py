"""Google Ads reports: preamble, totals, marks for nothing, languages, micros."""

import pytest
from crossborder.company import Company


def spend(folder):
    """The spend table."""
    return Company.open(folder).table("ad_spend").sort_values(["date", "market", "channel"], ignore_index=True)


def test_preamble_totals_and_marks_for_nothing_are_no_spend(bring):
    report, folder = bring("google-ads", "google_ads.csv")
    assert report.accepted and report.rows_in == 7
    table = spend(folder)
    assert list(table["channel"]) == ["search_brand", "search_generic", "shopping", "video"]
    assert list(table["spend"]) == [1234.5, 20.1, 33.0, 12.4]
    assert list(table["platform_conversions"]) == [13, 0, 1, 0]
    [total] = report.sums.query("measure == 'spend'").itertuples()
    # Typed in from the file's own total.
    assert (total.currency, total.before, total.in_tables) == ("EUR", 1300.0, 1300.0)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Tag;Kampagne;Kampagnentyp;Währungscode;Kosten;Impr.;Klicks", "05.01.2026;DE_Marke;Suche;EUR;1.234,50;12.000;300"),
        ("Jour;Campagne;Type de campagne;Code de devise;Coût;Impr.;Clics", "05/01/2026;DE_x;Recherche;EUR;1 234,50;12 000;300"),
        ("天\t广告系列\t广告系列类型\t货币代码\t费用\t展示次数\t点击次数", "2026-01-05\tDE_x\t搜索\tEUR\t1234.50\t12000\t300"),
        ("segments.date,campaign.name,customer.currency_code,metrics.cost_micros,metrics.impressions,metrics.clicks",
         "2026-01-05,DE_x,EUR,1234500000,12000,300"),
    ],
)  # fmt: skip
def test_other_languages_and_micros_give_the_same(bring, tmp_path, header, row):
    (tmp_path / "ads.csv").write_bytes(f"{header}\n{row}\n".encode("utf-16" if "\t" in header else "utf-8"))
    report, folder = bring("google-ads", tmp_path / "ads.csv", date_order="" if "2026-01" in row else "dmy")
    assert report.accepted, str(report)
    [found] = spend(folder).itertuples()
    assert (str(found.date.date()), found.market, found.spend, found.impressions) == ("2026-01-05", "DE", 1234.5, 12000)
