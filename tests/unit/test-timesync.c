/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/timesync.h"

#define NOW 1000000.0
#define BIT(client) (1U << (client))

static const ChronyReport good_chrony = {
        .tracked = true,
        .refid = "C0000201",
        .normal = true,
        .stratum = 2,
        .reference_sec = NOW - 30,
        .correction_sec = -0.001,
        .root_delay_sec = 0.004,
        .root_dispersion_sec = 0.003,
        .interval_sec = 64,
        .sources = { { .mode = '^', .state = '*', .reach = 0377 } },
        .n_sources = 1,
};

static const NtpReport good_ntp = {
        .answered = true,
        .stratum = 2,
        .refid = "192.0.2.1",
        .reference_sec = NOW - 30,
        .offset_sec = -0.001,
        .root_delay_sec = 0.004,
        .root_dispersion_sec = 0.003,
        .interval_sec = 64,
};

static TimeInput input_of(unsigned running)
{
        return (TimeInput) {
                .now_sec = NOW,
                .clients_known = true,
                .running = running,
                .steering = running,
                .kernel_known = true,
                .kernel_max_error_usec = 20000,
                .chrony = good_chrony,
                .ntp = good_ntp,
                .timesyncd_synchronized = true,
        };
}

static void expect(const char *what, const TimeInput *input, TimeVerdict verdict, TimeClient client)
{
        TimeView view;

        time_judge(input, &view);
        if (view.verdict != verdict || view.client != client)
                fail_msg("%s: verdict %d, client %d", what, view.verdict, view.client);
        if ((view.bound_sec >= 0) !=
            (verdict == TIME_SYNCHRONIZED && (client == CLIENT_CHRONYD || client == CLIENT_NTPD)))
                fail_msg("%s: bound %f", what, view.bound_sec);
}

