# Sourced by ./build: AOT caches of what the tool's commands load, for a JDK and the jars of a
# folder. The JVM checks the JDK and its flags, and does without where they differ. It does not look
# at the jars: caches belong to the jars that they were made with, and both are replaced together.
# shellcheck shell=bash

cache_names=(ferrule serve tunnel work)

# Without them the tool only starts more slowly, so they may fail.
make_caches() { # JAVA FOLDER
  local name identity
  identity=$(mktemp -d "$2/identity.XXXXXX") # for its owner only, and gone with the folder
  for name in "${cache_names[@]}"; do
    make_cache "$1" "$2" "$name" "$identity/throwaway.pem" || true
  done
  rm -r "$identity"
}

# The cache holds the class path: start_tool must say the same. Profiles of methods are left out:
# they make the JIT compile more at once than a start has use for.
make_cache() { # JAVA FOLDER NAME IDENTITY
  mkdir -p target
  local log=target/training-$3.log
  if ! "$1" "${tool_options[@]}" -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    -XX:AOTCacheOutput="$2/$3.aot" -Xlog:aot*=off \
    -Ddev.ferrule.boringssl.natives="$2/native" -cp "$(class_path "$2")" dev.ferrule.cli.Training "$3" "$4" >"$log" 2>&1; then
    rm -f "$2/$3".aot*
    echo "no AOT cache of '$3' could be made, see $log: the tool will start more slowly" >&2
    return 1
  fi
}
