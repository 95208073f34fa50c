"""`etude report` in a browser: what a reader sees, hears, sorts and prints; and that nothing that a model wrote ever runs."""
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from etude_program import ENVIRONMENT, etude, experiment_head, write_tunes
from forged_study import POISON, SIZES, label_of, write_run, write_study

BROWSERS = ["chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable"]
HAS_SOUND = shutil.which("fluidsynth") and any(Path("/usr/share/sounds/sf2").glob("*.sf2"))
HAS_SHEETS = shutil.which("abcm2ps")

EXPERIMENT = """
[architecture]
plugin = "gpt"
[training]
steps = 1
"""

# Every element that reaches beyond the window, but for what scrolls by itself.
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  const scrolls = element.closest('.scroll, nav ul, pre, .unseen');
  return box.width && !scrolls && !element.closest('svg') && box.right > innerWidth + 1;
}).map(element => element.tagName + '.' + element.className + ' in ' + element.closest('section')?.id)"""

# Text that is hard to read: WCAG's contrast with what lies behind it, below 4.5.
TOO_FAINT = """() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const back = channels(getComputedStyle(element).backgroundColor);
      if (back.length === 3 || back[3] > 0.99) return back;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('h1, h2, h3, h4, p, li, a, td, th, summary, dt, dd, small, button, .verdict, code, svg text')) {
    if (!element.textContent.trim() || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = channels(element.closest('svg') ? style.fill : style.color);
    if (ink.length < 3 || element.closest('.unseen')) continue;
    const [light, dark] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 4.5) faint.push(element.tagName + ': ' + element.textContent.slice(0, 40));
  }
  return faint;
}"""


def find_browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("SKIPPED: Python has no playwright (tools/setup --tests installs it)")
        sys.exit(77)
    named = os.environ.get("ETUDE_BROWSER")
    program = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        print("SKIPPED: there is no Chromium (Debian: apt-get install chromium-headless-shell); ETUDE_BROWSER names another")
        sys.exit(77)
    return sync_playwright, program


class Reader:
    """Opens reports, and notes whatever the browser complains of or asks the network for."""

    def __init__(self, browser):
        self.browser = browser
        self.heard = []

    def open(self, report, width=1280, height=900, **options):
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(300_000)  # the machine may be busy: CTest has the last word
        page = context.new_page()
        page.on("console", lambda message: self.heard.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        address = report.as_uri()
        page.on("request", lambda request: request.url.startswith("data:") or request.url == address or self.heard.append(f"asked for {request.url[:200]}"))
        page.goto(address)
        page.wait_for_function("document.documentElement.dataset.ready === 'yes'")
        return page

    def nothing_was_heard(self):
        assert not self.heard, self.heard


def report_of(study, *options, env=None):
    saved = dict(ENVIRONMENT)
    ENVIRONMENT.update(env or {})
    result = etude("report", study, *options)
    ENVIRONMENT.clear()
    ENVIRONMENT.update(saved)
    files = [Path(line) for line in result.stdout.splitlines() if line.endswith(".html")]
    assert len(files) == 1 and files[0].is_file(), result.stdout + result.stderr
    return files[0].resolve()


def open_everything(page):
    """All that opens on demand, and every choice of a chart."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for button in page.locator(".choices .buttons button").all():
        button.click()
    page.wait_for_function("[...document.querySelectorAll('figure.chart')].every(one => !one.querySelector('.plot').clientWidth || one.dataset.drawn === 'yes')")


def every_chart_is_drawn(reader, report):
    page = reader.open(report)
    open_everything(page)
    charts = page.locator("figure.chart")
    names = set(json.loads(page.locator("script#charts").text_content()))
    assert len(names) >= 8 and charts.count() == len(names), (names, charts.count())
    for chart in charts.all():
        name = chart.get_attribute("data-chart")
        if not chart.is_visible():
            page.locator(f".choices button[data-shows='{name}']").click()
            page.wait_for_function("name => document.querySelector(`[data-chart='${name}']`).dataset.drawn === 'yes'", arg=name)
        drawing = chart.locator("svg")
        box = drawing.bounding_box()
        assert box["width"] > 100 and box["height"] > 60, (name, box)
        assert drawing.locator("g.mark-group path, .role-mark path, .role-mark rect, .role-mark line").count() > 0, name
        assert drawing.get_attribute("aria-label") or chart.locator("[aria-label]").count() > 0, name
        assert chart.locator("h3").inner_text().strip(), name
    # A specification lies beside the page for each, as data that others can draw.
    beside = {file.name.removesuffix(".vl.json") for file in (report.parent / report.stem).glob("*.vl.json")}
    assert beside == names, beside ^ names
    page.context.close()


def column(page, table, title):
    """Index of a column, and the values of its cells as they are sorted by."""
    titles = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    index = titles.index(title)
    return index, table.locator("tbody tr").evaluate_all("(rows, i) => rows.map(row => row.cells[i].dataset.value ?? row.cells[i].textContent.trim())", index)


