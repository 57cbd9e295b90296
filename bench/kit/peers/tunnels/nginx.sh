#!/bin/sh
# nginx' stream module in front of the targets at TARGET, +1 and +2: PORT CERT KEY TARGET
set -eu
folder=$(mktemp -d)
module=/usr/lib/nginx/modules/ngx_stream_module.so # Debian's libnginx-mod-stream
{
  [ ! -e $module ] || printf 'load_module %s;\n' $module
  printf 'daemon off; master_process off; pid %s/pid; error_log stderr;\n' "$folder"
  printf 'events { worker_connections 18000; }\nstream {\n'
  printf '  ssl_certificate %s; ssl_certificate_key %s;\n' "$2" "$3"
  printf '  ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519; proxy_timeout 1h; tcp_nodelay on;\n'
  for i in 0 1 2; do
    printf '  server { listen 127.0.0.1:%s ssl backlog=4096; proxy_pass 127.0.0.1:%s; }\n' $(($1 + i)) $(($4 + i))
  done
  printf '}\n'
} >"$folder/nginx.conf"
exec "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$folder" -c "$folder/nginx.conf"
