"""The report as its readers open it: by mouse, by keyboard, on a phone, in a dark room, with a screen reader."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NOTEBOOKS, SHOCK, SHOCKED
from tests.browser.watched import tab

PHONE, SCREEN = 390, 1280
FOLDERS = ("tables/", "figures/", "files/", "notebooks/")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PICTURES = "Array.from(document.images, (one) => [one.alt.length > 20, one.naturalWidth > 0])"
SIZES = "Array.from(document.querySelectorAll('figure img'), (one) => one.clientWidth / one.naturalWidth)"
FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.textContent.trim()"


def opened(tab, folder, name):
    tab.page.goto((folder / f"{name}.html").as_uri())
    return tab.page


def soon(page, told):
    """Whether it becomes true; asked from outside, since a page's policy lets nothing evaluate text inside it."""
    for _ in range(100):
        if page.evaluate(told):
            return True
        page.wait_for_timeout(50)
    return False


def faults(page, contrast=False):
    """What axe finds serious or critical, a line each; contrast takes most of its time, so it is asked for apart."""
    rules = {"color-contrast": {"enabled": contrast}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", ["index", *NOTEBOOKS])
def test_a_page_can_be_read_by_everyone_everywhere(chromium, all_pages, name):
    with tab(chromium, f"report-{name}") as reader:
        page = opened(reader, all_pages, name)
        assert page.evaluate(OVERFLOW) <= 0
        assert faults(page) == []
        pictures = page.evaluate(PICTURES)
        assert all(told and there for told, there in pictures) and (pictures or name == "index")
        page.set_viewport_size({"width": PHONE, "height": 844})
        assert page.evaluate(OVERFLOW) <= 0
        # A picture keeps its letters readable and scrolls in its own box.
        assert all(share > 0.65 for share in page.evaluate(SIZES))
        assert reader.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "31_landed_cost"])
def test_every_text_stands_out_from_its_ground(chromium, all_pages, name, scheme):
    with tab(chromium, f"report-{name}-{scheme}", scheme=scheme) as reader:
        page = opened(reader, all_pages, name)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") is (scheme == "light")
        assert faults(page, contrast=True) == []


def links(text):
    """The addresses of a page, and the places in it that an address can mean."""
    return [unquote(unescape(one)) for one in re.findall(r'href="([^"]+)"', text)], re.findall(r'\bid="([^"]+)"', text)


def dead(folder, names, leave_out=()):
    """Addresses that lead nowhere."""
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    places = {name: set(links(text)[1]) for name, text in texts.items()}
    found = []
    for name, text in texts.items():
        for link in links(text)[0]:
            target, _, anchor = link.partition("#")
            target = target or name
            if link.startswith(("https:", *leave_out)):
                continue
            there = (folder / target).is_file()
            if not there or (anchor and anchor not in places.get(target, ())):
                found.append(f"{name}: {link}")
    return found


def test_every_link_between_pages_leads_to_a_place(all_pages):
    names = [path.name for path in all_pages.glob("*.html")]
    assert len(names) == len(NOTEBOOKS) + 1
    assert dead(all_pages, names, FOLDERS) == []


def test_every_link_to_a_file_leads_to_one_and_every_figure_to_its_data(shocked):
    assert dead(shocked, ["index.html", f"{SHOCKED}.html"]) == []
    text = (shocked / f"{SHOCKED}.html").read_text(encoding="utf-8")
    figures = re.findall(r"<figure>.*?</figure>", text, re.S)
    assert figures and all(re.search(r'href="(figures|tables)/[^"]+\.csv"', one) for one in figures)


def test_a_page_under_a_scenario_stands_beside_the_base(chromium, shocked):
    with tab(chromium, "report-shocked") as reader:
        page = opened(reader, shocked, SHOCKED)
        assert page.locator("dl.figures .beside").count() > 0
        rows = page.locator("section[aria-labelledby=beside-the-base] tbody tr")
        assert rows.count() > 0 and "+" in rows.first.inner_text()
        assert faults(page) == [] and page.evaluate(OVERFLOW) <= 0
        page = opened(reader, shocked, "index")
        assert "compared with run base" in page.inner_text("header") and SHOCK in page.inner_text("h1")


