"""The daemon's WebSocket against RFC 6455, section by section, over raw sockets: no library on this side.

A shopper's `hello` in any legal framing is answered with `welcome`: that is how a test sees that a message arrived.
What libwebsockets 4.1.6 does otherwise than the standard is in GAPS: asserted as it is today, and printed, so that a
newer library is noticed (Protocol/threat-model.md, "What the library does not check").
"""

import struct
import unittest

from conformance_socket import RawLink
from relay_stack import RelayStack
from wire_peer import PAGE, encode, split

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
HELLO = encode("hello", {"site": "demo", "page": PAGE})
MESSAGE_BYTES_MAX = (1 << 20) + (64 << 10)
FRAGMENTS_MAX = 1024

GAPS = {
    "4.1": "lines of a request may end in a bare LF (RFC 9112, 2.2, lets a server take them so)",
    "5.1": "a frame without a mask is taken (the server MUST close)",
    "5.2": "a length in more bytes than needed is taken (the shortest form MUST be used)",
    "5.5.1": "a close of one byte is answered (its body MUST begin with a code of two bytes)",
    "7.4": "the registered codes 1012 to 1014 are answered with 1002, as if they were not known",
    "5.5.3": "of pings that come together the first is answered (the standard would have the last one answered)",
}


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RelayStack()
        cls.stack.start()
        cls.addClassCleanup(cls.stack.close)

    def link(self, **options):
        link = RawLink(self.stack.port, origin=self.stack.url, **options)
        self.addCleanup(link.socket.close)
        return link

    def opened(self):
        link = self.link()
        self.assertEqual(link.status, 101)
        return link

    def welcomed(self, link):
        """The relay took `hello` as one whole message; pongs before the answer are returned."""
        pongs = []
        while (frame := link.read_frame()) is not None:
            if frame.opcode == PONG:
                pongs.append(frame.payload)
                continue
            self.assertEqual((frame.opcode, frame.final), (BINARY, True), frame)
            self.assertEqual(next(split(frame.payload)).name, "welcome")
            return pongs
        raise AssertionError("the link ended before the welcome")

    def fails(self, link, *codes):
        """The server fails the connection (7.1.7): with one of the codes, or without a close frame."""
        self.assertIn(link.closed(), (*codes, None))


