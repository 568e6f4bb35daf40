#!/bin/bash
# Shows a hub and two devices on this machine and leaves nothing behind: `make demo-hub`.
# Uses the Docker engine that answers already; otherwise starts a private one, as root or through sudo.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
HUB=$(realpath -e "${EDGEOP_HUB_BIN:-artifacts/linux-x64/edgeop-hub}")
node=$PWD/tests/demo/hub
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
name=$(basename "$demo" | tr '[:upper:].' '[:lower:]-')
devices=(till-1 till-2)
hub=''
declare -A agents=()

# Azure's tools know the ports 8883 and 443 only, so the hub has a loopback address of its own.
host=127.$((RANDOM % 200 + 20)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh
# shellcheck source=tests/demo/engine.sh
. tests/demo/engine.sh

hub() { XDG_CONFIG_HOME=$demo/home "$EDGEOP" hub "$@"; }
show_hub() { printf '$ edgeop hub %s\n' "$*" && hub "$@"; }
azure() { NODE_EXTRA_CA_CERTS=$demo/hub/ca.pem NODE_PATH=$demo/node/node_modules node "$node/$1.cjs" "$connection" "${@:2}"; }
show_azure() { printf '$ node %s.cjs %s\n' "$1" "${*:2}" && azure "$@"; }

logs_of_failure() {
    local log
    for log in "$demo/hub.log" "$demo"/till-*/agent.log; do
        echo "The end of $log:" && tail -n 20 "$log"
    done
}

cleanup() {
    local code=$? device
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    for device in "${devices[@]}"; do stop_process "${agents[$device]:-}" ''; done
    stop_process "$hub" "$sudo"
    stop_engine "${devices[@]/#/$name-}"
    $sudo rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_hub() {
    $sudo "$HUB" --config "$demo/hub.yaml" >>"$demo/hub.log" 2>&1 &
    hub=$!
    wait_until 60 grep -q "ID scope" "$demo/hub.log"
    [ -z "$sudo" ] || hub=$(pgrep -n -f "edgeop-hub --config $demo/hub.yaml")
    $sudo chmod a+rx "$demo/hub" && $sudo chmod a+r "$demo/hub/ca.pem"
}

# start_device NAME: an agent with a state folder of its own, which knows nothing but the hub.
start_device() {
    mkdir -p "$demo/$1"
    cat >"$demo/$1/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
metadata:
  name: agent
spec:
  device: {name: $1, vars: {registry: "127.0.0.1:$registry_port"}}
  sources:
    - name: hub
      twin: {hub: $host, caFile: $demo/hub/ca.pem, interval: 2s}
  engine: {socket: "$DOCKER_HOST", owner: $name-$1}
  stateDirectory: $demo/$1/state
  api: {socket: $demo/$1/edgeop.sock, metrics: "off"}
  reconcile: {deadline: 30s, stableFor: 1s}
EOF
    "$EDGEOP" agent --config "$demo/$1/agent.yaml" >"$demo/$1/agent.log" 2>&1 &
    agents[$1]=$!
    wait_until 30 "$EDGEOP" status --socket "$demo/$1/edgeop.sock"
}

build_images() {
    say "Building two images out of busybox and pushing them to the registry:"
    make_image_root
    local wait="trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"
    for version in 1.0 1.1; do
        echo "version $version" >"$demo/image/www/index.html"
        image shop:$version "echo the shop $version is open; httpd -p 8080 -h /www; $wait"
    done
}

containers() { docker ps --filter "label=edgeoperator.io/managed-by=$name-$1" --format '{{.Names}} {{.Image}} {{.Status}}'; }
waits() { hub enrollments list -o json | grep -q "\"$1\""; }
runs() { containers "$1" | grep -q "$2"; }
reports() { hub twin get "$1" | grep -q "$2"; }
applied() { hub devices get "$1" -o json | sed -n 's/.*"applied": "\(.*\)".*/\1/p'; }
has_moved() { [ "$(applied "$1")" != "$2" ]; }
is_ready() { hub devices get "$1" -o json | tr -d ' ' | grep -q '"ready":"True"'; }

start_engine
start_registry
build_images
say "Fetching Azure's own tools for Node.js: azure-iothub, as it is on npm."
mkdir "$demo/node"
cp "$node"/package*.json "$demo/node"
npm ci --prefix "$demo/node" --silent --no-audit --no-fund

say "Starting a hub at $host: one process, a folder, a CA of its own."
cat >"$demo/hub.yaml" <<EOF
hostName: "$host"
dataDirectory: $demo/hub
listen: {mqtt: "$host:8883", https: "$host:443", local: "off"}
EOF
start_hub
cat "$demo/hub.log"
connection=$($sudo "$HUB" connection-string --config "$demo/hub.yaml")
password=$(sed -n 's/.*one-time password \([^ ]*\).*/\1/p' "$demo/hub.log")
printf '%s\n' "$password" "correct horse battery" "correct horse battery" | show_hub login "https://$host" --ca-file "$demo/hub/ca.pem"

say "Starting two devices. They know the hub's address, make a key each, and ask to join."
for device in "${devices[@]}"; do start_device "$device"; done
for device in "${devices[@]}"; do wait_until 60 waits "$device"; done
show_hub enrollments list
for device in "${devices[@]}"; do show_hub enrollments approve "$device" -l site=berlin; done
for device in "${devices[@]}"; do wait_until 60 reports "$device" agentVersion; done
show_hub devices list

say "One device gets a module through its twin, by edgeop:"
desire() { printf '{"properties": {"desired": {"edgeoperator": {"manifests": {"EdgeModule/shop": {"image": "${vars.registry}/shop/shop:%s"}}}}}}' "$1"; }
echo "$ edgeop hub twin patch till-1 '$(desire 1.0)'"
hub twin patch till-1 "$(desire 1.0)" >/dev/null
wait_until 120 runs till-1 shop:1.0
wait_until 60 is_ready till-1
show containers till-1
show_hub logs till-1 module/shop
show_hub exec till-1 module/shop -- wget -q -O - http://127.0.0.1:8080/

say "The other one gets it by Azure's tools, unmodified: an IoT Edge deployment, as az iot edge set-modules sends it."
show_azure deploy till-2 kiosk "127.0.0.1:$registry_port/shop/shop:1.0"
wait_until 120 runs till-2 shop:1.0
wait_until 60 is_ready till-2
show containers till-2
say "What the device reports comes back in the shape of IoT Edge's own agent:"
show_azure reported till-2 kiosk

say "A label by a twin patch, and a direct method, by Azure's tools:"
show_azure label till-2 berlin-mitte
show_azure reconcile till-2
show_hub devices list

say "The hub is cut off. Somebody removes a container by hand. The device puts it back:"
stop_process "$hub" "$sudo"
hub=''
container=$(containers till-1 | cut -d ' ' -f 1)
show docker rm -f "$container"
wait_until 60 runs till-1 shop:1.0
show containers till-1

say "The hub is back, with a new version for the first device, which catches up:"
start_hub
wait_until 60 hub devices get till-1
before=$(applied till-1)
echo "$ edgeop hub twin patch till-1 '$(desire 1.1)'"
wait_until 60 hub twin patch till-1 "$(desire 1.1)"
wait_until 180 runs till-1 shop:1.1
wait_until 60 has_moved till-1 "$before"
wait_until 60 is_ready till-1
show containers till-1
show_hub devices list

say "A device leaves. It lets go of its identity; what it runs stays:"
wait_until 120 hub devices decommission till-2
show_hub devices list
show containers till-2
