"""Amazon's date range report: one report in every language gives one ledger."""

import pytest
from crossborder.company import Company, checks

PREAMBLE = [
    '"Includes Amazon Marketplace transactions"',
    '"All amounts in {money}, unless specified"',
    '"Definitions:"',
    '"Sales tax collected: includes sales tax, and more"',
]
HEADERS = {
    "us": "date/time;settlement id;type;order id;sku;description;quantity;marketplace;account type;fulfillment;order city;order state;order postal;tax collection model;product sales;product sales tax;shipping credits;shipping credits tax;gift wrap credits;giftwrap credits tax;Regulatory Fee;Tax On Regulatory Fee;promotional rebates;promotional rebates tax;marketplace withheld tax;selling fees;fba fees;other transaction fees;other;total",
    "uk": "date/time;settlement id;type;order id;sku;description;quantity;marketplace;fulfilment;order city;order state;order postal;tax collection model;product sales;product sales tax;postage credits;shipping credits tax;gift wrap credits;giftwrap credits tax;promotional rebates;promotional rebates tax;marketplace withheld tax;selling fees;fba fees;other transaction fees;other;total",
    "de": "Datum/Uhrzeit;Abrechnungsnummer;Typ;Bestellnummer;SKU;Beschreibung;Menge;Marketplace;Versand;Ort der Bestellung;Bundesland;Postleitzahl;Steuererhebungsmodell;Umsätze;Produktumsatzsteuer;Gutschrift für Versandkosten;Steuer auf Versandgutschrift;Gutschrift für Geschenkverpackung;Steuer auf Geschenkverpackungsgutschriften;Rabatte aus Werbeaktionen;Steuer auf Aktionsrabatte;Einbehaltene Steuer auf Marketplace;Verkaufsgebühren;Gebühren zu Versand durch Amazon;Andere Transaktionsgebühren;Andere;Gesamt",
    "fr": "date/heure;numéro de versement;type;numéro de la commande;sku;description;quantité;Marketplace;traitement;ville d'où provient la commande;Région d'où provient la commande;code postal de la commande;Modèle de perception des taxes;ventes de produits;Taxes sur la vente des produits;crédits d'expédition;taxe sur les crédits d’expédition;crédits sur l'emballage cadeau;Taxes sur les crédits cadeaux;Rabais promotionnels;Taxes sur les remises promotionnelles;Taxes retenues sur le site de vente;frais de vente;Frais Expédié par Amazon;autres frais de transaction;autre;total",
    "es": "fecha y hora;identificador de pago;tipo;número de pedido;sku;descripción;cantidad;web de Amazon;gestión logística;ciudad de procedencia del pedido;comunidad autónoma de procedencia del pedido;código postal de procedencia del pedido;Formulario de recaudación de impuestos;ventas de productos;impuesto de ventas de productos;abonos de envío;impuestos por abonos de envío;abonos de envoltorio para regalo;impuestos por abonos de envoltorio para regalo;devoluciones promocionales;impuestos de descuentos por promociones;impuesto retenido en el sitio web;tarifas de venta;tarifas de Logística de Amazon;tarifas de otras transacciones;otro;total",
    "it": "Data/Ora:;Numero pagamento;Tipo;Numero ordine;SKU;Descrizione;Quantità;Marketplace;Gestione;Città di provenienza dell'ordine;Provincia di provenienza dell'ordine;CAP dell'ordine;modello di riscossione delle imposte;Vendite;imposta sulle vendite dei prodotti;Accrediti per le spedizioni;imposta accrediti per le spedizioni;Accrediti per confezioni regalo;imposta sui crediti confezione regalo;Sconti promozionali;imposta sugli sconti promozionali;trattenuta IVA del marketplace;Commissioni di vendita;Costi del servizio Logistica di Amazon;Altri costi relativi alle transazioni;Altro;totale",
    "jp": "日付/時間;決済番号;トランザクションの種類;注文番号;SKU;説明;数量;Amazon 出品サービス;フルフィルメント;市町村;都道府県;郵便番号;税金徴収型;商品売上;商品の売上税;配送料;配送料の税金;ギフト包装手数料;ギフト包装クレジットの税金;Amazonポイントの費用;プロモーション割引額;プロモーション割引の税金;源泉徴収税を伴うマーケットプレイス;手数料;FBA 手数料;トランザクションに関するその他の手数料;その他;合計",
    "br": "data/hora;id de liquidação;tipo;id do pedido;sku;descrição;quantidade;marketplace;atendimento;cidade do pedido;estado do pedido;código postal do pedido;vendas do produto;imposto de vendas coletados;créditos de remessa;créditos de embalagem de presente;descontos promocionais;tarifas de venda;taxas fba;taxas de outras transações;outro;total",
    "mx": "fecha/hora;Id. de liquidación;tipo;Id. del pedido;sku;descripción;cantidad;marketplace;cumplimiento;ciudad del pedido;estado del pedido;código postal del pedido;modelo de recaudación de impuestos;ventas de productos;impuesto de ventas de productos;créditos de envío;impuesto de abono de envío;créditos por envoltorio de regalo;impuesto de créditos de envoltura;Tarifa reglamentaria;Impuesto sobre tarifa reglamentaria;descuentos promocionales;impuesto de reembolsos promocionales;impuesto de retenciones en la plataforma;tarifas de venta;tarifas fba;tarifas de otra transacción;otro;total",
    "fr, later": "date/heure;Identifiant du paiement;type;Numéro de la commande;SKU;description;quantité;site de vente;traitement;ville;état;code postal;ventes de produits;Taxes sur la vente des produits;crédits d'expédition;taxe sur les crédits d'expédition;crédits sur l'emballage cadeau;Taxes sur les crédits cadeaux;Rabais promotionnels;Taxes sur les remises promotionnelles;Taxes retenues sur le site de vente;frais de vente;Frais Expédié par Amazon;autres frais de transaction;autre;total",
    "nl": "datum/tijd;schikkings-ID;type;bestelnummer;sku;beschrijving;aantal;marketplace;fulfillment;bestelling stad;status bestelling;bestelling per post;verkoop van producten;Verzendtegoeden;kredietpunten cadeauverpakking;promotiekortingen;geïnde omzetbelasting;Belasting voor marketplace-facilitator;verkoopkosten;fba-vergoedingen;overige transactiekosten;overige;totaal",
    "se": "datum/tid;reglerings-id;typ;beställnings-id;sku;beskrivning;antal;marknadsplats;leverans;stad för beställning;delstat för beställning;postadress för beställning;försäljning av produkter;fraktkrediter;krediter för presentinslagning;kampanjrabatter;inkasserad moms;skatt för marknadsplatsförmedlare;försäljningsavgifter;fba-avgifter;övriga transaktionsavgifter;övrigt;totalt",
    "pl": "data/godzina;identyfikator rozliczenia;typ;identyfikator zamówienia;sku;opis;ilość;rynek;realizacja;miejscowość zamówienia;stan zamówienia;przekaz pocztowy;sprzedaż produktów;noty kredytowe za wysyłkę;środki na pokrycie pakowania na prezent;rabaty promocyjne;pobrany podatek od sprzedaży;podatek od transakcji marketplace facilitator;opłaty za sprzedaż;opłaty za fba;inne opłaty transakcyjne;inne;suma",
    "in": "date/time;settlement id;type;order id;Sku;description;quantity;marketplace;account type;fulfillment;order city;order state;order postal;product sales;shipping credits;gift wrap credits;promotional rebates;Total sales tax liable(GST before adjusting TCS);TCS-CGST;TCS-SGST;TCS-IGST;TDS (Section 194-O);selling fees;fba fees;other transaction fees;other;total",
}  # fmt: skip
# Place: moments of an order, a refund, a fee and a transfer; their kinds; marketplace, currency, decimal mark, encoding.
PLACES = {
    "us": (["Jan 5, 2026 4:00:12 PM PST", "Jan 6, 2026 4:00:12 PM PST", "Jan 7, 2026 1:00:00 AM PST", "Jan 8, 2026 1:00:00 AM PST"], ["Order", "Refund", "FBA Inventory Fee", "Transfer"], "amazon.com", "USD", ".", "utf-8-sig"),
    "uk": (["6 Jan 2026 00:00:12 UTC", "7 Jan 2026 00:00:12 GMT+00:00", "7 Jan 2026 09:00:00 UTC", "8 Jan 2026 09:00:00 UTC"], ["Order", "Refund", "FBA Inventory Fee", "Transfer"], "amazon.co.uk", "GBP", ".", "utf-8"),
    "de": (["06.01.2026 00:00:12 UTC", "07.01.2026 01:00:12 GMT+1", "07.01.2026 09:00:00 UTC", "08.01.2026 09:00:00 UTC"], ["Bestellung", "Erstattung", "Versand durch Amazon Lagergebühr", "Übertrag"], "amazon.de", "EUR", ",", "cp1252"),
    "fr": (["6 janv. 2026 00:00:12 UTC", "7 janv. 2026 00:00:12 UTC", "7 janv. 2026 09:00:00 UTC", "8 janv. 2026 09:00:00 UTC"], ["Commande", "Remboursement", "Frais de stock Expédié par Amazon stockage", "Transfert"], "amazon.fr", "EUR", ",", "utf-8"),
    "es": (["6 ene 2026 0:00:12 UTC", "7 ene 2026 0:00:12 UTC", "7 ene 2026 9:00:00 UTC", "8 ene 2026 9:00:00 UTC"], ["Pedido", "Reembolso", "Tarifas de almacenamiento", "Transferir"], "amazon.es", "EUR", ",", "utf-8"),
    "it": (["6 gen 2026 00:00:12 UTC", "7 gen 2026 00:00:12 UTC", "7 gen 2026 09:00:00 UTC", "8 gen 2026 09:00:00 UTC"], ["Ordine", "Rimborso", "Costo di stoccaggio", "Trasferimento"], "amazon.it", "EUR", ",", "utf-16"),
    "jp": (["2026/01/06 9:00:12JST", "2026/01/07 9:00:12JST", "2026/01/07 18:00:00 JST", "2026/01/08 18:00:00 JST"], ["注文", "返金", "FBA在庫保管手数料", "振込み"], "amazon.jp", "JPY", ".", "cp932"),
    "br": (["5 de jan. de 2026 21:00:12 GMT-3", "6 de jan. de 2026 21:00:12 GMT-3", "7 de jan. de 2026 06:00:00 GMT-3", "8 de jan. de 2026 06:00:00 GMT-3"], ["Pedido", "Reembolso", "Tarifa de armazenamento", "Transferência"], "amazon.com.br", "BRL", ",", "utf-8"),
    "mx": (["5 ene 2026 16:00:12 GMT-8", "6 ene 2026 16:00:12 GMT-8", "7 ene 2026 01:00:00 GMT-8", "8 ene 2026 01:00:00 GMT-8"], ["Pedido", "Reembolso", "Tarifa de almacenamiento", "Transferencia"], "amazon.com.mx", "MXN", ".", "utf-8"),
    "fr, later": (["6 janv. 2026 00:00:12 UTC", "7 janv. 2026 00:00:12 UTC", "7 janv. 2026 09:00:00 UTC", "8 janv. 2026 09:00:00 UTC"], ["Commande", "Remboursement", "Frais de stock Expédié par Amazon stockage", "Transfert"], "amazon.fr", "EUR", ",", "utf-8"),
    "nl": (["6 jan. 2026 00:00:12 UTC", "7 jan. 2026 00:00:12 UTC", "7 jan. 2026 09:00:00 UTC", "8 jan. 2026 09:00:00 UTC"], ["Bestelling", "Terugbetaling", "FBA-opslagkosten", "Overboeking"], "amazon.nl", "EUR", ",", "utf-8"),
    "se": (["6 jan. 2026 00:00:12 UTC", "7 jan. 2026 00:00:12 UTC", "7 jan. 2026 09:00:00 UTC", "8 jan. 2026 09:00:00 UTC"], ["Beställning", "Återbetalning", "FBA-lageravgift", "Överföring"], "amazon.se", "SEK", ",", "utf-8"),
    "pl": (["6 sty 2026 00:00:12 UTC", "7 sty 2026 00:00:12 UTC", "7 sty 2026 09:00:00 UTC", "8 sty 2026 09:00:00 UTC"], ["Zamówienie", "Zwrot", "Opłata za magazynowanie", "Przelew"], "amazon.pl", "PLN", ",", "utf-16"),
    "in": (["6 Jan 2026 12:00:12 am UTC", "7 Jan 2026 12:00:12 am UTC", "7 Jan 2026 9:00:00 am UTC", "8 Jan 2026 9:00:00 am UTC"], ["Order", "Refund", "FBA Inventory Fee", "Transfer"], "amazon.in", "INR", ".", "utf-8"),
}  # fmt: skip
SALES = (
    "product sales",
    "Umsätze",
    "ventes de produits",
    "ventas de productos",
    "Vendite",
    "商品売上",
    "vendas do produto",
    "verkoop van producten",
    "försäljning av produkter",
    "sprzedaż produktów",
)
FEES = (
    "selling fees",
    "Verkaufsgebühren",
    "frais de vente",
    "tarifas de venta",
    "Commissioni di vendita",
    "手数料",
    "tarifas de venda",
    "verkoopkosten",
    "försäljningsavgifter",
    "opłaty za sprzedaż",
)


