#!/bin/sh
# Installs the Debian packages that are missing for what is named: build, demo or test (each includes the one before).
# usage: Tests/EndToEnd/install.sh build|demo|test
set -eu

build="libwebsockets-dev libwebsockets-evlib-uv libuv1-dev libssl-dev libcap-dev libsystemd-dev zlib1g-dev
    libsqlite3-dev pkg-config"
demo="chromium fonts-liberation openssh-client python3-venv"
test="age esbuild node-typescript nodejs terser libvterm-dev unicode-data firefox-esr webkit2gtk-driver xvfb xauth xterm
    tmux fonts-dejavu-core systemd valgrind binutils strace mandoc man-db
    xfsprogs zopfli"

case ${1:-} in
build) wanted=$build ;;
demo) wanted="$build $demo" ;;
test) wanted="$build $demo $test" ;;
*) echo "usage: $0 build|demo|test" >&2; exit 64 ;;
esac

missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null || { echo "Missing packages; as root: apt-get install$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "Installing from Debian:$missing"
# shellcheck disable=SC2086 # the list is words
{
    $as_root apt-get -qq update
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq install --no-install-recommends $missing
}
