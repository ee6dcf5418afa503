/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/callers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/macro.h"

/* More than the number of connections that one user may have on the system bus (256 by default, dbus-daemon(1)). */
#define CALLERS_MAX 1024
#define UID_UNKNOWN ((uid_t)-1)
/* In KiB: enough for a dozen `tscwarden status` in four seconds, or four times for everything about a large host. */
#define LIMIT_MIN 512
/* So many calls of a user are refused with an answer in one window. Further calls get no answer. Then the bus itself
 * stops that user: it lets only so many calls of a connection wait for an answer (max_replies_per_connection), and it
 * delivers the answers to the others. */
#define REFUSALS_TOLD 20
/* In KiB, for a connection whose user the bus has not named yet, so that the first call of a client does not fail
 * because of other clients. */
#define UNKNOWN_MAX 32
/* So many larger calls of a connection wait until the bus has named its user. */
#define WAITING_MAX 16

struct Caller {
        Callers *callers;
        char *name; /* unique */
        uid_t uid;
        unsigned n_unknown; /* KiB that it used before its user was known */
        unsigned n_waiting; /* calls that were told to wait until then */
        uint64_t usec;      /* when it called last */
        sd_bus_slot *slot;  /* of the question about its user; NULL: answered */
};

static bool is(const char *a, const char *b)
{
        return a && strcmp(a, b) == 0;
}

unsigned caller_cost(const char *member, unsigned n_cpus)
{
        if (is(member, "GetManagedObjects"))
                return 8 + n_cpus;
        if (is(member, "Plan"))
                return 2 + n_cpus;
        /* The answer lists the names of all CPUs below the object. */
        if (is(member, "Introspect"))
                return 8 + n_cpus / 32;
        if (is(member, "Events"))
                return 16;
        /* The answer is small, but the call asks polkit. */
        if (is(member, "Apply") || is(member, "Restore") || is(member, "Reload"))
                return 16;
        return is(member, "GetAll") ? 4 : 0;
}

/* Whether a call does something even if nobody waits for the answer. */
static bool changes_something(const char *member)
{
        return is(member, "Apply") || is(member, "Restore") || is(member, "Reload") || is(member, "Set");
}

static Caller *caller_free(Caller *caller)
{
        sd_bus_slot_unref(caller->slot);
        free(caller->name);
        free(caller);
        return NULL;
}
DEFINE_CLEANUP(Caller, caller_free);

static int caller_compare(const void *key, const void *element)
{
        return strcmp(key, (*(Caller *const *)element)->name);
}

static int caller_on_user(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Caller *caller = userdata;
        uint32_t uid;

        /* An error means that the caller has gone. */
        if (!sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_read(reply, "u", &uid) > 0)
                caller->uid = uid;
        caller->slot = sd_bus_slot_unref(caller->slot);
        if (caller->n_waiting > 0)
                caller->callers->on_user(caller->callers->userdata);
        return 1;
}

static void callers_drop_oldest(Callers *callers)
{
        size_t oldest = 0;

        for (size_t i = 1; i < callers->n; i++)
                if (callers->entries[i]->usec < callers->entries[oldest]->usec)
                        oldest = i;
        caller_free(callers->entries[oldest]);
        callers->n--;
        memmove(callers->entries + oldest, callers->entries + oldest + 1,
                (callers->n - oldest) * sizeof(*callers->entries));
}

static int caller_new(Callers *callers, sd_bus *connection, const char *name, Caller **ret)
{
        _cleanup_(caller_freep) Caller *caller = malloc(sizeof(*caller));
        int r;

        if (!caller)
                return -ENOMEM;
        *caller = (Caller) { .callers = callers, .name = strdup(name), .uid = UID_UNKNOWN };
        if (!caller->name)
                return -ENOMEM;
        r = sd_bus_call_method_async(connection, &caller->slot, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", "GetConnectionUnixUser", caller_on_user, caller, "s",
                                     name);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(caller);
        return 0;
}