class Section4Handshake(Conformance):
    def test_4_2_2_the_answer_is_101_with_the_accept_of_the_key(self):
        link = self.opened()
        self.assertEqual(link.headers["sec-websocket-accept"], link.handshake.answer)
        self.assertEqual(link.headers["upgrade"].lower(), "websocket")
        self.assertEqual(link.headers["connection"].lower(), "upgrade")
        self.assertEqual(link.headers["sec-websocket-protocol"], "alongside.v1")
        self.assertNotIn("sec-websocket-extensions", link.headers)

    def test_4_2_1_header_names_and_tokens_are_case_insensitive(self):
        for changes in ({"Upgrade": "WebSocket"}, {"Connection": "keep-alive, Upgrade"}, {"Connection": "upgrade"}):
            with self.subTest(changes):
                self.assertEqual(self.link(**changes).status, 101)

    def test_4_2_1_what_is_missing_or_wrong_is_refused_with_a_status_or_closed(self):
        wrong = {
            "another method": ({"method": "POST"}, 400),
            "an old HTTP": ({"version": "HTTP/1.0"}, 400),
            "no key": ({"Sec_WebSocket_Key": None}, 400),
            "a short key": ({"Sec_WebSocket_Key": "c2hvcnQ="}, 400),
            "a long key": ({"Sec_WebSocket_Key": "A" * 200}, 400),
            "no version": ({"Sec_WebSocket_Version": None}, 426),
            "an old version": ({"Sec_WebSocket_Version": "8"}, 426),
            "no subprotocol": ({"Sec_WebSocket_Protocol": None}, 400),
            "another subprotocol": ({"Sec_WebSocket_Protocol": "chat"}, 400),
            "a list of subprotocols": ({"Sec_WebSocket_Protocol": "chat, alongside.v1"}, 400),
            "no Host": ({"Host": None}, 400),
            "two keys": ({"Sec_WebSocket_Key": ["A" * 24, "B" * 24]}, 400),
            "a resource that is none": ({"path": "/nowhere"}, 404),
            "no Connection": ({"Connection": None}, 0),
            "another Upgrade": ({"Upgrade": "h2c"}, 400),
            "a body": ({"Content_Length": "5"}, 400),
            "a chunked body": ({"Transfer_Encoding": "chunked"}, 400),
        }
        for name, (changes, status) in wrong.items():
            with self.subTest(name):
                link = self.link(**changes)
                self.assertIn(link.status, (status, 0), name)
                self.assertNotEqual(link.status, 101)

    def test_4_4_an_unknown_version_is_told_the_known_one(self):
        self.assertEqual(self.link(Sec_WebSocket_Version="12").headers["sec-websocket-version"], "13")

    def test_4_1_gap_lines_may_end_in_a_bare_line_feed(self):
        print(f"\n  not as RFC 6455, 4.1: {GAPS['4.1']}")
        self.assertEqual(self.link(end="\n").status, 101)

    def test_9_1_no_extension_is_accepted(self):
        link = self.link(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
        self.assertEqual(link.status, 101)
        self.assertNotIn("sec-websocket-extensions", link.headers)
        link.send(link.frame(BINARY, b"\x00", reserved=4))
        self.fails(link, 1002)


class Section5Framing(Conformance):
    def test_5_1_a_server_sends_no_mask_and_takes_any_mask(self):
        for mask in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x01\x02\x03\x04"):
            with self.subTest(mask):
                link = self.opened()
                link.send(link.frame(BINARY, HELLO, mask=mask))
                self.welcomed(link)

    def test_5_1_gap_an_unmasked_frame_is_taken(self):
        print(f"\n  not as RFC 6455, 5.1: {GAPS['5.1']}")
        link = self.opened()
        link.send(link.frame(BINARY, HELLO, mask=None))
        self.welcomed(link)

    def test_5_2_every_reserved_bit_fails_the_connection(self):
        for reserved in (1, 2, 4, 7):
            for opcode in (BINARY, PING):
                with self.subTest(reserved=reserved, opcode=opcode):
                    link = self.opened()
                    link.send(link.frame(opcode, b"x", reserved=reserved))
                    self.fails(link, 1002)

    def test_5_2_every_reserved_opcode_fails_the_connection(self):
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
            with self.subTest(opcode):
                link = self.opened()
                link.send(link.frame(opcode, b"x"))
                self.fails(link, 1002)

    def test_5_2_lengths_at_the_edges_of_their_forms_arrive(self):
        for size in (125, 126, 127, 65_535, 65_536):
            with self.subTest(size):
                link = self.opened()
                # An unknown kind of the control lane is skipped, whatever its body; `hello` follows as its second.
                padding = encode(0x5F, b"\0" * (size - 24), sequence=1)
                link.send(link.frame(BINARY, padding))
                link.send(link.frame(BINARY, encode("hello", {"site": "demo", "page": PAGE}, sequence=2)))
                self.welcomed(link)

    def test_5_2_gap_a_length_in_a_longer_form_is_taken(self):
        print(f"\n  not as RFC 6455, 5.2: {GAPS['5.2']}")
        link = self.opened()
        link.send(link.frame(BINARY, HELLO, form=64))
        self.welcomed(link)

    def test_5_2_a_length_with_its_first_bit_set_fails_the_connection(self):
        link = self.opened()
        link.send(b"\x82\xff" + struct.pack(">Q", 1 << 63) + b"\0\0\0\0x")
        self.fails(link, 1002)

    def test_5_2_a_claimed_length_beyond_the_limit_is_refused_before_it_comes(self):
        for claimed in (MESSAGE_BYTES_MAX + 1, 1 << 32, 1 << 62):
            with self.subTest(claimed):
                link = self.opened()
                link.send(link.frame(BINARY, b"x", form=64, length=claimed))
                self.assertEqual(link.closed(), 4501)

    def test_5_4_a_message_in_fragments_is_one_message(self):
        cuts = {"halves": [100], "first byte": [1], "last byte": [len(HELLO) - 1], "empty ones": [0, 0, 50, 50]}
        for name, places in cuts.items():
            with self.subTest(name):
                link = self.opened()
                parts = [HELLO[a:b] for a, b in zip([0, *places], [*places, len(HELLO)])]
                for index, part in enumerate(parts):
                    opcode = CONTINUATION if index else BINARY
                    link.send(link.frame(opcode, part, final=index == len(parts) - 1))
                self.welcomed(link)

    def test_5_4_every_byte_may_come_alone(self):
        link = self.opened()
        for byte in link.frame(BINARY, HELLO):
            link.send(bytes([byte]))
        self.welcomed(link)

    def test_5_4_control_frames_may_stand_between_fragments(self):
        link = self.opened()
        link.send(
            link.frame(BINARY, HELLO[:7], final=False)
            + link.frame(PING, b"between")
            + link.frame(PONG, b"unasked")
            + link.frame(CONTINUATION, HELLO[7:])
        )
        pongs = self.welcomed(link)
        self.assertEqual(pongs or [link.read_frame().payload], [b"between"])

    def test_5_4_fragments_out_of_order_fail_the_connection(self):
        wrong = {
            "a continuation of nothing": [(CONTINUATION, True)],
            "a new message inside a message": [(BINARY, False), (BINARY, True)],
            "a text message inside a binary one": [(BINARY, False), (TEXT, True)],
        }
        for name, frames in wrong.items():
            with self.subTest(name):
                link = self.opened()
                for opcode, final in frames:
                    link.send(link.frame(opcode, b"x", final=final))
                self.fails(link, 1002)

    def test_5_4_as_many_fragments_as_allowed_and_no_more(self):
        for count, taken in ((FRAGMENTS_MAX, True), (FRAGMENTS_MAX + 1, False)):
            with self.subTest(count):
                link = self.opened()
                frames = [link.frame(BINARY, HELLO, final=False)]
                frames += [link.frame(CONTINUATION, b"", final=False)] * (count - 2)
                link.send(b"".join(frames) + link.frame(CONTINUATION, b""))
                self.welcomed(link) if taken else self.assertEqual(link.closed(), 4501)

    def test_5_5_control_frames_are_short_and_whole(self):
        for opcode in (CLOSE, PING, PONG):
            with self.subTest(opcode):
                link = self.opened()
                link.send(link.frame(opcode, b"\x03\xe8" + b"x" * 124))
                self.fails(link, 1002)
                link = self.opened()
                link.send(link.frame(opcode, b"\x03\xe8", final=False))
                self.fails(link, 1002)

    def test_5_5_2_a_ping_is_answered_with_its_own_payload(self):
        link = self.opened()
        for payload in (b"", b"a", bytes(range(125)), b"\xff" * 125):
            link.send(link.frame(PING, payload))
            self.assertEqual(link.read_frame(), (True, PONG, payload))

    def test_5_5_3_gap_a_ping_behind_one_that_is_not_answered_yet_is_dropped(self):
        print(f"\n  not as RFC 6455, 5.5.3: {GAPS['5.5.3']}")
        link = self.opened()
        # They come in one read, before the socket is asked whether it takes a pong.
        link.send(b"".join(link.frame(PING, payload) for payload in (b"first", b"second", b"third")))
        self.assertEqual(link.read_frame(), (True, PONG, b"first"))
        link.send(link.frame(PING, b"fourth"))
        self.assertEqual(link.read_frame(), (True, PONG, b"fourth"))

    def test_5_5_3_an_unasked_pong_is_ignored(self):
        link = self.opened()
        link.send(link.frame(PONG, b"nobody asked") + link.frame(PONG) + link.frame(BINARY, HELLO))
        self.welcomed(link)

    def test_5_6_a_text_message_is_refused_with_1003(self):
        for payload in (b"hello", b"", "å".encode()):
            with self.subTest(payload):
                link = self.opened()
                link.send(link.frame(TEXT, payload))
                self.assertEqual(link.closed(), 1003)

    def test_5_6_text_that_is_no_utf8_is_refused(self):
        link = self.opened()
        link.send(link.frame(TEXT, b"\xff\xfe"))
        self.fails(link, 1003, 1007)


class Section7Closing(Conformance):
    def close_answer(self, payload):
        link = self.opened()
        link.send(link.frame(CLOSE, payload))
        frame = link.read_frame()
        self.assertTrue(frame is None or frame.opcode == CLOSE, frame)
        self.assertIsNone(link.read_frame(), "7.1.1: the server closes TCP first")
        return None if frame is None else frame.payload

    def test_7_1_a_close_is_echoed_and_tcp_ends(self):
        for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
            with self.subTest(code):
                answer = self.close_answer(struct.pack(">H", code))
                self.assertEqual(answer[:2], struct.pack(">H", code))

    def test_5_5_1_a_close_without_a_code_is_answered(self):
        self.assertIn(self.close_answer(b""), (b"", b"\x03\xe8"))

    def test_7_4_codes_that_nobody_may_send_are_a_protocol_error(self):
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999):
            with self.subTest(code):
                answer = self.close_answer(struct.pack(">H", code))
                self.assertIn(answer and answer[:2], (struct.pack(">H", 1002), None))

    def test_7_4_gap_codes_that_were_registered_later_are_not_known(self):
        print(f"\n  not as RFC 6455, 7.4: {GAPS['7.4']}")
        for code in (1012, 1013, 1014):
            with self.subTest(code):
                self.assertEqual(self.close_answer(struct.pack(">H", code))[:2], struct.pack(">H", 1002))

    def test_5_5_1_gap_a_close_of_one_byte_is_answered(self):
        print(f"\n  not as RFC 6455, 5.5.1: {GAPS['5.5.1']}")
        self.assertIn(self.close_answer(b"\x03"), (b"\x03", None))

    def test_8_1_a_reason_that_is_no_utf8_is_not_echoed(self):
        for reason in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"):
            with self.subTest(reason):
                answer = self.close_answer(b"\x03\xe8" + reason)
                self.assertNotIn(reason, answer or b"")

    def test_7_1_a_reason_of_123_bytes_is_taken(self):
        self.assertEqual(self.close_answer(b"\x03\xe8" + b"r" * 123)[:2], b"\x03\xe8")

    def test_1_4_data_behind_a_close_is_ignored(self):
        link = self.opened()
        link.send(link.frame(CLOSE, b"\x03\xe8") + link.frame(BINARY, HELLO))
        self.assertEqual(link.closed(), 1000)

    def test_7_1_2_the_server_closes_and_waits_for_the_answer(self):
        link = self.opened()
        link.send(link.frame(BINARY, b"too short for a frame"))
        frame = link.read_frame()
        self.assertEqual((frame.opcode, frame.payload[:2]), (CLOSE, struct.pack(">H", 4500)))
        self.assertTrue(frame.payload[2:].decode(), "a sentence for the developer")
        link.send(link.frame(CLOSE, frame.payload[:2]))
        self.assertIsNone(link.read_frame())


class Section6Limits(Conformance):
    def test_a_message_at_the_limit_is_read_and_one_byte_more_is_refused(self):
        for size, code in ((MESSAGE_BYTES_MAX, 4500), (MESSAGE_BYTES_MAX + 1, 4501)):
            with self.subTest(size):
                link = self.opened()
                # Read whole, these bytes are no frame: 4500. Beyond the limit nobody looks at them: 4501.
                link.send(link.frame(BINARY, bytes(size), mask=b"\0\0\0\0"))
                self.assertIn(link.closed(), {4500: (4500, 4502), 4501: (4501,)}[code])


if __name__ == "__main__":
    unittest.main()
