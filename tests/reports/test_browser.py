import os
import sys
from types import SimpleNamespace

import pytest
from crossborder.reports import browser, cli
from crossborder.reports.browser import NoBrowser


def playwright(own):
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=str(own)))


def command(folder, name):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_playwrights_own_browser_comes_before_the_systems(tmp_path, monkeypatch):
    system = command(tmp_path / "bin", "chromium")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    own = tmp_path / "own"
    assert browser.executable(playwright(own)) == system
    own.write_text("")
    assert browser.executable(playwright(own)) == str(own)


def test_another_browser_of_the_family_will_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = command(tmp_path / "bin", "google-chrome-stable")
    assert browser.executable(playwright(tmp_path / "none")) == found


def test_without_a_browser_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "PLACES", ())
    with pytest.raises(NoBrowser, match="Chromium is not installed\n  do: install the system's package chromium"):
        browser.executable(playwright(tmp_path / "none"))


def test_without_playwright_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(NoBrowser, match="Playwright is not installed\n  do: pip install playwright"), browser.opened():
        pass


def test_only_the_administrator_does_without_the_sandbox(monkeypatch):
    for user, without in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert ("--no-sandbox" in browser._flags()) is without


def test_a_missing_browser_ends_the_command_with_status_2(tmp_path, monkeypatch, capsys):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "manifest.json").write_text('{"notebooks": {"11_size": {}}}')
    (tmp_path / "base" / "11_size.html").write_text("<h1>Size?</h1>")
    monkeypatch.setattr("crossborder.reports.project.reports_folder", lambda: tmp_path)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    monkeypatch.setattr(sys, "argv", ["crossborder", "pdf", "base"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and "Playwright is not installed" in capsys.readouterr().err
    assert not (tmp_path / "base" / "pdf").exists()
