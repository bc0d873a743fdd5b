#!/bin/bash
# One session on this machine: the relay with its shop, a shopper, and the rep's client in this terminal.
# usage: [SHOPPER=none] [SECONDS_SHOWN=20] Tests/EndToEnd/demo.sh
#
# Builds nothing and installs nothing: `make demo` does both first. All state is in a temporary folder and goes with it.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=${ALONGSIDE_BIN:-$(swift build -c release --show-bin-path)}
python=${PYTHON:-.venv/bin/python}
seconds=${SECONDS_SHOWN:-20}
state=$(mktemp -d "${TMPDIR:-/tmp}/alongside-demo.XXXXXX")
relay_pid= shopper_pid=
export SWIFT_BACKTRACE=enable=no

# The flags of the programs stand here and nowhere else in the demo.
relay_command=("$bin/alongsided" --demo --config "$state/alongsided.toml")
client_command=("$bin/alongside" --key "$state/rep_key" --principal demo)
client_piped_flags=(--print-screen --accept-next --seconds "$seconds")

finish() {
    local code=$?
    trap - EXIT INT TERM HUP
    stop "$shopper_pid"
    stop "$relay_pid"
    rm -rf "$state"
    exit "$code"
}

# Ends one of our own process groups: asks first, insists after five seconds.
stop() {
    [ -n "$1" ] || return 0
    kill -TERM "$1" 2> /dev/null || true
    for _ in $(seq 50); do
        kill -0 "$1" 2> /dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$1" 2> /dev/null || true
    wait "$1" 2> /dev/null || true
}

fail() {
    echo "demo: $1" >&2
    for log in "$state"/*.log; do
        [ -s "$log" ] && { echo "--- the end of $(basename "$log")" >&2; tail -n 20 "$log" >&2; }
    done
    exit 1
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Each in a group of its own, so that nothing they start outlives them.
start() {
    local log=$1
    shift
    setsid "$@" > "$state/$log.log" 2>&1 < /dev/null &
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Whether the shop answers on the port.
answers() {
    local status
    exec 3<> "/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET /delivery HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r -t 2 status <&3 || status=
    exec 3>&-
    [[ $status == "HTTP/1."?" 200"* ]]
} 2> /dev/null

# Waits until the rest of the arguments succeed, at most $1 seconds, while process $2 lives.
await() {
    local end=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@"; do
        kill -0 "$pid" 2> /dev/null || return 1
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

port=$(free_port)
ssh-keygen -q -t ed25519 -N '' -C demo -f "$state/rep_key"
printf 'demo %s\n' "$(cut -d ' ' -f 1,2 "$state/rep_key.pub")" > "$state/allowed_signers"
cat > "$state/alongsided.toml" << END
listen = ["127.0.0.1:$port"]
relay_names = ["ws://127.0.0.1:$port"]
state_directory = "$state/state"
allowed_signers = "$state/allowed_signers"
log_level = "info"

[[site]]
key = "demo"
name = "northwick"
origins = ["http://127.0.0.1:$port"]

[[rep]]
principal = "demo"
name = "Demo"
languages = ["en"]
sites = ["demo"]
END
mkdir -m 700 "$state/state"

echo "Starting the relay and the shop on http://127.0.0.1:$port/"
start relay "${relay_command[@]}"
relay_pid=$!
await 20 "$relay_pid" answers "$port" || fail "the relay did not come up"

if [ "${SHOPPER:-}" = none ]; then
    echo "Open http://127.0.0.1:$port/ in your browser, and press Help there."
else
    echo "Starting a shopper in headless Chromium; the shop, the form and three refusals take about 20 s"
    start shopper "$python" -u Tests/EndToEnd/shopper.py --url "http://127.0.0.1:$port"
    shopper_pid=$!
fi

client_command+=(--relay "ws://127.0.0.1:$port")
if [ -t 1 ] && [ -t 0 ]; then
    # The client owns the screen and the keys now; an interrupt is for it to read.
    trap '' INT
    "${client_command[@]}" || fail "the client ended with $?"
else
    if [ -n "$shopper_pid" ]; then
        await 90 "$shopper_pid" grep -q 'agreed to share' "$state/shopper.log" \
            || fail "the shopper did not get as far as Help"
        cat "$state/shopper.log"
    fi
    "${client_command[@]}" "${client_piped_flags[@]}" || fail "the client ended with $?"
    [ -z "$shopper_pid" ] || kill -0 "$shopper_pid" 2> /dev/null || fail "the shopper left before the end"
fi
echo "Demo ended."
