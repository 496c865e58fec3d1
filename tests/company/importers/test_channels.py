"""The channel of a visit or a campaign."""

import pytest
from crossborder.company.importers import channels
from crossborder.company.importers.desk import quoted
from crossborder.errors import InputError


def of(desk, source, medium, campaign, words=None):
    """The channel that the rule gives."""
    cells = ("CAST(NULL AS VARCHAR)" if cell is None else quoted(cell) for cell in (source, medium, campaign))
    return desk.one(f"SELECT {channels.channel(*cells, words or {})}")[0]


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "channel"),
    [
        ("google", "cpc", "DE_Brand_exact", "search_brand"),
        ("google", "cpc", "DE non-brand", "search_generic"),
        ("google", "cpc", "FR | Marque", "search_brand"),
        ("google", "cpc", "FR hors marque", "search_generic"),
        ("google", "cpc", None, "search_generic"),
        ("bing", "ppc", "chairs", "search_generic"),
        ("google", "cpc", "PMax all products", "shopping"),
        ("google", "organic", None, "search_organic"),
        ("facebook", "paid_social", "spring", "social_paid"),
        ("ig", "cpc", "spring", "social_paid"),
        ("instagram.com", "referral", None, "social_organic"),
        ("tiktok", "paid_social", "夏季 直播", "live_stream"),
        ("facebook", "cpc", "Remarketing 30 days", "retargeting"),
        ("youtube.com", "video", None, "video"),
        ("dv360", "display", "x", "display"),
        ("awin", "affiliate", None, "affiliate"),
        ("newsletter", "email", "january", "email"),
        ("blog.example", "referral", None, "referral"),
        ("(direct)", "(none)", None, "direct"),
        (None, None, None, "direct"),
        ("qr", "flyer", None, "other"),
    ],
)
def test_the_rule_names_the_channel(desk, source, medium, campaign, channel):
    assert of(desk, source, medium, campaign) == channel


def test_own_words_go_before_the_rule(desk, tmp_path):
    (tmp_path / "map.yaml").write_text("channels:\n  flyer: print\n  DE_brand: search_own\n", encoding="utf-8")
    words = channels.own_words(tmp_path / "map.yaml")
    assert of(desk, "google", "cpc", "x DE_Brand y", words) == "search_own"
    assert of(desk, "google", "cpc", "x", words) == "search_generic"
    assert channels.own_words(None) == {}


@pytest.mark.parametrize("text", ["channels: [a, b]\n", "other: {}\n", "channels: {a: [1]}\n", "just words\n"])
def test_a_file_without_a_list_of_channels_is_refused(tmp_path, text):
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="has no list of channels"):
        channels.own_words(tmp_path / "map.yaml")


def test_a_file_that_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "map.yaml").write_text("channels: [unclosed\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as YAML"):
        channels.own_words(tmp_path / "map.yaml")
