"""Sessions against the real daemon, frame by frame: accept, watch, leave, end, resume, stop."""

import unittest

from audit_records import records
from relay_case import NO_SESSION, RelayCase
from wire_peer import PAGE, Shopper


class Sessions(RelayCase):
    """One session from hello to end."""

    def test_a_ticket_is_accepted_exactly_once(self):
        shopper, demo, leo = self.shopper(), self.rep("demo"), self.rep("leo")
        shopper.ask_for_help()
        for rep in (demo, leo):
            rep.tickets(lambda tickets: [t for t in tickets if t["session"] == shopper.session])
        # Both wishes are on their way before either answer is.
        demo.wish("accept", shopper)
        leo.wish("accept", shopper)
        answers = {rep.principal: rep.receive_any("seated", "refused") for rep in (demo, leo)}
        self.assertEqual(sorted(answer.name for answer in answers.values()), ["refused", "seated"])
        [loser] = [answer.json for answer in answers.values() if answer.name == "refused"]
        self.assertEqual((loser["what"], loser["why"], loser["session"]), ("accept", "taken", shopper.session))
        self.assertRegex(loser["text"], "(Demo|Leo) took this ticket")
        self.assertEqual(len(shopper.receive("watch").json["reps"]), 1)

    def test_a_second_rep_joins_and_sees_from_a_keyframe_on(self):
        shopper, demo = self.pair("demo")
        leo = self.rep("leo")
        # The relay answers `taken` for two seconds after the take: that is the thing to wait for.
        while True:
            leo.wish("accept", shopper)
            answer = leo.receive_any("seated", "refused")
            if answer.name == "seated":
                break
            self.assertEqual(answer.json["why"], "taken")
        self.assertEqual(leo.receive_any("keyframe", "delta").name, "keyframe")
        sent = shopper.page_frame("delta", {"for": "both"})
        self.assertEqual(demo.receive("delta").raw, sent)
        self.assertEqual(leo.receive("delta").raw, sent)
        self.assertEqual(
            shopper.receive("watch", lambda frame: len(frame.json["reps"]) == 2).json,
            {"on": True, "reps": ["Demo", "Leo"]},
        )

    def test_a_rep_who_comes_back_is_not_shown_the_page_as_it_was(self):
        shopper, rep = self.pair()
        rep.wish("leave", shopper)
        shopper.receive("watch", lambda frame: not frame.json["on"])
        rep.accept(shopper)
        now = shopper.answer_keyframe_request({"page": "as it is now"})
        self.assertEqual(rep.receive_any("keyframe", "delta").raw, now)

    def test_a_rep_whose_link_broke_goes_on_after_the_last_frame_it_applied(self):
        shopper, rep = self.pair()
        shopper.page_frame("delta", {"number": 0})
        last = rep.receive("delta")
        rep.drop()
        missed = [shopper.page_frame("delta", {"number": number}) for number in range(1, 4)]
        again = self.rep(login=False)
        again.resume(rep.token, (shopper.session, last))
        again.ready()
        self.assertNotEqual(again.token, rep.token)
        seat = again.receive("seated").json
        self.assertEqual((seat["session"], seat["number"]), (shopper.session, shopper.number))
        missed.append(shopper.page_frame("delta", {"number": 4}))
        self.assertEqual([again.receive_any("keyframe", "delta").raw for _ in missed], missed)
        shopper.control("end", {"why": "shopper"})
        self.assertEqual(shopper.closed()[0], 4510)
        again.receive("presence")
        told = [record["event"] for record in records(self.stack, shopper.session)]
        for event in ("ticket.accepted", "seat.joined", "seat.lost", "seat.back"):
            self.assertEqual(told.count(event), 1, told)

    def test_a_spent_token_closes_the_link_and_the_one_who_holds_the_newer_goes_on(self):
        shopper, rep = self.pair()
        rep.drop()
        again = self.rep(login=False)
        again.resume(rep.token, (shopper.session, None))
        again.receive("seated")
        # Failed logins are held against the address.
        copy = self.rep(login=False, source="127.0.0.9")
        copy.resume(rep.token, (shopper.session, None))
        self.assert_closed(copy, 4508)
        sent = shopper.page_frame("delta", {"number": 1})
        self.assertEqual(again.receive("delta").raw, sent)

    def test_an_unknown_token_leaves_the_challenge_open_for_a_login(self):
        shopper, _ = self.pair()
        rep = self.rep(login=False)
        rep.resume("0" * 16 + "." + "f" * 64, (shopper.session, None))
        refused = rep.receive("refused").json
        self.assertEqual((refused["what"], refused["why"], "session" in refused), ("resume", "unknown", False))
        rep.log_in()

    def test_a_rep_whose_link_broke_logs_in_with_its_key_and_takes_its_seat_again(self):
        shopper, rep = self.pair()
        rep.drop()
        again = self.rep()
        again.tickets(lambda tickets: [t for t in tickets if t["session"] == shopper.session and t["mine"]])
        again.accept(shopper)
        again.receive("keyframe")
        now = shopper.page_frame("delta", {"page": "as it is now"})
        self.assertEqual(again.receive_any("keyframe", "delta").raw, now)

    def test_the_rep_ends_the_session(self):
        shopper, rep = self.pair()
        rep.control("end", {"why": "rep"}, shopper.number)
        self.assertEqual(shopper.receive("end").json, {"why": "rep"})
        self.assert_closed(shopper, 4510)
        gone = rep.receive("presence").json
        self.assertEqual((gone["session"], gone["state"], gone["why"]), (shopper.session, "ended", "rep"))

    def test_the_shopper_ends_the_session(self):
        shopper, rep = self.pair()
        shopper.control("end", {"why": "shopper"})
        self.assert_closed(shopper, 4510)
        gone = rep.receive("presence").json
        self.assertEqual((gone["state"], gone["why"]), ("ended", "shopper"))
        rep.tickets(lambda tickets: not [t for t in tickets if t["session"] == shopper.session])
        rep.wish("accept", shopper)
        self.assertEqual(rep.receive("refused").json["why"], "unknown")

    def test_the_shopper_refuses_and_nothing_was_shared(self):
        shopper, rep = self.shopper(), self.rep()
        shopper.hello()
        shopper.decide("refused")
        self.assert_closed(shopper, 4510)
        rep.wish("accept", shopper)
        self.assertEqual(rep.receive("refused").json["why"], "unknown")

    def test_the_shopper_withdraws(self):
        shopper, rep = self.pair()
        shopper.decide("withdrawn")
        self.assert_closed(shopper, 4510)
        self.assertEqual(rep.receive("presence").json["state"], "ended")

    def test_a_shopper_goes_on_after_a_lost_link(self):
        shopper, rep = self.pair()
        shopper.drop()
        self.assertEqual(rep.receive("presence").json["state"], "away")
        again = self.shopper()
        welcome = again.hello(resume=shopper.token, page={**PAGE, "title": "Basket"})
        self.assertEqual(
            (welcome["session"], welcome["resumed"], welcome["talk"], welcome["consented"]),
            (shopper.session, True, 1, True),
        )
        back = rep.receive("presence", lambda frame: frame.json["state"] == "live").json
        self.assertIn(back.get("page", {}).get("title"), (None, "Basket"))
        self.assertEqual(again.receive("watch").json, {"on": True, "reps": ["Demo"]})
        sent = again.answer_keyframe_request()
        self.assertEqual(rep.receive("keyframe").raw, sent)

    def test_a_shopper_takes_over_from_a_link_that_nobody_noticed_to_be_gone(self):
        shopper, rep = self.pair()
        again = self.shopper()
        self.assertTrue(again.hello(resume=shopper.token)["resumed"])
        self.assert_closed(shopper, 4509)
        sent = again.answer_keyframe_request()
        self.assertEqual(rep.receive("keyframe").raw, sent)

    def test_the_replaced_token_is_good_until_the_first_frame_after_welcome(self):
        shopper, _ = self.pair()
        unstored = self.shopper()
        self.assertTrue(unstored.hello(resume=shopper.token)["resumed"])
        # That page unloaded before it could store its token: the one before is still good.
        again = self.shopper()
        self.assertTrue(again.hello(resume=shopper.token)["resumed"])

    def test_a_spent_token_begins_a_new_session_and_leaves_the_old_one_alone(self):
        shopper, rep = self.pair()
        spent = shopper.token
        again = self.shopper()
        again.hello(resume=spent)
        again.answer_keyframe_request()
        rep.receive("keyframe")
        copy = self.shopper()
        welcome = copy.hello(resume=spent)
        self.assertFalse(welcome["resumed"])
        self.assertNotEqual(welcome["session"], shopper.session)
        self.assertIn("spent resume token", self.stack.log)
        self.assertNotIn(spent, self.stack.log)
        sent = again.page_frame("delta", {"still": "here"})
        self.assertEqual(rep.receive("delta").raw, sent)

    def test_a_token_that_never_was_begins_a_new_session(self):
        shopper, _ = self.pair()
        for token in ("", "x", f"{shopper.session}.{'0' * 64}", shopper.token[:-1], f"{NO_SESSION}.{'0' * 64}"):
            with self.subTest(token), Shopper(self.stack) as other:
                self.assertFalse(other.hello(resume=token)["resumed"])

    def test_reps_find_the_session_that_a_new_one_continues(self):
        rep, shopper = self.rep(), self.shopper()
        shopper.ask_for_help(continues=NO_SESSION)
        rep.tickets(lambda tickets: [t for t in tickets if t.get("continues") == NO_SESSION])

    def test_every_waiting_shopper_is_told_its_place(self):
        first, second = self.shopper(), self.shopper()
        first.ask_for_help()
        second.ask_for_help()
        place = second.receive("place").json
        self.assertEqual(place["position"], place["waiting"])
        self.assertGreaterEqual(place["position"], 2)
        before = place["position"]
        first.control("end", {"why": "shopper"})
        self.assertEqual(second.receive("place").json["position"], before - 1)
        second.control("end", {"why": "shopper"})
        self.assert_closed(second, 4510)

    def test_the_consent_is_acknowledged_again_when_it_is_sent_again(self):
        shopper, _ = self.pair()
        again = self.shopper()
        again.hello(resume=shopper.token)
        again.talk = 0
        again.decide()
        self.assertEqual(again.receive("acknowledge").json, {"talk": 1})

    def test_a_rep_asks_for_a_keyframe_and_gets_no_delta_before_it(self):
        shopper, rep = self.pair()
        rep.control("resync", {}, shopper.number)
        shopper.receive("keyframe-request")
        shopper.page_frame("delta", {"without": "a base"})
        sent = shopper.page_frame("keyframe", {"a": "base"})
        self.assertEqual(rep.receive_any("delta", "keyframe").raw, sent)

    def test_what_a_rep_looks_at_is_asked_of_the_shopper_and_not_too_often(self):
        shopper, rep = self.pair()
        rep.control("look", {"y": 4000, "height": 900}, shopper.number)
        self.assertEqual(shopper.receive("look").json, {"y": 4000, "height": 900})
        rep.control("look", {"y": 5000, "height": 900}, shopper.number)
        rep.control("look", {"y": 6000, "height": 900}, shopper.number + 1000)
        rep.control("resync", {}, shopper.number)
        self.assertEqual(shopper.receive_any("look", "keyframe-request").name, "keyframe-request", "it came too soon")

    def test_who_holds_no_seat_asks_for_nothing(self):
        shopper, rep = self.pair()
        other = self.rep("leo")
        other.control("look", {"y": 4000, "height": 900}, shopper.number)
        rep.control("look", {"y": 1, "height": 900}, shopper.number)
        self.assertEqual(shopper.receive("look").json, {"y": 1, "height": 900})

    def test_what_a_rep_asks_for_reaches_the_shopper_with_a_number_and_a_name(self):
        shopper, rep = self.pair()
        rep.control("ask", {"tab": 7}, shopper.number)
        asked = shopper.receive("ask").json
        self.assertEqual((asked["ask"], asked["tab"]), (1, 7))
        self.assertTrue(asked["rep"])
        shopper.control("answer", {"ask": 5, "answer": "yes"}, shopper.number)
        shopper.control("answer", {"ask": 1, "answer": "no"}, shopper.number)
        self.assertEqual(rep.receive("answer").json, {"ask": 1, "answer": "no"}, "an answer to nothing is not told")
        rep.control("ask", {"picture": 3}, shopper.number)
        self.assertEqual(shopper.receive("ask").json, {"ask": 2, "rep": asked["rep"], "picture": 3})

    def test_an_ask_lapses_with_a_newer_one_and_with_the_shoppers_link(self):
        shopper, rep = self.pair()
        rep.control("ask", {"tab": 7}, shopper.number)
        rep.control("ask", {"tab": 8}, shopper.number)
        self.assertEqual(rep.receive("answer").json, {"ask": 1, "answer": "lapsed"})
        self.shopper().hello(resume=shopper.token)
        self.assertEqual(rep.receive("answer").json, {"ask": 2, "answer": "lapsed"})

    def test_a_rep_who_asks_too_often_is_refused_and_goes_on(self):
        shopper, rep = self.pair()
        for number in range(13):
            rep.control("ask", {"picture": number + 1}, shopper.number)
        refused = rep.receive("refused").json
        self.assertEqual((refused["what"], refused["why"]), ("ask", "capacity"))
        self.assertEqual([shopper.receive("ask").json["picture"] for _ in range(12)], list(range(1, 13)))
        sent = shopper.page_frame("delta", {})
        self.assertEqual(rep.receive("delta").raw, sent)

    def test_who_may_not_ask_does_not(self):
        shopper, rep = self.pair()
        other = self.rep("leo")
        other.control("ask", {"tab": 1}, shopper.number)
        rep.control("ask", {"tab": 2}, shopper.number)
        self.assertEqual(shopper.receive("ask").json["tab"], 2)
        rep.control("answer", {"ask": 1, "answer": "yes"}, shopper.number)
        self.assert_closed(rep, 4505)
        shopper.control("ask", {"tab": 1}, shopper.number)
        self.assert_closed(shopper, 4505)

    def test_a_look_that_breaks_the_form_ends_the_link(self):
        shopper, rep = self.pair()
        rep.control("look", {"y": 4000, "height": 20001}, shopper.number)
        self.assert_closed(rep, 4500)

    def test_a_shopper_may_not_look(self):
        shopper, _ = self.pair()
        shopper.control("look", {"y": 4000, "height": 900}, shopper.number)
        self.assert_closed(shopper, 4505)

    def test_a_rep_has_no_more_seats_than_allowed(self):
        rep = self.rep("leo")
        for _ in range(3):
            shopper = self.shopper()
            shopper.ask_for_help()
            rep.accept(shopper)
        shopper = self.shopper()
        shopper.ask_for_help()
        rep.wish("accept", shopper)
        self.assertEqual(rep.receive("refused").json["why"], "capacity")


