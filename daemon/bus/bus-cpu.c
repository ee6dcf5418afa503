/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A CPU's object is at BUS_PATH/cpu/N literally: sd_bus_path_encode() would make "0" into "_30".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/array.h"
#include "base/log.h"
#include "base/parse.h"
#include "bus/bus-connection.h"
#include "bus/bus-internal.h"
#include "manager/view.h"
#include "model/finding.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

#define INTERFACE "org.tscwarden1.Cpu"
#define CPUS_PATH BUS_PATH "/cpu"
#define CPU_PATH_SIZE (sizeof(CPUS_PATH) + 12)

static const char *cpu_path_format(unsigned cpu, char buffer[static CPU_PATH_SIZE])
{
        (void)snprintf(buffer, CPU_PATH_SIZE, CPUS_PATH "/%u", cpu);
        return buffer;
}

/* 0, -EINVAL (no such path), or -EIO: the host cannot be read. The result is valid until the next manager_look(). */
static int cpu_look(Bus *bus, const char *path, const ManagerLook **ret_look, const CpuState **ret_cpu)
{
        const ManagerLook *look;
        const CpuState *state;
        char canonical[CPU_PATH_SIZE];
        unsigned cpu;

        if (strlen(path) <= strlen(CPUS_PATH "/") ||
            parse_unsigned(path + strlen(CPUS_PATH "/"), 0, CPUSET_MAX - 1, &cpu) < 0 ||
            strcmp(path, cpu_path_format(cpu, canonical)) != 0)
                return -EINVAL;
        look = manager_look(bus->manager);
        if (!look)
                return -EIO;
        state = snapshot_find_cpu(&look->snapshot, cpu);
        if (!state)
                return -EINVAL;
        *ret_look = look;
        *ret_cpu = state;
        return 0;
}

static const FreqDomain *domain_of(const Snapshot *snapshot, unsigned cpu)
{
        /* A policy has the number of one of its CPUs; on large hosts it is mostly this CPU. */
        const FreqDomain *domain = snapshot_find_domain(snapshot, cpu);

        if (domain && cpuset_has(&domain->related, cpu))
                return domain;
        for (unsigned i = 0; i < snapshot->n_domains; i++)
                if (cpuset_has(&snapshot->domains[i].cpus, cpu) || cpuset_has(&snapshot->domains[i].related, cpu))
                        return &snapshot->domains[i];
        return NULL;
}

/* Orders by knob; several steps of one knob keep their order. */
static int step_compare(const void *a, const void *b)
{
        const Step *left = *(const Step *const *)a, *right = *(const Step *const *)b;
        int order = knob_id_compare(&left->id, &right->id);

        return order != 0 ? order : (left > right) - (left < right);
}

static int step_compare_id(const void *key, const void *element)
{
        return knob_id_compare(key, &(*(const Step *const *)element)->id);
}

/* Sorts the look's steps once: GetManagedObjects asks for several of each CPU. 0 or -ENOMEM. */
static int sort_steps(Bus *bus, const ManagerLook *look)
{
        const Step **steps;

        if (bus->steps && bus->steps_usec == look->usec)
                return 0;
        steps = reallocarray(bus->steps, look->plan.n_steps + 1, sizeof(*steps));
        if (!steps)
                return -ENOMEM;
        for (size_t i = 0; i < look->plan.n_steps; i++)
                steps[i] = &look->plan.steps[i];
        qsort(steps, look->plan.n_steps, sizeof(*steps), step_compare);
        bus->steps = steps;
        bus->steps_usec = look->usec;
        return 0;
}

/* The first step of this knob; NULL: there is none, or out of memory. */
static const Step *step_for(Bus *bus, const ManagerLook *look, const KnobId *id)
{
        bool found;
        size_t at;

        if (sort_steps(bus, look) < 0)
                return NULL;
        at = array_find(bus->steps, look->plan.n_steps, sizeof(*bus->steps), id, step_compare_id, &found);
        while (found && at > 0 && knob_id_compare(&bus->steps[at - 1]->id, id) == 0)
                at--;
        return found ? bus->steps[at] : NULL;
}

static bool shows_lower_maximum(Bus *bus, const ManagerLook *look, const FreqDomain *domain)
{
        const KnobId id = { .knob = KNOB_SCALING_MAX_FREQ, .id = domain ? domain->id : 0 };
        const Step *step = domain ? step_for(bus, look, &id) : NULL;

        return step && frequency_maximum_is_lowered(domain, step->to) && !manager_has_drifted(bus->manager, &id);
}

static const char *cpu_state(Bus *bus, const ManagerLook *look, const CpuState *cpu, const FreqDomain *domain)
{
        ManagerView view;

        if (!cpu->online)
                return "offline";
        manager_get_view(bus->manager, &view);
        if (cpuset_has(view.degraded_cpus, cpu->id))
                return "degraded";
        if (cpuset_has(view.contested_cpus, cpu->id))
                return "contested";
        if (shows_lower_maximum(bus, look, domain))
                return "limited";
        return cpuset_has(view.managed_cpus, cpu->id) ? "ok" : "unmanaged";
}

