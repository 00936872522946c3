#!/usr/bin/env python3
"""Sends what it reads to doze as one UDP datagram and prints the reply: `printf LIST_EC2 | udp_send.py [PORT]`."""
import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(10)
    client.sendto(sys.stdin.buffer.read(), ("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 20200))
    try:
        print(client.recvfrom(65536)[0].decode())
    except OSError as trouble:
        sys.exit(f"no reply: {trouble}")
