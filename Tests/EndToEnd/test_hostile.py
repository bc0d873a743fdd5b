"""Pages that break what scripts lean on: ours works on, theirs never notices; what comes and goes leaves nothing."""

import pytest

from embed_harness import Stage

CYCLE = """async (count) => {
  const pause = () => new Promise((done) => setTimeout(done, 8));
  for (let n = 0; n < count; n += 1) {
    const frame = document.createElement('iframe');
    frame.srcdoc = '<p>Frame ' + n + '</p>' + '<b>word</b> '.repeat(100);
    const host = document.createElement('div');
    host.attachShadow({ mode: n % 2 ? 'open' : 'closed' }).innerHTML = '<p>Root ' + n + '</p>';
    const list = document.createElement('ul');
    list.innerHTML = '<li>row</li>'.repeat(200);
    document.querySelector('main').prepend(frame, host, list);
    await pause();
    frame.remove(); host.remove(); list.remove();
    await pause();
  }
}"""


@pytest.fixture(scope="module")
def whole():
    stage = Stage(27400)
    yield stage
    stage.stop()


@pytest.fixture
def stage(whole):
    whole.fresh()
    yield whole
    assert whole.relay.violations == []


def shows(stage, link, words):
    stage.relay.wait(lambda: link.of(0x10) and words in stage.view(link).texts(), words)


def test_a_page_that_breaks_things_is_shown_and_does_not_notice(stage):
    page = stage.open("/shops/hostile.html")
    link = stage.browser.share(stage.relay)
    shows(stage, link, "Words that stay")
    page.evaluate("p.firstChild.data = 'Words that changed'")
    shows(stage, link, "Words that changed")
    page.evaluate("p.style.marginTop = '900px'")
    page.evaluate("ruin()")
    page.evaluate("p.append(' and grew')")
    page.mouse.wheel(0, 300)
    stage.relay.wait(lambda: any("grew" in text for text in stage.view(link).texts()), "words after the ruin")
    link.send(0x44, {})
    stage.settle(link)
    assert "A page that breaks things" in stage.view(link).texts()
    errors = [error for error in stage.browser.errors if "theirs" not in error]
    assert errors == [] and page.evaluate("thrown") > 3
    ours = set(page.evaluate("seen")) - {"HEAD", "BODY", "MAIN", "H1", "P", "UL", "LI", "FORM", "INPUT", "SCRIPT"}
    assert ours - {"META", "TITLE", "#text", "STYLE"} == {"ALONGSIDE-HELP"}, "the page met more of us than the panel"


def test_closed_roots_are_shown_and_their_making_looks_like_the_browsers(stage):
    page = stage.open("/shops/frames.html")
    link = stage.browser.share(stage.relay)
    stage.relay.wait(lambda: any("closed" in text for text in stage.view(link).texts()), "words of a closed root")
    assert page.evaluate("document.querySelector('closed-card').shadowRoot") is None
    told = page.evaluate("""() => {
      const make = Element.prototype.attachShadow;
      let error = '';
      try { make.call(document.createElement('input'), { mode: 'open' }); } catch (one) { error = one.name; }
      return [make.name, make.length, /\\[native code\\]/.test(Function.prototype.toString.call(make)), error,
        Object.keys(Element.prototype).includes('attachShadow')];
    }""")
    assert told == ["attachShadow", 1, True, "NotSupportedError", True]


def test_a_policy_with_trusted_types_is_met(stage):
    stage.browser.page.add_init_script("""
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));""")
    page = stage.open("/strict.html?trusted")
    link = stage.browser.share(stage.relay)
    shows(stage, link, "A strict page")
    assert [one for one in page.evaluate("violations") if one != "img-src"] == []


def test_what_comes_and_goes_leaves_nothing(stage):
    page, cdp = stage.open("/form.html"), stage.browser.cdp
    link = stage.browser.share(stage.relay)
    stage.settle(link)
    cdp.send("Performance.enable")

    def figures():
        for _ in range(3):
            cdp.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(150)
        found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
        return found["JSHeapUsedSize"], found["Documents"]

    page.evaluate(CYCLE, 40)
    stage.settle(link)
    before = figures()
    page.evaluate(CYCLE, 200)
    stage.settle(link)
    after = figures()
    print(f"\nheap after 200 cycles: {(after[0] - before[0]) / 1000:+.0f} kB, documents {before[1]} to {after[1]}")
    assert abs(after[0] - before[0]) < 1 << 20 and after[1] <= before[1] + 2
