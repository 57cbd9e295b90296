/** The poller on Linux' epoll, with sockets of its own. */
package dev.ferrule.epoll;
