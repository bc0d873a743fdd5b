"""The script against a relay that speaks wire.md: consent, watching, navigation, restart, refusal, the end."""

import json
import time

import pytest

# The script tries again sooner than this after a link that is lost.
RETRY_SECONDS = 1.2


def test_nothing_but_a_button_is_there_before_help_is_pressed(stage):
    page = stage.open("/form.html")
    x, y, text = stage.browser.until_part("help")
    assert text == "Help" and x > 1100 and y > 700
    stage.stays(lambda: stage.relay.links == [], 0.3, "no link before help is pressed")
    assert page.evaluate("document.querySelectorAll('alongside-help').length") == 1
    assert page.evaluate("document.querySelector('alongside-help').shadowRoot") is None


def test_no_is_an_answer_and_nothing_is_sent(stage):
    stage.open("/form.html")
    stage.browser.press("help")
    stage.browser.press("consent-no")
    stage.browser.until_part("help")
    assert stage.relay.links == []


def test_a_script_of_the_page_cannot_consent(stage):
    page = stage.open("/form.html")
    stage.browser.until_part("help")
    page.evaluate("document.querySelector('alongside-help').click()")
    stage.stays(
        lambda: stage.browser.part("consent-yes") is None and stage.relay.links == [], 0.2, "a script pressed nothing"
    )


def test_the_keyboard_is_enough(stage):
    page = stage.open("/strict.html")
    stage.browser.until_part("help")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    stage.browser.until_part("consent-yes")
    page.keyboard.press("Enter")
    stage.relay.wait_for_consent()


def test_consent_comes_first_and_the_page_only_while_watched(stage):
    page = stage.open("/form.html?order=CANARYQUERY#part")
    link = stage.browser.share(stage.relay, watch=False)
    hello = link.of(0x40)[0].value
    assert hello["site"] == "demo" and hello["page"]["language"] == "en"
    assert "CANARYQUERY" not in hello["page"]["url"] and "#" not in hello["page"]["url"]
    assert "a@b.example" not in hello["page"]["title"]
    consent = link.of(0x30)[0]
    assert consent.sequence == 1
    assert consent.value == {"decision": "given", "text": "view-3", "language": "en", "scope": ["view"]}
    assert "1" in stage.browser.until_status("Waiting")
    page.mouse.move(300, 300)
    page.evaluate("document.querySelector('h1').textContent = 'Changed'")
    stage.stays(lambda: link.of(0x10, 0x11, 0x12, 0x13, 0x20) == [], 0.3, "nothing of the page while nobody looks")
    link.watch()
    assert "Changed" in stage.relay.wait_for_frame(link, 0x10).plain.decode()
    stage.browser.until_status("Mia is looking with you")
    link.watch(on=False)
    stage.browser.until_status("Nobody")
    count = len(link.frames)
    page.mouse.move(500, 300)
    page.evaluate("document.querySelector('h1').textContent = 'Secretly'")
    stage.stays(lambda: len(link.frames) == count, 0.3, "nothing of the page when nobody looks any more")


def test_a_requested_keyframe_comes_within_100_ms(stage):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    for _ in range(5):
        count = len(link.of(0x10))
        asked = time.time()
        link.send(0x44, {})
        frame = stage.relay.wait_for_frame(link, 0x10, after=count)
        assert frame.at - asked < 0.1


def test_the_session_survives_navigation_and_reload(stage):
    stage.relay.auto_watch = True
    page = stage.open("/form.html")
    first = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    page.goto(stage.server.address + "/strict.html")
    second = stage.relay.wait_for_link(1)
    frame = stage.relay.wait_for_frame(second, 0x10)
    assert second.session is first.session and second.of(0x30) == []
    assert frame.value["page"]["id"] == 2 and frame.sequence == 1
    stage.browser.until_status("Mia")
    page.reload()
    third = stage.relay.wait_for_link(2)
    assert stage.relay.wait_for_frame(third, 0x10).value["page"]["id"] == 3
    assert third.session is first.session
    page.go_back()
    fourth = stage.relay.wait_for_link(3)
    stage.relay.wait_for_frame(fourth, 0x10)
    assert fourth.session is first.session
    assert stage.relay.wait(lambda: first.close_code, "the first link's end") != 1000


def test_after_a_restart_of_the_relay_the_script_comes_back_and_consents_again(stage):
    stage.open("/form.html")
    first = stage.browser.share(stage.relay)
    with stage.browser.page.expect_console_message(lambda said: "WebSocket connection" in said.text):
        stage.relay.stop_listening_and_forget()
    stage.browser.until_status("lost")
    stage.relay.listen_again()
    second = stage.relay.wait_for_consent(1)
    hello = second.of(0x40)[0].value
    assert hello["continues"] == first.session["id"]
    assert second.session is not first.session
    second.watch()
    stage.relay.wait_for_frame(second, 0x10)
    stage.browser.until_status("Mia")


def test_a_lost_link_resumes_the_session(stage):
    stage.relay.auto_watch = True
    stage.open("/form.html")
    first = stage.browser.share(stage.relay, watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    first.close(4002)
    second = stage.relay.wait_for_link(1)
    assert stage.relay.wait_for_frame(second, 0x10).sequence == 1
    assert second.session is first.session


def test_end_ends_and_help_comes_back(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.browser.press("end")
    stage.relay.wait(lambda: link.of(0x46), "the end")
    assert link.of(0x46)[0].value == {"why": "shopper"}
    stage.browser.until_status("Thank you")
    stage.browser.until_part("help", 10)
    assert page.evaluate("sessionStorage.length") == 0
    assert len(stage.relay.links) == 1


def test_end_is_in_reach_behind_a_modal_dialog(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    page.evaluate("document.getElementById('dialog').showModal()")
    stage.browser.press("end")
    stage.relay.wait(lambda: link.of(0x46), "the end")


@pytest.mark.parametrize(
    "code,words", [(4506, "not available"), (4507, "not available"), (4505, "fault"), (4510, "Thank")]
)
def test_a_refusal_is_said_in_words_and_not_retried(stage, code, words):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    link.close(code, "a reason")
    stage.browser.until_status(words)
    stage.stays(lambda: len(stage.relay.links) == 1, RETRY_SECONDS, "no other try")


def test_a_replaced_link_stays_quiet(stage):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    link.close(4509, "another link")
    stage.browser.until_part("help")
    stage.stays(lambda: len(stage.relay.links) == 1, RETRY_SECONDS, "no other try")


def test_a_strict_content_security_policy_is_met(stage):
    stage.browser.page.add_init_script("""
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));""")
    page = stage.open("/strict.html")
    link = stage.browser.share(stage.relay)
    assert stage.seen(link).texts()[0] == "A strict page"
    # A picture for the address bar is fetched by the browser and refused by the page's own policy.
    assert [one for one in page.evaluate("violations") if one != "img-src"] == []
    x, y, _ = stage.browser.until_part("end")
    assert x > 900 and y > 700, "the panel has lost its style"
    assert stage.browser.until_status("Mia katsoo sivua kanssasi")
    stage.browser.errors[:] = [error for error in stage.browser.errors if "favicon" not in error]


def test_what_is_kept_in_the_tab_holds_no_page_content(stage):
    page = stage.open("/form.html")
    stage.browser.share(stage.relay)
    memory = json.loads(page.evaluate("sessionStorage.alongside"))
    session, resume, talk, consented, language, document, is_held, is_recording_told, tab = memory
    assert len(session) == 26 and len(resume) == 32 and (talk, language, document, is_held) == (1, "en", 1, True)
    assert is_recording_told is False and tab == 1
