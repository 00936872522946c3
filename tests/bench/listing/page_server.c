/* An AWS that can do nothing but hand out saved pages, as fast as loopback takes them:
 *
 *   page_server FOLDER        prints the port that it listens on, and serves until killed
 *
 * A request for DescribeInstances is answered with the file "ec2.REGION.TOKEN" (TOKEN is 0 for the first page, and
 * "all" where the client asks for no page size); any other with the file "SERVICE.ACTION", or "SERVICE" where no form
 * names an action. Region and service are those of the signature's scope, which is not checked. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { most_files = 256, most_peers = 1024, request_bytes = 65536 };

struct file {
    char name[64];
    char* answer; /* With its HTTP header. */
    size_t size;
};

struct peer {
    char request[request_bytes];
    size_t received;
    const struct file* answer; /* NULL while a request is read. */
    size_t sent;
};

static struct file files[most_files];
static size_t file_count;
static struct peer* peers[most_peers]; /* By file descriptor. */
static const struct file missing = {
    .name = "", .answer = (char*)"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", .size = 45};

static void fail(const char* what) {
    perror(what);
    exit(1);
}

static void load(const char* folder) {
    DIR* all = opendir(folder);
    if (all == NULL) fail(folder);
    for (struct dirent* entry; (entry = readdir(all)) != NULL && file_count < most_files;) {
        char path[4096];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) continue;
        struct file* file = &files[file_count++];
        snprintf(file->name, sizeof file->name, "%.63s", entry->d_name);
        const size_t bytes = (size_t)status.st_size;
        file->answer = malloc(bytes + 256);
        file->size =
            (size_t)sprintf(file->answer,
                            "HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Length: %zu\r\n"
                            "x-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\n\r\n",
                            bytes);
        FILE* in = fopen(path, "rb");
        if (in == NULL || fread(file->answer + file->size, 1, bytes, in) != bytes) fail(path);
        fclose(in);
        file->size += bytes;
    }
    closedir(all);
}

/* Copies what follows `key` up to one of `ends`; "" where there is no `key`. */
static void copy_after(const char* text, const char* key, const char* ends, char* out, size_t size) {
    const char* found = strstr(text, key);
    if (found != NULL) found += strlen(key);
    const size_t length = found == NULL ? 0 : strcspn(found, ends);
    snprintf(out, size, "%.*s", (int)length, found == NULL ? "" : found);
}

static const struct file* answer_to(const char* request) {
    char scope[128];
    char name[192];
    char token[32];
    copy_after(request, "Credential=", " ,\r\n", scope, sizeof scope); /* KEY/DATE/REGION/SERVICE/aws4_request */
    strtok(scope, "/");
    strtok(NULL, "/");
    const char* region = strtok(NULL, "/");
    const char* service = strtok(NULL, "/");
    if (region == NULL || service == NULL) return &missing;
    if (strstr(request, "Action=DescribeInstances") != NULL) {
        copy_after(request, "NextToken=", "& \r\n", token, sizeof token);
        if (strstr(request, "MaxResults=") == NULL) strcpy(token, "all");
        snprintf(name, sizeof name, "%s.%s.%s", service, region, token[0] != '\0' ? token : "0");
    } else {
        char action[64];
        copy_after(request, "Action=", "& \r\n", action, sizeof action);
        snprintf(name, sizeof name, "%s%s%s", service, action[0] != '\0' ? "." : "", action);
    }
    for (size_t i = 0; i < file_count; ++i) {
        if (strcmp(files[i].name, name) == 0) return &files[i];
    }
    return &missing;
}

/* The bytes of the request that `peer` has received whole; 0 if there is more to come. */
static size_t whole_request(const struct peer* peer) {
    const char* end = strstr(peer->request, "\r\n\r\n");
    if (end == NULL) return 0;
    size_t size = (size_t)(end - peer->request) + 4;
    for (const char* line = peer->request; line < end; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, "Content-Length:", 15) == 0) size += strtoul(line + 15, NULL, 10);
    }
    return size <= peer->received ? size : 0;
}

/* 0 once the peer is gone. */
static int serve(int fd, struct peer* peer) {
    for (;;) {
        if (peer->answer == NULL) {
            const ssize_t got =
                recv(fd, peer->request + peer->received, request_bytes - 1 - peer->received, MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
            if (got <= 0) return 0;
            peer->received += (size_t)got;
            peer->request[peer->received] = '\0';
            if (whole_request(peer) == 0) continue;
            peer->answer = answer_to(peer->request);
            peer->received = peer->sent = 0; /* One request at a time: nobody here pipelines. */
        }
        const ssize_t sent =
            send(fd, peer->answer->answer + peer->sent, peer->answer->size - peer->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
        if (sent < 0) return 0;
        peer->sent += (size_t)sent;
        if (peer->sent == peer->answer->size) peer->answer = NULL;
    }
}

int main(int argc, char** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: page_server FOLDER\n");
        return 2;
    }
    load(argv[1]);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof here;
    if (bind(listener, (struct sockaddr*)&here, sizeof here) != 0 || listen(listener, 128) != 0 ||
        getsockname(listener, (struct sockaddr*)&here, &length) != 0) {
        fail("listen");
    }
    printf("%u\n", (unsigned)ntohs(here.sin_port));
    fflush(stdout);

    const int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        if (epoll_wait(poll, &event, 1, -1) != 1) continue;
        const int fd = event.data.fd;
        if (fd != listener) {
            if (serve(fd, peers[fd])) continue;
            free(peers[fd]);
            close(fd);
            continue;
        }
        const int peer = accept(listener, NULL, NULL);
        if (peer < 0) continue;
        if (peer >= most_peers) {
            close(peer);
            continue;
        }
        const int on = 1;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        peers[peer] = calloc(1, sizeof *peers[peer]);
        event = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = peer};
        epoll_ctl(poll, EPOLL_CTL_ADD, peer, &event);
    }
}