static int append_text(sd_bus_message *reply, const char *text)
{
        _cleanup_free_ char *safe = text_escape(text);

        return safe ? properties_append(reply, safe) : -ENOMEM;
}

static int append_wanted_governor(sd_bus_message *reply, Bus *bus, const ManagerLook *look, const FreqDomain *domain)
{
        KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = domain ? domain->id : 0 };
        const Step *step = domain ? step_for(bus, look, &id) : NULL;

        if (!domain || !plan_wants(&look->plan, &id))
                return append_text(reply, "");
        return append_text(reply, step ? step->to : domain->governor);
}

static int append_states(sd_bus_message *reply, Bus *bus, const ManagerLook *look, const CpuState *cpu)
{
        int r = sd_bus_message_open_container(reply, 'a', "(usubb)");

        for (unsigned i = 0; i < cpu->n_states && r >= 0; i++) {
                const IdleState *state = &cpu->states[i];
                KnobId id = { .knob = KNOB_DISABLE, .id = cpu->id, .state = state->index };
                const Step *step = step_for(bus, look, &id);
                _cleanup_free_ char *name = text_escape(state->name);

                if (!name)
                        return -ENOMEM;
                r = properties_append_struct(reply, "usubb", state->index, name,
                                             (uint32_t)MIN(state->latency_usec, UINT32_MAX), state->disabled,
                                             step ? strcmp(step->to, "0") != 0 : state->disabled);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* What differs from the policy without being a fault. */
static char *explain_state(Bus *bus, const ManagerLook *look, const CpuState *cpu, const FreqDomain *domain)
{
        char *text = manager_contest_format(bus->manager, cpu->id);

        if (text || !shows_lower_maximum(bus, look, domain))
                return text;
        return text_format("scaling_max_freq is limited to %" PRIu64
                           " by firmware (then bios_limit in the same folder shows it) or because of heat.",
                           domain->max_khz);
}

static int append_last_error(sd_bus_message *reply, Bus *bus, const ManagerLook *look, const CpuState *cpu,
                             const FreqDomain *domain)
{
        _cleanup_free_ char *explanation = NULL;
        ManagerView view;

        manager_get_view(bus->manager, &view);
        for (unsigned i = 0; i < view.findings->n; i++) {
                const Finding *finding = &view.findings->entries[i];
                _cleanup_free_ char *sentence = NULL;

                if (!finding_is_degraded(finding->kind) || !cpuset_has(&finding->cpus, cpu->id))
                        continue;
                sentence = properties_sentence(finding_format(finding));
                return sentence ? properties_append(reply, sentence) : -ENOMEM;
        }
        explanation = properties_sentence(explain_state(bus, look, cpu, domain));
        return properties_append(reply, explanation);
}

static int cpu_get(sd_bus *connection, const char *path, const char *interface, const char *property,
                   sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const ManagerLook *look;
        const FreqDomain *domain;
        const CpuState *cpu;
        Bus *bus = userdata;
        int r = cpu_look(bus, path, &look, &cpu);

        if (r < 0)
                return sd_bus_error_set(error, BUS_ERROR_FAILED, "This CPU cannot be read.");
        domain = domain_of(&look->snapshot, cpu->id);
        if (strcmp(property, "Id") == 0)
                return sd_bus_message_append(reply, "u", cpu->id);
        if (strcmp(property, "Online") == 0)
                return sd_bus_message_append(reply, "b", cpu->online);
        if (strcmp(property, "State") == 0)
                return append_text(reply, cpu_state(bus, look, cpu, domain));
        if (strcmp(property, "Driver") == 0)
                return append_text(reply, domain ? domain->driver : "");
        if (strcmp(property, "Governor") == 0)
                return append_text(reply, domain ? domain->governor : "");
        if (strcmp(property, "WantedGovernor") == 0)
                return append_wanted_governor(reply, bus, look, domain);
        if (strcmp(property, "IdleDriver") == 0)
                return append_text(reply, look->snapshot.idle_driver);
        if (strcmp(property, "IdleStates") == 0)
                return append_states(reply, bus, look, cpu);
        return append_last_error(reply, bus, look, cpu, domain);
}

/* These properties emit no changes: a host of 512 CPUs would send 512 signals. */
static const sd_bus_vtable cpu_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "u", cpu_get, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Online", "b", cpu_get, 0, 0),
        SD_BUS_PROPERTY("State", "s", cpu_get, 0, 0),
        SD_BUS_PROPERTY("Driver", "s", cpu_get, 0, 0),
        SD_BUS_PROPERTY("Governor", "s", cpu_get, 0, 0),
        SD_BUS_PROPERTY("WantedGovernor", "s", cpu_get, 0, 0),
        SD_BUS_PROPERTY("IdleDriver", "s", cpu_get, 0, 0),
        SD_BUS_PROPERTY("IdleStates", "a(usubb)", cpu_get, 0, 0),
        SD_BUS_PROPERTY("LastError", "s", cpu_get, 0, 0),
        SD_BUS_VTABLE_END,
};

static int append_property(Bus *bus, sd_bus_message *reply, const char *path, const sd_bus_vtable *property)
{
        const char *name = property->x.property.member, *signature = property->x.property.signature;
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "s", name);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'v', signature);
        if (r < 0)
                return r;
        r = cpu_get(bus->connection, path, INTERFACE, name, reply, bus, &error);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_properties(Bus *bus, sd_bus_message *reply, const char *path)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r < 0)
                return r;
        for (const sd_bus_vtable *entry = cpu_vtable; entry->type != _SD_BUS_VTABLE_END; entry++) {
                if (entry->type != _SD_BUS_VTABLE_PROPERTY)
                        continue;
                r = append_property(bus, reply, path, entry);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}

