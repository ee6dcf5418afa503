# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# For tests of the packages in a container, which finds them in /packages: a repository of RPMs, or a Debian package. The same checks are
# run with both. What differs is in package-rpm.sh and package-deb.sh, which set
#
#   older newer         two versions, as package_install takes them: the one that was built, and a later one
#   new_suffix          what a package manager appends to the name of a configuration file that it does not put over an edited one
#   left_by_removal     what a removal leaves once the configuration was edited and units were enabled, one path per line
#   edited_is_now       of these the edited file
#
# and define package_install VERSION (an upgrade too), package_downgrade VERSION, package_remove, package_purge (also of what
# $left_by_removal names) and package_verify, which prints which installed files are not as they were packed.

if [ -d /packages/repodata ]; then
        # shellcheck source=tests/integration/nspawn/package-rpm.sh
        . "$(dirname "${BASH_SOURCE[0]}")/package-rpm.sh"
else
        # shellcheck source=tests/integration/nspawn/package-deb.sh
        . "$(dirname "${BASH_SOURCE[0]}")/package-deb.sh"
fi

# files: everything on the machine but what package managers and systemd keep for themselves or make at run time.
files() {
        find / /run -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /packages -o -path /var/log \
                -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' -o -path /var/lib/dpkg/lock \
                -o -path /var/lib/dpkg/triggers -o -path /var/lib/rpm -o -path /var/lib/dnf -o -path /run/systemd -o -path /run/log \
                -o -path /results \) -prune -o -print |
                sort -u
}

# appeared BEFORE: files that are here now and were not in BEFORE.
appeared() {
        comm -13 <(echo "$1") <(files)
}
