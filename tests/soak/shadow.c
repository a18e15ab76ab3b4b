/* A power cut without root: keeps a second folder that holds only what a disk must still have.
 *
 * Preloaded into a process, it wraps fsync and fdatasync. A file that was synced is copied to the
 * shadow folder before the call returns; a file that was removed leaves it only when its folder was
 * synced. Bytes that were written and never synced, and removals nobody synced, are not there.
 * What it does not imitate: half-written sectors and writes that reach the disk out of order.
 *
 * SOAK_LIVE and SOAK_SHADOW name the two folders; without them nothing is copied.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    abort(); /* a shadow that silently stops would blind the test */
}

static int copy_bytes(const char *from, const char *to) {
    char bytes[65536];
    ssize_t got;
    int in = open(from, O_RDONLY), out;
    if (in < 0) return 0; /* removed since */
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) die("shadow: open");
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)got) != got) die("shadow: write");
    if (got < 0) die("shadow: read");
    close(in);
    close(out);
    return 1;
}

/* Under another name first: a kill in the middle of the copy must not tear the shadow. */
static void publish(const char *live, const char *shadow, const char *name) {
    char from[PATH_MAX], half[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/%s", live, name);
    snprintf(half, sizeof half, "%s/%s.half.%d", shadow, name, (int)getpid());
    snprintf(to, sizeof to, "%s/%s", shadow, name);
    if (copy_bytes(from, half) && rename(half, to) != 0) die("shadow: rename");
}

static void remove_what_is_gone(const char *live, const char *shadow) {
    char there[PATH_MAX], here[PATH_MAX];
    struct dirent *entry;
    DIR *folder = opendir(shadow);
    if (folder == NULL) die("shadow: opendir");
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        snprintf(there, sizeof there, "%s/%s", live, entry->d_name);
        snprintf(here, sizeof here, "%s/%s", shadow, entry->d_name);
        if (access(there, F_OK) != 0) unlink(here);
    }
    closedir(folder);
}

static void synced(int fd) {
    const char *live = getenv("SOAK_LIVE"), *shadow = getenv("SOAK_SHADOW");
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (live == NULL || shadow == NULL) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) die("shadow: readlink");
    path[length] = '\0';
    if (strcmp(path, live) == 0)
        remove_what_is_gone(live, shadow);
    else if (strncmp(path, live, strlen(live)) == 0 && path[strlen(live)] == '/')
        publish(live, shadow, path + strlen(live) + 1);
}

static int sync_and_copy(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    if (result == 0) synced(fd);
    return result;
}

int fsync(int fd) { return sync_and_copy("fsync", fd); }

int fdatasync(int fd) { return sync_and_copy("fdatasync", fd); }
