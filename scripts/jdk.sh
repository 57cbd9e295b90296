# shellcheck shell=bash
# Sourced by ./build and ./ferrule, for what they share as scripts of a checkout: its JDK, and that
# it is built by one at a time. `use_jdk` sets JAVA_HOME to a JDK 25 or later, or says what to
# install and returns 1. It reads the JDK's `release` file, which is quicker than asking a JVM.
# FERRULE_JVM_ROOT replaces the folder that is searched.

# Sets `major` to the version of the JDK in a folder; empty when there is none.
jdk_major() {
  local line
  major=''
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r line; do
    case $line in
      'JAVA_VERSION="'*)
        line=${line#*\"}
        major=${line%%[!0-9]*}
        return 0
        ;;
    esac
  done <"$1/release"
}

use_jdk() {
  local wanted=25 best='' best_major=24 home major javac
  jdk_major "${JAVA_HOME:-}"
  if [ "${major:-0}" -ge "$wanted" ]; then
    export JAVA_HOME
    return 0
  fi
  javac=$(command -v javac || true)
  [ -z "$javac" ] || javac=$(readlink -f "$javac" 2>/dev/null || true)
  for home in "${FERRULE_JVM_ROOT:-/usr/lib/jvm}"/* "${javac%/bin/javac}" \
    "$(/usr/libexec/java_home -v "$wanted+" 2>/dev/null || true)"; do
    jdk_major "$home"
    if [ "${major:-0}" -gt "$best_major" ]; then
      best=$home best_major=$major
    fi
  done
  if [ -z "$best" ]; then
    echo "ferrule needs a JDK $wanted or later: install one (https://adoptium.net, or your system's package, such as temurin-$wanted-jdk), or set JAVA_HOME to it" >&2
    return 1
  fi
  export JAVA_HOME=$best
}

# Waits until nobody else builds in the checkout, and keeps others waiting until this shell and the
# Maven it started have ended: both have the descriptor. ./ferrule's ./build finds that it is held.
# Where there is no flock, nobody waits. The file is not in target, which `clean` deletes.
one_at_a_time() {
  if [ "${FERRULE_BUILDING:-}" -ef "$1" ] || ! command -v flock >/dev/null; then
    return
  fi
  exec 9>"$1/.build.lock"
  if ! flock -n 9; then
    echo 'waiting for another build of this checkout...' >&2
    flock 9
  fi
  export FERRULE_BUILDING=$1
}
