# shellcheck shell=bash
# Disks that a BIOS starts Linux from, made without a loop device; the same content makes the same bytes.

# Makes $1, a raw disk of one FAT partition of $2 MiB at 1 MiB, from which syslinux starts; the other arguments go to its root.
make_boot_disk() {
    raw=$1
    size=$2
    shift 2
    rm -f "$raw"
    truncate -s "$((size + 1))M" "$raw"
    printf 'label: dos\nlabel-id: 0x65646765\nstart=2048, size=%d, type=c, bootable\n' $((size * 2048)) | sfdisk -q "$raw"
    dd if=/usr/lib/SYSLINUX/mbr.bin of="$raw" conv=notrunc status=none
    mformat -i "$raw@@1M" -T $((size * 2048)) -h 64 -s 32 -N 65646765 -v EDGEOP ::
    mcopy -i "$raw@@1M" "$@" ::
    syslinux --install --offset 1048576 "$raw"
}
