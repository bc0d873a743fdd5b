"""Several tabs of one shopper: the session goes to the one they look at, by the token of the other, used once."""

from embed_harness import Hands

# Playwright keeps no page in the back/forward cache unless it is told to.
WITHOUT = ["--disable-back-forward-cache"]
# The title of form.html, in which an address stands.
TITLE = "Delivery – •••"


def shared(stage, path="/form.html"):
    """A page that is shared, its link, and hands for its panel."""
    stage.relay.auto_watch = True
    page = stage.open(path)
    link = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(link, 0x10)
    return page, link, stage.browser


def look_at(page):
    """The shopper comes back to a tab. Each page that Playwright drives believes that it has the focus."""
    page.evaluate("() => { dispatchEvent(new Event('focus')); }")


def second_tab(stage, page, path="/shops/grid.html"):
    """Follows a link into a new tab; gives its page and hands for its panel."""
    with page.context.expect_page() as opened:
        page.evaluate("(path) => { open(path, '_blank', 'noopener'); }", path)
    return opened.value, Hands(opened.value)


def one_session(stage):
    return len({id(link.session) for link in stage.relay.links}) == 1


def test_the_session_goes_to_the_tab_that_is_opened_and_back(stage):
    page, first, hands = shared(stage)
    other, others = second_tab(stage, page)
    second = stage.relay.wait_for_link(1)
    frame = stage.relay.wait_for_frame(second, 0x10)
    assert frame.value["page"]["tab"] == 2 and frame.value["page"]["id"] == 2 and frame.sequence == 1
    assert stage.relay.wait(lambda: first.close_code, "the end of the first link") == 4509
    assert hands.until_status("Another tab") and others.until_status("Mia")
    count = len(first.frames)
    look_at(page)
    third = stage.relay.wait_for_link(2)
    assert stage.relay.wait_for_frame(third, 0x10).value["page"]["tab"] == 3
    assert others.until_status("Another tab") and hands.until_status("Mia")
    assert one_session(stage) and len(first.frames) == count and third.of(0x30) == []


def test_a_tab_that_is_closed_leaves_the_session_to_the_next(stage):
    page, _, _ = shared(stage)
    other, _ = second_tab(stage, page)
    stage.relay.wait_for_frame(stage.relay.wait_for_link(1), 0x10)
    stage.browser.until_status("Another tab")
    other.close()
    look_at(page)
    third = stage.relay.wait_for_link(2)
    stage.relay.wait_for_frame(third, 0x10)
    assert one_session(stage)


def test_a_page_that_goes_on_in_its_tab_keeps_the_session(stage):
    page, _, hands = shared(stage)
    other, others = second_tab(stage, page)
    stage.relay.wait_for_frame(stage.relay.wait_for_link(1), 0x10)
    hands.until_status("Another tab")
    other.goto(stage.server.address + "/long.html")
    third = stage.relay.wait_for_link(2)
    frame = stage.relay.wait_for_frame(third, 0x10)
    assert frame.value["page"]["tab"] == 2 and "long" in frame.value["page"]["url"]
    assert one_session(stage) and hands.until_status("Another tab")


def test_a_tab_comes_back_to_a_session_that_went_on_elsewhere(stage):
    page, _, _ = shared(stage)
    other, _ = second_tab(stage, page)
    stage.relay.wait_for_frame(stage.relay.wait_for_link(1), 0x10)
    page.goto(stage.server.address + "/long.html")
    third = stage.relay.wait_for_link(2)
    assert "long" in stage.relay.wait_for_frame(third, 0x10).value["page"]["url"]
    assert one_session(stage)


def test_end_is_in_every_tab(stage):
    page, _, hands = shared(stage)
    _, others = second_tab(stage, page)
    second = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(second, 0x10)
    hands.until_status("Another tab")
    hands.press("end")
    stage.relay.wait(lambda: second.of(0x46), "the end")
    hands.until_part("help")
    others.until_part("help", 10)
    look_at(page)
    stage.stays(lambda: len(stage.relay.links) == 2, 0.5, "a tab that is looked at after the end opens no link")


def test_a_copied_tab_asks_and_never_uses_the_token_by_itself(stage):
    page, first, hands = shared(stage)
    memory = page.evaluate("sessionStorage.alongside")
    # A tab in the background: it has the copy and not the shopper.
    copy = page.context.new_page()
    copy.add_init_script("Document.prototype.hasFocus = () => false;")
    copy.add_init_script(f"sessionStorage.alongside ??= {memory!r};")
    copy.goto(stage.server.address + "/long.html")
    Hands(copy).until_status("Another tab")
    assert copy.evaluate("sessionStorage.length") == 0
    stage.stays(
        lambda: len(stage.relay.links) == 1 and first.close_code is None, 0.5, "the copy opens no link by itself"
    )
    copy.close()


