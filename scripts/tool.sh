# Sourced by ./build, which makes the tool and its AOT cache, and ./ferrule, which uses them: both
# must start the same JVM on the same class path, and neither may build while the other does.

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
