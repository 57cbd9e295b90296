/** Listening sockets that a process was given: by systemd, or by the one that served before. */
package dev.ferrule.cli.handover;