static void test_chrony(void **state)
{
        TimeInput good = input_of(BIT(CLIENT_CHRONYD)), i = good;
        TimeView view;

        expect("good", &good, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        time_judge(&good, &view);
        assert_true(view.bound_sec > 0.00599 && view.bound_sec < 0.00601);
        assert_true(view.age_sec == 30);

        strcpy(i.chrony.refid, CHRONY_REFID_LOCAL);
        expect("local mode says Normal", &i, TIME_LOCAL, CLIENT_CHRONYD);
        i = good;
        i.chrony.normal = false;
        expect("Not synchronised", &i, TIME_UNSYNCHRONIZED, CLIENT_CHRONYD);
        i = good;
        i.chrony.sources[0].reach = 0;
        expect("eight questions without an answer", &i, TIME_STALE, CLIENT_CHRONYD);
        i.chrony.sources[0].state = '?';
        expect("no source is selected, and none answers", &i, TIME_STALE, CLIENT_CHRONYD);
        i.chrony.sources[0].reach = 017;
        expect("it answers, and is not selected yet", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.chrony.sources[0].state = 'x';
        expect("they contradict each other", &i, TIME_DISAGREEING, CLIENT_CHRONYD);
        i = good;
        i.chrony.correction_sec = -0.128;
        expect("not far off", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.chrony.correction_sec = 300;
        expect("far off", &i, TIME_OFF, CLIENT_CHRONYD);
        i = good;
        i.chrony.sources[0].poll = 8;
        i.chrony.interval_sec = 2;
        i.chrony.reference_sec = NOW - 8 * 256;
        expect("polled seldom", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.chrony.reference_sec = NOW - 8 * 256 - 1;
        expect("polled seldom, and silent", &i, TIME_STALE, CLIENT_CHRONYD);
        i = good;
        i.chrony.reference_sec = NOW - 8 * 64;
        expect("eight intervals", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.chrony.reference_sec = NOW - 8 * 64 - 1;
        expect("more than eight intervals", &i, TIME_STALE, CLIENT_CHRONYD);
        i.chrony.interval_sec = 0.25;
        i.chrony.reference_sec = NOW - 64;
        expect("short intervals have a floor", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.chrony.reference_sec = NOW - 65;
        expect("and that is it", &i, TIME_STALE, CLIENT_CHRONYD);
        i = good;
        i.chrony.reference_sec = NOW + 5;
        expect("the clock was set back", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i = good;
        i.chrony.tracked = false;
        expect("506", &i, TIME_UNKNOWN, CLIENT_CHRONYD);
        i = good;
        i.chrony_error = -2;
        expect("no chronyc", &i, TIME_UNKNOWN, CLIENT_CHRONYD);
}

static void test_the_kernel_has_the_last_word(void **state)
{
        TimeInput i = input_of(BIT(CLIENT_CHRONYD));

        i.kernel_max_error_usec = TIME_MAX_ERROR_USEC - 1;
        expect("nearly", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.kernel_max_error_usec = TIME_MAX_ERROR_USEC;
        expect("chronyd says so, the kernel does not", &i, TIME_UNSYNCHRONIZED, CLIENT_CHRONYD);
        i.steering = 0;
        expect("chronyd -x", &i, TIME_NOT_STEERING, CLIENT_CHRONYD);
        i.kernel_known = false;
        expect("the kernel cannot be asked", &i, TIME_SYNCHRONIZED, CLIENT_CHRONYD);
        i.kernel_known = true;
        i.chrony.tracked = false;
        expect("no answer", &i, TIME_UNSYNCHRONIZED, CLIENT_CHRONYD);
        strcpy(i.chrony.refid, CHRONY_REFID_LOCAL);
        i.chrony.tracked = true;
        expect("the nearer reason", &i, TIME_LOCAL, CLIENT_CHRONYD);
}

static void test_ntpd(void **state)
{
        TimeInput good = input_of(BIT(CLIENT_NTPD)), i = good;

        expect("good", &good, TIME_SYNCHRONIZED, CLIENT_NTPD);
        i.ntp.leap = 3;
        expect("leap 11", &i, TIME_UNSYNCHRONIZED, CLIENT_NTPD);
        i = good;
        i.ntp.stratum = 16;
        expect("stratum 16", &i, TIME_UNSYNCHRONIZED, CLIENT_NTPD);
        i = good;
        strcpy(i.ntp.refid, "LOCL");
        expect("its own clock", &i, TIME_LOCAL, CLIENT_NTPD);
        i = good;
        i.ntp.reference_sec = NOW - 513;
        expect("old", &i, TIME_STALE, CLIENT_NTPD);
        i = good;
        i.ntp.answered = false;
        expect("no answer", &i, TIME_UNKNOWN, CLIENT_NTPD);
        i = good;
        i.ntp_error = -ENOENT;
        expect("no ntpq: OpenNTPD", &i, TIME_UNASKED, CLIENT_NTPD);
        i.ntp_error = -110;
        expect("ntpq hangs", &i, TIME_UNKNOWN, CLIENT_NTPD);
}

static void test_the_others(void **state)
{
        TimeInput i = input_of(BIT(CLIENT_TIMESYNCD));

        expect("timesyncd", &i, TIME_SYNCHRONIZED, CLIENT_TIMESYNCD);
        i.timesyncd_synchronized = false;
        expect("timesyncd has not been yet", &i, TIME_UNSYNCHRONIZED, CLIENT_TIMESYNCD);
        i.timesyncd_synchronized = true;
        i.kernel_max_error_usec = 8 * 2048 * 500;
        expect("timesyncd, hours ago", &i, TIME_SYNCHRONIZED, CLIENT_TIMESYNCD);
        i.kernel_max_error_usec += 500;
        expect("timesyncd, too long ago", &i, TIME_STALE, CLIENT_TIMESYNCD);
        i = input_of(BIT(CLIENT_OTHER));
        expect("who cannot be asked", &i, TIME_UNASKED, CLIENT_OTHER);
        i.running |= BIT(CLIENT_TIMESYNCD);
        i.steering = i.running;
        expect("who can be asked comes first", &i, TIME_SYNCHRONIZED, CLIENT_TIMESYNCD);
        i = input_of(BIT(CLIENT_PHC2SYS));
        expect("phc2sys on a clock that nobody sets", &i, TIME_UNKEPT, CLIENT_PHC2SYS);
        i.phc2sys_from_host = true;
        expect("phc2sys on the hypervisor's", &i, TIME_SYNCHRONIZED, CLIENT_PHC2SYS);
        i.phc2sys_from_host = false;
        i.running |= BIT(CLIENT_PTP4L);
        expect("phc2sys on the same, and a ptp4l that keeps none", &i, TIME_UNKEPT, CLIENT_PHC2SYS);
        strcpy(i.phcs.names, "eth0 ptp0");
        expect("phc2sys on whatever ptp4l keeps", &i, TIME_SYNCHRONIZED, CLIENT_PHC2SYS);
        strcpy(i.phc2sys_source, "eth1 ptp1");
        expect("phc2sys on another one", &i, TIME_UNKEPT, CLIENT_PHC2SYS);
        i.phcs.others = true;
        expect("phc2sys on one that may be kept", &i, TIME_UNTRACED, CLIENT_PHC2SYS);
        i.phcs.others = false;
        strcpy(i.phc2sys_source, "/dev/ptp0 ptp0");
        expect("phc2sys on one that is kept", &i, TIME_SYNCHRONIZED, CLIENT_PHC2SYS);
        i.kernel_max_error_usec = TIME_MAX_ERROR_USEC;
        expect("phc2sys is not", &i, TIME_UNSYNCHRONIZED, CLIENT_PHC2SYS);
        i = input_of(0);
        expect("nobody, lately somebody", &i, TIME_UNSEEN, CLIENT_NONE);
        i.kernel_max_error_usec = TIME_MAX_ERROR_USEC;
        expect("nobody", &i, TIME_NOBODY, CLIENT_NONE);
        i.clients_known = false;
        expect("nobody that can be seen", &i, TIME_UNSYNCHRONIZED, CLIENT_NONE);
        i.kernel_known = false;
        expect("nothing to go by", &i, TIME_UNKNOWN, CLIENT_NONE);
}

static void test_disciplines(void **state)
{
        TimeInput i = input_of(BIT(CLIENT_CHRONYD) | BIT(CLIENT_TIMESYNCD));

        assert_int_equal(time_count_disciplines(&i), 2);
        i.steering = BIT(CLIENT_TIMESYNCD);
        assert_int_equal(time_count_disciplines(&i), 1);
        i = input_of(BIT(CLIENT_TIMEMASTER) | BIT(CLIENT_CHRONYD) | BIT(CLIENT_PHC2SYS));
        assert_int_equal(time_count_disciplines(&i), 1);
        i = input_of(0);
        assert_int_equal(time_count_disciplines(&i), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_chrony),      cmocka_unit_test(test_the_kernel_has_the_last_word),
                cmocka_unit_test(test_ntpd),        cmocka_unit_test(test_the_others),
                cmocka_unit_test(test_disciplines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
