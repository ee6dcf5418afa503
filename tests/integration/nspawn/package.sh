# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# For tests of the Debian package in a container, which finds it in /packages. $package is the version that was built.

package=$(echo /packages/tscwarden_*.deb)
# The root leaves out what no other test looks at: pages, examples.
rm -f /etc/dpkg/dpkg.cfg.d/*

# files: everything on the machine but what dpkg, apt and systemd keep for themselves or made at run time.
files() {
        find / /run -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /packages -o -path /var/log \
                -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' -o -path /var/lib/dpkg/lock \
                -o -path /var/lib/dpkg/triggers -o -path /run/systemd -o -path /run/log -o -path /results \) -prune -o -print |
                sort -u
}

# appeared BEFORE: files that are here now and were not in BEFORE.
appeared() {
        comm -13 <(echo "$1") <(files)
}

# other_version VERSION, prints the path of the same package by that version.
other_version() {
        local folder
        folder=$(mktemp -d)
        chmod 0755 "$folder"
        dpkg-deb --raw-extract "$package" "$folder/root"
        sed -i "s/^Version: .*/Version: $1/" "$folder/root/DEBIAN/control"
        dpkg-deb --build --root-owner-group "$folder/root" "$folder/tscwarden_$1.deb" > /dev/null
        rm -r "$folder/root"
        echo "$folder/tscwarden_$1.deb"
}

# apt_install FILE: and that version is installed afterwards.
apt_install() {
        DEBIAN_FRONTEND=noninteractive apt-get --yes install "$1" &&
                [ "$(dpkg-query --show --showformat='${Version}' tscwarden)" = "$(dpkg-deb --field "$1" Version)" ]
}
