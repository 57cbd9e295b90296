# Sourced by ./build: the tool with a Java of its own, as a folder, a tar.gz and a Debian package,
# all in target/dist. Only the AOT caches differ from one build of the same sources to the next.
# shellcheck shell=bash
. scripts/deb.sh

# java.base and what else is loaded: JLine's log, the status page, recordings, signals, options of
# sockets with the poller nio, and the tool by which a recording is begun (jcmd).
runtime_modules=java.base,java.logging,jdk.httpserver,jdk.jfr,jdk.unsupported,jdk.net,jdk.jcmd

say() { echo "dist: $*"; }

dist() { # FOLDER-OF-THE-TOOL
  if [ "$(uname -s)" != Linux ]; then
    echo "packages are made for Linux, on Linux: this is $(uname -s)" >&2
    return 1
  fi
  local tool=$1 out=target/dist version epoch tree
  version=$("$JAVA_HOME/bin/java" -cp "$(class_path "$tool")" dev.ferrule.cli.Main --version)
  version=${version%%$'\n'*}
  version=${version#* }
  # The time that the jars have, too.
  epoch=$(date -d "$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<.*/\1/p' pom.xml)" +%s)
  tree=$PWD/$out/ferrule-$version
  rm -rf "$out"
  mkdir -p "$tree"/{bin,lib,share/doc/ferrule}
  (
    umask 022
    say 'a Java of the modules that are needed'
    runtime "$tree/lib/runtime"
    say 'the tool, its pages and its licences'
    jars "$tool" "$tree"
    documents "$tree"
    chmod -R u=rwX,go=rX "$tree"
    find "$tree" -exec touch -h -d "@$epoch" {} +
    say 'its AOT caches'
    image_caches "$tree" "$epoch"
    say 'the tar.gz'
    archive "$tree" "$epoch" "$out/ferrule-$version-linux-$(uname -m).tar.gz"
    cp dist/Dockerfile "$out"
    cp dist/dockerignore "$out/.dockerignore"
    deb "$tree" "$version" "$epoch" "$out"
  )
}

# Not compressed, which starts more quickly and lets the archive compress all of it at once.
runtime() { # TARGET
  "$JAVA_HOME/bin/jlink" --add-modules "$runtime_modules" --strip-java-debug-attributes \
    --no-header-files --no-man-pages --compress zip-0 --output "$1"
  rm "$1"/bin/jwebserver
  # 5 MB of names in libjvm.so, which crash reports would show.
  if command -v strip >/dev/null; then
    find "$1" -type f \( -name '*.so' -o -perm -u+x \) -exec strip --strip-unneeded {} +
  else
    say 'no strip (binutils): the packages are larger by 2 MB'
  fi
}

# Native code is for this machine's kind only, and unpacked.
jars() { # TOOL TREE
  local jar name licences=$2/share/doc/ferrule/licences texts processor
  processor=$(uname -m)
  mkdir -p "$2/lib/tool/native"
  while read -r name; do
    jar=$1/$name
    mapfile -t texts < <("$JAVA_HOME/bin/jar" --list --file "$jar" |
      grep -E '^META-INF/([^/]*(LICENSE|NOTICE)[^/]*|license/.+)$' || true)
    case $name in
      netty-tcnative-boringssl-static-*-linux-"${processor/aarch64/aarch_64}".jar) ;;
      netty-tcnative-boringssl-static-*) continue ;;
      *)
        cp "$jar" "$2/lib/tool"
        echo "$name" >>"$2/lib/tool/jars"
        ;;
    esac
    if [ ${#texts[@]} -gt 0 ]; then
      "$JAVA_HOME/bin/jar" --extract --dir "$licences/${name%.jar}" --file "$jar" "${texts[@]}"
    fi
  done <"$1/jars"
  cp "$1/native/libnetty_tcnative_linux_${processor/aarch64/aarch_64}.so" "$2/lib/tool/native"
  ! command -v strip >/dev/null || strip --strip-unneeded "$2"/lib/tool/native/*
}

documents() { # TREE
  local main=("$JAVA_HOME/bin/java" -cp "$(class_path "$1/lib/tool")") doc=$1/share/doc/ferrule
  cp dist/ferrule "$1/bin"
  cp scripts/tool.sh "$1/lib"
  cp LICENSE dist/README "$1"
  mkdir -p "$1/share/bash-completion/completions" "$1/lib/systemd/system"
  "${main[@]}" dev.ferrule.cli.ManPages "$1/share/man/man1"
  "${main[@]}" dev.ferrule.cli.Main completion >"$1/share/bash-completion/completions/ferrule"
  cp dist/ferrule-tunnel@.service "$1/lib/systemd/system"
  cp CHANGELOG.md dist/copyright dist/tunnel.toml "$doc"
}

image_caches() { # TREE EPOCH
  local name tool=$1/lib/tool
  make_caches "$1/lib/runtime/bin/java" "$tool"
  for name in "${cache_names[@]}"; do
    [ -e "$tool/$name.aot" ] || return 1
  done
  chmod 644 "$tool"/*.aot
  touch -d "@$2" "$tool"/*.aot "$tool"
}

# The same bytes for the same files: in one order, of nobody, at one time.
archive() { # TREE EPOCH FILE
  tar --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$2" \
    -C "${1%/*}" "${1##*/}" | gzip -n >"$3"
  say "$3: $(($(stat -c %s "$3") / 1024)) KiB"
}
