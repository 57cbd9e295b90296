# Sourced by dist.sh: the Debian package, of the same tree as the tar.gz.
# shellcheck shell=bash

deb() { # TREE VERSION EPOCH OUT
  local root=$4/deb version package
  if ! command -v dpkg-deb >/dev/null; then
    say 'no Debian package, for there is no dpkg-deb here (Debian has it in dpkg); the tar.gz is made'
    return 0
  fi
  say 'the Debian package'
  # Snapshots are older than their release.
  version=${2/-SNAPSHOT/~SNAPSHOT}-1
  package=$4/ferrule_${version}_$(dpkg --print-architecture).deb
  deb_files "$1" "$root"
  deb_documents "$root" "$version" "$3"
  mkdir -p "$root/DEBIAN"
  deb_control "$root" "$version" >"$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  chmod -R u=rwX,go=rX "$root"
  find "$root" -newermt "@$3" -exec touch -h -d "@$3" {} +
  SOURCE_DATE_EPOCH=$3 dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$package" >/dev/null
  say "$package: $(($(stat -c %s "$package") / 1024)) KiB"
  rm -r "$root"
}

# Times are kept: the AOT caches know those of the jars.
deb_files() { # TREE ROOT
  mkdir -p "$2"/{etc/ferrule,usr/{bin,lib/{ferrule/lib,systemd/system},share/{man/man1,doc/ferrule/examples}}}
  cp -a "$1/bin" "$2/usr/lib/ferrule"
  cp -a "$1"/lib/{runtime,tool,tool.sh} "$2/usr/lib/ferrule/lib"
  ln -s ../lib/ferrule/bin/ferrule "$2/usr/bin/ferrule"
  cp -a "$1"/lib/systemd/system/* "$2/usr/lib/systemd/system"
  cp -a "$1/share/bash-completion" "$2/usr/share"
  sed -i '1{/^#!/d}' "$2/usr/share/bash-completion/completions/ferrule" # it is sourced
  cp -a "$1"/share/man/man1/*.1 "$2/usr/share/man/man1"
  gzip -n -9 "$2"/usr/share/man/man1/*.1
  cp -a "$1/share/doc/ferrule/licences" "$1/share/doc/ferrule/copyright" "$2/usr/share/doc/ferrule"
  cp -a "$1/share/doc/ferrule/tunnel.toml" "$2/usr/share/doc/ferrule/examples"
}

deb_documents() { # ROOT VERSION EPOCH
  local doc=$1/usr/share/doc/ferrule
  gzip -n -9 <CHANGELOG.md >"$doc/changelog.gz"
  printf 'ferrule (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
    "$2" "$(sed -n 's/^Maintainer: //p' dist/debian/control)" "$(LC_ALL=C date -uRd "@$3")" |
    gzip -n -9 >"$doc/changelog.Debian.gz"
  mkdir -p "$1/usr/share/lintian/overrides"
  cp dist/debian/lintian-overrides "$1/usr/share/lintian/overrides/ferrule"
}

# What the native code calls of the system's library is what it depends on.
deb_control() { # ROOT VERSION
  local libc
  libc=$(find "$1" -type f \( -name '*.so' -o -path '*/runtime/bin/*' \) \
    -exec grep -aohE 'GLIBC_2\.[0-9]+' {} + | sort -uV | tail -n 1)
  sed -e "s/@VERSION@/$2/" -e "s/@ARCHITECTURE@/$(dpkg --print-architecture)/" \
    -e "s/@LIBC@/${libc#GLIBC_}/" -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$1" | cut -f1)/" \
    dist/debian/control
}
