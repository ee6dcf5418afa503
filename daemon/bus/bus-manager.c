/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/bus-connection.h"
#include "bus/bus-internal.h"
#include "manager/view.h"
#include "model/clock-advice.h"
#include "model/facts.h"
#include "model/clock-view.h"
#include "model/drift.h"
#include "model/event.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/need.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "model/vms.h"

#define INTERFACE "org.tscwarden1.Manager"

static void answer_task(Bus *bus, sd_bus_message *call)
{
        _cleanup_free_ char *safe = NULL;
        ManagerView view;

        manager_get_view(bus->manager, &view);
        safe = text_escape_again(view.state_reason);
        if (view.state == POLICY_STATE_DEGRADED || !cpuset_is_empty(view.degraded_cpus))
                (void)sd_bus_reply_method_errorf(call, BUS_ERROR_FAILED, "%s", safe ? safe : "Out of memory.");
        else
                (void)sd_bus_reply_method_return(call, "");
}

void bus_answer_waiting(Bus *bus, bool stopping)
{
        sd_bus_message *call = TAKE_PTR(bus->waiting);

        if (!call)
                return;
        if (stopping)
                (void)sd_bus_reply_method_errorf(call, BUS_ERROR_BUSY, "The daemon is being stopped.");
        else
                answer_task(bus, call);
        sd_bus_message_unref(call);
}

static int begin_apply(Manager *manager, char **ret_why)
{
        return manager_apply(manager);
}

static int begin_restore(Manager *manager, char **ret_why)
{
        return manager_restore(manager);
}

static void run_task(Bus *bus, sd_bus_message *call, int (*begin)(Manager *manager, char **ret_why))
{
        _cleanup_free_ char *why = NULL;
        int r = -EBUSY;

        if (!bus->waiting) {
                /* The task may end before the call that starts it returns. */
                bus->waiting = sd_bus_message_ref(call);
                r = begin(bus->manager, &why);
                if (r >= 0)
                        return;
                bus->waiting = sd_bus_message_unref(bus->waiting);
        }
        if (r == -EBUSY)
                (void)sd_bus_reply_method_errorf(call, BUS_ERROR_BUSY,
                                                 "The daemon is writing to the CPUs' knobs, or stopping. Try again.");
        else
                (void)sd_bus_reply_method_errorf(call, BUS_ERROR_REFUSED, "%s", why ? why : strerror(-r));
}

static void on_apply_allowed(sd_bus_message *call, void *userdata)
{
        run_task(userdata, call, begin_apply);
}

static void on_restore_allowed(sd_bus_message *call, void *userdata)
{
        run_task(userdata, call, begin_restore);
}

static void on_reload_allowed(sd_bus_message *call, void *userdata)
{
        run_task(userdata, call, manager_reload);
}

static int on_apply(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Bus *bus = ((ManagerObject *)userdata)->bus;

        return polkit_check_action(&bus->polkit, call, "org.tscwarden1.apply", on_apply_allowed, bus, error);
}

static int on_restore(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Bus *bus = ((ManagerObject *)userdata)->bus;

        return polkit_check_action(&bus->polkit, call, "org.tscwarden1.restore", on_restore_allowed, bus, error);
}

static int on_reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Bus *bus = ((ManagerObject *)userdata)->bus;

        return polkit_check_action(&bus->polkit, call, "org.tscwarden1.reload", on_reload_allowed, bus, error);
}

static int append_step(sd_bus_message *reply, const Step *step, const Snapshot *snapshot)
{
        _cleanup_free_ char *from = text_escape(step->from), *to = text_escape(step->to);
        _cleanup_free_ char *reason = properties_sentence(step_reason_format(step, snapshot));
        char object[KNOB_NAME_SIZE];

        if (!from || !to || !reason)
                return -ENOMEM;
        return properties_append_struct(reply, "ssssss", knob_object_format(&step->id, object),
                                        knob_to_string(step->id.knob), from, to, reason,
                                        effect_to_string(step->effect));
}

/* So many steps are described between two looks at the event loop: about 2 ms. */
#define SLICE_STEPS 2048

