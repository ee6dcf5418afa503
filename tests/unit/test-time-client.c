/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/time-client.h"

static void test_time_client_judge(void **state)
{
        static const struct {
                const char *command, *arguments, *file;
                TimeClient client;
                bool steers;
        } cases[] = {
                { "chronyd", "/usr/sbin/chronyd -F 1", NULL, CLIENT_CHRONYD, true },
                { "chronyd", "/usr/sbin/chronyd -x", NULL, CLIENT_CHRONYD, false },
                { "chronyd", "/usr/sbin/chronyd -x -F 1", NULL, CLIENT_CHRONYD, false },
                { "chronyd", "/opt/a-xy/chronyd -f /etc/a -xy", NULL, CLIENT_CHRONYD, true },
                { "ntpd", "/usr/sbin/ntpd -p /run/ntpd.pid", NULL, CLIENT_NTPD, true },
                { "systemd-timesyn", "/lib/systemd/systemd-timesyncd", NULL, CLIENT_TIMESYNCD, true },
                { "timemaster", "timemaster -f x", NULL, CLIENT_TIMEMASTER, true },
                { "phc2sys", "phc2sys -a -r", NULL, CLIENT_PHC2SYS, true },
                { "phc2sys", "phc2sys -arm", NULL, CLIENT_PHC2SYS, true },
                { "phc2sys", "phc2sys -a -m", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -a -rr -n 24", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -a -r -E ntpshm -m", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -a -r -Erefclock_sock", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -s CLOCK_REALTIME -c eth0 -O 37", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -s eth0 -c CLOCK_REALTIME -w", NULL, CLIENT_PHC2SYS, true },
                { "phc2sys", "phc2sys -s /dev/ptp_kvm -O 0", NULL, CLIENT_PHC2SYS, true },
                { "phc2sys", "phc2sys -s eth0 -c eth1", NULL, CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -f /etc/p -a -r", "[global]\nclock_servo ntpshm\n", CLIENT_PHC2SYS, false },
                { "phc2sys", "phc2sys -f /etc/p -a -r", "[global]\nclock_servo pi\n", CLIENT_PHC2SYS, true },
                { "phc2sys", "phc2sys -a -r --clock_servo=refclock_sock", NULL, CLIENT_PHC2SYS, false },
                { "ptp4l", "ptp4l -i eth0", NULL, CLIENT_PTP4L, false },
                { "ptp4l", "ptp4l -S -i eth0", NULL, CLIENT_PTP4L, true },
                { "ptp4l", "ptp4l -i eth0 -mS", NULL, CLIENT_PTP4L, true },
                { "ptp4l", "ptp4l -i eSth", NULL, CLIENT_PTP4L, false },
                { "ptp4l", "ptp4l -i eth0 --time_stamping=software", NULL, CLIENT_PTP4L, true },
                { "ptp4l", "ptp4l -i eth0 -S --free_running=1", NULL, CLIENT_PTP4L, false },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", "time_stamping\tsoftware\n", CLIENT_PTP4L, true },
                { "ptp4l", "ptp4l -f /etc/p -i eth0 -H", "time_stamping software\n", CLIENT_PTP4L, false },
                { "ptp4l", "ptp4l -f /etc/p -S", "serverOnly 1\n", CLIENT_PTP4L, false },
                { "ntp-daemon", "ntp-daemon", NULL, CLIENT_OTHER, true },
                { "busybox", "busybox ntpd -n", NULL, CLIENT_OTHER, true },
                { "busybox", "busybox ntpdate", NULL, CLIENT_NONE, false },
                { "ts2phc", "ts2phc -c eth0", NULL, CLIENT_NONE, false },
                { "sntp", "sntp", NULL, CLIENT_NONE, false },
                { "chronyc", "chronyc -x", NULL, CLIENT_NONE, false },
                { "", "", NULL, CLIENT_NONE, false },
        };
        TimeProcess process;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                time_client_judge(cases[i].command, cases[i].arguments, cases[i].file, &process);
                if (process.client != cases[i].client || process.steers != cases[i].steers)
                        fail_msg("%s: client %d, steers %d", cases[i].arguments, process.client, process.steers);
        }
        time_client_judge("ts2phc", "ts2phc -c eth0", NULL, &process);
        assert_true(process.keeps_phc);
        time_client_judge("ptp4l", "ptp4l -i eth0", NULL, &process);
        assert_true(process.keeps_phc);
        time_client_judge("ptp4l", "ptp4l -i eth0 -S", NULL, &process);
        assert_false(process.keeps_phc);
        time_client_judge("ptp4l", "ptp4l -f /etc/p", "serverOnly 1\n", &process);
        assert_false(process.keeps_phc);
        time_client_judge("ptp4l", "ptp4l -f /etc/p", "clock_servo ntpshm\n", &process);
        assert_false(process.keeps_phc);
        time_client_judge("phc2sys", "phc2sys -as /dev/ptp_kvm", NULL, &process);
        assert_string_equal(process.source, "/dev/ptp_kvm");
}

static void test_time_client_file(void **state)
{
        char path[TIME_OPTION_SIZE];

        assert_true(time_client_file("phc2sys", "phc2sys -a -r -f /etc/a -m", path));
        assert_string_equal(path, "/etc/a");
        assert_true(time_client_file("ptp4l", "ptp4l -mf /etc/b", path));
        assert_string_equal(path, "/etc/b");
        assert_false(time_client_file("ptp4l", "ptp4l -i f", path));
        assert_false(time_client_file("timemaster", "timemaster -f x", path));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_time_client_judge),
                cmocka_unit_test(test_time_client_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
