#!/bin/sh
# A real MinIO server for tests, on loopback only.
#   minio.sh fetch            builds the pinned version into the cache (a few minutes the first time)
#   minio.sh start DIR PORT   starts in the background and waits until it answers; DIR/pid, DIR/log, buckets in DIR/data
#   minio.sh stop DIR
# The user and password are minioadmin, unless MINIO_ROOT_USER and MINIO_ROOT_PASSWORD say otherwise.
set -eu
. "$(dirname "$0")/common.sh"
version=v0.0.0-20260212201848-7aac2a2c5b7c
binary="$cache/minio-$version"

case "${1:-}" in
fetch) go_install github.com/minio/minio "$version" minio ;;
start)
  dir=$2 port=$3
  "$0" fetch
  mkdir -p "$dir/data"
  export MINIO_ROOT_USER="${MINIO_ROOT_USER:-minioadmin}" MINIO_ROOT_PASSWORD="${MINIO_ROOT_PASSWORD:-minioadmin}"
  MINIO_BROWSER=off MINIO_UPDATE=off nohup "$binary" server --quiet --address "127.0.0.1:$port" "$dir/data" >"$dir/log" 2>&1 &
  pid=$!
  echo "$pid" >"$dir/pid"
  wait_ready "http://127.0.0.1:$port/minio/health/ready" "$pid" "$dir/log"
  ;;
stop) stop_pid "$2/pid" ;;
*) sed -n '2,6p' "$0"; exit 2 ;;
esac
