"""What the protocol tests share: one relay a class, its sentences, a healthy pair."""

import unittest

from relay_stack import RelayStack
from wire_peer import PAGE, Rep, Shopper

SENTENCES = {
    4004: "The audit log cannot be written, so nothing can be shared now.",
    4005: "No hello or login in time.",
    4500: "A frame breaks the format of Protocol/wire.md.",
    4501: "A message or body is larger than its limit in Protocol/wire.md.",
    4502: "This frame version is not spoken here; version 1 is.",
    4503: "A lane's sequence has a gap or a repeat, or a delta came before its keyframe.",
    4504: "Page or cursor frames came before the consent was acknowledged.",
    4505: "This end may not send frames of that kind.",
    4506: "The site key (data-site) is not configured at this relay.",
    4507: "This page's origin is not on the site's list of origins.",
    4508: "The login was not accepted.",
    4509: "The same session went on over another link.",
    4510: "The session is over.",
    4511: "More frames or bytes a second than this relay allows.",
}
HELLO = {"site": "demo", "page": PAGE}
NO_SESSION = "0" * 26


class RelayCase(unittest.TestCase):
    """One relay for all tests of a class."""

    reps = ("demo", "leo", "stranger")

    @classmethod
    def setUpClass(cls):
        cls.stack = RelayStack(reps=cls.reps)
        configuration = cls.stack.folder / "alongsided.toml"
        # The stranger has a key in allowed_signers and no [[rep]]; the impostor has a key that nobody knows.
        text = configuration.read_text()
        configuration.write_text(text[: text.index('\n[[rep]]\nprincipal = "stranger"')])
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start()

    def assert_closed(self, link, code):
        """The link is closed with the code and its sentence, and with nothing else."""
        self.assertEqual(link.closed(), (code, SENTENCES[code]))

    def shopper(self, **options):
        link = Shopper(self.stack, **options)
        self.addCleanup(link.socket.close)
        return link

    def rep(self, principal="demo", **options):
        link = Rep(self.stack, principal, **options)
        self.addCleanup(link.socket.close)
        return link

    def pair(self, principal="demo"):
        """A shopper whose page a rep sees."""
        shopper, rep = self.shopper(), self.rep(principal)
        shopper.ask_for_help()
        rep.accept(shopper)
        sent = shopper.answer_keyframe_request()
        self.assertEqual(rep.receive("keyframe").raw, sent)
        return shopper, rep
