"""One relay with a session under way, on a disk that is made to fail: for test_disk_faults and test_disk_calls."""

import resource
import subprocess
import threading
import time

from websockets.exceptions import ConnectionClosed

from crash_load import SignedStack
from wire_peer import PAGE, Rep, Shopper

# How whoever comes is sent away while the log cannot be written.
REFUSED = (4004, "The audit log cannot be written, so nothing can be shared now.")


class Injection:
    """Makes calls on the newest segment fail, while the block lasts: every thread's n-th, or all with n None."""

    def __init__(self, stack, fault, n):
        [segment] = sorted((stack.audit / "wal").glob("*.seg"))[-1:]
        when = "" if n is None else f":when={n}"
        self.command = ["strace", "-f", "-o", "/dev/null", "-P", str(segment.resolve())]
        self.command += [
            "-e",
            "trace=pwrite64,fdatasync",
            "-e",
            f"inject={fault}{when}",
            "-p",
            str(stack.process.pid),
        ]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        said = ""
        while "attached" not in said:
            said = self.process.stderr.readline()
            assert said, "strace cannot attach"
        self.reader = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


class ShortWrite:
    """The n-th byte from here on is the last that can be written in the segment: a real short write, then EFBIG."""

    def __init__(self, stack, n):
        [segment] = sorted((stack.audit / "wal").glob("*.seg"))[-1:]
        # A record has some 400 bytes: each point is at another place of the frames to come.
        limit = len(segment.read_bytes().rstrip(b"\0")) + n * 37
        resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, (limit, limit))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Scene:
    """One relay with a session under way, and a disk that is made to fail."""

    # Two that look for a free port at the same time find the same.
    starting = threading.Lock()

    # A write beyond a limit is to fail, not to end the process.
    LIMITED = ("env", "--ignore-signal=XFSZ")

    def __init__(self, policy, prefix=LIMITED, prepare=lambda stack: None, limits=""):
        self.links, self.consents = [], 0
        with self.starting:
            tables = f'on_failure = "{policy}"\n' + (f"[limits]\n{limits}" if limits else "")
            self.stack = SignedStack(workers=1, audit=tables, prefix=prefix)
            try:
                prepare(self.stack)
                self.stack.start()
            except BaseException:
                self.stack.close()
                raise

    def __enter__(self):
        try:
            self.rep = self.link(Rep(self.stack, "rep0"))
            self.shopper = self.link(Shopper(self.stack))
            self.shopper.ask_for_help()
            self.rep.accept(self.shopper)
            self.shopper.answer_keyframe_request()
            self.rep.receive("keyframe")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for link in self.links:
            link.socket.close()
        self.stack.close()

    def link(self, link):
        self.links.append(link)
        return link

    def address(self):
        return f"127.9.{1 + len(self.links) // 250}.{1 + len(self.links) % 250}"

    def stranger(self):
        """Another shopper who asks for help. How long until that took effect, or the close code."""
        begin = time.monotonic()
        shopper = self.link(Shopper(self.stack, source=self.address()))
        try:
            shopper.ask_for_help()
        except ConnectionClosed:
            return shopper.closed()
        except AssertionError as error:
            assert "closed before" in str(error), error
            return shopper.closed()
        finally:
            shopper.socket.close()
        self.consents += 1
        self.last = shopper.session
        return time.monotonic() - begin

    def check_told(self, seconds):
        """Both in the running session hear that it is not on record any more, and its frames go on."""
        watch = self.shopper.receive("watch", lambda frame: frame.json.get("unrecorded"), seconds=seconds).json
        assert watch["on"], watch
        told = self.rep.receive("presence", lambda frame: frame.json.get("unrecorded"), seconds=seconds).json
        assert (told["session"], told["state"]) == (self.shopper.session, "live"), told
        frame = self.shopper.cursor(9, 9)
        self.rep.receive("cursor", lambda got: got.raw == frame)

    def check_nothing_new(self):
        """No session, no login and no seat."""
        with Shopper(self.stack, source=self.address()) as late:
            late.control("hello", {"site": "demo", "page": PAGE})
            assert late.closed() == REFUSED
        with Rep(self.stack, "rep0", login=False, source="127.8.0.1") as late:
            late.control("login", late.answer())
            assert late.closed() == REFUSED
        self.rep.wish("accept", self.shopper)
        assert self.rep.receive("refused").json["why"] == "audit"

    def provoke(self, calls):
        """Shoppers come until one is refused: (how long that took, the close code and its words)."""
        for _ in range(4 * calls + 8):
            begin = time.monotonic()
            answer = self.stranger()
            if isinstance(answer, tuple):
                return time.monotonic() - begin, answer
        raise AssertionError("the disk never failed")