/* The interfaces are those that sd-bus names (bus-objects.c object_manager_serialize_path). */
static int append_interfaces(Bus *bus, sd_bus_message *reply, const char *path)
{
        int r = sd_bus_message_append(reply, "{sa{sv}}{sa{sv}}{sa{sv}}", "org.freedesktop.DBus.Peer", 0,
                                      "org.freedesktop.DBus.Introspectable", 0, "org.freedesktop.DBus.Properties", 0);

        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'e', "sa{sv}");
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "s", INTERFACE);
        if (r < 0)
                return r;
        r = append_properties(bus, reply, path);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_append_cpu(Bus *bus, sd_bus_message *reply, unsigned cpu)
{
        char path[CPU_PATH_SIZE];
        int r = sd_bus_message_open_container(reply, 'e', "oa{sa{sv}}");

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "o", cpu_path_format(cpu, path));
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "{sa{sv}}");
        if (r < 0)
                return r;
        r = append_interfaces(bus, reply, path);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int cpu_find(sd_bus *connection, const char *path, const char *interface, void *userdata, void **ret_found,
                    sd_bus_error *error)
{
        const ManagerLook *look;
        const CpuState *cpu;
        int r = cpu_look(userdata, path, &look, &cpu);

        if (r == -EINVAL)
                return 0;
        if (r < 0)
                return sd_bus_error_set(error, BUS_ERROR_FAILED, "/sys/devices/system/cpu cannot be read.");
        *ret_found = userdata;
        return 1;
}

static int cpu_enumerate(sd_bus *connection, const char *prefix, void *userdata, char ***ret_nodes, sd_bus_error *error)
{
        Bus *bus = userdata;
        const ManagerLook *look = manager_look(bus->manager);
        _cleanup_strings_ char **nodes = NULL;
        char path[CPU_PATH_SIZE];

        if (!look)
                return sd_bus_error_set(error, BUS_ERROR_FAILED, "/sys/devices/system/cpu cannot be read.");
        nodes = calloc(look->snapshot.n_cpus + 1, sizeof(char *));
        if (!nodes)
                return -ENOMEM;
        for (unsigned i = 0; i < look->snapshot.n_cpus; i++) {
                nodes[i] = strdup(cpu_path_format(look->snapshot.cpus[i].id, path));
                if (!nodes[i])
                        return -ENOMEM;
        }
        *ret_nodes = TAKE_PTR(nodes);
        return 1;
}

int bus_add_cpus(Bus *bus)
{
        int r = sd_bus_add_object_manager(bus->connection, NULL, BUS_PATH);

        if (r < 0)
                return r;
        r = sd_bus_add_fallback_vtable(bus->connection, NULL, CPUS_PATH, INTERFACE, cpu_vtable, cpu_find, bus);
        if (r < 0)
                return r;
        return sd_bus_add_node_enumerator(bus->connection, NULL, CPUS_PATH, cpu_enumerate, bus);
}

/* Tells which CPUs are among `cpus` but not among `others`. */
static void tell_difference(Bus *bus, const CpuSet *cpus, const CpuSet *others,
                            int (*emit)(sd_bus *connection, const char *path, const char *interface, ...))
{
        char path[CPU_PATH_SIZE];

        for (int cpu = cpuset_next(cpus, 0); cpu >= 0; cpu = cpuset_next(cpus, (unsigned)cpu + 1))
                if (!cpuset_has(others, (unsigned)cpu))
                        (void)emit(bus->connection, cpu_path_format((unsigned)cpu, path), INTERFACE, NULL);
}

void bus_update_cpus(Bus *bus)
{
        ManagerView view;

        manager_get_view(bus->manager, &view);
        /* The first time nobody can know an older list of CPUs yet. */
        if (bus_connection_is_ready(bus->connection) && !cpuset_is_empty(&bus->cpus)) {
                tell_difference(bus, view.present_cpus, &bus->cpus, sd_bus_emit_interfaces_added);
                tell_difference(bus, &bus->cpus, view.present_cpus, sd_bus_emit_interfaces_removed);
        }
        (void)cpuset_copy(&bus->cpus, view.present_cpus);
}
