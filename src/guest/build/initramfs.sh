# shellcheck shell=bash disable=SC2154 # kernel_root and kernel are build.sh's
# Root folders around busybox, and the archive that the kernel takes one from.

# Gives folder $1 the busybox $2, and its commands where there is no other of the name.
install_busybox() {
    local root=$1 busybox=$2 applet
    mkdir -p "$root"/{bin,sbin}
    [ "$busybox" = "$root/bin/busybox" ] || cp "$busybox" "$root/bin/busybox"
    for applet in $("$busybox" --list); do
        [ -e "$root/bin/$applet" ] || [ -e "$root/sbin/$applet" ] || [ -e "$root/usr/bin/$applet" ] || [ -e "$root/usr/sbin/$applet" ] ||
            ln -s /bin/busybox "$root/bin/$applet"
    done
    ln -sf /bin/busybox "$root/sbin/init"
}

# Copies programs of this machine, and the libraries they need, below $1.
copy_programs() {
    local root=$1 program file
    shift
    for program in "$@"; do
        mkdir -p "$root${program%/*}"
        cp -L "$program" "$root$program"
        for file in $(ldd "$program" | grep -o '/[^ ]*'); do
            mkdir -p "$root${file%/*}"
            cp -L "$file" "$root$file"
        done
    done
}

# Puts kernel modules, and what they need, where /init of folder $1 loads them in the order of their names.
copy_modules() {
    local folder=$1/lib/modules number=100 module
    shift
    mkdir -p "$folder"
    for module in $(modules_of "$@"); do
        cp "$module" "$folder/$number-$(basename "$module")"
        number=$((number + 1))
    done
}

# What both variants have of a root folder: our own scripts and configuration.
copy_own() {
    cp -R "$here/root/." "$1"
    rm -f "$1/etc/hosts" "$1/etc/resolv.conf"
    mkdir -p "$1/usr/bin"
    ln -s /usr/lib/edgeop/wslpath "$1/usr/bin/wslpath"
    ln -s /run/edgeop/hosts "$1/etc/hosts"
    ln -s /run/edgeop/resolv.conf "$1/etc/resolv.conf"
}

# Packs folder $1 as initramfs $2: sorted, owned by root, without inode numbers.
pack_initramfs() {
    find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$1" && find . -print0 | sort -z | cpio --null --create --format=newc --reproducible --owner=0:0 --quiet) | lz4 -l -9 -q >"$2"
}
