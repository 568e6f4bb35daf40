# shellcheck shell=bash disable=SC2154 # here, work, cache, kernel and kernel_root are build.sh's
# Debian and the container engine in a read-only root: a boot partition, slot A with the root, and slot B of the same size for an
# update to come. Packages are unpacked, not installed: what their scripts would do is done here, so nothing depends on chance.

full_packages=(
    base-files base-passwd bash busybox-static ca-certificates containerd coreutils curl dash docker.io e2fsprogs findutils grep gzip hostname
    iproute2 iptables kmod less libc-bin login mount ncurses-base netbase netcat-openbsd openssh-client openssh-server procps runc sed sudo tar util-linux
)

# What starts the root; all other modules are loaded from there, when they are needed.
full_boot_modules=(
    virtio_pci virtio_blk virtio_net virtio_rng qemu_fw_cfg squashfs ext4 overlay 9p 9pnet_virtio virtiofs binfmt_misc button evdev
)
full_module_folders=(
    arch/x86/crypto crypto lib drivers/{acpi,block,char,firmware,input,md,net,virtio}
    fs/{9p,ext4,fat,fscache,fuse,isofs,jbd2,netfs,nfs,nfs_common,nls,overlayfs,squashfs} fs/{binfmt_misc,mbcache}.ko
    net/{802,8021q,9p,bridge,core,ipv4,ipv6,key,llc,netfilter,packet,sched,sunrpc,unix,vmw_vsock,xfrm}
)

full_slot=256

build_full() {
    fetch_kernel "$cache"
    local root=$work/root boot=$work/boot
    unpack_debian "$root"
    drop_needless "$root"
    configure_debian "$root"
    copy_kernel_modules "$root"

    install_busybox "$root" "$root/bin/busybox"
    copy_own "$root"
    cp -R "$here/full/root/." "$root"
    echo '::respawn:/usr/lib/edgeop/engine' >>"$root/etc/inittab"
    # The same commands in every variant, and fewer processes to start; users' own scripts have Debian's.
    find "$root/usr/lib/edgeop" "$root/etc/acpi" -type f ! -name interop -exec sed -i '1s|^#!/bin/sh$|#!/bin/busybox sh|' {} +
    echo "edgeop-guest debian-$(cat "$root/etc/debian_version") linux-$kernel" >"$root/usr/lib/edgeop/image"
    mksquashfs "$root" "$work/root.squashfs" -quiet -no-progress -all-root -no-xattrs -comp "${EDGEOP_GUEST_COMPRESSION:-zstd}" >&2
    [ "$(stat -c %s "$work/root.squashfs")" -le $((full_slot << 20)) ] || { echo "the root does not fit into a slot of $full_slot MiB" >&2; exit 1; }

    local initrd=$work/initramfs
    mkdir -p "$initrd"/{dev,proc,sys} "$boot/a"
    install_busybox "$initrd" "$root/bin/busybox"
    copy_modules "$initrd" "${full_boot_modules[@]}"
    cp "$here/full/init" "$initrd/init"
    pack_initramfs "$initrd" "$boot/a/initrd"
    cp "$kernel_root/boot/vmlinuz-$kernel" "$boot/a/vmlinuz"
    cat >"$boot/syslinux.cfg" <<'CONFIG'
default a
prompt 0
label a
kernel /a/vmlinuz
initrd /a/initrd
append console=ttyS0 quiet panic=5 cryptomgr.notests edgeop.slot=a edgeop.root=/dev/vda2
label b
kernel /b/vmlinuz
initrd /b/initrd
append console=ttyS0 quiet panic=5 cryptomgr.notests edgeop.slot=b edgeop.root=/dev/vda3
CONFIG
    make_disk "$work/disk.raw" "$boot" 64 $full_slot $full_slot
    write_at "$work/disk.raw" "$work/root.squashfs" 65
    qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$1"
}

unpack_debian() {
    local packages
    packages=$(IFS=,; echo "${full_packages[*]}")
    mmdebstrap --quiet --variant=extract --include="$packages" --aptopt='APT::Install-Recommends "false"' bookworm "$1" - \
        >&2 <<'SOURCES'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
SOURCES
}

