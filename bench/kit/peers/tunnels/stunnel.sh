#!/bin/sh
# stunnel in front of the targets at TARGET, +1 and +2: PORT CERT KEY TARGET
set -eu
folder=$(mktemp -d)
{
  printf 'foreground = yes\npid =\ndebug = 4\ncert = %s\nkey = %s\n' "$2" "$3"
  for i in 0 1 2; do
    printf '[%s]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:%s\n' $i $(($1 + i)) $(($4 + i))
    printf 'sslVersionMin = TLSv1.2\ncurves = X25519\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n'
  done
} >"$folder/stunnel.conf"
exec stunnel "$folder/stunnel.conf"