def tables_sort_by_mouse_and_keyboard(reader, report, losses):
    page = reader.open(report)
    table = page.locator("#comparison table.sortable").first
    titles = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    title = next(title for title in titles if "loss" in title)
    index, before = column(page, table, title)
    assert len(before) == len(losses), before
    values = sorted(map(float, before))
    assert all(abs(value - loss) < 1e-3 for value, loss in zip(values, sorted(losses.values()))), values
    header = table.locator("thead th").nth(index)
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert list(map(float, column(page, table, title)[1])) == values
    header.locator("button").focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert list(map(float, column(page, table, title)[1])) == values[::-1]
    # Rows stay whole: the best loss is still that of the largest model of the largest budget.
    best = min(losses, key=losses.get)
    assert best in table.locator("tbody tr").last.inner_text(), table.locator("tbody tr").last.inner_text()
    first = table.locator("thead th").first
    first.locator("button").click()
    assert first.get_attribute("aria-sort") == "ascending" and header.get_attribute("aria-sort") == "none"
    names = table.locator("tbody tr").evaluate_all("rows => rows.map(row => row.cells[0].textContent.trim())")
    assert names == page.evaluate("names => [...names].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))", names), names
    page.context.close()


def samples_are_seen_and_heard(reader, report):
    page = reader.open(report)
    open_everything(page)
    samples = page.locator("#samples article.sample")
    assert samples.count() == 48, samples.count()  # all six of each of eight runs
    text = page.locator("#samples").inner_text()
    assert "exports to MIDI" in text and "does not parse" in text and "invalid: no meter" in text, text[:2000]
    if HAS_SHEETS:
        sheets = page.locator("img.sheet")
        assert sheets.count() >= 8, sheets.count()
        for sheet in sheets.all():
            sheet.scroll_into_view_if_needed()
            width = sheet.evaluate("async image => { await image.decode(); return image.naturalWidth / image.naturalHeight; }")
            assert 0.5 < width < 20, width
            assert sheet.get_attribute("alt").startswith("sheet music of "), sheet.get_attribute("alt")
    if HAS_SOUND:
        sounds = page.locator("audio")
        assert sounds.count() >= 8, sounds.count()
        played = sounds.first.evaluate("""async sound => {
          const failed = new Promise((_, reject) => sound.addEventListener('error', () => reject(new Error(sound.error.message))));
          const moved = new Promise(resolve => sound.addEventListener('timeupdate', () => sound.currentTime > 0 && resolve()));
          await Promise.race([failed, (async () => { await sound.play(); await moved; })()]);
          sound.pause();
          return [sound.currentTime, sound.duration];
        }""")
        # Sixteen eighths at 120 quarters a minute take four seconds, and the last note rings on.
        assert 0 < played[0] < played[1] and 4 <= played[1] < 15, played
    print("  sheet music:", "tested" if HAS_SHEETS else "no abcm2ps", "· sound:", "tested" if HAS_SOUND else "no fluidsynth or sound font")
    page.context.close()


