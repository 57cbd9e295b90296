#!/bin/sh
# HAProxy in TCP mode in front of the targets at TARGET, +1 and +2: PORT CERT KEY TARGET
set -eu
folder=$(mktemp -d)
cat "$2" "$3" >"$folder/both.pem"
{
  printf 'global\n  nbthread 1\n  maxconn 9000\n  tune.ssl.default-dh-param 2048\n'
  printf 'defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 1h\n  timeout server 1h\n'
  for i in 0 1 2; do
    printf 'listen t%s\n  bind 127.0.0.1:%s ssl crt %s curves X25519\n' $i $(($1 + i)) "$folder/both.pem"
    printf '  server s 127.0.0.1:%s\n' $(($4 + i))
  done
} >"$folder/haproxy.cfg"
exec "$(PATH=$PATH:/usr/sbin command -v haproxy)" -db -f "$folder/haproxy.cfg"
