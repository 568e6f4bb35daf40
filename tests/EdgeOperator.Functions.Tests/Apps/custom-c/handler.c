#define _GNU_SOURCE
/* A custom handler: answers each call with the method and path that it came with. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(getenv("FUNCTIONS_CUSTOMHANDLER_PORT"))) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64))
        return 1;

    for (;;) {
        char request[65536], line[256] = "", body[512], answer[1024];
        int client = accept(listener, NULL, NULL), filled = 0, count;
        while ((count = read(client, request + filled, sizeof request - 1 - filled)) > 0) {
            filled += count;
            request[filled] = 0;
            char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "Content-Length:");
            if (end && filled >= end + 4 - request + (length ? atoi(length + 15) : 0))
                break;
        }

        sscanf(request, "%255[^\r]", line);
        *(strrchr(line, ' ') ? strrchr(line, ' ') : line) = 0;
        snprintf(body, sizeof body, "{\"Outputs\": {\"res\": {\"body\": \"%s\"}}}", line);
        count = snprintf(answer, sizeof answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
        if (write(client, answer, count) < 0)
            return 1;
        close(client);
    }
}
