#!/usr/bin/env bash
# Installs the programs of `./build interop` from Debian's packages, where it may: all, or those
# that are named. Failing is no error: what is missing is skipped by the tests, which say so.
set -u
missing=()
only=" $* "
need() { # PROGRAM PACKAGE...
  [[ $only == "  " || $only == *" $1 "* ]] || return 0
  if ! PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; then missing+=("${@:2}"); fi
}
# psql may be there without its server, which is not in PATH.
[ $# -gt 0 ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql postgresql-contrib)
need redis-server redis-server redis-tools
need postfix postfix
need dovecot dovecot-imapd dovecot-pop3d
[ $# -gt 0 ] || [ -e /usr/lib/dovecot/managesieve-login ] || missing+=(dovecot-managesieved)
need mariadbd mariadb-server-core
need prosody prosody
need swaks swaks libnet-ssleay-perl # which makes its TLS
need curl curl
need nginx nginx-light
need wrk wrk
need mosquitto mosquitto
need mosquitto_pub mosquitto-clients
need haproxy haproxy
need ip iproute2
need unshare util-linux
need openssl openssl
need gnutls-cli gnutls-bin
need go golang-go
need node nodejs
need python3 python3
need testssl testssl.sh
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "interop: not installed, for it takes root and apt-get: ${missing[*]}"
  exit 0
fi

# Installed daemons are not to be started: Debian's scripts ask this file.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
fi
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
install() {
  timeout 240 apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" \
    </dev/null >"$log" 2>&1
}
if ! install "${missing[@]}"; then
  # Lists of packages may be missing or old.
  timeout 120 apt-get update -q -o DPkg::Lock::Timeout=120 </dev/null >/dev/null 2>&1
  install "${missing[@]}" ||
    echo "interop: not installed: ${missing[*]} ($(grep -m1 '^E:' "$log" || echo 'it took too long'))"
fi
rm -f "$log"
exit 0
