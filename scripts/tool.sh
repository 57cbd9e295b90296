# Sourced by ./build, which makes the AOT cache, and ./ferrule, which uses it: both must start the
# same JVM on the same class path.

# Headers and collector are part of what the cache depends on.
tool_options=(-XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED)

# The jars of the tool's folder in the order of the build.
class_path() {
  local name path=''
  while read -r name; do
    path+=${path:+:}$1/$name
  done <"$1/jars"
  printf '%s' "$path"
}
