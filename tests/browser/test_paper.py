"""PDFs as Chromium prints them."""

import json
import shutil
from pathlib import Path

from crossborder.reports import pdf, project

from tests.reports.test_cli import asked

TWO = ("62_fx_risk", "72_claims_audit")


def test_pages_and_the_whole_are_printed(chromium, all_pages, tmp_path, monkeypatch):
    from contextlib import nullcontext

    run = tmp_path / "base"
    run.mkdir()
    (tmp_path / "latest").symlink_to("base")
    manifest = json.loads((all_pages / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps({**manifest, "notebooks": {name: {} for name in TWO}}))
    for name in TWO:
        shutil.copyfile(all_pages / f"{name}.html", run / f"{name}.html")
    # Playwright opens once in a thread.
    monkeypatch.setattr(pdf.browser, "opened", lambda: nullcontext(chromium))
    monkeypatch.setattr(project, "reports_folder", lambda: tmp_path)
    status, said = asked("pdf")
    assert status == 0 and said.split()[-1].endswith(pdf.WHOLE)
    written = {Path(line).name: Path(line).read_bytes() for line in said.split()}
    assert list(written) == [*(f"{name}.pdf" for name in TWO), pdf.WHOLE]
    counts = {name: pdf.page_count(content) for name, content in written.items()}
    parts = [counts[f"{name}.pdf"] for name in TWO]
    assert min(parts) >= 4
    # Cover and contents are a page each; chapters break their pages as they do alone, so the numbers hold.
    assert counts[pdf.WHOLE] == 2 + sum(parts)
    for name, content in written.items():
        assert content.startswith(b"%PDF") and b"file://" not in content, name
        assert b"/StructTreeRoot" in content and b"/Outlines" in content, name


def test_no_page_is_wider_than_the_paper(chromium, all_pages):
    # One wide table would shrink the whole document.
    page = chromium.new_page(viewport={"width": 673, "height": 900})
    page.emulate_media(media="print")
    wide = []
    for path in sorted(all_pages.glob("[0-9]*.html")):
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [f"{path.stem}: {width}"] if width > 673 else []
    page.close()
    assert wide == []