def report_of(place):
    """The place's report as text: an order of 1,200.50 for two pieces, its refund, a storage fee, a transfer."""
    moments, kinds, marketplace, money, mark, _ = PLACES[place]
    header = HEADERS[place].split(";")
    sales = next(header.index(name) for name in SALES if name in header)
    fees = next(header.index(name) for name in FEES if name in header)

    def number(value):
        text = f"{value:,.2f}"
        return text if mark == "." else text.replace(",", " ").replace(".", ",").replace(" ", ".")

    def row(place, sold, fee, other, sku="TIN", pieces="2"):
        cells = [number(0) for _ in header]
        cells[:8] = [
            moments[place],
            "42",
            kinds[place],
            "302-1" if sku else "",
            sku,
            'Tin, "red"',
            pieces,
            marketplace if sku else "",
        ]
        known = {"Seller", "Amazon", "fulfillment", "fulfilment"}
        for spot in range(8, sales):
            cells[spot] = "Amazon" if header[spot] in known else ""
        cells[sales], cells[fees], cells[-2], cells[-1] = (
            number(sold),
            number(fee),
            number(other),
            number(sold + fee + other),
        )
        return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    rows = [
        row(0, 1200.50, -180.08, 0),
        row(1, -600.25, 90.04, 0),
        row(2, 0, 0, -12.34, "", ""),
        row(3, 0, 0, -497.87, "", ""),
    ]
    return (
        "\n".join([*(line.format(money=money) for line in PREAMBLE), ",".join(f'"{name}"' for name in header), *rows])
        + "\n"
    )