def test_a_tab_that_asks_and_dies_breaks_nothing(stage):
    page, first, hands = shared(stage)
    page.evaluate("""() => {
      const other = new BroadcastChannel('alongside demo');
      other.postMessage(['give', 0.5]);
      window.answer = new Promise((done) => { other.onmessage = ({ data }) => done(data[0]); });
    }""")
    assert page.evaluate("answer") == "take"
    first.close(4002)
    second = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(second, 0x10)
    assert one_session(stage) and hands.until_status("Mia")


def test_a_kept_page_of_a_session_that_ended_later_shares_nothing(stage):
    page, _, _ = shared(stage)
    page.evaluate("window.isKept = true")
    page.evaluate("() => { setTimeout(() => { location.href = '/long.html'; }); }")
    second = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(second, 0x10)
    stage.browser.press("end")
    stage.relay.wait(lambda: second.of(0x46), "the end")
    stage.browser.until_part("help", 10)
    page.evaluate("() => { setTimeout(() => { history.back(); }); }")
    page.wait_for_url("**/form.html", wait_until="commit")
    assert page.evaluate("window.isKept") is True, "the browser made the page anew"
    stage.browser.until_part("help")
    stage.stays(lambda: len(stage.relay.links) == 2, 0.5, "a page that comes back after the end opens no link")


def tabs_told(stage, link):
    """The other tabs as the rep sees them: number, title, address."""
    return stage.view(link).members["page"].get("tabs", [])


def two_tabs(stage, path="/shops/grid.html"):
    """A page that follows and one that holds the session: pages, hands, the link, and the first tab's number."""
    page, _, hands = shared(stage)
    other, others = second_tab(stage, page, path)
    link = stage.relay.wait_for_link(1)
    told = stage.relay.wait(lambda: link.of(0x10) and tabs_told(stage, link), "a tab in the view")
    assert [row[1:] for row in told] == [[TITLE, stage.server.address + "/form.html"]], "it is as clean as the page"
    return page, hands, other, others, link, told[0][0]


def answers(link):
    return [frame.value for frame in link.of(0x54)]


def test_a_rep_asks_for_another_tab_and_the_shopper_goes_there(stage):
    page, hands, _, others, link, number = two_tabs(stage)
    link.send(0x53, {"ask": 1, "rep": "Mari", "tab": number})
    words = f"Mari asks you to open the tab “{TITLE}”"
    assert others.until_status(words) and hands.until_status(words)
    assert len(stage.relay.links) == 2 and answers(link) == [], "nobody but the shopper goes there"
    look_at(page)
    third = stage.relay.wait_for_link(2)
    assert stage.relay.wait_for_frame(third, 0x10).value["page"]["tab"] == 3
    assert stage.relay.wait(lambda: answers(link), "the answer") == [{"ask": 1, "answer": "yes"}]
    assert hands.until_status("Mia is looking") and others.until_status("Another tab")
    assert one_session(stage)


def test_the_shopper_says_no_to_another_tab(stage):
    page, hands, _, others, link, number = two_tabs(stage)
    link.send(0x53, {"ask": 1, "rep": "Mari", "tab": number})
    others.until_status("Mari asks")
    hands.until_status("Mari asks")
    others.press("consent-no")
    assert stage.relay.wait(lambda: answers(link), "the answer") == [{"ask": 1, "answer": "no"}]
    assert others.until_status("Mia is looking") and hands.until_status("Another tab")
    assert others.part("consent-no") is None and others.part("end")
    assert len(stage.relay.links) == 2


def test_an_ask_ends_with_a_newer_one_and_with_a_tab_that_is_closed(stage):
    page, hands, _, others, link, number = two_tabs(stage)
    link.send(0x53, {"ask": 1, "rep": "Mari", "tab": number})
    others.until_status("Mari asks")
    link.send(0x53, {"ask": 2, "rep": "Leo", "tab": number})
    others.until_status("Leo asks")
    page.close()
    stage.relay.wait(lambda: tabs_told(stage, link) == [], "the end of the list")
    link.send(0x53, {"ask": 3, "rep": "Leo", "tab": number})
    stage.relay.wait(lambda: len(answers(link)) == 3, "the answers")
    assert [frame["answer"] for frame in answers(link)] == ["lapsed", "lapsed", "gone"]
    assert others.until_status("Mia is looking")


def test_a_tab_that_the_shop_keeps_to_itself_is_not_told_of(stage):
    page, _, hands = shared(stage)
    private, _ = second_tab(stage, page, "/private/long.html")
    stage.relay.wait_for_frame(stage.relay.wait_for_link(1), 0x10)
    third_page, _ = second_tab(stage, page)
    third = stage.relay.wait_for_link(2)
    told = stage.relay.wait(lambda: third.of(0x10) and tabs_told(stage, third), "a tab in the view")
    assert [row[2] for row in told] == [stage.server.address + "/form.html"]
    assert b"/private/" not in stage.relay.bytes_and_inflated() and private.title().encode() not in b"".join(
        frame.plain for frame in third.frames
    )
