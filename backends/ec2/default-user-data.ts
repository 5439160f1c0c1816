/**
 * Template of the user data of a class that brings none (docs/ec2.md, "User data"). It holds no secret but a bootstrap token
 * that ends once the agent has spoken. Fetches the bundle until it gets one, anew at every start, and becomes the agent. All paths
 * are below `TREELINE_ROOT`, so that it also runs without a machine of its own.
 */
export const DEFAULT_USER_DATA = String.raw`#!/bin/sh
# Starts the agent of this instance. Needs curl and tar.
set -e
umask 077
url='{{url}}'
bootstrap_token='{{bootstrapToken}}'
root=$TREELINE_ROOT
configs=$root/configs
home=$root/var/lib/treeline
mkdir -p "$home/state"

say() { echo "treeline: $*"; }

# User data runs at the first start of a machine only. A unit runs at every start, and powers the machine off when the agent
# ends: the instance is stopped then, and whoever looks at it can tell that nobody asked for it.
install_unit() {
  cp "$0" "$home/boot"
  cat > /etc/systemd/system/treeline.service <<UNIT
[Unit]
Description=Treeline agent of workspace {{uid}}, attempt {{attempt}}
Wants=network-online.target
After=network-online.target
SuccessAction=poweroff
FailureAction=poweroff
[Service]
Environment=TREELINE_UNIT=1
ExecStart=/bin/sh $home/boot
StandardOutput=journal+console
StandardError=journal+console
[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable treeline.service
  systemctl start --no-block treeline.service
}

# Prints the status of the answer; its body is the bundle. The token goes through standard input, out of sight of ps.
ask() {
  printf 'Authorization: Bearer %s\n' "$3" | curl -sS --max-time 60 -X "$1" -H @- \
    -H 'Accept: application/x-tar' -o "$home/bundle.tar" -w '%{http_code}' "$url/agents/v1/$2" || :
}

# With the token of the agent if there is one, else, or when that is refused, with the bootstrap token.
fetch() {
  status=401
  if [ -s "$configs/.auth_token" ]; then
    status=$(ask GET bundle "$(cat "$configs/.auth_token")")
  fi
  if [ "$status" = 401 ]; then
    status=$(ask POST bootstrap "$bootstrap_token")
  fi
}

fetch_bundle() {
  delay=1
  fetch
  while [ "$status" != 200 ]; do
    case $status in 404 | 410)
      say 'this instance is not wanted any more'
      exit 0
    esac
    say "no bundle yet: status $status, next try in $delay s"
    sleep "$delay"
    delay=$((delay < 30 ? delay * 2 : 60))
    fetch
  done
}

# A later bundle comes without the credentials, which stay. Swaps the folders; a start that was cut off in between finds the old one.
unpack_bundle() {
  rm -rf "$home/new"
  mkdir -p "$home/new/configs"
  tar -xf "$home/bundle.tar" -C "$home/new"
  for name in .auth_token .inbound_secret; do
    if [ ! -e "$home/new/configs/$name" ]; then cp "$configs/$name" "$home/new/configs/" || :; fi
  done
  rm -rf "$home/old" "$home/bundle.tar"
  if [ -d "$configs" ]; then mv "$configs" "$home/old"; fi
  mv "$home/new/configs" "$configs"
}

if [ -z "$root$TREELINE_UNIT" ] && [ -d /run/systemd/system ]; then
  install_unit
  exit 0
fi
if [ ! -d "$configs" ] && [ -d "$home/old" ]; then mv "$home/old" "$configs"; fi
fetch_bundle
unpack_bundle
cd "$home/state"
bundle_env=$(cat "$home/new/env.sh")
rm "$home/new/env.sh"
say 'starting the agent'
# The environment may have any name in it, PATH and those of this script too.
set -- "$configs" "$bundle_env"
export HOME="$home/state"
{{env}}
eval "$2"
export WORKSPACE_CONFIG_PATH="$1"
exec {{command}}
`;
