#!/bin/bash
# Builds a cloud image of Debian as clouds have them, for tests: cloud-image.sh OUT.qcow2. BIOS starts it by syslinux, UEFI by systemd-boot.
# Needs root, and Debian's packages.
set -euo pipefail

out=$(realpath -m "${1:?where to write the image}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C MTOOLS_SKIP_CHECK=1

# shellcheck source=../src/guest/build/disk.sh
. "$here/../src/guest/build/disk.sh"

root=$work/root
# What starts it is loaded first; a large initramfs takes an emulated machine its time.
# shellcheck disable=SC2016 # $1 is the root, for the hook's shell
mmdebstrap --quiet --variant=minbase --include=cloud-init,dbus,e2fsprogs,initramfs-tools,iproute2,kmod,linux-image-amd64,openssh-server,sudo,systemd-boot-efi,systemd-sysv,udev,util-linux \
    --aptopt='APT::Install-Recommends "false"' \
    --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" && echo MODULES=list >"$1/etc/initramfs-tools/conf.d/modules" && printf "%s\n" virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"' \
    --customize-hook='chroot "$1" systemctl --quiet enable systemd-networkd' \
    --customize-hook='rm -rf "$1"/etc/ssh/ssh_host_* "$1"/usr/share/doc/* "$1"/usr/share/locale/* "$1"/var/cache/apt/*; : >"$1/etc/machine-id"; echo localhost >"$1/etc/hostname"; printf "LABEL=root / ext4 defaults 0 1\n" >"$1/etc/fstab"; rm -f "$1/etc/resolv.conf"; : >"$1/etc/resolv.conf"' \
    bookworm "$root" - >&2 <<'SOURCES'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian-security bookworm-security main
SOURCES

options='root=LABEL=root ro console=ttyS0'
boot=$work/boot
mkdir -p "$boot/EFI/BOOT" "$boot/loader/entries"
cp "$root"/boot/vmlinuz-* "$boot/vmlinuz"
cp "$root"/boot/initrd.img-* "$boot/initrd"
cp "$root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$boot/EFI/BOOT/BOOTX64.EFI"
echo 'timeout 0' >"$boot/loader/loader.conf"
printf '%s\n' 'title Debian' 'linux /vmlinuz' 'initrd /initrd' "options $options" >"$boot/loader/entries/debian.conf"
printf '%s\n' 'default linux' 'prompt 0' 'label linux' 'kernel /vmlinuz' 'initrd /initrd' "append $options" >"$boot/syslinux.cfg"
rm -rf "${root:?}"/boot/*

boot_size=96
root_size=1200
make_disk "$work/disk.raw" "$boot" $boot_size $root_size
sfdisk -q --part-type "$work/disk.raw" 1 ef
mke2fs -q -t ext4 -L root -E lazy_itable_init=1,lazy_journal_init=1 -d "$root" "$work/root.ext4" "${root_size}M"
write_at "$work/disk.raw" "$work/root.ext4" $((boot_size + 1))
mkdir -p "$(dirname "$out")"
qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/disk.qcow2"
mv "$work/disk.qcow2" "$out"
