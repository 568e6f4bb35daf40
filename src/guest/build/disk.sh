# shellcheck shell=bash
# Disks that a BIOS starts Linux from, made without a loop device; the same content makes the same bytes.

# Makes $1, a raw disk: a FAT partition of $3 MiB with what is in folder $2, which syslinux starts, and one partition for each
# other argument, its size in MiB.
make_disk() {
    local raw=$1 boot=$2 size=$3 start table part
    start=$((size + 1))
    table="label: dos"$'\n'"label-id: 0x65646765"$'\n'"start=1MiB, size=${size}MiB, type=c, bootable"$'\n'
    shift 3
    for part in "$@"; do
        table+="start=${start}MiB, size=${part}MiB, type=83"$'\n'
        start=$((start + part))
    done
    rm -f "$raw"
    truncate -s "${start}M" "$raw"
    sfdisk -q "$raw" <<<"$table"
    dd if=/usr/lib/SYSLINUX/mbr.bin of="$raw" conv=notrunc status=none
    mformat -i "$raw@@1M" -T $((size * 2048)) -h 64 -s 32 -N 65646765 -v EDGEOP ::
    mcopy -s -i "$raw@@1M" "$boot"/* ::
    syslinux --install --offset 1048576 "$raw"
}

# Writes file $2 into disk $1 at $3 MiB.
write_at() {
    dd if="$2" of="$1" bs=1M seek="$3" conv=notrunc,sparse status=none
}
