#!/bin/sh
# Azurite, Microsoft's emulator of Azure Blob Storage, for tests, on loopback only. Needs node and npm.
#   azurite.sh fetch            installs the pinned version into the cache
#   azurite.sh start DIR PORT   starts in the background and waits until it answers; DIR/pid, DIR/log, blobs in DIR/data
#   azurite.sh stop DIR
# The account is Azurite's well-known devstoreaccount1.
set -eu
. "$(dirname "$0")/common.sh"
version=3.35.0
home="$cache/azurite-$version"
main="$home/node_modules/azurite/dist/src/blob/main.js"

case "${1:-}" in
fetch)
  [ -f "$home/.done" ] && exit 0
  command -v npm >/dev/null || { echo "azurite needs npm on the PATH" >&2; exit 1; }
  # Installed aside and moved into place whole: two test packages may fetch at the same time.
  mkdir -p "$cache"
  aside=$(mktemp -d "$cache/azurite.XXXXXX")
  npm install --prefix "$aside" --no-save --no-audit --no-fund --loglevel=error "azurite@$version" >"$aside/log" 2>&1 ||
    { echo "cannot install azurite@$version:" >&2; tail -20 "$aside/log" >&2; rm -rf "$aside"; exit 1; }
  touch "$aside/.done"
  [ -f "$home/.done" ] || { rm -rf "$home"; mv "$aside" "$home"; }
  [ ! -d "$aside" ] || rm -rf "$aside"
  ;;
start)
  dir=$2 port=$3
  "$0" fetch
  mkdir -p "$dir/data"
  nohup node "$main" --blobHost 127.0.0.1 --blobPort "$port" -l "$dir/data" --silent --skipApiVersionCheck \
    --disableTelemetry >"$dir/log" 2>&1 &
  pid=$!
  echo "$pid" >"$dir/pid"
  wait_ready "http://127.0.0.1:$port/" "$pid" "$dir/log"
  ;;
stop) stop_pid "$2/pid" ;;
*) sed -n '2,6p' "$0"; exit 2 ;;
esac
