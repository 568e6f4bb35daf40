# shellcheck shell=bash disable=SC2154 # here, work, cache, kernel and kernel_root are build.sh's
# The whole system in an initramfs: busybox, OpenSSH and e2fsprogs as this machine has them. It starts fast; tests use it.

minimal_modules=(virtio_pci virtio_blk virtio_net virtio_rng qemu_fw_cfg ext4 overlay 9p 9pnet_virtio binfmt_misc button evdev)
minimal_programs=(/usr/sbin/sshd /usr/bin/ssh /sbin/mke2fs /sbin/e2fsck /sbin/resize2fs)

build_minimal() {
    fetch_kernel "$cache"
    local root=$work/root
    mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,tmp,data,home,mnt,opt,srv,root,lib/modules} \
        "$root"/usr/{bin,sbin,lib,local} "$root"/var/{lib,log,tmp}
    chmod 700 "$root/root"
    chmod 1777 "$root/tmp" "$root/var/tmp"

    cp /bin/busybox "$root/bin/busybox"
    local applet
    for applet in $(/bin/busybox --list); do
        [ "$applet" = busybox ] || ln -s /bin/busybox "$root/bin/$applet"
    done
    ln -s /bin/busybox "$root/sbin/init"
    copy_programs "$root" "${minimal_programs[@]}"
    mkdir "$root/etc"
    cp /etc/mke2fs.conf "$root/etc/"

    cp -R "$here/root/." "$here/minimal/etc" "$root"
    cp "$here/minimal/init" "$root/init"
    chmod 640 "$root/etc/shadow"
    ln -s /run/edgeop/hosts "$root/etc/hosts"
    ln -s /run/edgeop/resolv.conf "$root/etc/resolv.conf"
    echo "edgeop-minimal $kernel" >"$root/usr/lib/edgeop/image"

    local number=100 module
    for module in $(modules_of "${minimal_modules[@]}"); do
        cp "$module" "$root/lib/modules/$number-$(basename "$module")"
        number=$((number + 1))
    done

    pack_initramfs "$root" "$work/initrd"
    cp "$kernel_root/boot/vmlinuz-$kernel" "$work/vmlinuz"
    cat >"$work/syslinux.cfg" <<'CONFIG'
default linux
prompt 0
label linux
kernel /vmlinuz
initrd /initrd
append console=ttyS0 quiet panic=5 mitigations=off
CONFIG
    make_boot_disk "$work/disk.raw" 48 "$work/vmlinuz" "$work/initrd" "$work/syslinux.cfg"
    qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$1"
}

# Copies programs of this machine, and the libraries they need, below $1.
copy_programs() {
    local root=$1 program file
    shift
    for program in "$@"; do
        rm -f "$root/bin/${program##*/}"
        mkdir -p "$root${program%/*}"
        cp -L "$program" "$root$program"
        for file in $(ldd "$program" | grep -o '/[^ ]*'); do
            mkdir -p "$root${file%/*}"
            cp -L "$file" "$root$file"
        done
    done
}

# Packs a folder as an initramfs: sorted, owned by root, without times or inode numbers.
pack_initramfs() {
    find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$1" && find . -print0 | sort -z | cpio --null --create --format=newc --reproducible --owner=0:0 --quiet) | lz4 -l -9 -q >"$2"
}
