"""The terminal client on a pseudo-terminal against the fake relay: `python3 -m pytest` or run it directly.

ALONGSIDE names the client's binary (default: .build/debug/alongside).
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_relay_rep import FakeRelay, Ticket, session_id  # noqa: E402
from rep_terminal import RepTerminal  # noqa: E402

CLIENT = os.environ.get("ALONGSIDE", str(Path(__file__).parents[2] / ".build/debug/alongside"))
PORT = int(os.environ.get("ALONGSIDE_TEST_PORT", "26100"))


class Desk:
    """A relay, a key that it knows, and clients that are gone at the end."""

    def __init__(self, **relay):
        self.folder = tempfile.TemporaryDirectory()
        self.key = os.path.join(self.folder.name, "key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        public = Path(self.key + ".pub").read_text().split()
        signers = os.path.join(self.folder.name, "allowed_signers")
        Path(signers).write_text(f"ana {public[0]} {public[1]}\n")
        self.relay = FakeRelay(PORT, signers, **relay)
        self.terminals = []

    async def __aenter__(self):
        await self.relay.__aenter__()
        return self

    async def __aexit__(self, *failure):
        for terminal in self.terminals:
            terminal.kill()
        await self.relay.__aexit__(*failure)
        self.folder.cleanup()

    def open(self, *flags, columns=120, rows=40, key=True, environment=None):
        arguments = [CLIENT, "--relay", f"ws://127.0.0.1:{PORT}", "--principal", "ana", *flags]
        if key:
            arguments += ["--key", self.key]
        terminal = RepTerminal(arguments, columns, rows, {"XDG_STATE_HOME": self.folder.name, **(environment or {})})
        self.terminals.append(terminal)
        return terminal


async def sees(terminal, test, seconds=10, what=None):
    await asyncio.to_thread(terminal.wait_for, test, seconds, what)


async def ends(terminal):
    return await asyncio.to_thread(terminal.wait_end)


async def accepted(desk, **window):
    """A terminal that has accepted the first ticket and shows its page."""
    terminal = desk.open(**window)
    await sees(terminal, "postcode refused 3x")
    terminal.press("\r")
    await sees(terminal, "Delivery details")
    return terminal


async def the_queue_appears_and_enter_accepts():
    async with Desk() as desk:
        terminal = await accepted(desk, columns=200, rows=56)
        await sees(terminal, "Enter a full postcode, for example SW1A 1AA")
        await sees(terminal, "£105.65")
        await desk.relay.wait_for(lambda: desk.relay.count("accept") == 1)


async def the_cursor_moves():
    async with Desk() as desk:
        terminal = await accepted(desk)
        ticket = desk.relay.tickets[0]
        places = set()
        for x, y in [(100, 400), (300, 400), (300, 500)]:
            await desk.relay.cursor(ticket, x, y)

            def moved(text):
                found = [(row, line.index("◤")) for row, line in enumerate(text.split("\n")) if "◤" in line]
                return found and found[0] not in places and places.add(found[0]) is None

            await sees(terminal, moved, what=f"the cursor at {x},{y}")
        (row, column), (row2, column2), (row3, column3) = sorted(places, key=lambda place: (place[0], place[1]))
        assert row == row2 < row3 and column < column2 == column3


async def words_are_found_and_the_page_is_read_as_lines():
    async with Desk() as desk:
        terminal = await accepted(desk)
        terminal.press("/POST")
        await sees(terminal, "/POST▏ 1 of")
        terminal.press("\x7f\x7f\x7fostcode\r")
        await sees(terminal, "/Postcode 1 of")
        terminal.press("\x1b")
        await sees(terminal, "Watching:")
        terminal.press("r")
        await sees(terminal, lambda text: "reader" in text.split("\n")[1] and "Delivery details" in text)
        terminal.press("r")
        await sees(terminal, lambda text: "readable" in text.split("\n")[1])


async def a_resize_is_drawn_in_the_new_size():
    async with Desk() as desk:
        terminal = await accepted(desk)
        for columns, rows in [(80, 24), (46, 16), (160, 45)]:
            terminal.resize(columns, rows)
            await sees(terminal, lambda text: "keys" in text.split("\n")[rows - 1], what=f"hints in row {rows}")
        terminal.resize(40, 10)
        await sees(terminal, "Window too small")


async def quitting_asks_and_leaves_a_clean_terminal():
    async with Desk() as desk:
        terminal = await accepted(desk)
        terminal.press("q")
        await sees(terminal, "Quit with 1 session open?")
        terminal.press("n")
        await sees(terminal, lambda text: "Quit with" not in text)
        terminal.press("q")
        await sees(terminal, "Quit with 1 session open?")
        terminal.press("y")
        assert await ends(terminal) == 0
        assert terminal.modes_left_on == set(), terminal.modes_left_on
        await desk.relay.wait_for(lambda: ("closed", 0, 1000) in desk.relay.received, what="close code 1000")
        assert desk.relay.count("leave") == 1


async def every_signal_leaves_a_clean_terminal():
    async with Desk() as desk:
        for number in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
            terminal = desk.open()
            await sees(terminal, "postcode refused 3x")
            terminal.signal(number)
            assert await ends(terminal) == 128 + number
            assert terminal.modes_left_on == set(), (number, terminal.modes_left_on)


async def control_c_quits_only_when_typed_twice():
    async with Desk() as desk:
        terminal = await accepted(desk)
        terminal.press("\x03")
        await sees(terminal, "Press Ctrl-C again to quit")
        terminal.press("\x03")
        assert await ends(terminal) == 0
        assert desk.relay.count("leave") == 0


async def a_restarted_relay_is_found_again():
    async with Desk() as desk:
        terminal = await accepted(desk)
        await desk.relay.close_links(4000, "The relay is stopping.")
        await sees(terminal, "The relay is restarting")
        assert "last seen" in terminal.text
        await desk.relay.wait_for(lambda: desk.relay.logins == 2 and desk.relay.count("accept") == 2)
        await sees(terminal, lambda text: "last seen" not in text and "live" in text, what="the live page")


async def a_lost_link_is_found_again():
    async with Desk() as desk:
        terminal = await accepted(desk)
        await desk.relay.lose_links()
        await desk.relay.wait_for(lambda: desk.relay.logins == 2 and desk.relay.count("accept") == 2)
        await sees(terminal, lambda text: "last seen" not in text and "Postcode" in text)


async def a_ticket_that_continues_a_held_session_is_accepted_unasked():
    async with Desk() as desk:
        terminal = await accepted(desk)
        old = desk.relay.tickets.pop(0)
        fresh = Ticket(21, title="Delivery")
        fresh.continues, fresh.error = old.session, "Found again after the restart"
        await desk.relay.close_links(4000)
        await sees(terminal, "The relay was restarted")
        desk.relay.tickets.insert(0, fresh)
        await desk.relay.queue()
        await sees(terminal, "Found again after the restart")
        assert ("accept", 0, {"session": session_id(21)}) in desk.relay.received


async def a_killed_client_rejoins_its_own_session():
    async with Desk() as desk:
        first = await accepted(desk)
        first.kill()
        await desk.relay.wait_for(lambda: desk.relay.count("closed") == 1)
        second = desk.open()
        await sees(second, "yours")
        second.press("\r")
        await sees(second, "Delivery details")


async def a_gap_is_answered_with_resync():
    async with Desk() as desk:
        terminal = await accepted(desk)
        ticket = desk.relay.tickets[0]
        ticket.error = "After the gap"
        await desk.relay.page(ticket, "scroll", [[0, 0, 40]], skip=3)
        await desk.relay.wait_for(lambda: desk.relay.count("resync") == 1)
        await sees(terminal, "After the gap")


async def a_shopper_who_goes_away_is_shown_as_last_seen():
    async with Desk() as desk:
        terminal = await accepted(desk)
        ticket = desk.relay.tickets[0]
        await desk.relay.presence(ticket, "away")
        await sees(terminal, "The shopper is away · last seen 1 s ago")
        await desk.relay.presence(ticket, "live")
        await desk.relay.keyframe(ticket)
        await sees(terminal, lambda text: "last seen" not in text)
        await desk.relay.presence(ticket, "ended", "shopper")
        await sees(terminal, "The shopper ended the session.")


async def a_taken_ticket_is_told_in_words():
    async with Desk() as desk:
        desk.relay.refuse_accept = "taken"
        terminal = desk.open()
        await sees(terminal, "postcode refused 3x")
        terminal.press("\r")
        await sees(terminal, "Leo took it 0.2 s ago.")


async def hostile_words_reach_no_terminal():
    async with Desk() as desk:
        ticket = desk.relay.tickets[0]
        ticket.error = "safe\x1b[2J\x1b]52;c;aGk=\x07\u202eend"
        ticket.reason = "why\x1b]0;title\x07"
        terminal = desk.open()
        await sees(terminal, "shop.example/delivery")
        terminal.press("\r")
        await sees(terminal, "safe")
        assert b"\x1b]52;c" not in terminal.output and b"\x1b]0;title" not in terminal.output
        assert "\u202e".encode() not in terminal.output


async def a_refused_login_ends_with_4_and_a_sentence():
    async with Desk() as desk:
        other = os.path.join(desk.folder.name, "other")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
        terminal = desk.open("--key", other, key=False)
        assert await ends(terminal) == 4
        assert b"did not accept the login" in terminal.output
        assert terminal.modes_left_on == set()


async def a_key_with_a_passphrase_ends_with_4_and_a_way_out():
    async with Desk() as desk:
        other = os.path.join(desk.folder.name, "other")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", other], check=True)
        terminal = desk.open("--key", other, key=False)
        assert await ends(terminal) == 4
        assert b"use ssh-agent" in terminal.output


async def an_agent_signs():
    async with Desk() as desk:
        socket = os.path.join(desk.folder.name, "agent")
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
        try:
            environment = {**os.environ, "SSH_AUTH_SOCK": socket}
            add = ["ssh-add", "-q", desk.key]
            while subprocess.run(add, env=environment, stderr=subprocess.DEVNULL).returncode == 2:
                await asyncio.sleep(0.01)
            for flags in [(), ("--identity", desk.key + ".pub")]:
                terminal = desk.open(*flags, key=False, environment={"SSH_AUTH_SOCK": socket})
                await sees(terminal, "postcode refused 3x")
                terminal.press("q")
                assert await ends(terminal) == 0
        finally:
            agent.terminate()
            agent.wait()


class Tmux:
    """A tmux server of its own with one window that runs a shell command."""

    def __init__(self, command, columns, rows):
        self.socket = f"alongside-{os.getpid()}"
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), command)

    def run(self, *arguments):
        done = subprocess.run(["tmux", "-L", self.socket, *arguments], capture_output=True, text=True)
        return done.stdout

    async def sees(self, words, seconds=10):
        for _ in range(seconds * 50):
            text = self.run("capture-pane", "-p")
            if words in re.sub(" +", " ", text):
                return text
            # tmux tells nobody that its pane changed: looking again is the only way.
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited {seconds} s for {words!r}; the pane is:\n{text}")


async def in_tmux_it_draws_resizes_and_leaves_the_pane_clean():
    async with Desk() as desk:
        command = f"{CLIENT} --relay ws://127.0.0.1:{PORT} --principal ana --key {desk.key}; echo exit $?; exec sh"
        tmux = Tmux(f"XDG_STATE_HOME={desk.folder.name} sh -c '{command}'", 120, 40)
        try:
            await tmux.sees("postcode refused 3x")
            tmux.run("send-keys", "Enter")
            await tmux.sees("Delivery details")
            tmux.run("resize-window", "-x", "100", "-y", "30")
            text = await tmux.sees("Delivery details")
            assert max(len(line) for line in text.split("\n")) <= 100
            tmux.run("send-keys", "q", "y")
            await tmux.sees("exit 0")
            flags = tmux.run("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}").strip()
            assert flags == "0 0 1", flags
        finally:
            tmux.run("kill-server")


async def no_relay_ends_with_6():
    desk = Desk()
    terminal = desk.open()
    assert await ends(terminal) == 6
    assert b"cannot be reached" in terminal.output
    desk.folder.cleanup()


STORIES = [
    the_queue_appears_and_enter_accepts,
    the_cursor_moves,
    words_are_found_and_the_page_is_read_as_lines,
    a_resize_is_drawn_in_the_new_size,
    quitting_asks_and_leaves_a_clean_terminal,
    every_signal_leaves_a_clean_terminal,
    control_c_quits_only_when_typed_twice,
    a_restarted_relay_is_found_again,
    a_lost_link_is_found_again,
    a_ticket_that_continues_a_held_session_is_accepted_unasked,
    a_killed_client_rejoins_its_own_session,
    a_gap_is_answered_with_resync,
    a_shopper_who_goes_away_is_shown_as_last_seen,
    a_taken_ticket_is_told_in_words,
    hostile_words_reach_no_terminal,
    a_refused_login_ends_with_4_and_a_sentence,
    a_key_with_a_passphrase_ends_with_4_and_a_way_out,
    an_agent_signs,
    in_tmux_it_draws_resizes_and_leaves_the_pane_clean,
    no_relay_ends_with_6,
]


def main():
    chosen = sys.argv[1:]
    failed = 0
    for story in STORIES:
        if chosen and story.__name__ not in chosen:
            continue
        try:
            asyncio.run(asyncio.wait_for(story(), 60))
            print(f"ok    {story.__name__}", flush=True)
        except (AssertionError, asyncio.TimeoutError) as failure:
            failed += 1
            print(f"FAIL  {story.__name__}\n{failure}", flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
