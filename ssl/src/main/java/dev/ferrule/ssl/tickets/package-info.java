/** Session ticket keys of servers: given, rotated or derived from a secret. */
@NullMarked
package dev.ferrule.ssl.tickets;

import org.jspecify.annotations.NullMarked;