@pytest.mark.parametrize("place", PLACES)
def test_every_language_gives_the_same_ledger_and_order(bring, tmp_path, place):
    _, _, _, money, _, encoding = PLACES[place]
    path = tmp_path / f"{place}.csv"
    path.write_bytes(report_of(place).encode(encoding))
    report, folder = bring("amazon-date-range", path)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    company = Company.open(folder)
    ledger = company.table("ledger")
    assert ledger.groupby("account")["amount"].sum().round(2).to_dict() == {
        "sales payout": 1200.5, "platform fees": -90.04, "refunds": -600.25, "warehousing": -12.34,
    }  # fmt: skip
    assert set(ledger["currency"]) == {money}
    assert sorted(ledger["date"].dt.strftime("%m-%d").unique()) == ["01-06", "01-07"]
    order = company.events("orders").to_pandas()
    assert (order["quantity"].item(), order["unit_price"].item(), order["currency"].item()) == (2, 600.25, money)
    assert str(order["ordered_at"].item()) == "2026-01-06 00:00:12+00:00"
    assert report.fates.set_index("fate")["rows"].to_dict() == {"entries of the ledger": 3, "transfer to the bank": 1}


def test_a_column_that_is_not_known_shows_in_the_total(bring, tmp_path):
    path = tmp_path / "us.csv"
    path.write_text(report_of("us").replace('"selling fees"', '"new fees"'))
    report, folder = bring("amazon-date-range", path)
    assert [(problem.column, problem.rule) for problem in report.problems] == [
        ("total", "amounts do not sum to the row's total")
    ]
    assert "new fees" in report.unmapped["us.csv"]
    assert not folder.exists()


