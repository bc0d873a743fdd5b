"""What interrupts a shared page: private pages, another site and back, kept pages, a lost network, our own cost."""

# Playwright keeps no page in the back/forward cache unless it is told to.
WITHOUT = ["--disable-back-forward-cache"]
SLOW = """
  const read = window.getComputedStyle;
  window.getComputedStyle = (...input) => {
    for (const end = performance.now() + (window.burden ?? 0); performance.now() < end;);
    window.burden = 0;
    return read(...input);
  };"""
# Timers that are missed, as on a machine that sleeps.
ASLEEP = """
  const later = window.setTimeout;
  window.setTimeout = (work, ...rest) => later(() => window.isAsleep || work(), ...rest);"""
PRERENDERED = """
  window.isPrerendered = true;
  Object.defineProperty(document, 'prerendering', { get: () => window.isPrerendered });"""


def notice(stage, link, what, after=0):
    """The keyframe after number `after` that tells `what`, with the words a rep reads."""

    def told():
        return next((one for one in link.of(0x10)[after:] if one.value.get("notice") == what), None)

    frame = stage.relay.wait(told, f"the notice {what}")
    return " ".join(item[5] for block in frame.value["blocks"] for item in block[4])


def test_a_page_that_the_shop_keeps_to_itself_is_not_captured(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    page.evaluate("history.pushState(null, '', '/private/card'); document.title = 'CANARY-title'")
    page.evaluate("document.querySelector('h1').textContent = 'CANARY-heading'")
    assert "does not share this page" in notice(stage, link, "private")
    stage.browser.until_status("not shared")
    count = len(link.frames)
    page.mouse.move(200, 200)
    page.mouse.wheel(0, 200)
    seen = len(link.of(0x10))
    link.send(0x44, {})
    notice(stage, link, "private", after=seen)
    assert [frame.kind for frame in link.frames[count:]] == [0x10]
    page.evaluate("document.title = 'Form'; document.querySelector('h1').textContent = 'Shown again'")
    leave(page, "history.back()")
    stage.relay.wait(lambda: "Shown again" in stage.view(link).texts(), "the page after the private one")
    stage.browser.until_status("Mia")
    assert b"CANARY" not in stage.relay.bytes_and_inflated()


def test_a_session_goes_on_over_a_private_page_and_its_name_stays_untold(stage):
    stage.relay.auto_watch = True
    page = stage.open("/form.html")
    first = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    page.goto(stage.server.address + "/private/form.html?CANARY-query")
    second = stage.relay.wait_for_link(1)
    notice(stage, second, "private")
    told = second.of(0x40)[0].value["page"]
    assert told == {"url": stage.server.address, "title": "", "language": ""}
    assert len(second.of(0x10, 0x11)) == len(second.of(0x10)) and second.session is first.session


def leave(page, script):
    """Has the page go elsewhere after this call: the answer would be lost with the page."""
    page.evaluate("() => { setTimeout(() => { " + script + " }); }")


def test_the_rep_reads_where_the_shopper_went_and_sees_them_come_back(stage):
    stage.relay.auto_watch = True
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(link, 0x10)
    port = stage.server.address.rsplit(":", 1)[1]
    with page.expect_navigation():
        leave(page, f"location.href = 'http://localhost:{port}/long.html'")
    assert f"gone to localhost:{port}" in notice(stage, link, "away")
    leave(page, "history.back()")
    back = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(back, 0x10)
    assert back.session is link.session and "notice" not in back.of(0x10)[0].value


def test_a_page_from_the_back_forward_cache_goes_on_with_the_session(stage):
    stage.relay.auto_watch = True
    page = stage.open("/form.html")
    first = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    page.evaluate("window.isKept = true")
    leave(page, "location.href = '/long.html'")
    second = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(second, 0x10)
    leave(page, "history.back()")
    third = stage.relay.wait_for_link(2)
    frame = stage.relay.wait_for_frame(third, 0x10)
    assert page.evaluate("window.isKept") is True, "the browser made the page anew"
    assert frame.value["page"]["id"] == 3 and third.session is first.session and third.of(0x30) == []
    page.evaluate("document.querySelector('h1').textContent = 'Awake'")
    stage.relay.wait(lambda: "Awake" in stage.view(third).texts(), "a change after the return")


def test_a_page_that_changes_its_address_by_itself_stays_one_page(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    first = link.of(0x10)[0].value["page"]
    page.evaluate("""() => {
      history.pushState(null, '', '/shops/next?step=2#part');
      document.title = 'Step two';
      const main = document.createElement('main');
      main.innerHTML = '<h1>The second step</h1><p>Made by the page itself.</p>';
      document.body.replaceChildren(main);
    }""")
    stage.relay.wait(lambda: "The second step" in stage.view(link).texts(), "the new contents")
    view = stage.view(link)
    assert "Delivery details" not in view.texts()
    told = view.members["page"]
    assert told["id"] == first["id"] and told["url"].endswith("/shops/next?step=") and told["title"] == "Step two"
    leave(page, "history.back()")
    stage.relay.wait(lambda: stage.view(link).members["page"]["url"].endswith("/form.html"), "the address before")
    assert len(stage.relay.links) == 1


def test_a_frozen_tab_that_lost_its_link_goes_on_when_it_wakes(stage):
    stage.relay.auto_watch = True
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(link, 0x10)
    stage.browser.cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    link.close(4002).result(8)
    stage.browser.cdp.send("Page.setWebLifecycleState", {"state": "active"})
    back = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(back, 0x10)
    assert back.session is link.session and back.of(0x30) == []
    page.evaluate("document.querySelector('h1').textContent = 'Awake'")
    stage.relay.wait(lambda: "Awake" in stage.view(back).texts(), "a change after the sleep")


def test_a_prerendered_page_waits_until_it_is_shown(stage):
    stage.browser.page.add_init_script(PRERENDERED)
    page = stage.open("/form.html")
    assert page.evaluate("document.querySelector('alongside-help')") is None
    page.evaluate("isPrerendered = false; document.dispatchEvent(new Event('prerenderingchange'))")
    stage.browser.until_part("help")


def test_a_network_that_comes_back_is_used_at_once(stage):
    stage.relay.auto_watch = True
    stage.browser.page.add_init_script(ASLEEP)
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(link, 0x10)
    page.evaluate("window.isAsleep = true")
    stage.relay.stop(4002)
    stage.browser.until_status("lost")
    stage.relay.listen_again()
    page.evaluate("dispatchEvent(new Event('online'))")
    back = stage.relay.wait_for_link(1)
    assert back.session is link.session


def test_a_page_that_sharing_makes_slow_is_shown_no_more(stage):
    stage.browser.page.add_init_script(SLOW)
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    page.evaluate("window.burden = 3100; document.querySelector('h1').textContent = 'Slow'")
    assert "made the shopper's browser slow" in notice(stage, link, "cost")
    stage.browser.until_status("slow")
    count = len(link.frames)
    page.evaluate("document.querySelector('h1').textContent = 'Unseen'")
    page.mouse.move(300, 300)
    seen = len(link.of(0x10))
    link.send(0x44, {})
    notice(stage, link, "cost", after=seen)
    assert [frame.kind for frame in link.frames[count:]] == [0x10]
    stage.browser.press("end")
    stage.relay.wait(lambda: link.of(0x46), "the end")