def test_the_search_finds_notebooks_and_answers_and_can_be_cleared(chromium, all_pages):
    with tab(chromium, "report-search") as reader:
        page = opened(reader, all_pages, "index")
        shown = lambda: page.locator("tr[data-text]:visible").count()  # noqa: E731
        assert shown() == len(NOTEBOOKS)
        page.focus("#search")
        page.keyboard.type("hedge cost")
        assert 0 < shown() < len(NOTEBOOKS)
        assert page.locator("tr[data-text]:visible >> text=62_fx_risk").count() == 1
        assert re.search(r"Notebooks found: \d+ / 22", page.inner_text("#found"))
        page.keyboard.press("Escape")
        assert shown() == len(NOTEBOOKS) and page.input_value("#search") == "" and page.inner_text("#found") == ""
        page.keyboard.type("nothing of the kind")
        assert shown() == 0 and "Nothing found" in page.inner_text("#found")


def test_an_answer_leads_to_its_section(chromium, all_pages):
    with tab(chromium, "report-answers") as reader:
        page = opened(reader, all_pages, "index")
        if not page.locator("tr[data-answer]").count():
            pytest.skip("the project has no index of capabilities")
        assert page.locator("tr[data-answer]:visible").count() == 0
        page.fill("#search", "market size")
        first = page.locator("tr[data-answer]:visible a[href*='#']").first
        address = first.get_attribute("href")
        first.click()
        page.wait_for_url(f"**/{address.split('#')[0]}*")
        assert page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null")
        assert reader.complaints == []


def test_the_first_stop_of_the_keyboard_leads_past_the_contents(chromium, all_pages):
    with tab(chromium, "report-keyboard") as reader:
        for name in ("index", SHOCKED):
            page = opened(reader, all_pages, name)
            page.keyboard.press("Tab")
            assert page.evaluate(FOCUSED) == "skip"
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            assert page.locator(".skip").bounding_box()["x"] >= 0
            page.keyboard.press("Enter")
            assert page.evaluate("location.hash") == "#main"
            page.keyboard.press("Tab")
            assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_code_unfolds_by_keyboard_and_all_at_once(chromium, all_pages):
    with tab(chromium, "report-folds") as reader:
        page = opened(reader, all_pages, SHOCKED)
        folds = page.locator("details.code")
        assert folds.count() > 5 and page.locator("details.code[open]").count() == 0
        folds.first.locator("summary").focus()
        for key, count in (("Enter", 1), ("Space", 0)):
            page.keyboard.press(key)
            assert page.locator("details.code[open]").count() == count
        page.focus("#fold")
        for key, count in (("Space", folds.count()), ("Enter", 0)):
            page.keyboard.press(key)
            assert soon(page, f"document.querySelectorAll('details.code[open]').length === {count}")
            assert page.get_attribute("#fold", "aria-pressed") == str(count > 0).lower()


def test_a_wide_table_scrolls_in_its_own_box_by_keyboard(chromium, all_pages):
    with tab(chromium, "report-boxes", width=PHONE) as reader:
        page = opened(reader, all_pages, "62_fx_risk")
        assert page.evaluate("document.getElementById('contents').open") is False
        wide = page.locator(".scroll[tabindex='0']")
        assert wide.count() > 0 and page.locator(".scroll[tabindex='-1']").count() > 0
        wide.first.focus()
        page.keyboard.press("ArrowRight")
        assert soon(page, "document.activeElement.scrollLeft > 0")
        assert page.evaluate(OVERFLOW) <= 0


def test_paper_shows_no_code_and_no_tools(chromium, all_pages):
    with tab(chromium, "report-print", width=673) as reader:
        page = opened(reader, all_pages, SHOCKED)
        page.emulate_media(media="print")
        for hidden in ("nav.contents", ".tools", "details.code >> nth=0", "nav.neighbours"):
            assert not page.locator(hidden).is_visible(), hidden
        assert page.locator("figure img").first.is_visible() and page.evaluate(OVERFLOW) <= 0
