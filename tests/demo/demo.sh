#!/bin/bash
# Shows the whole loop on this machine and leaves nothing behind: `make demo`.
# Uses the Docker engine that answers already; otherwise starts a private one, as root or through sudo.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
samples=$PWD/manifests/samples
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
owner=$(basename "$demo" | tr '[:upper:].' '[:lower:]-')
repo=$demo/fleet
agent=''

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh
# shellcheck source=tests/demo/engine.sh
. tests/demo/engine.sh

cleanup() {
    local code=$?
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    stop_process "$agent" ''
    stop_engine "$owner"
    $sudo rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build_images() {
    say "Building a few images out of busybox and pushing them to the registry:"
    make_image_root
    echo well >"$demo/image/www/health"
    local wait="trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"
    for version in 1.0 1.1; do
        echo "version $version" >"$demo/image/www/index.html"
        image web:$version "httpd -p 8080 -h /www; $wait"
    done
    image store:1.0 "$wait"
    image sensor:1.0 "$wait"
    rm "$demo/image/www/health"
    image web:2.0 "httpd -p 8080 -h /www; $wait"
}

is_applied() { edgeop status -o json | tr -d ' \n' | grep -q "\"applied\":{\"id\":\"$1\""; }

# Prints what is new in the status until the condition holds: follow SECONDS COMMAND...
follow() {
    local limit=$((SECONDS + $1)) seen=$demo/status.seen
    shift
    : >"$seen"
    echo '$ edgeop status'
    while :; do
        edgeop status 2>/dev/null | sed -nE '/^(Revision|Ready|Reconciling|Stalled|Degraded|ConfigFile|EdgeModule)/ { s/ [0-9-]+T[0-9:]+Z//; s/ {2,}/  /gp }' >"$demo/status.now" || true
        grep -vxFf "$seen" "$demo/status.now" || true
        cp "$demo/status.now" "$seen"
        ! "$@" >/dev/null 2>&1 || break
        [ $SECONDS -lt $limit ] || fail "it did not come true in time: $*"
        sleep 0.3
    done
}

page() { docker exec shop-web wget -q -O - http://127.0.0.1:8080/; }

start_engine
start_registry
build_images

say "Making a Git repository out of manifests/samples: three modules and a file."
make_repository
cp -R "$samples/modules" "$samples/files" "$repo"
commit "The shop opens"

say "Starting the agent on it."
mkdir "$demo/etc"
cat >"$demo/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
metadata:
  name: agent
spec:
  device:
    name: demo-device
    labels: {sensor: temperature}
    vars: {registry: "127.0.0.1:$registry_port", etc: $demo/etc}
  sources:
    - name: fleet
      git: {url: "file://$repo", interval: 1s}
  engine: {socket: "$DOCKER_HOST", owner: $owner}
  stateDirectory: $demo/state
  api: {socket: $demo/edgeop.sock, metrics: "off"}
  reconcile: {deadline: 20s, stableFor: 2s}
  files: {allowedRoots: [$demo/etc]}
EOF
"$EDGEOP" agent --config "$demo/agent.yaml" >"$demo/agent.log" 2>&1 &
agent=$!
wait_until 30 edgeop status
follow 120 is_good "$revision"
show docker ps --filter "label=edgeoperator.io/managed-by=$owner" --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}'
echo "The page says: $(page)"

sed -i 's|shop/web:1.0|shop/web:1.1|' "$repo/modules/web.yaml"
sed -i 's|greeting = Welcome|greeting = Welcome back|' "$repo/files/settings.yaml"
git -C "$repo" rm -q modules/sensor.yaml
commit "A new web server, another greeting, no sensor any more"
follow 120 is_good "$revision"
good=$revision
echo "The page says: $(page)"
show grep greeting "$demo/etc/shop/settings.ini"

say "Removing a container by hand. The agent puts it back:"
show docker rm -f shop-store
wait_until 60 docker exec shop-store test -d /data
show docker ps --filter "label=edgeoperator.io/managed-by=$owner" --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}'

sed -i 's|shop/web:1.1|shop/web:2.0|' "$repo/modules/web.yaml"
commit "A web server that never becomes healthy"
wait_until 60 is_applied "$revision"
follow 120 is_applied "$good"
echo "The page still says: $(page)"
say "What happened, as the device remembers it:"
show edgeop history
