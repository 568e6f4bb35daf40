/* A custom handler that does as little as one can: GET anything is answered "hello", POST anything as a function that
   returned nothing. One thread, epoll, keep-alive. The port is FUNCTIONS_CUSTOMHANDLER_PORT. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_FD 4096
#define BUFFER 65536

static struct { int used; char data[BUFFER + 1]; } *connections[MAX_FD];

static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
static const char nothing[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 43\r\n\r\n{\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}";

static long body_length(const char *head, const char *end) {
    for (const char *line = head; line < end; line++) {
        line = memchr(line, '\n', end - line);
        if (!line) break;
        if (!strncasecmp(line + 1, "content-length:", 15)) return strtol(line + 16, NULL, 10);
        if (!strncasecmp(line + 1, "transfer-encoding:", 18)) return -1;
    }
    return 0;
}

/* The length of the first request in the buffer; 0 while a part of it is missing. */
static int complete(const char *data, int used) {
    const char *end = strstr(data, "\r\n\r\n");
    if (!end) return 0;
    int head = (int)(end - data) + 4;
    long body = body_length(data, end);
    if (body < 0) {
        const char *last = strstr(data + head, "0\r\n\r\n");
        return last ? (int)(last - data) + 5 : 0;
    }
    return used - head >= body ? head + (int)body : 0;
}

static void drop(int fd) {
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void serve(int fd) {
    int count = (int)read(fd, connections[fd]->data + connections[fd]->used, BUFFER - connections[fd]->used);
    if (count <= 0) { drop(fd); return; }
    connections[fd]->used += count;
    connections[fd]->data[connections[fd]->used] = 0;
    int length;
    while (connections[fd]->used > 0 && (length = complete(connections[fd]->data, connections[fd]->used)) > 0) {
        int post = !strncmp(connections[fd]->data, "POST", 4);
        if (write(fd, post ? nothing : hello, post ? sizeof nothing - 1 : sizeof hello - 1) < 0) { drop(fd); return; }
        memmove(connections[fd]->data, connections[fd]->data + length, connections[fd]->used - length + 1);
        connections[fd]->used -= length;
    }
}

int main(void) {
    const char *port = getenv("FUNCTIONS_CUSTOMHANDLER_PORT");
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port ? port : "8080")), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("listen"); return 1; }
    int poll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd != listener) { serve(fd); continue; }
            int client = accept(listener, NULL, NULL);
            if (client < 0) continue;
            if (client >= MAX_FD || !(connections[client] = malloc(sizeof *connections[client]))) { close(client); continue; }
            connections[client]->used = 0;
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            event.events = EPOLLIN;
            event.data.fd = client;
            epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        }
    }
}
