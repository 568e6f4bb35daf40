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
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
agent='' registry='' engine='' bridge=''

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

stop_process() {
    [ -n "$1" ] || return 0
    $2 kill "$1" 2>/dev/null || true
    local tries=0
    while [ -e "/proc/$1" ] && [ $tries -lt 100 ]; do sleep 0.2; tries=$((tries + 1)); done
    $2 kill -9 "$1" 2>/dev/null || true
}

cleanup() {
    local code=$?
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    stop_process "$agent" ''
    if [ -n "${DOCKER_HOST:-}" ]; then
        docker ps -aq --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker rm -f >/dev/null
        docker network ls -q --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker network rm >/dev/null
        docker volume ls -q --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker volume rm >/dev/null
        docker images --format '{{.Repository}}:{{.Tag}}' | grep "^127.0.0.1:${registry_port:-none}/" | xargs -r docker rmi -f >/dev/null
    fi
    stop_process "$registry" ''
    if [ -n "$engine" ]; then
        stop_process "$engine" "$sudo"
        ip -o -4 address show | awk -v net=" 10\\\\.$bridge\\\\." '$0 ~ net { print $2 }' | sort -u | xargs -r -n 1 $sudo ip link delete
        awk -v root="$demo/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r $sudo umount -l
    fi
    $sudo rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_engine() {
    if [ -S "${DOCKER_HOST#unix://}" ] && docker version >/dev/null 2>&1; then
        say "A Docker engine is running at $DOCKER_HOST: the demo uses it and touches nothing that it did not make."
        return
    fi
    say "No Docker engine is running: starting a private one in $demo."
    bridge=$((100 + RANDOM % 100))
    $sudo ip link add "edgeop-$bridge" type bridge || fail "this machine lets nobody make a network bridge, which a Docker engine needs: run the demo as root on a real or virtual machine"
    $sudo ip address add "10.$bridge.0.1/17" dev "edgeop-$bridge"
    $sudo ip link set "edgeop-$bridge" up
    export DOCKER_HOST=unix://$demo/docker.sock
    $sudo dockerd --data-root "$demo/engine" --exec-root "$demo/exec" --pidfile "$demo/engine.pid" --host "$DOCKER_HOST" \
        --group "$(id -gn)" --bridge "edgeop-$bridge" --default-address-pool "base=10.$bridge.128.0/17,size=26" \
        --iptables=false --ip6tables=false --ip-masq=false >"$demo/engine.log" 2>&1 &
    engine=$!
    local limit=$((SECONDS + 60))
    until docker version >/dev/null 2>&1; do
        kill -0 $engine 2>/dev/null && [ $SECONDS -lt $limit ] || fail "the Docker engine did not start: $(tail -n 3 "$demo/engine.log")"
        sleep 0.2
    done
    engine=$(cat "$demo/engine.pid")
}

start_registry() {
    registry_port=$(free_port)
    say "Starting an image registry at 127.0.0.1:$registry_port."
    cat >"$demo/registry.yml" <<EOF
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $demo/registry}}
http: {addr: "127.0.0.1:$registry_port"}
EOF
    docker-registry serve "$demo/registry.yml" >"$demo/registry.log" 2>&1 &
    registry=$!
    wait_until 30 busybox wget -q -O /dev/null "http://127.0.0.1:$registry_port/v2/"
}

# image NAME:TAG COMMAND: an image made of busybox that runs a shell command.
image() {
    local reference=127.0.0.1:$registry_port/shop/$1
    tar -c -C "$demo/image" . | docker import --change "CMD $(json_list /bin/sh -c "$2")" --change 'ENV PATH=/bin' - "$reference" >/dev/null
    docker push -q "$reference" >/dev/null
    docker rmi "$reference" >/dev/null
    echo "  shop/$1"
}

json_list() {
    local item list=
    for item in "$@"; do list+=",\"${item//\"/\\\"}\""; done
    echo "[${list#,}]"
}

build_images() {
    say "Building a few images out of busybox and pushing them to the registry:"
    mkdir -p "$demo"/image/{bin,data,tmp,www}
    cp "$(command -v busybox)" "$demo/image/bin/busybox"
    local applet
    for applet in sh sleep httpd test wget; do ln -s busybox "$demo/image/bin/$applet"; done
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

DOCKER_HOST=${DOCKER_HOST:-$(docker context inspect -f '{{.Endpoints.docker.Host}}' 2>/dev/null || echo unix:///var/run/docker.sock)}
export DOCKER_HOST
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
