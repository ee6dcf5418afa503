# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The RPM for package.sh, with Debian's rpm and dnf. What it requires is provided by the package stand-in, which also acts as
# systemd does on Fedora and RHEL when units come and go: see tests/package/stand-in.spec.

# Debian's rpm keeps each user's own database, in a folder that HOME names.
mkdir -p /etc/rpm /etc/yum.repos.d /var/lib/rpm
echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros
cat > /etc/yum.repos.d/packages.repo << 'END'
[packages]
name=Packages
baseurl=file:///packages
gpgcheck=0
END

older=tscwarden-$(cat /packages/version)
newer=tscwarden-9.9
new_suffix=.rpmnew
left_by_removal="$config$new_suffix
$config.rpmsave"
edited_is_now=$config.rpmsave

# run_dnf ARGUMENT...: a scriptlet that fails is only a warning to dnf, and an error here.
run_dnf() {
        local log
        log=$(mktemp)
        dnf --assumeyes --releasever=9 "$@" > "$log" 2>&1 || { cat "$log"; return 1; }
        cat "$log"
        ! grep -i 'scriptlet.*failed' "$log"
}

installed_is() {
        [[ $(rpm --query tscwarden) == "$1"-* ]]
}

package_install() {
        if rpm --query --quiet tscwarden; then
                run_dnf upgrade "$1" && installed_is "$1"
        else
                run_dnf install "$1" && installed_is "$1"
        fi
}

package_downgrade() {
        run_dnf downgrade "$1" && installed_is "$1"
}

package_remove() {
        run_dnf remove tscwarden
}

package_purge() {
        ! rpm --query --quiet tscwarden || package_remove || return
        xargs rm -f <<< "$left_by_removal"
}

package_verify() {
        rpm --verify --nodeps tscwarden
}

check "the stand-in for the distribution" run_dnf install stand-in
