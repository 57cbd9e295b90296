# How the tool is started. Sourced by ./build, which makes its AOT caches, by ./ferrule, and by
# bin/ferrule of a package, where a copy stands: all must start the same JVM on the same class path.
# shellcheck shell=bash

# Headers and collector are part of what the cache depends on.
tool_options=(-XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED)
# A start runs much code a few hundred times: to compile that costs more than it gives back. What a
# busy server runs is past these numbers in a second, and the optimizing compiler comes as ever.
tool_options+=(-XX:Tier3InvocationThreshold=1000 -XX:Tier3MinInvocationThreshold=500)
tool_options+=(-XX:Tier3CompileThreshold=6000)

# The jars of the tool's folder in the order of the build.
class_path() {
  local name path=''
  while read -r name; do
    path+=${path:+:}$1/$name
  done <"$1/jars"
  printf '%s' "$path"
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

# Sets `cache` to the one that has what the arguments need. All of a cache is loaded at each start,
# so there is one for each kind of command.
choose_cache() { # FOLDER ARGUMENT...
  cache=ferrule
  case "${*:2} " in
    # A server that makes no certificate needs less.
    'serve '*--cert[\ =]* | 'serve '*'--plain '*) cache=serve ;;
    'tunnel '*) cache=tunnel ;;
    'check '* | 'bench '* | 'cert '* | 'completion '*) cache=work ;;
  esac
  [ -e "$1/$cache.aot" ] || cache=ferrule
  cache=$1/$cache.aot
}

# Becomes the tool. FERRULE_JAVA_OPTS goes to the JVM.
start_tool() { # JAVA FOLDER ARGUMENT...
  local java=$1 tool=$2 cache
  shift 2
  choose_cache "$tool" "$@"
  # A JVM takes one collector: with another the cache is of no use, and the JVM says nothing. A file
  # of options (@FILE) may name one.
  case " ${FERRULE_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}" in
    *[[:space:]]-XX:+Use*GC* | *[[:space:]]@*) tool_options=("${tool_options[@]:1}") ;;
  esac
  # Quiet about the cache: one that is missing, damaged or another JDK's only costs time.
  # shellcheck disable=SC2086 # the options are words
  exec "$java" "${tool_options[@]}" -XX:AOTCache="$cache" -Xlog:aot*=off,cds*=off \
    -Ddev.ferrule.boringssl.natives="$tool/native" \
    ${FERRULE_JAVA_OPTS:-} -cp "$(class_path "$tool")" dev.ferrule.cli.Main "$@"
}
