#!/usr/bin/env bash
# `./build ktls`: boots Debian's kernel in software emulation and runs the tests of kernel TLS
# inside. Called by ./build with the classes built, and with JAVA_HOME set. Its arguments are the
# folder to work in and the class path, in which each part is absolute.
#
# The machine is a kernel and an initramfs: busybox, the kernel's modules for TLS, this machine's
# JDK with the libraries that it needs, libssl, and the class path. Nothing is installed on this
# machine but the emulator, and that only where root and apt-get can. The tests run once for each
# provider. Exits with the worst result of the tests; 0 when it cannot run, which it says with the
# reason.
#
# KTLS_KERNEL='FILE...' boots the kernel of these packages instead of the distribution's: vmlinuz and
# its modules, which may be in one or in several.
# KTLS_PROVIDERS="boringssl openssl" are the providers, KTLS_TESTS the arguments for JUnit's program.
set -euo pipefail
work=$1
class_path=$2
minutes=30

skip() {
  echo "ktls: skipped: $*"
  exit 0
}

[ "$(uname -m)" = x86_64 ] || skip "it takes an x86-64 machine, whose JDK runs inside"
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "it takes apt-get and dpkg-deb, for Debian's kernel"
export DEBIAN_FRONTEND=noninteractive
lists() { timeout 120 apt-get update -q -o DPkg::Lock::Timeout=120 </dev/null >/dev/null 2>&1 || true; }

if ! command -v qemu-system-x86_64 >/dev/null; then
  [ "$(id -u)" -eq 0 ] || skip "qemu-system-x86_64 is missing (Debian's package qemu-system-x86), and installing it takes root"
  install() {
    timeout 300 apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 \
      qemu-system-x86 </dev/null >"$work/apt.log" 2>&1
  }
  install || { lists && install; } || skip "qemu-system-x86 could not be installed ($(grep -m1 '^E:' "$work/apt.log" || echo 'it took too long'))"
fi

# ---- Debian's kernel and busybox, unpacked and not installed

cd "$work"
image() { apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[^ ]*\)/\1/p' | head -1; }
kernel=$(image)
[ -n "$kernel" ] || { lists && kernel=$(image); }
[ -n "$kernel" ] || skip "apt-get knows no package linux-image-cloud-amd64"
given=${KTLS_KERNEL:-}
for package in $given; do
  [ -f "$package" ] || { echo "ktls: KTLS_KERNEL: there is no file $package (its whole path)"; exit 1; }
