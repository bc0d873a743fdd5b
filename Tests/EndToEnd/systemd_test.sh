#!/bin/sh
# Checks the units as systemd reads them: no complaint, and no more exposed than 0.2 of 10; the witness, which may go
# out and start the operator's command, than 1.1.
# They are verified in a root of their own, so that nothing has to be installed here.
set -eu
cd "$(dirname "$0")/../.."

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/usr/bin" "$root/usr/lib/systemd" "$root/etc/systemd/system"
cp -r /lib/systemd/system "$root/usr/lib/systemd/system"
ln -s usr/lib "$root/lib"
# `verify` wants an executable file at the path of ExecStart and never runs it.
install -m 755 /bin/true "$root/usr/bin/alongsided"
install -m 755 /bin/true "$root/usr/bin/alongside-audit"
cp systemd/*.service systemd/*.socket systemd/*.timer "$root/etc/systemd/system/"

failed=0
for path in systemd/*.service systemd/*.socket systemd/*.timer; do
    unit=${path#systemd/}
    if ! said=$(systemd-analyze verify --root="$root" --recursive-errors=no "$unit" 2>&1) || [ -n "$said" ]; then
        echo "not ok: systemd-analyze verify $unit: $said"
        failed=1
    else
        echo "ok: systemd-analyze verify $unit"
    fi
done

# The threshold counts in tenths.
for path in systemd/*.service; do
    threshold=2
    [ "$path" != systemd/alongside-witness.service ] || threshold=11
    if said=$(systemd-analyze security --offline=true --threshold=$threshold --no-pager "$path" 2>&1); then
        echo "ok: $(echo "$said" | grep 'Overall exposure')"
    else
        echo "$said" | grep -v '^✓'
        echo "not ok: the exposure of $path is above $threshold tenths"
        failed=1
    fi
done

# The test itself can fail: a unit with a wrong line is refused.
sed 's/^Type=notify/Type=nonsense/' systemd/alongsided.service > "$root/etc/systemd/system/alongsided.service"
if [ -z "$(systemd-analyze verify --root="$root" --recursive-errors=no alongsided.service 2>&1)" ]; then
    echo "not ok: a wrong line was not noticed"
    failed=1
fi
exit $failed
