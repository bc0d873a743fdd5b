#!/bin/sh
# Installs what the benchmarks are built by and compared with: a C compiler, mosquitto, nats-server, node-ws of Debian,
# and picows from PyPI into a Python environment of its own. What cannot be had is left out; run.py then says so.
# usage: Benchmarks/install.sh FOLDER   (the Python environment goes to FOLDER/venv)
set -eu
folder=$1
mkdir -p "$folder"
here=$(cd "$(dirname "$0")" && pwd)

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
fi
is_fresh=
for package in gcc libc6-dev libssl-dev openssl python3-venv mosquitto nats-server nodejs node-ws; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true) in
    installed) continue ;;
    *) ;;
    esac
    if [ -z "$is_fresh" ]; then
        $as_root apt-get -qq update || true
        is_fresh=1
    fi
    # The daemons are started by the benchmark itself, on ports of its own; a policy keeps Debian from starting them.
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -y -qq install --no-install-recommends "$package" \
        > /dev/null || echo "not installed: $package" >&2
done

if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
    echo "not installed: picows" >&2