done
if ! compgen -G "${kernel}_*.deb" >/dev/null || ! compgen -G 'busybox-static_*.deb' >/dev/null; then
  rm -f ./*.deb
  download() { timeout 300 apt-get download -q "$kernel" busybox-static </dev/null >apt.log 2>&1; }
  download || { lists && download; } || skip "Debian's packages could not be loaded ($(grep -m1 '^E:' apt.log || echo 'it took too long'))"
fi
rm -rf kernel root
mkdir kernel root
for package in ${given:-./"${kernel}"_*.deb} ./busybox-static_*.deb; do
  dpkg-deb -x "$package" kernel
done
# Where /lib is a link to /usr/lib, newer packages name the latter.
[ -d kernel/lib/modules ] || { mkdir -p kernel/lib && mv kernel/usr/lib/modules kernel/lib; }
[ -e kernel/bin/busybox ] || { mkdir -p kernel/bin && mv kernel/usr/bin/busybox kernel/bin; }
version=$(basename kernel/lib/modules/*)
image=kernel/boot/vmlinuz-$version
[ -e "$image" ] || image=kernel/lib/modules/$version/vmlinuz
busybox=$PWD/kernel/bin/busybox

# ---- the machine

mkdir -p root/{bin,sbin,proc,sys,dev,tmp,etc,lib64,classes} "root/lib/modules/$version/kernel"
cp "$busybox" root/bin/busybox
for name in sh mount ip modprobe depmod poweroff sync; do ln -s busybox "root/bin/$name"; done
ln -s ../bin/busybox root/sbin/modprobe
for part in net/tls crypto lib/crypto arch/x86/crypto; do
  [ -d "kernel/lib/modules/$version/kernel/$part" ] || continue
  mkdir -p "root/lib/modules/$version/kernel/$part"
  cp -r "kernel/lib/modules/$version/kernel/$part/." "root/lib/modules/$version/kernel/$part"
done
compressed=$(find root/lib/modules -name '*.ko.xz')
[ -z "$compressed" ] || xz -d $compressed
cp kernel/lib/modules/"$version"/modules.{builtin,order} "root/lib/modules/$version" 2>/dev/null || true
"$busybox" depmod -b "$PWD/root" "$version"

mkdir root/jdk
(cd "$JAVA_HOME" && tar -c --exclude=./jmods --exclude=./lib/src.zip --exclude=./man --exclude=./legal --exclude='./lib/*.sym' -h .) | tar -x -C root/jdk
# What the JVM and the natives are linked to, and what glibc loads by itself.
ldd "$JAVA_HOME"/bin/java "$JAVA_HOME"/lib/server/libjvm.so "$JAVA_HOME"/lib/lib{java,nio,net}.so |
  grep -o '/[^ :)]*\.so[^ :)]*' | grep -v "^$JAVA_HOME" | sort -u >libraries
providers=${KTLS_PROVIDERS:-boringssl openssl}
openssl=$(ls /usr/lib/x86_64-linux-gnu/lib{ssl,crypto}.so.3 /lib/x86_64-linux-gnu/libz*.so.1 2>/dev/null || true)
[[ "$openssl" == *libssl* ]] || [[ "$providers" != *openssl* ]] || {
  echo "ktls: without the provider openssl: this machine has no libssl.so.3"
  providers=${providers//openssl/}
}
for library in $(cat libraries) $openssl $(ls /lib/x86_64-linux-gnu/lib{nss_files,dl,rt,pthread,m,crypt,gcc_s}.so.? 2>/dev/null); do
  mkdir -p "root$(dirname "$library")"
  [ -e "root$library" ] || cp -L "$library" "root$library"
done

inside=''
count=0
IFS=: read -ra parts <<<"$class_path"
for part in "${parts[@]}"; do
  [ -e "$part" ] || continue
  count=$((count + 1))
  if [ -d "$part" ]; then
    mkdir "root/classes/$count"
    cp -r "$part/." "root/classes/$count"
    inside+=":/classes/$count"
  else
    cp "$part" "root/classes/$count.jar"
    inside+=":/classes/$count.jar"
  fi
done

tests=${KTLS_TESTS:-$(printf -- '--select-class=dev.ferrule.tests.ssl.%s ' KernelTlsTest KernelTlsOfNamesTest KernelSendFileTest)--select-method=dev.ferrule.tests.ssl.SendFileOrderTest#over_the_kernel_s_tls}
echo '127.0.0.1 localhost' >root/etc/hosts
echo 'root:x:0:0:root:/:/bin/sh' >root/etc/passwd
cat >root/init <<INIT
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
ip link set lo up
modprobe tls || echo "ktls: the module tls cannot be loaded"
cd /tmp
export LC_ALL=C.UTF-8 HOME=/
worst=0
for provider in $providers; do
  echo "ktls: provider \$provider"
  /jdk/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx768m -ea --enable-native-access=ALL-UNNAMED \\
    -Ddev.ferrule.tests.kernel-tls=true -Ddev.ferrule.poller=epoll -Ddev.ferrule.provider=\$provider \\
    -cp '${inside#:}' org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors \\
    --details=testfeed $tests
  code=\$?
  echo "ktls: provider \$provider: \$code"
  [ \$code -le \$worst ] || worst=\$code
done
echo "ktls: result \$worst"
sync
poweroff -f
INIT
chmod 755 root/init
(cd root && find . -print0 | sort -z | "$busybox" xargs -0 -n 100000 printf '%s\n' | "$busybox" cpio -o -H newc 2>/dev/null) >initramfs
rm -rf root

# ---- boots

echo "ktls: boots Linux $version in emulation, for at most $minutes minutes"
timeout "$((minutes * 60))" qemu-system-x86_64 -machine q35,accel=tcg -cpu max -smp 2 -m 3072 -nographic \
  -no-reboot -nodefaults -serial stdio -monitor none -display none -nic none \
  -kernel "$image" -initrd initramfs \
  -append "console=ttyS0 quiet panic=-1 mitigations=off" </dev/null 2>qemu.log | sed -u 's/\r$//' | tee console.log || true
result=$(sed -n 's/.*ktls: result \([0-9]*\).*/\1/p' console.log | tail -1)
rm -f initramfs
if [ -z "$result" ]; then
  echo "ktls: the machine did not get to an end: see $work/console.log and $work/qemu.log"
  exit 1
fi
exit "$result"
