// What programs do in a folder, for either side of a shared one: probe WHAT PATH [ARGUMENT…] prints a line.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char *mapped(int file) {
    return mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static int lock(int file, int on, int whole) {
    struct flock range = { .l_type = on ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET };
    return whole ? flock(file, on ? LOCK_EX | LOCK_NB : LOCK_UN) : fcntl(file, F_SETLK, &range);
}

// Whether another process gets the lock.
static int child(char *path, int whole) {
    if (fork() == 0)
        _exit(lock(open(path, O_RDWR), 1, whole) == 0);
    int status;
    wait(&status);
    return WEXITSTATUS(status);
}

int main(int count, char **word) {
    char *what = word[1], *path = word[2], text[4096] = "";
    if (!strcmp(what, "map")) {
        int file = open(path, O_RDWR | O_CREAT, 0644);
        char *memory = file < 0 || ftruncate(file, 8192) ? MAP_FAILED : mapped(file);
        if (memory == MAP_FAILED)
            return perror("map"), 1;
        strcpy(memory + 4096, word[3]);
        printf("mapped %d\n", msync(memory, 8192, MS_SYNC));
    } else if (!strcmp(what, "mapped")) {
        char *memory = mapped(open(path, O_RDWR));
        puts(memory == MAP_FAILED ? strerror(errno) : memory + 4096);
    } else if (!strcmp(what, "lock")) {
        int whole = count > 3, file = open(path, O_RDWR | O_CREAT, 0644), held = lock(file, 1, whole), other = child(path, whole), freed = lock(file, 0, whole);
        printf("%d %d %d %d\n", held, other, freed, child(path, whole));
    } else if (!strcmp(what, "unlinked")) {
        int file = open(path, O_RDWR | O_CREAT, 0644);
        write(file, "still there", 11);
        int gone = unlink(path), read = pread(file, text, 100, 0), shortened = ftruncate(file, 5);
        printf("%d %d %s, shortened %d\n", gone, read, text, shortened);
    } else if (!strcmp(what, "setxattr")) {
        close(open(path, O_RDWR | O_CREAT, 0644));
        printf("%d\n", setxattr(path, word[3], word[4], strlen(word[4]), 0));
    } else if (!strcmp(what, "getxattr")) {
        puts(getxattr(path, word[3], text, sizeof text - 1) < 0 ? strerror(errno) : text);
    } else if (!strcmp(what, "create")) {
        puts(open(path, O_RDWR | O_CREAT, strtol(word[3], 0, 8)) < 0 ? strerror(errno) : "made");
    } else if (!strcmp(what, "inotify")) {
        int events = inotify_init();
        inotify_add_watch(events, path, IN_CREATE);
        snprintf(text, sizeof text, "%s/noticed", path);
        close(open(text, O_RDWR | O_CREAT, 0644));
        struct pollfd ready = { .fd = events, .events = POLLIN };
        struct inotify_event *event = (void *)text;
        puts(poll(&ready, 1, 5000) == 1 && read(events, text, sizeof text) > 0 ? event->name : "nothing");
    }
    return 0;
}
