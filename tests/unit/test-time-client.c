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
        time_client_judge("phc2sys", "phc2sys -as /dev/ptp_kvm", NULL, &process);
        assert_string_equal(process.source, "/dev/ptp_kvm");
}

/* The clocks that the clients set; "" and no others: none. */
static void test_kept_clocks(void **state)
{
        static const struct {
                const char *command, *arguments, *file, *keeps;
                bool others;
        } cases[] = {
                { "ptp4l", "ptp4l -i eth0", NULL, "eth0", false },
                { "ptp4l", "ptp4l -mi eth0 -ieth1", NULL, "eth0 eth1", false },
                { "ptp4l", "ptp4l -f /etc/p", "[global]\n#[eth9]\n[unicast_master_table]\n [eth0]\n[ eth1 ]\r\n[]\n",
                  "eth0 eth1", false },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", "[eth1]\n", "eth0 eth1", false },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", NULL, "eth0", true },
                { "ptp4l", "ptp4l -f /etc/p", "[global]\n", "", true },
                { "ptp4l", "ptp4l -i eth0 -p /dev/ptp3", NULL, "", true },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", "phc_index 3\n", "", true },
                { "ptp4l", "ptp4l -i eth0 -S", NULL, "", false },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", "serverOnly 1\n", "", false },
                { "ptp4l", "ptp4l -f /etc/p -i eth0", "clock_servo ntpshm\n", "", false },
                { "ts2phc", "ts2phc -c eth0 -c /dev/ptp1 -s generic", NULL, "eth0 /dev/ptp1", false },
                { "ts2phc", "ts2phc -f /etc/t -s nmea", "[nmea]\n[eth0]\nts2phc.extts_polarity both\n", "eth0", false },
                { "ts2phc", "ts2phc -f /etc/t", "[eth0]\nts2phc.master 1\n[eth1]\n", "", true },
                { "ts2phc", "ts2phc -a -c eth0", NULL, "", true },
                { "sfptpd", "sfptpd -i eth0", NULL, "", true },
                { "phc2sys", "phc2sys -a -r", NULL, "", false },
        };
        TimeProcess process;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                bool keeps = cases[i].keeps[0] || cases[i].others;

                time_client_judge(cases[i].command, cases[i].arguments, cases[i].file, &process);
                if (process.keeps_phc != keeps || strcmp(process.keeps, cases[i].keeps) != 0 ||
                    process.keeps_others != cases[i].others)
                        fail_msg("%s: keeps \"%s\", others %d", cases[i].arguments, process.keeps,
                                 process.keeps_others);
        }
        time_client_judge("phc2sys", "phc2sys -s eth0 -c eth1", NULL, &process);
        assert_string_equal(process.source, "eth0");
        assert_string_equal(process.sink, "eth1");
        time_client_judge("phc2sys", "phc2sys -s CLOCK_REALTIME -c eth1", NULL, &process);
        assert_string_equal(process.sink, "");
}

static void test_kept_judge(void **state)
{
        char list[PHC_LIST_SIZE] = "", name[PHC_LIST_SIZE];
        PhcsKept kept = {};

        assert_int_equal(phc_kept_judge(&kept, "eth0 ptp0"), 0);
        assert_int_equal(phc_kept_judge(&kept, ""), 0);
        assert_true(phc_list_add(kept.names, "eth0 ptp0"));
        assert_string_equal(kept.names, "eth0 ptp0");
        assert_int_equal(phc_kept_judge(&kept, "/dev/ptp0 ptp0"), 1);
        assert_int_equal(phc_kept_judge(&kept, "eth1 ptp1"), 0);
        assert_int_equal(phc_kept_judge(&kept, "ptp"), 0);
        /* eth1 may be a second port with eth0's clock. */
        assert_int_equal(phc_kept_judge(&kept, "eth1"), -1);
        assert_int_equal(phc_kept_judge(&kept, ""), -1);
        /* phc2sys -s eth0 -c eth1, and the other way round. */
        strcpy(kept.copy_from, "eth0 ptp0");
        strcpy(kept.copy_to, "eth1 ptp1");
        assert_int_equal(phc_kept_judge(&kept, "ptp1"), 1);
        strcpy(kept.copy_from, "eth2 ptp2");
        assert_int_equal(phc_kept_judge(&kept, "ptp1"), 0);
        strcpy(kept.copy_to, "eth0 ptp0");
        assert_int_equal(phc_kept_judge(&kept, "ptp0"), 1);
        kept.others = true;
        assert_int_equal(phc_kept_judge(&kept, "ptp1"), -1);

        memset(name, 'e', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        name[200] = '\0';
        assert_true(phc_list_add(list, name));
        assert_false(phc_list_add(list, name));
        assert_int_equal(strlen(list), 200);
}

static void test_time_client_file(void **state)
{
        char path[TIME_OPTION_SIZE];

        assert_true(time_client_file("phc2sys", "phc2sys -a -r -f /etc/a -m", path));
        assert_string_equal(path, "/etc/a");
        assert_true(time_client_file("ptp4l", "ptp4l -mf /etc/b", path));
        assert_string_equal(path, "/etc/b");
        assert_false(time_client_file("ptp4l", "ptp4l -i f", path));
        assert_true(time_client_file("ts2phc", "ts2phc -f /etc/c -s nmea", path));
        assert_string_equal(path, "/etc/c");
        assert_false(time_client_file("timemaster", "timemaster -f x", path));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_time_client_judge),
                cmocka_unit_test(test_kept_clocks),
                cmocka_unit_test(test_kept_judge),
                cmocka_unit_test(test_time_client_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
