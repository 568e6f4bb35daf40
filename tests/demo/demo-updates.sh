#!/bin/bash
# Shows updates of packages on a small Debian system of the demo's own, start to end, and leaves nothing behind: `make demo-updates`.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
repo=$demo/fleet
system=$demo/system
archive=$demo/archive
agent=''
server=''

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

logs_of_failure() { edgeop describe SystemUpdate/base; tail -n 40 "$demo/state/updates/apt.log"; }

cleanup() {
    local code=$? id
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    [ -z "$agent" ] || kill "$agent"
    [ -z "$server" ] || kill "$server"
    wait
    # Whatever changes packages outlives the agent.
    [ -e "$demo/state/updates/process" ] && read -r id _ <"$demo/state/updates/process" && kill -9 "$id"
    gpgconf --homedir "$demo/keys" --kill all
    rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
} 2>/dev/null

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

installed() { chroot "$system" dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n'; }
has() { installed | grep "^$1 " >/dev/null; }
has_reason() { edgeop status -o json | tr -d ' \n' | grep -q "\"reason\":\"$1\""; }

# package NAME VERSION [POSTINST]: makes a package and publishes it.
package() {
    local folder=$demo/package
    mkdir -p "$folder/DEBIAN" "$folder/opt/$1"
    chmod -R 755 "$folder"
    printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Demo <demo@example.org>\nInstalled-Size: 10\nDescription: %s\n' "$1" "$2" "$1" >"$folder/DEBIAN/control"
    echo "$2" >"$folder/opt/$1/version"
    [ -z "${3:-}" ] || { printf '#!/bin/sh\n%s\n' "$3" >"$folder/DEBIAN/postinst" && chmod 755 "$folder/DEBIAN/postinst"; }
    dpkg-deb --root-owner-group -b "$folder" "$archive/$1_$2_all.deb" >/dev/null
    rm -r "$folder"
    for deb in "$archive"/*.deb; do
        dpkg-deb -f "$deb"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d ' ' -f 1)"
    done >"$archive/Packages"
    printf 'Origin: Demo\nLabel: Demo\nSuite: stable\nDate: %s\nArchitectures: all amd64 arm64\nSHA256:\n %s %s Packages\n' \
        "$(date -Ru)" "$(sha256sum "$archive/Packages" | cut -d ' ' -f 1)" "$(stat -c %s "$archive/Packages")" >"$archive/Release"
    gpg --homedir "$demo/keys" --batch --quiet --yes --clearsign --output "$archive/InRelease" "$archive/Release"
}

# manifest SPEC
manifest() {
    printf 'apiVersion: edgeoperator.io/v1alpha1\nkind: SystemUpdate\nmetadata: {name: base}\nspec:\n%s\n' "$1" >"$repo/base.yaml"
}

say "A Debian system of the demo's own, and a signed repository for it."
tests/package-system.sh "$system"
mkdir -p "$archive" && mkdir -m 700 "$demo/keys"
gpg --homedir "$demo/keys" --batch --quiet --passphrase '' --quick-gen-key 'Demo <demo@example.org>' ed25519 sign never 2>/dev/null
gpg --homedir "$demo/keys" --export >"$system/etc/apt/demo.gpg"
package till 1.0
package till 2.0
port=$(free_port)
python3 -m http.server "$port" --bind 127.0.0.1 --directory "$archive" >/dev/null 2>&1 &
server=$!
echo "deb [signed-by=/etc/apt/demo.gpg] http://127.0.0.1:$port ./" >"$system/etc/apt/sources.list"
wait_until 10 chroot "$system" apt-get -q update --error-on=any
chroot "$system" apt-get -q -y install till=1.0 >/dev/null 2>&1
show installed

make_repository
cat >"$demo/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
spec:
  device: {name: demo}
  sources: [{git: {url: "$repo", interval: 1s}}]
  stateDirectory: $demo/state
  api: {socket: $demo/edgeop.sock, metrics: "off"}
  reconcile: {stableFor: 1s}
  updates: {root: $system}
EOF
manifest '  packages: [till]
  window: {cron: "0 2 29 2 *", duration: 4h, timeZone: Europe/Berlin}'
commit "Keep till at its newest version, in the window"
start_agent
wait_until 60 has_reason WaitingForWindow
say "A newer version is there. It was fetched, and waits for its window:"
show edgeop status
show edgeop plan

say "An operator does not wait:"
show edgeop update now --reason "a hole in till 1.0"
wait_until 60 has 'till 2.0'
wait_until 60 has_reason Current
show installed
show edgeop update status

package till 3.0 'echo "no luck" >&2; exit 3'
manifest '  packages: [{name: till, version: "3.0"}]'
say "Version 3.0 has a script that fails."
commit "Bring till 3.0"
wait_until 120 has_reason RolledBack
show installed
show edgeop status
show edgeop events --limit 8

package till 3.1
manifest '  packages: [{name: till, version: "3.1"}]
  healthChecks: [{exec: [grep, -q, "3.1", /opt/till/version]}]'
commit "Bring till 3.1, and check it"
wait_until 60 has 'till 3.1'
say "It has the version that was asked for, which is held now:"
show installed
show edgeop logs SystemUpdate/base --tail 5