/* The bus never uses a unique name again, so no entry becomes wrong when its caller goes. NULL: out of memory. */
static Caller *callers_get(Callers *callers, sd_bus *connection, const char *name)
{
        Caller *caller;
        bool found;
        size_t at = array_find(callers->entries, callers->n, sizeof(*callers->entries), name, caller_compare, &found);

        if (found)
                return callers->entries[at];
        if (callers->n >= CALLERS_MAX) {
                callers_drop_oldest(callers);
                at = array_find(callers->entries, callers->n, sizeof(*callers->entries), name, caller_compare, &found);
        }
        if (array_grow(&callers->entries, callers->n, sizeof(*callers->entries)) < 0 ||
            caller_new(callers, connection, name, &caller) < 0)
                return NULL;
        memmove(callers->entries + at + 1, callers->entries + at, (callers->n - at) * sizeof(*callers->entries));
        callers->entries[at] = caller;
        callers->n++;
        return caller;
}

static CallerAccount *callers_account(Callers *callers, uid_t uid)
{
        CallerAccount *oldest = callers->accounts;

        for (unsigned i = 0; i < callers->n_accounts; i++) {
                CallerAccount *account = &callers->accounts[i];

                if (account->uid == uid)
                        return account;
                if (account->answers.forgotten_usec < oldest->answers.forgotten_usec)
                        oldest = account;
        }
        if (callers->n_accounts < CALLER_ACCOUNTS)
                oldest = &callers->accounts[callers->n_accounts++];
        *oldest = (CallerAccount) { .uid = uid };
        return oldest;
}

/* The bus has not named the caller's user yet: CALLERS_ADMITTED, CALLERS_WAIT, or CALLERS_DONE: the call costs too
 * much. */
static int caller_admit_unknown(Caller *caller, unsigned cost)
{
        if (caller->n_unknown + cost <= UNKNOWN_MAX) {
                caller->n_unknown += cost;
                return CALLERS_ADMITTED;
        }
        if (caller->n_waiting >= WAITING_MAX)
                return CALLERS_DONE;
        caller->n_waiting++;
        return CALLERS_WAIT;
}

int callers_admit(Callers *callers, sd_bus_message *call, unsigned n_cpus, uint64_t now_usec)
{
        const char *member = sd_bus_message_get_member(call);
        unsigned cost = caller_cost(member, n_cpus);
        unsigned all = 4 * caller_cost("GetManagedObjects", n_cpus);
        const char *sender = sd_bus_message_get_sender(call);
        CallerAccount *account;
        Caller *caller;

        if (sd_bus_message_get_expect_reply(call) == 0 && !changes_something(member))
                return CALLERS_DONE;
        if (cost == 0)
                return CALLERS_ADMITTED;
        caller = sender ? callers_get(callers, sd_bus_message_get_bus(call), sender) : NULL;
        if (caller)
                caller->usec = now_usec;
        if (caller && caller->uid == 0)
                return CALLERS_ADMITTED;
        if (caller && caller->slot) {
                int r = caller_admit_unknown(caller, cost);

                if (r != CALLERS_DONE)
                        return r;
        }
        account = callers_account(callers, caller ? caller->uid : UID_UNKNOWN);
        if (allowance_take(&account->answers, cost, all > LIMIT_MIN ? all : LIMIT_MIN, now_usec))
                return CALLERS_ADMITTED;
        if (allowance_take(&account->refusals, 1, REFUSALS_TOLD, now_usec))
                (void)sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                 "This user has asked for too much in the last seconds. "
                                                 "Try again in a second.");
        return CALLERS_DONE;
}

void callers_done(Callers *callers)
{
        for (size_t i = 0; i < callers->n; i++)
                caller_free(callers->entries[i]);
        free(callers->entries);
        *callers = (Callers) {};
}
