"""The open list of a select, which no browser lets a page read: shown where the site shows the field, else masked."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import test_rep_terminal
from fake_relay_rep import Ticket

# Firefox draws the list in a window of its own, to which WebDriver's keys do not come: its own code does what they do.
FIREFOX = """
const done = arguments[arguments.length - 1];
const list = Services.wm.getMostRecentWindow("navigator:browser").document
  .getElementById("ContentSelectDropdown").menupopup;
%s
done(true);"""
ENGINES = ["Chromium", "Firefox", "WebKit"]
PAGE = """
  const make = (id, shown) => `<p><select id="${id}" ${shown} style="width:200px">` + ["Red", "Green", "Blue"].map(
    (word) => `<option ${word === "Green" ? "selected" : ""}>${shown ? word : "CANARY-" + word}</option>`).join("")
    + "</select></p>";
  document.body.insertAdjacentHTML("afterbegin", make("open", "data-alongside-show") + make("closed", "")
    + "<div data-alongside-mask>" + make("masked", "data-alongside-show").replace(/>(?=Red|Green|Blue)/g, ">CANARY-")
    + "</div><div data-alongside-block>" + make("blocked", "") + "</div>");"""


def shared(stage):
    stage.open("/long.html")
    stage.run(PAGE)
    return stage.share()


def lists(stage, link):
    """The items of each layer above the page, as (kind, words or fill)."""
    view = stage.view(link)
    tops = [row[0] for row in view.layers.values() if row[2] == 3]
    return [
        [(item[0], item[5]) for key in view.order if view.blocks[key][0] == top for item in view.blocks[key][3]]
        for top in tops
    ]


def until_list(stage, link, test, what):
    stage.relay.wait(lambda: link.of(0x10) and test(lists(stage, link)), what)


def close(stage):
    """The shopper closes the open list, and chooses nothing."""
    if stage.name == "Firefox":
        stage.browser.privileged(FIREFOX % "list.hidePopup();")
    else:
        stage.act("press:Escape")


def choose_next(stage):
    """The shopper chooses what stands below the chosen option."""
    if stage.name == "Firefox":
        stage.browser.privileged(FIREFOX % "list.activateItem(list.children[2]);")
    else:
        stage.act("press:ArrowDown")
        stage.act("press:Enter")


def test_an_open_list_is_shown_until_it_is_closed(stage):
    link = shared(stage)
    stage.act("click:#open")
    until_list(stage, link, bool, "the list")
    (items,) = lists(stage, link)
    assert [words for kind, words in items if kind == "t"] == ["Red", "Green", "Blue"]
    chosen = [n for n, item in enumerate(items) if item[0] == "b"][1:]
    assert [items[n + 1][1] for n in chosen] == ["Green"]
    close(stage)
    until_list(stage, link, lambda found: not found, "the end of the list")


def test_a_choice_closes_the_list_and_a_key_opens_it(stage):
    link = shared(stage)
    if stage.name == "WebKit":
        pytest.skip("WebKit tells no page that a key has opened a list")
    stage.run("document.querySelector('#open').focus();")
    stage.act("press:Space")
    until_list(stage, link, bool, "the list")
    choose_next(stage)
    until_list(stage, link, lambda found: not found, "the end of the list")
    stage.relay.wait(lambda: "Blue" in [item[7] for item in stage.view(link).controls()], "the choice")


@pytest.mark.parametrize("name", ["closed", "masked"])
def test_a_list_that_the_site_does_not_show_is_masked(stage, name):
    link = shared(stage)
    stage.act(f"click:#{name}")
    until_list(stage, link, bool, "the list")
    (items,) = lists(stage, link)
    assert [kind for kind, _ in items] == ["b", "m", "m", "m"]
    close(stage)
    until_list(stage, link, lambda found: not found, "the end of the list")
    assert b"CANARY" not in stage.relay.bytes_and_inflated()


def test_a_list_in_a_blocked_part_is_not_told_of(stage):
    link = shared(stage)
    stage.act("click:#blocked")
    stage.seen(link)
    assert lists(stage, link) == []
    assert b"CANARY" not in stage.relay.bytes_and_inflated()


def test_a_rep_sees_the_options_until_the_list_is_closed(stage, tmp_path, monkeypatch):
    link = shared(stage)
    stage.seen(link)
    frames = [[frame for frame in link.frames if frame.kind in (0x10, 0x11)]]
    stage.act("click:#open")
    until_list(stage, link, bool, "the list")
    frames.append([frame for frame in link.of(0x11) if frame not in frames[0]])
    close(stage)
    until_list(stage, link, lambda found: not found, "the end of the list")
    frames.append([frame for frame in link.of(0x11) if frame not in frames[0] + frames[1]])
    first = next(n for n in reversed(range(len(frames[0]))) if frames[0][n].kind == 0x10)
    (tmp_path / "view").write_text(json.dumps(frames[0][first].value))
    monkeypatch.setattr(Ticket, "view_file", str(tmp_path / "view"))

    async def watch():
        async with test_rep_terminal.Desk() as desk:
            terminal = desk.open(columns=160, rows=50)
            await test_rep_terminal.sees(terminal, "postcode refused 3x")
            terminal.press("\r")
            await test_rep_terminal.sees(terminal, "All products")
            for rest in frames[0][first + 1 :]:
                await desk.relay.page(desk.relay.tickets[0], "delta", rest.value)
            for deltas, is_open in ((frames[1], True), (frames[2], False)):
                for delta in deltas:
                    await desk.relay.page(desk.relay.tickets[0], "delta", delta.value)

                def told(text):
                    return all((word in text) == is_open for word in ("Red", "Blue"))

                await test_rep_terminal.sees(terminal, told, what="the options" if is_open else "their end")

    # Playwright's own loop runs on this thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(asyncio.wait_for(watch(), 60))).result()
