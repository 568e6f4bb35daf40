#!/bin/bash
# Shows a virtual machine on this device, from a commit to a module inside of it, and leaves nothing behind: `make demo-vm`.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
IMAGE=$(realpath -e "${GUEST_IMAGE:-artifacts/guest-image.qcow2}")
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
repo=$demo/fleet
agent=''

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

machine=$demo/state/vms/edge

logs_of_failure() { edgeop describe VirtualMachine/edge; tail -n 20 "$machine/console.log" "$machine/output.log" "$machine"/bridge/output.log; }

cleanup() {
    local code=$? record id
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    [ -z "$agent" ] || kill "$agent"
    wait
    # The machine and the bridge to it outlive the agent.
    for record in "$machine"/bridge/host/process "$machine"/bridge/process "$machine"/process; do
        [ -e "$record" ] && read -r id _ <"$record" && kill "$id" && gone "$id"
    done
    rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
} 2>/dev/null

gone() {
    local tries=0
    while kill -0 "$1" && [ $tries -lt 50 ]; do sleep 0.2; tries=$((tries + 1)); done
    kill -9 "$1"
} 2>/dev/null

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

in_guest() { "$EDGEOP" vm exec --config "$demo/agent.yaml" edge -- "$@"; }
show_in_guest() { printf '$ edgeop vm exec edge -- %s\n' "$*" && in_guest "$@"; }
boot() { in_guest cat /proc/sys/kernel/random/boot_id; }
has_booted_anew() { [ "$(boot)" != "$1" ]; }

# manifest MEMORY: what the machine is to be.
manifest() {
    cat >"$repo/edge.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: VirtualMachine
metadata: {name: edge}
spec:
  memory: $1
  disk:
    size: 2Gi
    image: {path: $IMAGE, sha256: $(sha256sum "$IMAGE" | cut -d ' ' -f 1)}
  network:
    forwards: ["$port:80"]
  sharedFolders:
  - {host: $demo/orders, guest: /mnt/orders}
  interop:
    programs: {host-release: $demo/host-release}
  provisioning:
    users: [{name: app, groups: [docker]}]
    files: [{path: /etc/motd, content: "This is \${device.name}.\n"}]
EOF
}

say "Making a Git repository with one manifest: a virtual machine made from $(basename "$IMAGE")."
make_repository
port=$(free_port)
mkdir "$demo/orders"
cat >"$demo/host-release" <<'EOF'
#!/bin/sh
. /etc/os-release
echo "$PRETTY_NAME, called in $PWD with: $*"
EOF
chmod 755 "$demo/host-release"
manifest 768Mi
cat "$repo/edge.yaml"
commit "A machine for the shop"

say "Starting the agent on it."
cat >"$demo/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
metadata:
  name: agent
spec:
  device: {name: demo-device}
  sources:
    - git: {url: "file://$repo", interval: 1s}
  engine: {socket: "unix://$demo/no-engine.sock"}
  stateDirectory: $demo/state
  api: {socket: $demo/edgeop.sock, metrics: "off"}
  reconcile: {deadline: 300s, stableFor: 1s}
  virtualMachines: {sharedRoots: ["$demo"]}
EOF
start_agent
began=$SECONDS
wait_until 240 is_good "$revision"
echo "$((SECONDS - began)) s later it has booted, and what the manifest declares is in it."
show edgeop status
wait_until 120 sh -c "'$EDGEOP' --config '$demo/agent.yaml' --socket '$demo/edgeop.sock' describe VirtualMachine/edge | grep -qi engine"
show edgeop describe VirtualMachine/edge

say "Commands run in the guest as if they ran here: arguments, pipes and exit codes cross the border."
show_in_guest uname -sr
echo "\$ echo one two | edgeop vm exec edge -- wc -w"
echo one two | in_guest wc -w
show_in_guest cat /etc/motd
in_guest sh -c 'exit 7' || echo "An exit code of the guest: $?"

say "A shared folder, in both directions. The working folder is the same one on both sides."
echo "apple pie" >"$demo/orders/1"
(cd "$demo/orders" && show_in_guest sh -c 'pwd; cat 1; echo baked >2')
cat "$demo/orders/2"

if in_guest sh -c 'command -v host-release.exe' >/dev/null; then
    say "The guest calls a program of the host that the manifest allows, and no other."
    (cd "$demo/orders" && show_in_guest host-release.exe "an argument")
fi

say "A module inside of the machine, on the engine there. Its image is loaded over the engine's socket, for the demo has no registry."
mkdir -p "$demo"/image/{bin,www}
cp "$(command -v busybox)" "$demo/image/bin/busybox"
echo "fresh from the guest" >"$demo/image/www/index.html"
tar -c -C "$demo/image" . | curl -fsS --unix-socket "$machine/bridge/engine.sock" -H 'Content-Type: application/x-tar' --data-binary @- \
    "http://engine/v1.41/images/create?fromSrc=-&repo=shop/web&tag=1.0" >/dev/null
cat >"$repo/web.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: EdgeModule
metadata: {name: web}
spec:
  target: edge
  image: shop/web:1.0
  imagePullPolicy: never
  restartPolicy: always
  ports: ["80:8080"]
  createOptions: {Cmd: [/bin/busybox, httpd, -f, -p, "8080", -h, /www]}
EOF
commit "The shop's web site"
wait_until 120 is_good "$revision"
show edgeop get
wait_until 30 curl -fsS "http://127.0.0.1:$port/"
show curl -fsS "http://127.0.0.1:$port/"

say "The agent is killed. The machine runs on, commands still work, and the next agent finds it again."
before=$(boot)
kill -9 "$agent"
wait "$agent" 2>/dev/null || true
agent=''
echo "Without an agent: $(in_guest uptime -p)"
start_agent
wait_until 60 is_good "$revision"
[ "$(boot)" = "$before" ] || fail "the machine was started anew"
echo "It is still the same boot: $before."

say "QEMU is killed, as by a loss of power."
read -r id _ <"$machine/process"
kill -9 "$id"
wait_until 120 has_booted_anew "$before"
wait_until 120 curl -fsS "http://127.0.0.1:$port/"
echo "It has booted again, and the module is back: $(curl -fsS "http://127.0.0.1:$port/")"

say "More memory needs a restart, and the plan says so."
before=$(boot)
manifest 1Gi
show edgeop plan "$repo"
commit "The shop grows"
wait_until 240 is_good "$revision"
wait_until 30 has_booted_anew "$before"
in_guest grep MemTotal /proc/meminfo
wait_until 120 curl -fsS "http://127.0.0.1:$port/"

say "The machine goes from the repository, and so from the device. What it kept stays on its data disk."
git -C "$repo" rm -q edge.yaml web.yaml
cat >"$repo/note.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: ConfigFile
metadata: {name: note}
spec: {path: $demo/etc/note, content: "The shop is closed."}
EOF
sed -i "\$a\\  files: {allowedRoots: [\"$demo/etc\"]}" "$demo/agent.yaml"
mkdir "$demo/etc"
kill -HUP "$agent"
commit "The shop closes"
wait_until 120 is_good "$revision"
show edgeop get
(cd "$demo/state/vms" && show find . -name data.qcow2)
