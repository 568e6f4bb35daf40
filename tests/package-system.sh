#!/bin/sh
# Makes a small Debian system in a folder: this machine's apt and dpkg, and the programs of essential packages that they and maintainer scripts
# call. Nothing is installed in it. Takes root: package-system.sh FOLDER
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1
for folder in bin sbin lib lib64; do mkdir -p "$root/usr/$folder"; ln -s "usr/$folder" "$root/$folder"; done
mkdir -p "$root"/etc/apt/apt.conf.d "$root"/etc/apt/preferences.d "$root"/etc/apt/sources.list.d "$root"/etc/dpkg/dpkg.cfg.d
mkdir -p "$root"/var/lib/dpkg/info "$root"/var/lib/dpkg/updates "$root"/var/lib/dpkg/triggers "$root"/var/lib/apt/lists/partial
mkdir -p "$root"/var/cache/apt/archives/partial "$root"/var/log/apt "$root"/dev "$root"/proc "$root"/run "$root"/root "$root"/opt
mkdir -p -m 1777 "$root"/tmp "$root"/var/tmp
for program in apt-get apt-cache apt-mark apt-config apt-key dpkg dpkg-deb dpkg-query dpkg-split dpkg-trigger dpkg-divert gpgv \
    tar dash rm diff ldconfig start-stop-daemon env sleep cat mv mkdir touch cp ls sort sed grep find cmp chmod mktemp true false \
    xz head tail tr cut wc readlink basename dirname id stat uniq \
    /usr/lib/apt/methods/http /usr/lib/apt/methods/gpgv /usr/lib/apt/methods/store /usr/lib/apt/methods/copy /usr/lib/apt/apt-helper; do
    for folder in /usr/bin /bin /usr/sbin /sbin ""; do from=$folder/${program#/}; [ ! -e "$from" ] || break; done
    from=$(readlink -f "$from")
    case $program in /*) to=$root$program ;; *) to=$root/usr/bin/$program ;; esac
    mkdir -p "$(dirname "$to")"
    cp -L "$from" "$to"
    for library in $(ldd "$from" 2>/dev/null | grep -o '/[^ ]*'); do
        case $library in /usr/*) to=$root$library ;; *) to=$root/usr$library ;; esac
        [ -e "$to" ] || { mkdir -p "$(dirname "$to")"; cp -L "$library" "$to"; }
    done
done
ln -s dash "$root/usr/bin/sh"
mkdir -p "$root/usr/share/dpkg"
cp -L /usr/share/dpkg/*table "$root/usr/share/dpkg/"
printf 'root:x:0:0:root:/root:/bin/sh\n_apt:x:42:65534::/nonexistent:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/urandom" c 1 9
: >"$root/var/lib/dpkg/status"
: >"$root/var/lib/dpkg/available"
