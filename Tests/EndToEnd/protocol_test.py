"""The relay as its peers meet it: every rule of wire.md that a peer can break, broken by hand against the real daemon.

A healthy pair of a shopper and a rep runs beside all of it and must lose nothing.
"""

import contextlib
import json
import struct
import unittest

from websockets.exceptions import ConnectionClosed, InvalidStatus

from relay_case import HELLO, NO_SESSION, RelayCase
from wire_peer import PAGE, Rep, Shopper, encode, sign


class BrokenFrames(RelayCase):
    """What breaks the format or its order costs the sender its link, and nobody else anything."""

    def setUp(self):
        self.healthy_shopper, self.healthy_rep = self.pair()
        self.addCleanup(self.check_the_healthy_pair)

    def check_the_healthy_pair(self):
        """Frames cross whole and in order, and neither end was told anything it did not ask for."""
        for number in range(3):
            sent = self.healthy_shopper.page_frame("delta", {"number": number})
            self.assertEqual(self.healthy_rep.receive("delta").raw, sent)
        sent = self.healthy_shopper.cursor(5, 7)
        self.assertEqual(self.healthy_rep.receive("cursor").raw, sent)
        self.healthy_shopper.control("end", {"why": "shopper"})
        self.assertEqual(self.healthy_shopper.closed()[0], 4510)

    def test_a_malformed_frame_closes_with_4500(self):
        hello = encode("hello", HELLO)
        wrong = {
            "a header cut short": hello[:23],
            "an empty message": b"",
            "a body cut short": hello[:-1],
            "bytes behind the last frame": hello + b"\0",
            "a reserved flag": encode("hello", HELLO, flags=4),
            "the sealed flag": encode("hello", HELLO, flags=2),
            "a key epoch": encode("hello", HELLO, epoch=1),
            "a deflated control body": encode("hello", HELLO, flags=1),
            "a body that is no JSON": encode("hello", b"{"),
            "a body that is no object": encode("hello", b"[]"),
            "a body that is not UTF-8": encode("hello", b'{"site":"\xff"}'),
            "no site": encode("hello", {"page": PAGE}),
            "a text too long": encode("hello", {**HELLO, "reason": "x" * 513}),
            "a body too deep": encode("hello", b'{"site":' + b"[" * 40 + b"]" * 40 + b"}"),
            "a continues that is no session": encode("hello", {**HELLO, "continues": "x"}),
        }
        for name, message in wrong.items():
            with self.subTest(name), Shopper(self.stack) as link:
                link.send_bytes(message)
                self.assert_closed(link, 4500)

    def test_a_first_frame_that_is_no_hello_closes_with_4500(self):
        for kind in ("keyframe", "cursor", "consent", "end"):
            with self.subTest(kind), Shopper(self.stack) as link:
                link.send_bytes(encode(kind, {"why": "shopper"}, session=1))
                self.assert_closed(link, 4500)

    def test_a_body_beyond_its_lane_s_limit_closes_with_4501(self):
        for kind, limit in (("hello", 64 << 10), ("consent", 16 << 10), ("cursor", 64), ("keyframe", 1 << 20)):
            with self.subTest(kind), Shopper(self.stack) as link:
                link.send_bytes(encode(kind, b"x" * (limit + 1), session=1))
                self.assert_closed(link, 4501)

    def test_a_message_beyond_the_limit_closes_with_4501(self):
        with Shopper(self.stack) as link:
            link.send_bytes(bytes((1 << 20) + (64 << 10) + 1))
            self.assertEqual(link.closed()[0], 4501)

    def test_a_claimed_length_beyond_the_limit_closes_with_4501_before_it_came(self):
        with Shopper(self.stack) as link:
            # A masked binary WebSocket frame that claims 2^62 bytes.
            link.socket.socket.sendall(b"\x82\xff" + struct.pack(">Q", 1 << 62) + b"\0\0\0\0" + b"x")
            self.assertEqual(link.closed()[0], 4501)

    def test_the_largest_control_body_of_a_rep_is_taken(self):
        with Rep(self.stack) as link:
            body = json.dumps({"session": NO_SESSION, "more": ""}).encode()
            link.control("accept", body[:-2] + b"x" * ((64 << 10) - len(body)) + body[-2:])
            self.assertEqual(link.receive("refused").json["why"], "unknown")

    def test_another_version_closes_with_4502(self):
        with Shopper(self.stack) as link:
            link.send_bytes(encode("hello", HELLO, version=2))
            self.assert_closed(link, 4502)

    def test_a_gap_or_repeat_in_the_control_lane_closes_with_4503(self):
        for sequence in (0, 2):
            with self.subTest(sequence), Shopper(self.stack) as link:
                link.send_bytes(encode("hello", HELLO, sequence=sequence))
                self.assert_closed(link, 4503)
        with Shopper(self.stack) as link:
            link.hello()
            link.control("hello", HELLO)
            self.assert_closed(link, 4503)

    def test_a_gap_or_repeat_in_the_page_lane_closes_with_4503(self):
        for sequence in (1, 3):
            with self.subTest(sequence):
                shopper, _ = self.pair("leo")
                shopper.send_bytes(encode("delta", {}, shopper.number, sequence))
                self.assert_closed(shopper, 4503)

    def test_a_delta_before_the_first_keyframe_closes_with_4503(self):
        with Shopper(self.stack) as link:
            link.ask_for_help()
            link.send_bytes(encode("delta", {}, link.number, 1))
            self.assert_closed(link, 4503)

    def test_a_cursor_that_does_not_grow_closes_with_4503(self):
        shopper, _ = self.pair("leo")
        shopper.cursor(1, 1)
        shopper.send_bytes(encode("cursor", [1, 1], shopper.number, 1))
        self.assert_closed(shopper, 4503)

    def test_a_gap_in_the_talk_lane_closes_with_4503(self):
        with Shopper(self.stack) as link:
            link.hello()
            link.talk = 1
            link.decide()
            self.assert_closed(link, 4503)

    def test_a_second_consent_closes_with_4503(self):
        with Shopper(self.stack) as link:
            link.ask_for_help()
            link.decide()
            self.assert_closed(link, 4503)

    def test_page_and_cursor_frames_before_the_consent_close_with_4504(self):
        for kind, body in (("keyframe", {}), ("cursor", [1, 2])):
            with self.subTest(kind), Shopper(self.stack) as link:
                link.hello()
                link.send_bytes(encode(kind, body, link.number, 1))
                self.assert_closed(link, 4504)

    def test_a_page_frame_right_behind_the_consent_closes_with_4504(self):
        with Shopper(self.stack) as link:
            link.hello()
            consent = {"decision": "given", "text": "view-1", "language": "en", "scope": ["view"]}
            # In one message: the relay cannot have the consent on disk in between.
            link.send_bytes(encode("consent", consent, link.number, 1) + encode("keyframe", {}, link.number, 1))
            self.assertEqual(link.closed()[0], 4504)

    def test_a_frame_of_another_session_closes_with_4500(self):
        with Shopper(self.stack) as link:
            link.ask_for_help()
            link.send_bytes(encode("keyframe", {}, self.healthy_shopper.number, 1))
            self.assert_closed(link, 4500)

    def test_a_kind_of_the_other_role_closes_with_4505(self):
        for kind in ("accept", "login", "leave", "resync", "welcome", "queue", "keyframe-request"):
            with self.subTest(kind), Shopper(self.stack) as link:
                link.hello()
                link.control(kind, {"session": NO_SESSION})
                self.assert_closed(link, 4505)
        for kind in ("keyframe", "delta", "cursor", "consent", "hello", "challenge", "seated"):
            with self.subTest(kind), Rep(self.stack, "leo") as link:
                link.send_bytes(encode(kind, {}, 1, 2))
                self.assert_closed(link, 4505)

    def test_a_rep_who_has_not_logged_in_may_ask_for_nothing(self):
        with Rep(self.stack, login=False) as link:
            link.wish("accept", self.healthy_shopper)
            self.assert_closed(link, 4503)

    def test_a_text_message_closes_with_1003(self):
        for link in (self.shopper(), self.rep(login=False)):
            with self.subTest(link.path):
                link.socket.send("hello")
                code, reason = link.closed()
                self.assertEqual(code, 1003)
                self.assertTrue(reason)

    def test_unknown_kinds_are_skipped_in_their_place(self):
        shopper, rep = self.pair("leo")
        shopper.control(0x5F, {"of": "a later version"})
        shopper.send_bytes(encode(0x7F, b"\xff\xfe", shopper.number, 99))
        shopper.send_bytes(encode(0x3F, {"chat": "later"}, shopper.number, 2))
        sent = shopper.page_frame("delta", {"still": "here"})
        self.assertEqual(rep.receive("delta").raw, sent)
        rep.control(0x5F, {"of": "a later version"})
        rep.wish("leave", shopper)
        self.assertFalse(shopper.receive("watch", lambda frame: not frame.json["on"]).json["reps"])

    def test_more_frames_than_allowed_close_with_4511(self):
        shopper, _ = self.pair("leo")
        # More than the burst and what a slow machine adds to it meanwhile; the relay may close before the last is out.
        with contextlib.suppress(ConnectionClosed):
            for first in range(2, 4002, 100):
                shopper.send_bytes(
                    b"".join(encode("cursor", [1, 1], shopper.number, number) for number in range(first, first + 100))
                )
        self.assert_closed(shopper, 4511)

    def test_words_of_a_consent_that_are_no_words_are_put_on_record_safely(self):
        with Shopper(self.stack) as link:
            link.hello()
            link.decide(text='a b\nü"', language="", scope=["view", "x y", ""])
            self.assertEqual(link.receive("acknowledge").json, {"talk": 1})

    def test_a_refused_frame_is_logged_without_its_bytes(self):
        with Shopper(self.stack) as link:
            link.send_bytes(encode("hello", b'{"site":"demo","card":"4929 1234 5678 9012"'))
            self.assert_closed(link, 4500)
        lines = [line for line in self.stack.log.splitlines() if "code=4500" in line]
        self.assertTrue(lines)
        self.assertNotIn("4929", self.stack.log)


