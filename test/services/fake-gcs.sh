#!/bin/sh
# fake-gcs-server, a stand-in for Google Cloud Storage in tests, on loopback only.
#   fake-gcs.sh fetch            builds the pinned version into the cache
#   fake-gcs.sh start DIR PORT   starts in the background and waits until it answers; DIR/pid, DIR/log; objects in memory
#   fake-gcs.sh stop DIR
set -eu
. "$(dirname "$0")/common.sh"
version=v1.56.1
binary="$cache/fake-gcs-server-$version"

case "${1:-}" in
fetch) go_install github.com/fsouza/fake-gcs-server "$version" fake-gcs-server ;;
start)
  dir=$2 port=$3
  "$0" fetch
  mkdir -p "$dir"
  nohup "$binary" -scheme http -host 127.0.0.1 -port "$port" -public-host "127.0.0.1:$port" \
    -external-url "http://127.0.0.1:$port" -backend memory -log-level warn >"$dir/log" 2>&1 &
  pid=$!
  echo "$pid" >"$dir/pid"
  wait_ready "http://127.0.0.1:$port/_internal/healthcheck" "$pid" "$dir/log"
  ;;
stop) stop_pid "$2/pid" ;;
*) sed -n '2,5p' "$0"; exit 2 ;;
esac
