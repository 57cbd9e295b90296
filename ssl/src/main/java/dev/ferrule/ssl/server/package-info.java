/** The first stage of a server's connection: its client's hello, and what follows from that. */
@NullMarked
package dev.ferrule.ssl.server;

import org.jspecify.annotations.NullMarked;
