# Sourced by ./build and ./ferrule: `use_jdk` sets JAVA_HOME to a JDK 25 or later, or says what to
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

# A JVM names files by the charset of the locale. That of C is ASCII, in which many a path cannot be
# said, so one of UTF-8 takes its place where there is one. It is found out without a process: the
# shell counts characters by the same rule.
use_utf8() {
  local two_bytes=$'\xc3\xa4' was=${LC_ALL:-} name
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX | *[Uu][Tt][Ff]*) ;;
    *) return 0 ;; # another charset, in which files may have their names
  esac
  [ ${#two_bytes} -ne 1 ] || return 0
  for name in C.UTF-8 C.utf8 en_US.UTF-8; do
    { LC_ALL=$name; } 2>/dev/null # a shell warns of one that is not there
    if [ ${#two_bytes} -eq 1 ]; then
      export LC_ALL
      return 0
    fi
  done
  if [ -n "$was" ]; then LC_ALL=$was; else unset LC_ALL; fi
}

# A stream that is closed would be taken by the first file that the JVM opens. Standard output is
# opened for reading, so that writing fails, as it should.
keep_streams() {
  { : 9<&0; } 2>/dev/null || exec 0</dev/null
  { : 9>&1; } 2>/dev/null || exec 1</dev/null
  { : 9>&2; } || exec 2>/dev/null
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