def nothing_that_others_wrote_runs(reader, report):
    page = reader.open(report)
    open_everything(page)
    assert page.evaluate("window.struck === undefined")
    assert page.locator("img[src=x]").count() == 0
    scripts = page.evaluate("[...document.scripts].filter(script => !script.nonce && script.type !== 'application/json').length")
    assert scripts == 0, f"{scripts} scripts are not the page's own"
    assert page.evaluate("[...document.querySelectorAll('*')].every(element => [...element.attributes].every(one => !one.name.startsWith('on')))")
    # What was written is there to be read, letter by letter.
    texts = page.locator("#samples pre").all_inner_texts()
    assert any(text.strip() == POISON for text in texts), texts
    source = report.read_text()
    assert "<script>window.struck" not in source and "<img src=x" not in source
    reader.nothing_was_heard()
    # Were something taken for script all the same, the page's own policy would stop it.
    page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.struck = 5';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="https://example.invalid/x" onerror="window.struck = 6">');
    }""")
    page.wait_for_function("[...document.images].at(-1).complete")
    assert page.evaluate("window.struck === undefined")
    refused = [line for line in reader.heard if "Content Security Policy" in line]
    assert len(refused) == 3, reader.heard  # the script, the handler, the picture
    reader.heard.clear()
    page.context.close()


def it_fits_a_phone(reader, report):
    for width in (360, 390):
        page = reader.open(report, width=width, height=800, is_mobile=True, has_touch=True, device_scale_factor=2)
        open_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.evaluate("document.documentElement.scrollWidth")
        wide = page.evaluate(TOO_WIDE)
        assert not wide, wide
        page.context.close()


def it_is_read_by_day_and_by_night(reader, report):
    for scheme in ("light", "dark"):
        page = reader.open(report, color_scheme=scheme)
        open_everything(page)
        faint = page.evaluate(TOO_FAINT)
        assert not faint, (scheme, faint)
        back = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (max(back) < 60) == (scheme == "dark"), (scheme, back)
        page.context.close()


def it_prints_on_white(reader, report, folder):
    page = reader.open(report, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    faint = page.evaluate(TOO_FAINT)
    assert not faint, faint
    page.pdf(path=folder / "report.pdf", format="A4")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    page.context.close()


def the_keyboard_is_enough(reader, report):
    page = reader.open(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    links = page.locator("nav a").all()
    assert len(links) >= 6
    for link in links:
        target = link.get_attribute("href")
        assert page.locator(target).count() == 1, target
    part = page.locator("#samples details.run-samples").first
    state = part.get_attribute("open")
    part.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert (part.get_attribute("open") is None) == (state is not None)
    # Whatever can be used has a name, and headings go down one step at a time.
    nameless = page.evaluate("""[...document.querySelectorAll('button, a, audio, img, summary, [tabindex]')].filter(element =>
      !(element.textContent.trim() || element.getAttribute('aria-label') || element.alt)).map(element => element.outerHTML.slice(0, 200))""")
    assert not nameless, nameless
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(heading => Number(heading.tagName[1]))")
    assert levels.count(1) == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:]) if b < 4), levels
    page.context.close()


def what_programs_are_missing_is_said(reader, study):
    """Without vl-convert, abcm2ps and fluidsynth the rest of the page stands, and says what is left out."""
    report = report_of(study, "--output", study / "bare.html", env={"ETUDE_PYTHON": "/none", "PATH": "/nowhere"})
    page = reader.open(report)
    text = page.locator("body").inner_text()
    for missing in ("abcm2ps", "fluidsynth", "ETUDE_PYTHON"):
        assert missing in text, (missing, text[-1500:])
    assert page.locator("img.sheet, audio").count() == 0
    assert page.locator("figure.chart svg").count() == 0
    assert page.locator("#comparison table.sortable").first.locator("tbody tr").count() == 2 * sum(map(len, SIZES.values()))
    page.context.close()
    report = report_of(study, "--output", study / "silent.html", "--no-sound")
    page = reader.open(report)
    assert page.locator("audio").count() == 0
    assert "fluidsynth" not in page.locator("body").inner_text()
    page.context.close()


def an_unfinished_study_says_so(reader, folder):
    study = folder / "going"
    for parameters in SIZES["gpt"][:3]:
        write_run(study, "going", label_of("gpt", parameters, 10**6), "gpt", parameters, 10**6, with_samples=False)
    write_run(study, "going", "gpt-900k_1M", "gpt", 900_000, 10**6, state="interrupted")
    damaged = write_run(study, "going", "gpt-2M_1M", "gpt", 2_000_000, 10**6)
    (damaged / "journal.jsonl").write_text('{"event":"header"\n{"event":"train"}\n')
    page = reader.open(report_of(study))
    text = page.locator("body").inner_text()
    assert "interrupted" in text or "not finished" in text or "unfinished" in text, text[:1500]
    assert damaged.name in text, text[-1500:]
    assert "gpt-900k_1M" in text
    assert page.locator("#samples").count() == 0  # there are none
    page.context.close()


def the_corpus_is_shown(reader, report):
    page = reader.open(report)
    text = page.locator("#corpus").inner_text()
    assert "13 %" in text or "12 %" in text, text  # of the validation documents have a twin in training
    assert "25 %" in text, text
    for chart in ("outcomes", "gzip-ratio", "lengths"):
        assert page.locator(f"#corpus figure.chart[data-chart$='{chart}'] svg").is_visible(), chart
    page.context.close()


def main():
    sync_playwright, program = find_browser()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name).resolve()
        write_tunes(folder / "tunes.abc", 30)
        (folder / "corpus.toml").write_text(experiment_head("corpus") + EXPERIMENT)
        etude("prepare", folder / "corpus.toml", "--output", folder / "runs")
        manifest = next((folder / "runs/.corpus").glob("tokens-*/corpus.json"))
        study = folder / "runs" / "<img src=x onerror='window.struck = 7'>"
        losses = write_study(study, json.loads(manifest.read_text())["fingerprint"])
        report = report_of(study)
        assert report.parent == study.resolve()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"])
        reader = Reader(browser)
        for test, arguments in ((every_chart_is_drawn, [report]), (tables_sort_by_mouse_and_keyboard, [report, losses]),
                                (samples_are_seen_and_heard, [report]), (the_corpus_is_shown, [report]),
                                (nothing_that_others_wrote_runs, [report]), (it_fits_a_phone, [report]),
                                (it_is_read_by_day_and_by_night, [report]), (it_prints_on_white, [report, folder]),
                                (the_keyboard_is_enough, [report]), (what_programs_are_missing_is_said, [study]),
                                (an_unfinished_study_says_so, [folder / "runs"])):
            test(reader, *arguments)
            reader.nothing_was_heard()
            print("ok", test.__name__)
        print("browser", browser.version)
        browser.close()


if __name__ == "__main__":
    main()
