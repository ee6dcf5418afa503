# SPDX-License-Identifier: GPL-2.0-or-later

set -l verbs status plan watch check guests kargs probe guest
complete -c tscwarden -f
complete -c tscwarden -n "not __fish_seen_subcommand_from $verbs" -a "$verbs"
complete -c tscwarden -n "__fish_seen_subcommand_from kargs; and not __fish_seen_subcommand_from plan apply revert" -a "plan apply revert"
complete -c tscwarden -n "__fish_seen_subcommand_from guest; and not __fish_seen_subcommand_from setup undo" -a "setup undo"

complete -c tscwarden -l host -s H -x -a "(__fish_print_hostnames)"
complete -c tscwarden -l against -x -a "(__fish_print_hostnames)"
complete -c tscwarden -l role -x -a "host guest both"
complete -c tscwarden -l cpus -x
complete -c tscwarden -l seconds -x
complete -c tscwarden -l textfile -r -F
complete -c tscwarden -l config -r -F
complete -c tscwarden -l compare -r -F
complete -c tscwarden -l help -s h
for option in json metrics labels all ask dry-run version
    complete -c tscwarden -l $option
end
