# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The Debian package for package.sh.

# The root leaves out what no other test looks at: pages, examples.
rm -f /etc/dpkg/dpkg.cfg.d/*
export DEBIAN_FRONTEND=noninteractive

# other_version VERSION, prints the path of the same package by that version, with one more line in the configuration file.
other_version() {
        local folder
        folder=$(mktemp -d)
        chmod 0755 "$folder"
        dpkg-deb --raw-extract "$older" "$folder/root"
        sed -i "s/^Version: .*/Version: $1/" "$folder/root/DEBIAN/control"
        echo "# $1" >> "$folder/root$config"
        (cd "$folder/root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | xargs -0 md5sum > DEBIAN/md5sums)
        dpkg-deb --build --root-owner-group "$folder/root" "$folder/tscwarden_$1.deb" > /dev/null
        rm -r "$folder/root"
        echo "$folder/tscwarden_$1.deb"
}

older=$(echo /packages/tscwarden_*.deb)
newer=$(other_version 9.9)
new_suffix=.dpkg-dist
# That it was enabled is configuration to Debian, which keeps it up to the purge.
left_by_removal="$config
$config$new_suffix
/etc/systemd/system/sysinit.target.wants/tscwarden.service
/etc/systemd/system/timers.target.wants/tscwarden-metrics.timer"
edited_is_now=$config

installed_is() {
        [ "$(dpkg-query --show --showformat='${Version}' tscwarden)" = "$(dpkg-deb --field "$1" Version)" ]
}

# confold: an edited configuration file stays, without a question.
package_install() {
        apt-get --yes -o Dpkg::Options::=--force-confold install "$1" && installed_is "$1"
}

package_downgrade() {
        dpkg --install --force-downgrade --force-confold "$1" && installed_is "$1"
}

package_remove() {
        apt-get --yes remove tscwarden
}

package_purge() {
        apt-get --yes purge tscwarden
}

package_verify() {
        dpkg --verify tscwarden
}