def test_reports_that_overlap_or_follow_each_other_count_each_transaction_once(bring, tmp_path):
    first, second = tmp_path / "january.csv", tmp_path / "february.csv"
    lines = report_of("us").splitlines(keepends=True)
    head, rows = lines[:5], lines[5:]
    first.write_text("".join([*head, *rows[:2]]))
    # The second report stands one row lower with another transaction, and holds the refund again.
    second.write_text("".join([*head, rows[0].replace("302-1", "302-2"), rows[1], rows[2]]))
    report, folder = bring("amazon-date-range", first, second)
    assert report.accepted, str(report)
    assert report.fates.set_index("fate")["rows"]["transaction stands in a later file too"] == 1
    together = Company.open(folder).table("ledger")
    bring("amazon-date-range", first, to="other")
    report, other = bring("amazon-date-range", second, to="other", mode="append")
    assert report.accepted, str(report)
    appended = Company.open(other).table("ledger")
    assert sorted(appended["entry_id"]) == sorted(together["entry_id"])
    assert appended["amount"].sum() == pytest.approx(2 * (1200.50 - 180.08) - 600.25 + 90.04 - 12.34)


def test_lines_that_end_in_two_ways_are_all_read(bring, tmp_path):
    path = tmp_path / "us.csv"
    rows = [HEADERS["us"].replace(";", ","), "Jan 5 2026 4:00:12 PM PST,1,Order,1,S,Cup,1,amazon.com," + "," * 6]
    rows[1] += "10" + ",0" * 14 + ",10"
    path.write_bytes(("\n".join(PREAMBLE).format(money="USD") + "\n" + "\r\n".join(rows) + "\r\n").encode())
    report, _ = bring("amazon-date-range", path)
    assert report.accepted, str(report)
    assert report.rows_in == 1
    assert report.sums["before"].sum() == 10


