/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "manager/wish.h"

static void on_guests(bool presence_changed, void *userdata)
{
}

static void test_wish_follows_mode_and_guests(void **state)
{
        _cleanup_(guest_watch_freep) GuestWatch *guests = NULL;
        const Facts facts = { .has_tsc = true, .constant_tsc = true };
        Config config = { .apply = APPLY_AUTO };
        sd_event *event;

        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(guest_watch_new(event, 0, on_guests, NULL, &guests), 0);
        /* Only the half that the CPUs need. */
        assert_false(wish_now(&config, &facts, guests).frequency);
        assert_true(wish_now(&config, &facts, guests).idle);
        config.apply = APPLY_NEVER;
        assert_false(wish_now(&config, &facts, guests).idle);
        config.apply = APPLY_ALWAYS;
        assert_true(wish_now(&config, &facts, guests).frequency);

        config.apply_when = APPLY_WHEN_GUESTS;
        assert_true(wish_waits_for_guests(&config, guests));
        assert_false(wish_now(&config, &facts, guests).frequency);
        assert_true(wish_wanted(&config, &facts).frequency);
        guest_watch_set_count(guests, 1);
        assert_false(wish_waits_for_guests(&config, guests));
        assert_true(wish_now(&config, &facts, guests).frequency);
        sd_event_unref(event);
}

/* Our own file sets a policy for a half that the CPUs do not need. */
static void test_config_find_unused(void **state)
{
        const Facts facts = { .has_tsc = true, .constant_tsc = true };
        char file[] = "/etc/default/tscwarden";
        PolicyRule rule = { .file = file, .has = { [POLICY_GOVERNOR] = true } };
        Config config = { .apply = APPLY_AUTO, .sets_policy = true, .policy = { .rules = &rule, .n_rules = 1 } };

        assert_true(config_find_unused(&config, &facts).frequency);
        assert_false(config_find_unused(&config, &facts).idle);
        config.apply = APPLY_ALWAYS;
        assert_false(config_find_unused(&config, &facts).frequency);
        config.apply = APPLY_AUTO;
        config.sets_policy = false;
        assert_false(config_find_unused(&config, &facts).frequency);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_wish_follows_mode_and_guests),
                cmocka_unit_test(test_config_find_unused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
