#!/bin/bash
# A disk that can be photographed as a power loss would leave it: an ext4 in a file on an XFS that copies files at once.
# The image is what reached the inner file; what the inner file system had only in memory is lost, as with the power.
# usage: Tests/EndToEnd/power_loss.sh set-up FOLDER    mounts FOLDER/disk
#        Tests/EndToEnd/power_loss.sh image FOLDER     copies the disk and mounts the copy on FOLDER/image
#        Tests/EndToEnd/power_loss.sh drop FOLDER      lets the copy go
#        Tests/EndToEnd/power_loss.sh tear-down FOLDER
set -eu
folder=$2
outer=$folder/outer inner=$folder/outer/inner.img

case $1 in
set-up)
    mkdir -p "$outer" "$folder/disk" "$folder/image"
    truncate -s 1500M "$folder/outer.img"
    mkfs.xfs -q -f -m reflink=1 "$folder/outer.img"
    mount -o loop "$folder/outer.img" "$outer"
    truncate -s 300M "$inner"
    mkfs.ext4 -q -F "$inner"
    mount -o loop "$inner" "$folder/disk"
    chmod 700 "$folder/disk"
    ;;
image)
    cp --reflink=always "$inner" "$outer/image.img"
    mount -o loop "$outer/image.img" "$folder/image"
    ;;
drop)
    umount "$folder/image"
    rm "$outer/image.img"
    ;;
tear-down)
    for mounted in "$folder/image" "$folder/disk" "$outer"; do
        ! mountpoint -q "$mounted" || umount "$mounted"
    done
    ;;
*)
    echo "usage: $0 set-up|image|drop|tear-down FOLDER" >&2
    exit 64
    ;;
esac
