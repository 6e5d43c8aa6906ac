#!/usr/bin/env bash
# The built wheel, in an environment of its own and away from the checkout: does what the README promises?
set -euo pipefail
wheel=$(realpath "$1")
seeds=$(realpath seeds)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel[serve]"
cd "$work"
kg=$work/venv/bin/kg

expect() { # text, then a command whose stdout and stderr must hold it
  local text=$1
  shift
  local said
  said=$("$@" 2>&1)
  grep -qF -- "$text" <<<"$said" || {
    echo "wheel smoke test: '$*' does not say '$text':" >&2
    echo "$said" >&2
    exit 1
  }
}

expect 'pathway figures' "$work/venv/bin/python" -c 'import kg; print(kg.__doc__.lower())'
expect '1 figure in the graph, 0 rejected' "$kg" build "$seeds"
expect 'keyword, word not published' "$kg" query figures-mentioning-genes JAK2 STAT3
expect '1 record, 0 violations' "$kg" check
expect 'figures-mentioning-genes' "$kg" query
expect 'Exploring the JAK/STAT Signaling Pathway' "$kg" search STAT
"$kg" export -o dump.ttl.gz
"$kg" serve --port 0 2>served &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 300); do grep -q http: served && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' served)
for path in '' gene/3717 static/vendor/yasgui.min.js static/vendor/cytoscape.min.js; do
  expect '200' "$work/venv/bin/python" -c "import urllib.request; print(urllib.request.urlopen('$url$path').status)"
done
kill "$server"
wait "$server"
"$work/venv/bin/python" - <<'PY'
import gzip

import kg
import rdflib

dump = rdflib.Graph().parse(data=gzip.open("dump.ttl.gz").read(), format="turtle")
assert len(dump) == len(kg.open_graph()) > 100, len(dump)
PY
echo 'wheel smoke test passed'
