/** SSL sockets, servers and contexts. */
@NullMarked
package dev.ferrule.ssl;

import org.jspecify.annotations.NullMarked;
