"""Google Ads: campaign reports by day as CSV, TSV (UTF-16) or Excel, English and other languages, and API exports."""

from functools import partial

from crossborder.company.importers import ad_reports
from crossborder.company.importers.interface import Field, Importer

__all__ = ["IMPORTER"]

FIELDS = (
    Field(
        "day",
        (
            "Day",
            "Date",
            "segments.date",
            "Tag",
            "Datum",
            "Jour",
            "Date (jour)",
            "Día",
            "Giorno",
            "Dia",
            "Dag",
            "日",
            "日付",
            "天",
            "日期",
            "일",
        ),
        needed=True,
    ),
    Field(
        "campaign",
        (
            "Campaign",
            "Campaign name",
            "campaign.name",
            "Kampagne",
            "Campagne",
            "Campaña",
            "Campagna",
            "Campanha",
            "キャンペーン",
            "广告系列",
            "广告系列名称",
            "廣告活動",
            "캠페인",
        ),
    ),
    Field(
        "kind",
        (
            "Campaign type",
            "Advertising Channel",
            "campaign.advertising_channel_type",
            "Kampagnentyp",
            "Type de campagne",
            "Tipo de campaña",
            "Tipo di campagna",
            "Tipo de campanha",
            "キャンペーン タイプ",
            "广告系列类型",
            "廣告活動類型",
            "캠페인 유형",
        ),
    ),
    Field(
        "country",
        (
            "Country/Territory (User location)",
            "Country/Territory (Matched)",
            "Country/Territory",
            "Country",
            "Land/Gebiet",
            "Land/Gebiet (Nutzerstandort)",
            "Pays/Territoire",
            "País/territorio",
            "Paese/territorio",
            "País/território",
            "国 / 地域",
            "国/地域",
            "国家/地区",
            "国家/地区（用户所在地理位置）",
            "國家/地區",
        ),
    ),
    Field(
        "money_unit",
        (
            "Currency code",
            "Currency",
            "customer.currency_code",
            "Währungscode",
            "Währung",
            "Code de devise",
            "Devise",
            "Código de moneda",
            "Moneda",
            "Codice valuta",
            "Valuta",
            "Código da moeda",
            "Moeda",
            "通貨コード",
            "货币代码",
            "币种代码",
            "貨幣代碼",
            "통화 코드",
        ),
    ),
    Field(
        "spend",
        ad_reports.in_each_currency(
            ("Cost", "Kosten", "Coût", "Coste", "Costo", "Custo", "費用", "费用", "비용", "metrics.cost")
        ),
    ),
    Field("spend_micros", ("metrics.cost_micros", "cost_micros", "Cost (micros)")),
    Field(
        "impressions",
        (
            "Impr.",
            "Impressions",
            "metrics.impressions",
            "Impressionen",
            "Impresiones",
            "Impressioni",
            "Impressões",
            "表示回数",
            "展示次数",
            "曝光次數",
            "노출수",
        ),
        needed=True,
    ),
    Field(
        "clicks",
        (
            "Clicks",
            "metrics.clicks",
            "Klicks",
            "Clics",
            "Clic",
            "Cliques",
            "クリック数",
            "点击次数",
            "點擊次數",
            "클릭수",
        ),
        needed=True,
    ),
    Field(
        "conversions",
        (
            "Conversions",
            "metrics.conversions",
            "Conv.",
            "Conversiones",
            "Conversioni",
            "Conversões",
            "コンバージョン",
            "コンバージョン数",
            "转化次数",
            "转化",
            "轉換",
            "전환수",
        ),
    ),
)
KINDS = {
    "shopping|购物|ショッピング|performance.?max|最大化|p-max": "shopping",
    "video|视频|動画|youtube": "video",
    "display|展示|ディスプレイ|discovery|demand.?gen|multi_channel": "display",
}
REPORT = ad_reports.Report(FIELDS, "google", "cpc", KINDS)

IMPORTER = Importer(
    "google-ads",
    "Google Ads campaign reports by day (CSV, TSV, Excel)",
    FIELDS,
    ad_reports.MAPPING,
    partial(ad_reports.read, REPORT),
    tables=("ad_spend",),
)
