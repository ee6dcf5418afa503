/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Feeds every file of a directory to a fuzz target, so that what fuzzing found stays found without a fuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *directory, const char *name)
{
        char path[4096];
        uint8_t *data = NULL;
        size_t size = 0, n;
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        /* Printed before the run, because nothing can be printed after a crash. */
        printf("%s\n", name);
        fflush(stdout);
        file = fopen(path, "re");
        if (!file)
                return -1;
        do {
                data = realloc(data, size + 65536);
                if (!data)
                        abort();
                n = fread(data + size, 1, 65536, file);
                size += n;
        } while (n > 0);
        fclose(file);
        /* Exactly as long as the input, so that a sanitizer reports reading too far. */
        data = realloc(data, size > 0 ? size : 1);
        if (!data)
                abort();
        LLVMFuzzerTestOneInput(data, size);
        free(data);
        return 0;
}

int main(int argc, char *argv[])
{
        unsigned n = 0;
        struct dirent *entry;
        DIR *directory;

        if (argc != 2) {
                fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]);
                return 2;
        }
        directory = opendir(argv[1]);
        if (!directory) {
                perror(argv[1]);
                return 1;
        }
        while ((entry = readdir(directory))) {
                if (entry->d_name[0] == '.')
                        continue;
                if (replay(argv[1], entry->d_name) < 0) {
                        perror(entry->d_name);
                        return 1;
                }
                n++;
        }
        closedir(directory);
        printf("%u inputs\n", n);
        return n > 0 ? 0 : 1;
}
