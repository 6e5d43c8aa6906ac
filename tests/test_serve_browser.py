"""`kg serve` in a browser: what a person does from the front page on, with Debian's Chromium.

Without the browser these tests are skipped, or fail where all must run. Screenshots are kept in ``build/screenshots``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from question_records import ROOT, seeded_store
from servers import needed
from serving import Served, served

SCREENSHOTS = ROOT / "build" / "screenshots"
PATHS = {
    "front": "/",
    "search": "/search?q=JAK2",
    "questions": "/questions",
    "form": "/question/figures-mentioning-genes",
    "answer": "/question/figures-mentioning-genes?genes=JAK2+STAT3",
    "problem": "/question/figures-mentioning-genes?genes=COX1",
    "figure": "/figure/PMC8__f1",
    "keywords": "/figure/PMC7__f1",
    "gene": "/gene/3717",
    "paper": "/paper/PMC9",
    "organism": "/organism/9606",
    "chemical": "/term/chebi:15422",
    "missing": "/nothing",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(seeded_store()) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = needed("chromium", "chromium fonts-dejavu-core")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


class Watched:
    """A page of a context that notes what it must not do: ask another host, or complain."""

    def __init__(self, context: BrowserContext, server: Served) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self._url = server.url
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def goto(self, path: str) -> Page:
        self.page.goto(self._url + path)
        return self.page

    def shot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def must_be_clean(self, *allowed: str) -> None:
        elsewhere = {urlsplit(url).netloc for url in self.asked if not url.startswith(("data:", "blob:"))}
        assert elsewhere == {urlsplit(self._url).netloc}
        assert [said for said in self.complaints if not said.startswith(allowed or ("none",))] == []


def test_what_a_person_does(browser: Browser, server: Served, tmp_path: Path) -> None:
    """Find JAK2, open a figure, see why it mentions JAK2, run the two-gene question, download, run a query."""
    context = browser.new_context(accept_downloads=True)
    watched = Watched(context, server)
    page = watched.goto("/")
    watched.shot("1-front")

    # Find JAK2, by its beginning.
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("jak")
    page.locator("datalist option[value='JAK2']").first.wait_for(state="attached")
    field.fill("JAK2")
    page.get_by_role("button", name="Search").click()
    watched.shot("2-search")
    page.get_by_role("link", name="JAK2", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("JAK2")
    page.locator("#network-list a").first.wait_for()
    expect(page.locator("#network canvas").first).to_be_visible()
    watched.shot("3-gene")

    # Open a figure that has it by a family word, and see why.
    page.get_by_role("link", name="PMC2__f1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jak/Stat3 in cancer")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="JAK2", exact=True))
    expect(row).to_contain_text("family (FamPlex)")
    expect(row.locator("xpath=ancestor::tbody").get_by_role("rowheader")).to_have_text("Jak/Stat3")
    assert page.locator("main img").count() == 0
    watched.shot("4-figure")

    # The two-gene question in its form.
    page.get_by_role("link", name="Questions").click()
    page.get_by_role("link", name="Figures that mention all of the genes").click()
    page.get_by_label("Genes").fill("JAK2 STAT3")
    page.get_by_label("Evidence").select_option("symbol")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("table")).to_contain_text("JAK2 activates STAT3")
    watched.shot("5-answer")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert [row["figure"] for row in rows] == ["https://pfocr.wikipathways.org/figures/PMC1__f1.html"]
    assert download.value.suggested_filename == "figures-mentioning-genes.csv"

    # A query in the editor.
    page.get_by_role("link", name="SPARQL", exact=True).click()
    page.locator(".yasqe_queryButton").first.click()
    expect(page.locator(".yasr_results table").first).to_contain_text("JAK2 activates STAT3")
    watched.shot("6-editor")

    watched.must_be_clean()
    context.close()


def test_a_query_of_a_question_opens_in_the_editor(browser: Browser, server: Served) -> None:
    context = browser.new_context()
    watched = Watched(context, server)
    page = watched.goto("/question/most-figured-genes")
    page.get_by_text("Columns, and the query in SPARQL").click()
    page.get_by_role("link", name="Open in the editor").click()
    editor = page.locator(".tabPanel.active .CodeMirror")
    expect(editor).to_contain_text("Most figured genes")
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(page.locator(".tabPanel.active .yasr_results")).to_contain_text("STAT3")
    watched.must_be_clean()
    context.close()


def test_copy_buttons(browser: Browser, server: Served) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    watched = Watched(context, server)
    page = watched.goto("/gene/3717")
    page.get_by_role("button", name="Copy id").click()
    assert page.evaluate("navigator.clipboard.readText()") == "ncbigene:3717"
    page = watched.goto("/figure/PMC1__f1")
    page.get_by_role("button", name="Copy the symbols of genes that are specifically named").click()
    assert page.evaluate("navigator.clipboard.readText()") == "JAK2 STAT3"
    watched.must_be_clean()
    context.close()


def test_pages_work_without_javascript(browser: Browser, server: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    watched = Watched(context, server)
    page = watched.goto("/")
    page.get_by_role("searchbox").fill("JAK2")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="JAK2", exact=True).first.click()
    page.get_by_role("link", name="PMC1__f1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("JAK2 activates STAT3")
    watched.goto("/question/figures-mentioning-genes")
    page.get_by_label("Genes").fill("JAK2 STAT3")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("link", name="year").click()  # sorts
    expect(page.get_by_role("columnheader", name="year")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("table")).to_contain_text("Jak/Stat3 in cancer")
    page = watched.goto("/query")
    page.get_by_label("Query").fill("ASK {}")
    watched.must_be_clean()
    page.get_by_role("button", name="Run").click()  # the browser shows XML in a way of its own
    assert "true" in page.content()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PATHS))
def test_axe_finds_nothing(name: str, scheme: str, browser: Browser, server: Served) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    watched = Watched(context, server)
    page = watched.goto(PATHS[name])
    page.wait_for_load_state("networkidle")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    watched.must_be_clean("error: Failed to load resource: the server responded with a status of 4")
    context.close()


def test_axe_finds_nothing_serious_about_our_part_of_the_editor(browser: Browser, server: Served) -> None:
    """Inside of Yasgui is Yasgui's affair."""
    context = browser.new_context()
    page = Watched(context, server).goto("/query")
    page.locator(".CodeMirror").first.wait_for()
    found = Axe().run(page, context={"exclude": [["#editor"]]})
    assert found.violations_count == 0, found.generate_report()
    context.close()


