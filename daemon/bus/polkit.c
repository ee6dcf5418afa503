/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/polkit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/log.h"
#include "bus/peer.h"

#define FLAG_ALLOW_USER_INTERACTION 1U
/* A person may have to type a password; sd-bus by itself would wait only 25 s. */
#define INTERACTIVE_TIMEOUT_USEC (120 * UINT64_C(1000000))

#define UID_UNKNOWN ((uid_t)-1)

struct PolkitCheck {
        Polkit *polkit;
        PolkitCheck *next;
        sd_bus_message *call;
        const char *action; /* a constant; NULL: only root may call */
        uid_t uid;          /* the caller's user; UID_UNKNOWN: the bus has not answered yet */
        sd_bus_slot *slot;  /* of the question that waits for its answer */
        sd_bus_slot *gone;  /* the match that reports the end of the caller */
        PolkitAllowed allowed;
        void *userdata;
};

static void check_free(PolkitCheck *check)
{
        PolkitCheck **link = &check->polkit->checks;

        while (*link != check)
                link = &(*link)->next;
        *link = check->next;
        check->polkit->n--;
        sd_bus_slot_unref(check->slot);
        sd_bus_slot_unref(check->gone);
        sd_bus_message_unref(check->call);
        free(check);
}

void polkit_done(Polkit *polkit)
{
        while (polkit->checks)
                check_free(polkit->checks);
}

static int check_new(Polkit *polkit, sd_bus_message *call, const char *action, PolkitAllowed allowed, void *userdata,
                     PolkitCheck **ret, sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(call);
        PolkitCheck *check;

        if (!sender)
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, "The bus does not say who calls.");
        for (PolkitCheck *other = polkit->checks; other; other = other->next)
                if (strcmp(sd_bus_message_get_sender(other->call), sender) == 0)
                        return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                "An authorization for an earlier call of yours is still pending.");
        if (polkit->n >= POLKIT_CHECKS_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait for their authorization.");

        check = malloc(sizeof(*check));
        if (!check)
                return -ENOMEM;
        *check = (PolkitCheck) {
                .polkit = polkit,
                .next = polkit->checks,
                .call = sd_bus_message_ref(call),
                .action = action,
                .uid = UID_UNKNOWN,
                .allowed = allowed,
                .userdata = userdata,
        };
        polkit->checks = check;
        polkit->n++;
        *ret = check;
        return 0;
}

static int check_allow(PolkitCheck *check)
{
        check->allowed(check->call, check->userdata);
        check_free(check);
        return 1;
}

static int check_refuse(PolkitCheck *check, const char *name, const char *message)
{
        (void)sd_bus_reply_method_errorf(check->call, name, "%s", message);
        check_free(check);
        return 1;
}

/* Decides without polkit, or where polkit is not asked. */
static int check_for_root(PolkitCheck *check)
{
        if (check->uid == 0)
                return check_allow(check);
        return check_refuse(check, SD_BUS_ERROR_ACCESS_DENIED, "Only root may do this here.");
}

static int check_on_error(PolkitCheck *check, sd_bus_message *reply)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
            sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
                return check_for_root(check);
        (void)sd_bus_reply_method_errorf(check->call, SD_BUS_ERROR_ACCESS_DENIED, "polkit could not be asked: %s",
                                         error->message ? error->message : error->name);
        check_free(check);
        return 1;
}

