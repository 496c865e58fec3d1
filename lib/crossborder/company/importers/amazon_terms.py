"""Amazon's words: what a transaction is in each language, which account an amount belongs to, whose marketplace."""

from crossborder.company.importers.desk import quoted

__all__ = ["ACCOUNTS", "GIVEN_BACK", "TAX_ON_TOP", "TYPES", "account_of", "marketplace", "transaction_type"]

# Markets whose prices are quoted without sales tax.
TAX_ON_TOP = ("US", "CA")
# Sums of these words (of amount type and description, or of type and description) -> account; the first that fits.
ACCOUNTS = (
    (r"withheld|facilitator", "sales tax"),
    (r"reserve|previous balance|transfer|payable to amazon|successful charge|debt|disburse", "sales payout"),
    (r"advertis|sponsored|advertentie|reklam|annons|cost of adv|coupon|lightning deal|deal fee|vine|werbe|publicit|pubblicit|広告", "advertising"),
    (r"inbound|partnered carrier|placement|versand an amazon|納品", "freight"),
    (r"removal|disposal|return.*(fee|process)|remission|entsorg", "returns handling"),
    (r"reimburs|warehouse_damage|warehouse_lost|missing_from|compensated|reversal|safe-t|free replacement|erstattung f|補てん", "write-off"),
    (r"storage|inventory fee|lager|opslag|magazyn|stockage|almacen|stoccaggio|armazen|保管", "warehousing"),
    (r"subscription|digital ?services|regulatory|sales ?tax ?service", "platform fees"),
    (r"lending|loan|capital services", "loan"),
    (r"shipping (services|label)|postage|carrier|shipment purchase|mfnpostage", "last mile"),
    (r"itemfees.*(fba|fulfil|pick)|fba.*fulfil|weightbased|weight handling|fba fees", "last mile"),
    (r"commission|closing|chargeback fee|itemfees|fee\b|fees\b|shippinghb|shipping ?chargeback|giftwrap ?chargeback", "platform fees"),
    (r"(product|shipping|gift ?wrap|promotional|item).* tax|itemprice (tax|shippingtax|giftwraptax)|\btax\b|\bvat\b", "sales tax"),
    (r"^refund|a-to-z|guarantee|chargeback|erstattung|remboursement|reembolso|rimborso|返金", "refunds"),
    (r"order|principal|promotion|itemprice|sales|credits|points|goodwill|liquidation", "sales payout"),
)  # fmt: skip
OTHERWISE = "platform fees"
# Kinds of transactions of the date range report, in the languages of its marketplaces.
TYPES = {
    "order": "order bestellung commande pedido ordine 注文 bestelling zamówienie beställning",
    "refund": "refund erstattung remboursement reembolso rimborso 返金 terugbetaling zwrot återbetalning återbäring",
    "transfer": "transfer übertrag übertragung transfert transférer virement transferir transferencia trasferimento transferência 振込み 振込 overboeking överföring przelew",
}
# Kinds of transactions that give money back to buyers, though not by a refund of the seller.
GIVEN_BACK = (
    "refund|chargeback|a-to-z|erstattung|rückbuchung|remboursement|rétrofacturation|reembolso|rimborso|返金|återb"
)
DOMAINS = {
    "com": "US", "ca": "CA", "com.mx": "MX", "com.br": "BR", "co.uk": "GB", "de": "DE", "fr": "FR", "it": "IT",
    "es": "ES", "nl": "NL", "se": "SE", "pl": "PL", "com.be": "BE", "ie": "IE", "com.tr": "TR", "ae": "AE", "sa": "SA",
    "eg": "EG", "in": "IN", "co.jp": "JP", "jp": "JP", "com.au": "AU", "sg": "SG", "co.za": "ZA",
}  # fmt: skip


def account_of(words: str) -> str:
    """The expression of a ledger account from the words that name an amount."""
    cases = " ".join(f"WHEN regexp_matches(lower({words}), {quoted(form)}) THEN '{name}'" for form, name in ACCOUNTS)
    return f"CASE {cases} ELSE '{OTHERWISE}' END"


def transaction_type(cell: str) -> str:
    """The expression of a transaction's kind (order, refund, transfer, other) in any of the languages."""
    cases = " ".join(
        f"WHEN lower(trim({cell})) IN ({', '.join(quoted(word) for word in words.split())}) THEN '{kind}'"
        for kind, words in TYPES.items()
    )
    return f"CASE {cases} ELSE 'other' END"


def marketplace(cell: str) -> str:
    """The expression of the market of a marketplace's name such as Amazon.de; missing for others."""
    pairs = ", ".join(f"'{domain}': '{market}'" for domain, market in DOMAINS.items())
    return f"MAP {{{pairs}}}[regexp_extract(lower(trim({cell})), '^(?:www[.])?amazon[.]([a-z.]+)$', 1)]"
