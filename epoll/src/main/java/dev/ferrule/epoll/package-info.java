/** The poller on Linux' epoll, and the sockets that it polls. */
package dev.ferrule.epoll;
