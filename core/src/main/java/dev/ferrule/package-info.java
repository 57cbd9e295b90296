/** The event loop, TCP sockets and servers, and streams. */
@NullMarked
package dev.ferrule;

import org.jspecify.annotations.NullMarked;