# Documents, other languages, the package manager and Perl.
drop_needless() {
    local root=$1
    rm -rf "$root"/usr/share/{doc,man,locale,info,lintian,perl,perl5,bash-completion,bug,gdb,pixmaps,zsh,vim,menu} "$root"/usr/share/debconf \
        "$root"/usr/lib/x86_64-linux-gnu/{perl,perl5,perl-base,gconv} "$root"/usr/lib/x86_64-linux-gnu/libperl* "$root"/usr/bin/{perl*,ctr} \
        "$root"/usr/bin/containerd-shim{,-runc-v1} "$root"/usr/bin/{dnet,ovrouter} "$root"/usr/sbin/{dnet,ovrouter} "$root"/usr/lib/locale/C.utf8.old \
        "$root"/var/lib/{apt,dpkg} "$root"/var/cache "$root"/var/log "$root"/lib/systemd "$root"/usr/lib/systemd "$root"/etc/{init.d,systemd,cron.d,cron.daily}
    mkdir -p "$root"/var/{cache,log,tmp,lib}
}

configure_debian() {
    local root=$1 name
    mkdir -p "$root"/{data,mnt,opt,srv,etc/ssl/certs,usr/local/{bin,sbin}}
    chmod 1777 "$root/tmp" "$root/var/tmp"
    rm -rf "$root"/var/{run,lock}
    ln -s /run "$root/var/run"
    ln -s /run/lock "$root/var/lock"
    ln -sfn dash "$root/bin/sh"
    ln -sfn /proc/self/mounts "$root/etc/mtab"
    printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files dns' >"$root/etc/nsswitch.conf"
    cp "$root/usr/share/base-files/profile" "$root/etc/profile"
    cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
    for name in iptables ip6tables; do
        for suffix in "" -save -restore; do
            ln -sfn xtables-nft-multi "$root/usr/sbin/$name$suffix"
        done
    done

    # Nobody has a password, so that nobody could be asked for one. What Debian's services include is made when PAM is installed.
    mkdir -p "$root/etc/pam.d" "$root/etc/sudoers.d"
    for name in auth password; do
        echo "$name required pam_deny.so" >"$root/etc/pam.d/common-$name"
    done
    for name in account session; do
        echo "$name required pam_permit.so" >"$root/etc/pam.d/common-$name"
    done
    cp "$root/etc/pam.d/common-session" "$root/etc/pam.d/common-session-noninteractive"
    printf '%s\n' 'auth sufficient pam_permit.so' 'account required pam_permit.so' 'session required pam_permit.so' | tee "$root/etc/pam.d/sudo-i" >"$root/etc/pam.d/sudo"
    echo '%sudo ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/edgeop"
    chmod 440 "$root/etc/sudoers.d/edgeop"

    { cat "$root/usr/share/base-passwd/passwd.master"; echo 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin'; } |
        sed 's|^root:[^:]*:|root:x:|; s|^\([^:]*\):\*:|\1:x:|' >"$root/etc/passwd"
    { cat "$root/usr/share/base-passwd/group.master"; echo 'docker:x:101:'; } | sed 's|^\([^:]*\):\*:|\1:x:|' >"$root/etc/group"
    sed 's|^\([^:]*\):.*|\1:*:19000:0:99999:7:::|' "$root/etc/passwd" >"$root/etc/shadow"
    chmod 640 "$root/etc/shadow"
    ldconfig -r "$root"
    rm -rf "$root/var/cache/ldconfig"
}

copy_kernel_modules() {
    local modules=$1/lib/modules/$kernel folder
    mkdir -p "$modules/kernel"
    for folder in "${full_module_folders[@]}"; do
        [ -e "$kernel_root/lib/modules/$kernel/kernel/$folder" ] || continue
        mkdir -p "$modules/kernel/$(dirname "$folder")"
        cp -R "$kernel_root/lib/modules/$kernel/kernel/$folder" "$modules/kernel/$folder"
    done
    cp "$kernel_root/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$modules"
    depmod -b "$1" "$kernel"
}
