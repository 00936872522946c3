/* The yardstick: the smallest UDP server there is. Echoes every datagram on 127.0.0.1:PORT until killed. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: udp_echo PORT\n");
        return 2;
    }
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const int wanted = 4 << 20; /* As doze: a burst must not overflow it. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr*)&here, sizeof here) != 0) {
        perror("bind");
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    static char buffer[65536];
    for (;;) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        const ssize_t size = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr*)&peer, &length);
        if (size >= 0) sendto(fd, buffer, (size_t)size, 0, (struct sockaddr*)&peer, length);
    }
}
