# shellcheck shell=bash
# Debian's generic kernel, the one that has 9p: fetched once into the cache, never installed.

# Sets kernel (its release) and kernel_root (a folder with its boot/ and lib/modules/). $1: the cache folder.
fetch_kernel() {
    package=$(newest_kernel_package)
    [ -n "$package" ] || { apt-get update -q >&2; package=$(newest_kernel_package); }
    version=$(apt-cache show --no-all-versions "$package" | sed -n 's/^Version: //p')
    kernel=${package#linux-image-}
    kernel_root=$1/linux-$kernel-$version
    [ ! -d "$kernel_root" ] || return 0

    mkdir -p "$kernel_root.new"
    (cd "$1" && apt-get download -q "$package=$version" >&2)
    deb=$1/${package}_${version//:/%3a}_amd64.deb
    # Drivers of real hardware are left out.
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$kernel_root.new" --wildcards --no-wildcards-match-slash \
        './boot/vmlinuz-*' './lib/modules/*/modules.*' './lib/modules/*/kernel/arch' './lib/modules/*/kernel/crypto' \
        './lib/modules/*/kernel/fs' './lib/modules/*/kernel/lib' './lib/modules/*/kernel/net' \
        './lib/modules/*/kernel/drivers/'{acpi,block,char,firmware,input,md,virtio} \
        './lib/modules/*/kernel/drivers/net/'{'*.ko',ipvlan,vxlan,wireguard}
    rm "$deb"
    depmod -b "$kernel_root.new" "$kernel"
    rm -rf "$kernel_root"
    mv "$kernel_root.new" "$kernel_root"
}

newest_kernel_package() {
    apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1
}

# Prints the files of modules and of what they need, in the order to load them in.
modules_of() {
    for module in "$@"; do
        modprobe -d "$kernel_root" -S "$kernel" --show-depends "$module"
    done | awk '/^insmod/ && !seen[$2]++ { print $2 }'
}
