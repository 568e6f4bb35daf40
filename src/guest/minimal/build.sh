# shellcheck shell=bash disable=SC2154 # here, work, cache, kernel and kernel_root are build.sh's
# The whole system in an initramfs: busybox, OpenSSH and e2fsprogs as this machine has them. It starts fast; tests use it.

minimal_modules=(virtio_pci virtio_blk virtio_net virtio_rng qemu_fw_cfg ext4 overlay 9p 9pnet_virtio virtiofs binfmt_misc button evdev)
minimal_programs=(/usr/sbin/sshd /usr/bin/ssh /sbin/mke2fs /sbin/e2fsck /sbin/resize2fs /usr/bin/nc.openbsd)

build_minimal() {
    fetch_kernel "$cache"
    local root=$work/root boot=$work/boot
    mkdir -p "$root"/{dev,proc,sys,run,tmp,data,home,mnt,opt,srv,root,etc} "$root"/usr/local "$root"/var/{lib,log,tmp} "$boot"
    chmod 700 "$root/root"
    chmod 1777 "$root/tmp" "$root/var/tmp"

    copy_programs "$root" "${minimal_programs[@]}"
    install_busybox "$root" /bin/busybox
    copy_modules "$root" "${minimal_modules[@]}"
    cp /etc/mke2fs.conf "$root/etc/"
    copy_own "$root"
    cp -R "$here/minimal/etc" "$here/minimal/init" "$root"
    chmod 640 "$root/etc/shadow"
    echo "edgeop-minimal $kernel" >"$root/usr/lib/edgeop/image"

    pack_initramfs "$root" "$boot/initrd"
    cp "$kernel_root/boot/vmlinuz-$kernel" "$boot/vmlinuz"
    cat >"$boot/syslinux.cfg" <<'CONFIG'
default linux
prompt 0
label linux
kernel /vmlinuz
initrd /initrd
append console=ttyS0 quiet panic=5 cryptomgr.notests mitigations=off
CONFIG
    make_disk "$work/disk.raw" "$boot" 48
    qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$1"
}
