# shellcheck shell=sh
# make dist gives the same bytes twice. With ZXP_LONG, and where Debian's tools are installed: packages are built from what make dist packs,
# lintian has nothing to say of them, and what they hold works.
. tests/lib.sh
tmp=$ZXP_TMP
root=$(pwd)

git rev-parse HEAD >/dev/null 2>&1 || skip_all "this is no git repository"
version=$(cat VERSION)
for n in 1 2; do
    git clone -q --no-hardlinks . "$tmp/clone$n" >"$tmp/out" 2>&1 &&
        (cd "$tmp/clone$n" && umask 0$n$n && ${MAKE:-make} --no-print-directory dist) >"$tmp/out" 2>&1
    verdict "make dist, round $n" $? "$tmp/out"
done
archive=build/zxpager-$version.tar.gz
cmp "$tmp/clone1/$archive" "$tmp/clone2/$archive" >"$tmp/out" 2>&1
verdict "make dist gives the same bytes twice" $? "$tmp/out"

if [ -n "${ZXP_LONG-}" ] && command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null; then
    cd "$tmp" || exit 1
    tar xzf "clone1/$archive" && cd "zxpager-$version" || exit 1
    env -u MAKEFLAGS -u MAKELEVEL -u MAKE DEB_BUILD_OPTIONS="parallel=2 ${DEB_BUILD_OPTIONS-}" dpkg-buildpackage -us -uc -b \
        >"$tmp/out" 2>&1
    verdict "dpkg-buildpackage -us -uc -b" $? "$tmp/out"
    cd "$tmp" || exit 1
    for package in zxpager libzxpager0 libzxpager-dev; do
        dpkg-deb -x "$package"_*.deb "$tmp/system" >"$tmp/out" 2>&1
        verdict "$package is there" $? "$tmp/out"
    done
    if command -v lintian >/dev/null; then
        lintian --allow-root --fail-on error,warning zxpager_*.changes >"$tmp/out" 2>&1
        verdict "lintian" $? "$tmp/out"
    fi
    "$tmp/system/usr/bin/zxpager-repl" --version >"$tmp/out" 2>&1
    verdict "the packaged program runs" $? "$tmp/out"
    lib=$(dirname "$(find "$tmp/system" -name libzxpager.so)")
    "${CC:-cc}" -o "$tmp/drive" "$root/docs/examples/drive.c" -I"$tmp/system/usr/include" -L"$lib" -lzxpager >"$tmp/out" 2>&1 &&
        LD_LIBRARY_PATH=$lib "$tmp/drive" >"$tmp/out" 2>&1
    verdict "a program built on the packaged library runs" $? "$tmp/out"
fi
plan