@pytest.mark.parametrize("name", list(PATHS))
def test_pages_fit_a_phone(name: str, browser: Browser, server: Served) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    watched = Watched(context, server)
    page = watched.goto(PATHS[name])
    page.wait_for_load_state("networkidle")
    if name in ("front", "figure", "gene", "answer"):
        watched.shot(f"phone-{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_by_keyboard(browser: Browser, server: Served) -> None:
    """The first stop leads to the content; fields and buttons are reached one after the other."""
    context = browser.new_context()
    watched = Watched(context, server)
    page = watched.goto("/question/figures-mentioning-genes")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.get_by_label("Genes").focus()
    page.keyboard.type("JAK2 STAT3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("JAK2 activates STAT3")
    watched.must_be_clean()
    context.close()


def test_script_in_records_does_not_run(browser: Browser, tmp_path: Path) -> None:
    from records import SYMBOL, gene, write

    import kg

    script = "<script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">"
    write(
        tmp_path / "records",
        "PMC1__f1",
        figtitle=script,
        caption=f"</script>{script}",
        genes=[gene(script, "JAK2", "JAK2", 3717, SYMBOL)],
        keywords=[script],
        fields={"papertitle": script, "organisms": ["Homo sapiens"]},
    )
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    with served(tmp_path / "s") as running:
        context = browser.new_context()
        watched = Watched(context, running)
        for path in ("/figure/PMC1__f1", "/paper/PMC1", "/gene/3717", "/search?q=script", "/question/genes-of-figure?figure=PMC1__f1"):  # fmt: skip
            page = watched.goto(path)
            page.wait_for_load_state("networkidle")
            assert page.title() != "ran"
        watched.must_be_clean()
        context.close()
