"""Channels from what a visit or a campaign calls itself: one rule, written down, and the user's own words before it."""

from pathlib import Path

from crossborder.company.importers.desk import quoted
from crossborder.errors import InputError

__all__ = ["ENGINES", "RULES", "SOCIAL", "channel", "own_words"]

ENGINES = r"google|bing|yahoo|duckduckgo|baidu|yandex|ecosia|naver|seznam|sogou|qwant"
SOCIAL = r"facebook|instagram|^(?:fb|ig|an|m?eta)$|tiktok|douyin|pinterest|snapchat|twitter|^t[.]co$|reddit|linkedin|vk|kakao|line[.]me|xiaohongshu|weibo"
PAID = r"^(?:.*cp[acmv]|ppc|paid.*|.*[-_ ]?paid|retargeting|remarketing|sem|ads?)$"
# Tried from the top: condition on source, medium and campaign (small letters), channel. `{s}` `{m}` `{c}` stand for them.
RULES = (
    (
        "regexp_matches({m}, 'e-?mail|newsletter|^edm$') OR regexp_matches({s}, '^e-?mail$|newsletter|klaviyo|mailchimp')",
        "email",
    ),
    ("regexp_matches({m} || ' ' || {c}, 'retarget|remarket|再营销')", "retargeting"),
    ("regexp_matches({m} || ' ' || {c}, 'affiliat|partner_program')", "affiliate"),
    ("regexp_matches({m} || ' ' || {c}, 'influenc|creator|kol|ambassador|达人')", "influencer"),
    ("regexp_matches({m} || ' ' || {c}, 'live[-_ ]?(stream|shop)|直播')", "live_stream"),
    ("regexp_matches({m} || ' ' || {c}, 'shopping|pmax|performance[-_ ]?max|购物')", "shopping"),
    ("regexp_matches({s}, 'youtube') OR regexp_matches({m} || ' ' || {c}, 'video|youtube|^cpv$|视频')", "video"),
    ("regexp_matches({s}, '{social}') AND regexp_matches({m}, '{paid}')", "social_paid"),
    ("regexp_matches({m} || ' ' || {c}, 'display|banner|展示|^cpm$|gdn|demand[-_ ]?gen')", "display"),
    (
        "regexp_matches({m}, '{paid}') AND regexp_matches({c}, '(^|[^a-z])(brand|marke|marque|marca)([^a-z]|$)|品牌|ブランド') AND NOT regexp_matches({c}, '(non|no|hors|nicht|senza|sem|sin)[-_ ]?(brand|marke|marque|marca)|非品牌')",
        "search_brand",
    ),
    ("regexp_matches({m}, '{paid}') AND ({s} = '' OR regexp_matches({s}, '{engines}'))", "search_generic"),
    (
        "regexp_matches({m}, 'organic') OR (regexp_matches({m}, 'referral') AND regexp_matches({s}, '{engines}'))",
        "search_organic",
    ),
    ("regexp_matches({m}, 'social') OR regexp_matches({s}, '{social}')", "social_organic"),
    ("regexp_matches({m}, '{paid}')", "display"),
    ("{m} = 'referral'", "referral"),
    ("{s} IN ('', '(direct)', 'direct', '(none)') AND {m} IN ('', '(none)', '(not set)', 'none')", "direct"),
)


def channel(source: str, medium: str, campaign: str, words: dict[str, str]) -> str:
    """The engine's expression for the channel of a source, a medium and a campaign (expressions too, may be missing).

    `words` (what stands in the campaign's name -> channel) go before the rule.
    """
    plain = {"s": source, "m": medium, "c": campaign}
    plain = {name: f"coalesce(lower(trim({cell})), '')" for name, cell in plain.items()}
    lists = {"social": SOCIAL, "paid": PAID, "engines": ENGINES}
    own = "".join(
        f" WHEN contains({plain['c']}, {quoted(word.lower())}) THEN {quoted(name)}" for word, name in words.items()
    )
    rule = "".join(f" WHEN {condition.format(**plain, **lists)} THEN {quoted(name)}" for condition, name in RULES)
    return f"CASE{own}{rule} ELSE 'other' END"


def own_words(mapping: Path | None) -> dict[str, str]:
    """The user's words for channels, from a YAML file with `channels: {part of the campaign's name: channel}`.

    Raises InputError for a file that does not hold such a list.
    """
    if mapping is None:
        return {}
    import yaml

    do = "do: write `channels:` and below it lines such as `  brandsearch: search_brand`"
    try:
        content = yaml.load(mapping.read_text(encoding="utf-8-sig"), yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise InputError(f"--map {mapping.name} cannot be read as YAML\n  {do}") from None
    words = content.get("channels") if isinstance(content, dict) else None
    if not isinstance(words, dict) or not all(isinstance(name, str) and name for name in words.values()):
        raise InputError(f"--map {mapping.name} has no list of channels\n  {do}")
    return {str(word): name for word, name in words.items()}