class Handshakes(RelayCase):
    """Who may come in."""

    def test_an_unknown_site_key_closes_with_4506(self):
        with Shopper(self.stack, site="nobody") as link:
            link.control("hello", {**HELLO, "site": "nobody"})
            self.assert_closed(link, 4506)
        self.assertIn("code=4506", self.stack.log)
        self.assertNotIn("site=nobody", self.stack.log)

    def test_an_origin_that_is_not_listed_whole_closes_with_4507(self):
        url = self.stack.url
        wrong = [
            "https://shop.example",
            "null",
            url + "/",
            url.upper(),
            url + ".evil.example",
            url[:-1],
            url.replace("http:", "https:"),
            f"{url} https://other.example",
            "",
        ]
        for origin in wrong:
            with self.subTest(origin), Shopper(self.stack, origin=None, headers=[("Origin", origin)]) as link:
                link.control("hello", HELLO)
                self.assert_closed(link, 4507)

    def test_a_missing_origin_or_two_of_them_close_with_4507(self):
        for headers in ([], [("Origin", self.stack.url)] * 2, [("Origin", self.stack.url), ("Origin", "null")]):
            with self.subTest(headers), Shopper(self.stack, origin=None, headers=headers) as link:
                link.control("hello", HELLO)
                self.assert_closed(link, 4507)
        self.assertIn("code=4507", self.stack.log)

    def test_a_rep_link_with_an_origin_is_refused_with_403(self):
        for headers in ([("Origin", self.stack.url)], [("Origin", "null")], [("Origin", "a")] * 2):
            with self.subTest(headers), self.assertRaises(InvalidStatus) as refused:
                Rep(self.stack, login=False, headers=headers)
            self.assertEqual(refused.exception.response.status_code, 403)
        self.assertIn("it carries an Origin", self.stack.log)

    def test_another_path_is_refused_with_404(self):
        class Lost(Shopper):
            path = "/nowhere"

        with self.assertRaises(InvalidStatus) as refused:
            Lost(self.stack)
        self.assertEqual(refused.exception.response.status_code, 404)

    def refuse_login(self, source, words, login):
        """A login is refused with 4508, and the log says why in `words`."""
        before = len(self.stack.log)
        with Rep(self.stack, login=False, source=source) as link:
            body = login(link)
            link.control("login", body)
            self.assert_closed(link, 4508)
        said = self.stack.log[before:]
        self.assertIn("login refused", said)
        self.assertIn(words, said)
        for secret in (body["signature"], body["nonce"], body["cnonce"], "BEGIN SSH"):
            self.assertNotIn(secret, said)

    def test_a_wrong_key_is_refused(self):
        self.refuse_login("127.0.0.2", "key", lambda link: link.answer(key=self.stack.key("leo")))

    def test_a_principal_who_is_not_in_the_configuration_is_refused(self):
        self.refuse_login(
            "127.0.0.3", "no [[rep]]", lambda link: link.answer(principal="stranger", key=self.stack.key("stranger"))
        )

    def test_a_principal_who_is_not_in_allowed_signers_is_refused(self):
        self.refuse_login(
            "127.0.0.4", "login refused", lambda link: link.answer(principal="nobody", key=self.stack.key("leo"))
        )

    def test_another_link_s_challenge_is_refused(self):
        with Rep(self.stack, login=False) as other:
            nonce = other.challenge["nonce"]
            self.refuse_login("127.0.0.5", "foreignNonce", lambda link: link.answer(nonce=nonce))

    def test_a_replayed_login_is_refused(self):
        with Rep(self.stack, login=False) as link:
            seen = link.answer()
            link.control("login", seen)
            link.receive("ready")
        self.refuse_login("127.0.0.6", "foreignNonce", lambda _: seen)

    def test_a_signature_over_another_challenge_is_refused(self):
        def forged(link):
            answer = link.answer()
            other = sign(self.stack.key("demo"), answer["relay"], "demo", answer["cnonce"], answer["cnonce"])
            return {**answer, "signature": other}

        self.refuse_login("127.0.0.7", "login refused", forged)

    def test_a_second_login_on_a_link_is_refused(self):
        with Rep(self.stack, source="127.0.0.8") as link:
            link.control("login", link.answer())
            self.assert_closed(link, 4508)

    def test_a_login_for_another_relay_s_name_is_refused(self):
        self.refuse_login("127.0.0.9", "relay_names", lambda link: link.answer(relay="wss://relay.example"))

    def test_an_unreadable_signature_is_refused(self):
        for number, signature in enumerate(("-----BEGIN SSH SIGNATURE-----\n\n", "x" * 4096)):
            with self.subTest(number):
                self.refuse_login(
                    f"127.0.0.1{number}", "login refused", lambda link: link.answer(signature=signature)
                )

    def test_nonces_that_are_no_base64_are_refused(self):
        self.refuse_login("127.0.0.12", "malformed", lambda link: {**link.answer(), "cnonce": "*"})

    def test_an_address_that_fails_again_and_again_must_wait_and_others_need_not(self):
        source = "127.0.0.20"
        for _ in range(5):
            with Rep(self.stack, login=False, source=source) as link:
                link.control("login", {**link.answer(), "nonce": "AAAA"})
                self.assert_closed(link, 4508)
        with Shopper(self.stack) as shopper:
            shopper.ask_for_help()
        self.assertIn("reason=foreignNonce", self.stack.log)
        # Refused before a challenge, with the right key too.
        with self.assertRaisesRegex(AssertionError, "4508"):
            Rep(self.stack, login=False, source=source)
        Rep(self.stack).socket.close()

    def test_a_shopper_who_says_nothing_is_closed_with_4005(self):
        with Shopper(self.stack) as link:
            self.assert_closed(link, 4005)


if __name__ == "__main__":
    unittest.main()
