# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Sourced after machine.sh by the tests that execute what `check` prints: each command of each look with --json is executed by mend, once
# for a step of a test, and the step has to turn; with $FIXES_OF only those of these steps. finish() says what became of each: a look may be taken in a subshell.
export scratch ctl FAKE_ADJTIMEX TSCWARDEND
: > "$scratch/mended"
declare -A excuses=()
eval "$(declare -f check_here | sed '1s/check_here/look_here/')"
eval "$(declare -f finish | sed '1s/finish/finish_checks/')"

check_here() {
        local maxerror=$1 id fix status_here
        look_here "$@"
        [[ " $* " == *" --json "* ]] || return 0
        status_here=$status
        shift
        python3 -c '
import json, sys
for step in json.load(open(sys.argv[1]))["Steps"]:
    if step["Fix"]:
        print(step["Id"] + "\t" + step["Fix"])
' "$scratch/output" > "$scratch/fixes"
        while IFS=$'\t' read -r id fix; do
                [[ -z ${FIXES_OF-} || " $FIXES_OF " == *" $id "* ]] || continue
                ! grep -qxF "$id is mended by: $fix" "$scratch/mended" || continue
                echo "$id is mended by: $fix" >> "$scratch/mended"
                # What is excused is executed too, and not waited for.
                tries=${excuses[$id]+1} unshare --mount --propagation private bash "$here/mend" "$id" "$fix" "$maxerror" "$@" \
                        > "$scratch/mend.log" 2>&1 < /dev/null || echo failed >> "$scratch/mend.log"
                mv "$scratch/mend.log" "$scratch/mended.$(wc -l < "$scratch/mended")"
        done < "$scratch/fixes"
        status=$status_here
}

# excuse ID REASON: that step does not turn here, whatever is executed.
excuse() {
        excuses[$1]=$2
}

finish() {
        local n=0 line
        while read -r line; do
                n=$((n + 1))
                note < "$scratch/mended.$n"
                if [ -n "${excuses[${line%% *}]-}" ]; then
                        ok "$line # not here: ${excuses[${line%% *}]}"
                        continue
                fi
                check_fails "$line" grep -qx failed "$scratch/mended.$n"
        done < "$scratch/mended"
        finish_checks
}
