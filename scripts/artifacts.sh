# Sourced by ./build: what a repository gets, built twice, compared bit by bit and looked at.

# What is tracked or would be; what no build made, where git has nothing to say of the checkout.
sources() {
  git ls-files -z --cached --others --exclude-standard 2>/dev/null ||
    find . \( -name target -o -name .git -o -name .build.lock \) -prune -o -type f -print0
}

# What is tracked or would be, as it stands in the checkout. Jars of sources keep the rights of files
# and folders, which in a checkout depend on who made it: here they do not.
copy_sources() (
  umask 022
  mkdir -p "$1"
  sources |
    while IFS= read -r -d '' file; do
      [ ! -f "$file" ] || printf '%s\0' "$file"
    done |
    tar -c --mode=u=rwX,go=rX --null -T - |
    tar -x -C "$1" --same-permissions --no-same-owner -m
)

# The artifacts, deployed into a folder, and the tool's own copies of them, in a copy of the sources.
build_copy() {
  local copy=$1
  shift
  copy_sources "$copy" || return
  if ! "$copy/build" mvn deploy "-DaltDeploymentRepository=copy::file://${copy// /%20}/repository" \
    -Prelease -pl bom,testkit,fleet,cli -am -Dmaven.test.skip -DskipTests -Dmaven.install.skip \
    -Dspotless.check.skip "$@" >"$copy.log" 2>&1; then
    grep -E '^\[(ERROR|WARNING)\]' "$copy.log" >&2 || tail -n 20 "$copy.log" >&2
    return 1
  fi
  mkdir "$copy/cli/target/tool" &&
    cp "$copy/cli/target/ferrule-cli.jar" "$copy"/cli/target/lib/*.jar "$copy/cli/target/tool" &&
    "$JAVA_HOME/bin/java" scripts/Repack.java "$copy/cli/target/tool/native" "$copy"/cli/target/tool/*.jar
}

# At another time, in another folder, and with whatever else of a machine might get into an artifact.
# Turkish has upper cases of its own; what is started from Maven's JVM gets it where it can be made.
build_elsewhere() {
  mkdir "$2"
  if localedef -i tr_TR -f UTF-8 "$2/tr_TR.UTF-8" >"$2.log" 2>&1; then
    export LOCPATH=$2
    { export LC_ALL=tr_TR.UTF-8; } 2>/dev/null # this shell does not know it
  fi
  export TZ=Pacific/Kiritimati USER=somebody
  MAVEN_OPTS+=" -Duser.name=somebody -Duser.language=tr -Duser.country=TR -Duser.timezone=$TZ"
  umask 077
  build_copy "$1" -Dgpg.skip "${@:3}"
}

# The last release, by an argument or the root POM, or nothing.
api_baseline() {
  local argument
  for argument in "$@"; do
    case $argument in
      -Dapi.baseline=*) echo "${argument#*=}"; return ;;
    esac
  done
  sed -n 's|.*<api.baseline>\(.*\)</api.baseline>.*|\1|p' pom.xml
}

artifacts() (
  work=$(mktemp -d "${TMPDIR:-/tmp}/ferrule-artifacts.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # A minute's JVMs: the optimizing compiler would take half of that.
  MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${MAVEN_OPTS:-}"
  export MAVEN_OPTS
  compare=()
  baseline=$(api_baseline "$@")
  if [ -n "$baseline" ]; then
    compare=(-Papi)
  else
    echo 'the API is not compared with a release: there is none yet (api.baseline in pom.xml)'
  fi
  echo "building in $work, then once more: some minutes" >&2
  build_copy "$work/one" ${compare[@]+"${compare[@]}"} "$@" &&
    "$JAVA_HOME/bin/java" scripts/Published.java "$work/one" &&
    (build_elsewhere "$work/another place" "$work/locales" "$@") &&
    "$JAVA_HOME/bin/java" scripts/Reproduced.java "$work/one" "$work/another place" || exit
  [ -z "$baseline" ] || echo "the API has all that $baseline has"
  mkdir -p target
  rm -rf target/artifacts
  mv "$work/one/repository" target/artifacts
  echo 'they are in target/artifacts, as in a repository'
)