static int check_on_polkit(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        PolkitCheck *check = userdata;
        int authorized, challenge;

        if (sd_bus_message_is_method_error(reply, NULL))
                return check_on_error(check, reply);
        if (sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
            sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
                return check_refuse(check, SD_BUS_ERROR_ACCESS_DENIED, "polkit's answer makes no sense.");
        if (authorized)
                return check_allow(check);
        if (challenge)
                return check_refuse(check, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                    "polkit wants a password for this, and the call does not allow it to ask.");
        return check_refuse(check, SD_BUS_ERROR_ACCESS_DENIED, "polkit does not allow this.");
}

/* With a subject of kind system-bus-name, polkit itself finds the process, without a race. */
static int question_new(const PolkitCheck *check, bool interactive, sd_bus_message **ret)
{
        sd_bus_message *question = NULL;
        int r = sd_bus_message_new_method_call(sd_bus_message_get_bus(check->call), &question,
                                               "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                                               "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");

        if (r < 0)
                return r;
        r = sd_bus_message_append(question, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                  sd_bus_message_get_sender(check->call), check->action, 0,
                                  interactive ? FLAG_ALLOW_USER_INTERACTION : 0U, "");
        if (r < 0) {
                sd_bus_message_unref(question);
                return r;
        }
        *ret = question;
        return 0;
}

static int check_ask_polkit(PolkitCheck *check)
{
        bool interactive = sd_bus_message_get_allow_interactive_authorization(check->call) > 0;
        sd_bus_message *question;
        int r = question_new(check, interactive, &question);

        if (r < 0)
                return r;
        r = sd_bus_call_async(sd_bus_message_get_bus(check->call), &check->slot, question, check_on_polkit, check,
                              interactive ? INTERACTIVE_TIMEOUT_USEC : 0);
        sd_bus_message_unref(question);
        return r;
}

static unsigned checks_of(const Polkit *polkit, uid_t uid)
{
        unsigned n = 0;

        for (const PolkitCheck *check = polkit->checks; check; check = check->next)
                n += check->uid == uid;
        return n;
}

static int check_on_user(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        PolkitCheck *check = userdata;
        uint32_t uid;

        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "u", &uid) < 0)
                return check_refuse(check, SD_BUS_ERROR_ACCESS_DENIED, "The bus does not say who calls.");
        if (checks_of(check->polkit, uid) >= POLKIT_CHECKS_PER_USER)
                return check_refuse(check, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                    "Too many calls of this user wait for their authorization.");
        check->uid = uid;
        if (!check->action)
                return check_for_root(check);
        check->slot = sd_bus_slot_unref(check->slot);
        if (check_ask_polkit(check) < 0)
                return check_refuse(check, SD_BUS_ERROR_ACCESS_DENIED, "polkit could not be asked.");
        return 1;
}

static int check_on_gone(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        PolkitCheck *check = userdata;
        const char *name, *owner;

        if (message_is_from_bus(signal) && sd_bus_message_read(signal, "sss", &name, NULL, &owner) > 0 && !owner[0] &&
            strcmp(name, sd_bus_message_get_sender(check->call)) == 0)
                check_free(check);
        return 0;
}

/* The match is added first. If the caller had gone before that, the bus no longer knows its user. */
static int check_ask_user(PolkitCheck *check)
{
        sd_bus *connection = sd_bus_message_get_bus(check->call);
        const char *sender = sd_bus_message_get_sender(check->call);
        _cleanup_free_ char *match = NULL;
        int r;

        match = text_format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                            "member='NameOwnerChanged',arg0='%s'",
                            sender);
        if (!match)
                return -ENOMEM;
        r = sd_bus_add_match_async(connection, &check->gone, match, check_on_gone, NULL, check);
        if (r < 0)
                return r;
        return sd_bus_call_method_async(connection, &check->slot, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "GetConnectionUnixUser", check_on_user, check, "s",
                                        sender);
}

int polkit_check_action(Polkit *polkit, sd_bus_message *call, const char *action, PolkitAllowed allowed, void *userdata,
                        sd_bus_error *error)
{
        PolkitCheck *check = NULL;
        int r = check_new(polkit, call, action, allowed, userdata, &check, error);

        if (!check)
                return r;
        r = check_ask_user(check);
        if (r < 0) {
                check_free(check);
                return r;
        }
        return 1;
}

int polkit_check_root(Polkit *polkit, sd_bus_message *call, PolkitAllowed allowed, void *userdata, sd_bus_error *error)
{
        return polkit_check_action(polkit, call, NULL, allowed, userdata, error);
}
