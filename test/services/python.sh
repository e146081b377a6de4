#!/bin/sh
# Python with the engines that read archives: pyarrow, DuckDB, Spark (in local mode; needs Java 17). Nothing runs in the
# background.
#   python.sh fetch    makes a virtual environment with pinned versions in the cache
#   python.sh path     prints its interpreter
set -eu
. "$(dirname "$0")/common.sh"
packages="pyspark==4.3.0 pyarrow==26.0.1 duckdb==2.0.0 pytz==2026.6 setuptools==65.5.0"
home="$cache/venv"
mark="$home/.byoc-$(echo "$packages" | tr ' ' '_')"

case "${1:-}" in
fetch)
  [ -f "$mark" ] && exit 0
  command -v python3 >/dev/null || { echo "the engines need python3 on the PATH" >&2; exit 1; }
  mkdir -p "$cache"
  python3 -m venv "$home" || { echo "cannot make a virtual environment in $home: is python3-venv installed?" >&2; exit 1; }
  # shellcheck disable=SC2086 # a list of packages
  "$home/bin/pip" install --quiet --disable-pip-version-check $packages >"$home/log" 2>&1 ||
    { echo "cannot install $packages:" >&2; tail -20 "$home/log" >&2; exit 1; }
  touch "$mark"
  ;;
path) echo "$home/bin/python" ;;
*) sed -n '2,6p' "$0"; exit 2 ;;
esac