static int append_steps(Bus *bus, sd_bus_message *reply, const ManagerLook *look, size_t *next)
{
        for (unsigned n = 0; *next < look->plan.n_steps; n++, (*next)++) {
                int r;

                if (n == SLICE_STEPS)
                        return 1;
                r = append_step(reply, &look->plan.steps[*next], &look->snapshot);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int on_plan(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        ManagerObject *object = userdata;

        return bus_answer_in_slices(object->bus, call, "(ssssss)", append_steps);
}

static int append_event(sd_bus_message *reply, const Event *event)
{
        return properties_append_struct(reply, "ttss", event->realtime_usec, event->monotonic_usec, event->name,
                                        event->text);
}

static int on_events(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        ManagerObject *object = userdata;
        const Event *event;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "(ttss)");
        if (r < 0)
                return r;
        for (unsigned i = 0; (event = manager_get_event(object->bus->manager, i)); i++) {
                r = append_event(reply, event);
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

void bus_signal_drift(Bus *bus, const DriftReport *drift)
{
        _cleanup_free_ char *wanted = text_escape(drift->wanted), *actual = text_escape(drift->actual);
        _cleanup_free_ char *writer = text_escape(drift->writer);
        char object[KNOB_NAME_SIZE];

        if (bus_connection_is_ready(bus->connection) && wanted && actual && writer)
                (void)properties_emit(bus->connection, INTERFACE, "Drift", "ssssusb",
                                      knob_object_format(&drift->id, object), knob_to_string(drift->id.knob), wanted,
                                      actual, (uint32_t)drift->pid, writer, drift->repaired);
}

static int get_drift_counts(sd_bus *connection, const char *path, const char *interface, const char *property,
                            sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        ManagerObject *object = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "{st}");
        ManagerView view;

        manager_get_view(object->bus->manager, &view);
        for (Knob knob = 0; knob < KNOB_MAX_ && r >= 0; knob++)
                if (view.drift_counts[knob] > 0)
                        r = sd_bus_message_append(reply, "{st}", knob_to_string(knob), view.drift_counts[knob]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

#define STORED(name, signature, member) \
        SD_BUS_PROPERTY(name, signature, NULL, offsetof(ManagerObject, member), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define TEXT(name, member)                                                               \
        SD_BUS_PROPERTY(name, "s", properties_get_text, offsetof(ManagerObject, member), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define TEXTS(name, member)                                                                \
        SD_BUS_PROPERTY(name, "as", properties_get_texts, offsetof(ManagerObject, member), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
/* The vtable lets everybody call; the daemon decides later who may. */
#define ASKING(name, handler) \
        SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, handler, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", NULL, offsetof(ManagerObject, version), SD_BUS_VTABLE_PROPERTY_CONST),
        TEXT("State", state),
        TEXT("StateReason", state_reason),
        STORED("FrequencyPolicyNeeded", "b", frequency_needed),
        STORED("IdlePolicyNeeded", "b", idle_needed),
        TEXT("NeedReason", need_reason),
        TEXTS("ConfigFiles", config_files),
        SD_BUS_PROPERTY("LastAppliedUSec", "t", properties_get_realtime, offsetof(ManagerObject, applied_usec), 0),
        STORED("LastAppliedMonotonicUSec", "t", applied_usec),
        TEXT("ManagedCpus", managed_cpus),
        TEXT("DegradedCpus", degraded_cpus),
        TEXT("ContestedCpus", contested_cpus),
        STORED("DriftCount", "t", drift_count),
        /* DriftCount emits the changes. */
        SD_BUS_PROPERTY("DriftCounts", "a{st}", get_drift_counts, 0, 0),
        STORED("RunningVMs", "u", n_vms),
        TEXTS("RunningVMNames", vm_names),
        TEXT("VMsWhenLost", vms_when_lost),
        TEXTS("BootParametersMissing", parameters_missing),
        TEXT("BootParametersReason", parameters_reason),
        ASKING("Apply", on_apply),
        ASKING("Restore", on_restore),
        ASKING("Reload", on_reload),
        SD_BUS_METHOD_WITH_ARGS("Plan", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ssssss)", steps), on_plan,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Events", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ttss)", events), on_events,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS(
                "Drift",
                SD_BUS_ARGS("s", object, "s", knob, "s", wanted, "s", actual, "u", pid, "s", writer, "b", repaired), 0),
        SD_BUS_VTABLE_END,
};

int bus_add_manager(Bus *bus)
{
        return sd_bus_add_object_vtable(bus->connection, NULL, BUS_PATH, INTERFACE, manager_vtable,
                                        &bus->manager_object);
}

void bus_done_manager(Bus *bus)
{
        properties_done(manager_vtable, &bus->manager_object);
}

static char **copy_texts(const char *const *texts, unsigned n)
{
        char **copies = calloc(n + 1, sizeof(char *));

        for (unsigned i = 0; i < n && copies; i++)
                copies[i] = properties_text(texts[i]);
        return copies;
}

static char **copy_vm_names(const Vms *vms)
{
        char **names = calloc(vms->n_named + 1, sizeof(char *));
        unsigned n = 0;

        for (unsigned i = 0; i < vms->n_named && names; i++) {
                _cleanup_free_ char *name = vm_format(&vms->named[i]);

                names[n] = properties_text(name);
                n += names[n] != NULL;
        }
        return names;
}

static void fill_parameters(const ManagerView *manager, ManagerObject *object)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        const Facts *facts = manager->facts;
        ClockView view;
        unsigned n;

        clock_get(manager->clock, &view);
        n = clock_boot_parameters_missing(facts, view.verdict, view.reason, missing);
        object->parameters_missing = copy_texts(missing, n);
        object->parameters_reason = properties_sentence(clock_boot_parameters_reason(facts, view.verdict, view.reason));
}

void bus_update_manager(Bus *bus)
{
        ManagerObject fresh;
        ManagerView view;
        Halves need;

        manager_get_view(bus->manager, &view);
        need = need_from_facts(view.facts);
        fresh = (ManagerObject) {
                .bus = bus,
                .version = bus->manager_object.version,
                .state = properties_text(policy_state_to_string(view.state)),
                .state_reason = properties_sentence(strdup(view.state_reason)),
                .frequency_needed = need.frequency,
                .idle_needed = need.idle,
                .need_reason = properties_sentence(need_reason(view.facts)),
                .config_files = copy_texts(view.config_files, view.n_config_files),
                .applied_usec = view.applied_usec,
                .managed_cpus = cpuset_format(view.managed_cpus),
                .degraded_cpus = cpuset_format(view.degraded_cpus),
                .n_vms = view.vms->n,
                .vm_names = copy_vm_names(view.vms),
                .vms_when_lost = properties_text(view.vms_when_lost),
                .contested_cpus = cpuset_format(view.contested_cpus),
        };
        for (Knob knob = 0; knob < KNOB_MAX_; knob++)
                fresh.drift_count += view.drift_counts[knob];

        fill_parameters(&view, &fresh);
        properties_replace(bus->connection, INTERFACE, manager_vtable, &bus->manager_object, &fresh, sizeof(fresh));
}