def test_the_belgian_report_in_french(bring, tmp_path):
    header = (
        "date/heure;Identifiant du paiement;type;Numéro de la commande;SKU;description;Quantité;site de vente;"
        "ventes de produits ;crédits d'expédition ;crédits d'emballage-cadeau;Total des réductions;"
        "taxe de ventes prélevée;Taxe Marketplace Facilitator;frais de vente ;Frais pour le service Expédié par Amazon;"
        "autres frais de transaction;autres;total;Statut de la transaction"
    )
    rows = [
        "1 févr. 2026 10:00:00 UTC;5;Commande;1;CUP;Tasse;2;amazon.com.be;33,06;0;0;0;6,94;-1,00;-6,00;-7,20;0;0;25,80;",
        "2 févr. 2026 10:00:00 UTC;5;Rétrofacturation;1;CUP;Tasse;1;amazon.com.be;-10,00;0;0;0;0;0;0;0;0;0;-10,00;",
        "3 févr. 2026 10:00:00 UTC;5;Transférer;;;Vers le compte;;;0;0;0;0;0;0;0;0;0;-1 015,80;-1 015,80;",
    ]
    path = tmp_path / "be.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    report, folder = bring("amazon-date-range", path)
    assert report.accepted, str(report)
    ledger = Company.open(folder).table("ledger").groupby("account")["amount"].sum().round(2).to_dict()
    assert ledger == {
        "last mile": -7.2,
        "platform fees": -6.0,
        "refunds": -10.0,
        "sales payout": 33.06,
        "sales tax": 5.94,
    }
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True))["transfer to the bank"] == 1
