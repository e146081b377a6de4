#!/bin/sh
# A real OpenSearch node for tests, on loopback only, without the security and ISM plugins, which are in no registry.
# Needs Java 17, mvn and curl.
#   opensearch.sh fetch                     server and modules from Maven Central into the cache (51 MB)
#   opensearch.sh start DIR PORT [k=v...]   starts in the background and waits until it answers; DIR/pid, DIR/log; started
#                                           again on the same DIR it has its data; k=v are settings of the node
#   opensearch.sh stop DIR
# BYOC_OPENSEARCH_JAVA replaces the options of the JVM.
set -eu
. "$(dirname "$0")/common.sh"
version=2.19.1
here=$(cd "$(dirname "$0")" && pwd)/opensearch
home="$cache/opensearch-$version"

case "${1:-}" in
fetch)
  [ -f "$home/.done" ] && exit 0
  for tool in java javac mvn; do
    command -v "$tool" >/dev/null || { echo "opensearch needs $tool on the PATH" >&2; exit 1; }
  done
  # Installed aside and moved into place whole: two test packages may fetch at the same time.
  mkdir -p "$cache"
  aside=$(mktemp -d "$cache/opensearch.XXXXXX")
  { mvn -q -B -ntp -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -Dopensearch="$version" -DincludeScope=runtime -DoutputDirectory="$aside/lib" &&
    mkdir "$aside/classes" && javac -nowarn -cp "$aside/lib/*" -d "$aside/classes" "$here/TestNode.java" &&
    cp "$here/log4j2.xml" "$aside/"; } >"$aside/log" 2>&1 ||
    { echo "cannot install opensearch $version:" >&2; tail -20 "$aside/log" >&2; rm -rf "$aside"; exit 1; }
  touch "$aside/.done"
  [ -f "$home/.done" ] || { rm -rf "$home"; mv "$aside" "$home"; }
  [ ! -d "$aside" ] || rm -rf "$aside"
  ;;
start)
  dir=$2 port=$3
  shift 3
  "$0" fetch
  mkdir -p "$dir"
  # shellcheck disable=SC2086 # a list of options
  nohup java ${BYOC_OPENSEARCH_JAVA:--Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1} \
    -Dlog4j2.configurationFile="$home/log4j2.xml" -Djava.io.tmpdir="$dir" \
    -cp "$home/classes:$home/lib/*" TestNode "$dir" "$port" "$@" >"$dir/log" 2>&1 &
  pid=$!
  echo "$pid" >"$dir/pid"
  wait_ready "http://127.0.0.1:$port/" "$pid" "$dir/log"
  # It answers before its state is there.
  tries=0
  until curl -sf -o /dev/null "http://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=5s"; do
    kill -0 "$pid" 2>/dev/null || { echo "it ended before it was ready:" >&2; tail -20 "$dir/log" >&2; exit 1; }
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "not ready" >&2; tail -20 "$dir/log" >&2; kill "$pid"; exit 1; }
    sleep 0.2
  done
  ;;
stop) stop_pid "$2/pid" ;;
*) sed -n '2,9p' "$0"; exit 2 ;;
esac