class Leaving(RelayCase):
    """A relay with one ticket."""

    def test_a_rep_leaves_and_the_ticket_waits_in_front_again(self):
        shopper, rep = self.pair()
        rep.wish("leave", shopper)
        self.assertEqual(shopper.receive("watch", lambda frame: not frame.json["on"]).json, {"on": False, "reps": []})
        self.assertEqual(shopper.receive("place").json, {"position": 1, "waiting": 1})
        rep.tickets(
            lambda tickets: [t for t in tickets if t["session"] == shopper.session and t["state"] == "waiting"]
        )


class Stopping(RelayCase):
    """SIGTERM."""

    def test_everyone_is_told_to_come_back_and_the_log_verifies(self):
        shopper, rep = self.pair()
        waiting = self.shopper()
        waiting.ask_for_help()
        self.assertEqual(self.stack.stop(), 0)
        for link in (shopper, rep, waiting):
            passed = []
            self.assertEqual(link.closed(passed=passed), (4000, "The relay is stopping; come back in a moment."))
            # An end would be the last word on the session, and it is to go on after the restart.
            self.assertFalse({"end", "presence"} & {frame.name for frame in passed})
        self.assertEqual(self.stack.verify_audit()[0], 0)


if __name__ == "__main__":
    unittest.main()
