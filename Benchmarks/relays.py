"""The relays that are measured: how each is started on a port, and how the load generator speaks to it."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent
OUT = pathlib.Path(os.environ.get("BENCH_OUT", REPOSITORY / ".build/bench"))
READY_SECONDS = 20
STOP_SECONDS = 30
PRINCIPAL = "bench"

# What a scenario needs beyond the defaults: one address and one rep stand for thousands, and the shopper's own
# rate limits are out of the way. Names and bounds follow the daemon: what it does not know or not allow is adapted.
LIMITS = {
    "link_count_max": 100_000,
    "links_per_address_max": 100_000,
    "login_queue_count_max": 4096,
    "connections_per_second_max": 100_000,
    "connection_burst_count_max": 100_000,
    "session_count_max": 20_000,
    "seat_count_max": 1000,
    "seats_per_rep_max": 1000,
    "rep_count_max": 10_000,
    "shopper_bytes_per_second_max": 4 << 30,
    "shopper_burst_bytes_max": 4 << 30,
    "shopper_frames_per_second_max": 10_000_000,
    "shopper_burst_frame_count_max": 10_000_000,
}
CONFIGURATION = """listen = ["127.0.0.1:{port}"]
relay_names = ["ws://127.0.0.1:{port}"]
state_directory = "{folder}/state"
allowed_signers = "{folder}/allowed_signers"
log_level = "warning"
{extra}
[limits]
{limits}
[[site]]
key = "bench"
name = "bench"
origins = ["http://127.0.0.1:{port}"]

[[rep]]
principal = "bench"
name = "Bench"
languages = ["en"]
sites = ["bench"]
"""


class Ports:
    """Ports one after the other within bounds, so that no run meets the closing sockets of the one before."""

    def __init__(self, first, last):
        self.first, self.last, self.next = first, last, first

    def take(self):
        for _ in range(self.first, self.last + 1):
            port, self.next = self.next, self.first if self.next == self.last else self.next + 1
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue
        raise SystemExit(f"no free port from {self.first} to {self.last}")


class Relay:
    """One kind of relay. `start` returns when it listens; `stop` ends what was started."""

    name = ""
    protocol = "plain"

    def __init__(self, ports):
        self.ports, self.process, self.folder = ports, None, None

    def absent(self):
        """Why this relay cannot be measured here; None when it can."""
        return None

    def command(self):
        raise NotImplementedError

    def load_flags(self):
        return ["--relay", self.protocol]

    def start(self, cores):
        self.port = self.ports.take()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=OUT))
        self.log = open(self.folder / "log", "wb")
        environment = {
            **os.environ,
            "SWIFT_BACKTRACE": "enable=no",
            "NODE_PATH": "/usr/share/nodejs",
            "GOMAXPROCS": "1",
        }
        self.process = subprocess.Popen(
            ["taskset", "-c", cores, *self.command()],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=environment,
            start_new_session=True,
        )
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.process.pid
            time.sleep(0.02)
        text = (self.folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"{self.name} does not listen: {text[-400:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self.folder:
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


class Raw(Relay):
    name = "raw"

    def command(self):
        return [str(OUT / "raw_relay"), str(self.port)]


class RawUnbatched(Raw):
    name = "raw, no batch"

    def command(self):
        return [*super().command(), "--no-batch"]


class Alongside(Relay):
    name = "alongside"
    protocol = "alongside"
    limits = None
    knows_loops = True

    def __init__(self, ports, binary, loops=1, program=None, other_cores=None):
        """`program` serves in place of the daemon itself; `other_cores` are for all threads but the service loops."""
        super().__init__(ports)
        self.binary, self.loops, self.program, self.other_cores = binary, loops, program or binary, other_cores

    def absent(self):
        return None if pathlib.Path(self.program).exists() else f"{self.program} is not built"

    def start(self, cores):
        pid = super().start(cores)
        if self.other_cores is not None:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                if not (task / "comm").read_text().startswith("relay"):
                    os.sched_setaffinity(int(task.name), self.other_cores)
        return pid

    def load_flags(self):
        return [*super().load_flags(), "--key", str(OUT / "key.pem")]

    def command(self):
        folder = self.folder
        (folder / "state").mkdir(mode=0o700)
        shutil.copy(OUT / "allowed_signers", folder / "allowed_signers")
        if Alongside.limits is None:
            Alongside.limits = self.allowed_limits(dict(LIMITS))
        self.write(Alongside.limits)
        return [self.program, "--config", str(folder / "alongsided.toml")]

    def write(self, limits):
        lines = "\n".join(f"{name} = {value}" for name, value in limits.items())
        extra = f"loop_count = {self.loops}" if Alongside.knows_loops else ""
        text = CONFIGURATION.format(port=self.port, folder=self.folder, limits=lines, extra=extra)
        (self.folder / "alongsided.toml").write_text(text)

    def allowed_limits(self, limits):
        """Asks the daemon what is wrong with the limits and mends it."""
        for _ in range(len(limits) + 1):
            self.write(limits)
            command = [self.binary, "--check-config", "--config", str(self.folder / "alongsided.toml")]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                return limits
            words = done.stdout + done.stderr
            unknown = re.findall(r"limits\.(\w+): is no key", words)
            bounded = re.findall(r"limits\.(\w+): is not a whole number from (\d+) to (\d+)", words)
            if "loop_count: is no key" in words:
                Alongside.knows_loops = False
            elif not unknown and not bounded:
                raise RuntimeError(f"the configuration is refused: {words}")
            for name in unknown:
                del limits[name]
            for name, low, high in bounded:
                limits[name] = max(int(low), min(limits[name], int(high)))
        raise RuntimeError("the limits cannot be mended")


class Mosquitto(Relay):
    name = "mosquitto"
    protocol = "mqtt"

    def absent(self):
        return None if shutil.which("mosquitto") else "mosquitto is not installed"

    def command(self):
        # 2.0.11 refuses to start with a WebSocket listener alone.
        text = f"""listener {self.ports.take()} 127.0.0.1
listener {self.port} 127.0.0.1
socket_domain ipv4
protocol websockets
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 0
max_queued_bytes 0
"""
        (self.folder / "mosquitto.conf").write_text(text)
        return ["mosquitto", "-c", str(self.folder / "mosquitto.conf")]


class Nats(Relay):
    name = "nats-server"
    protocol = "nats"

    def absent(self):
        return None if shutil.which("nats-server") else "nats-server is not installed"

    def command(self):
        text = f"""listen: "127.0.0.1:{self.ports.take()}"
websocket {{ listen: "127.0.0.1:{self.port}", no_tls: true, compression: false }}
max_payload: 2MB
max_connections: 100000
"""
        (self.folder / "nats.conf").write_text(text)
        return ["nats-server", "-c", str(self.folder / "nats.conf")]


class Node(Relay):
    name = "node ws"

    def absent(self):
        has_library = pathlib.Path("/usr/share/nodejs/ws").exists()
        return None if shutil.which("node") and has_library else "nodejs and node-ws are not installed"

    def command(self):
        return ["node", str(HERE / "peers/node_rooms.js"), str(self.port)]


class Picows(Relay):
    name = "picows"
    python = OUT / "venv/bin/python"

    def absent(self):
        if self.python.exists():
            done = subprocess.run([str(self.python), "-c", "import picows"], capture_output=True)
            if done.returncode == 0:
                return None
        return "picows is not installed"

    def command(self):
        return [str(self.python), str(HERE / "peers/picows_rooms.py"), str(self.port)]
