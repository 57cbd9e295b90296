/**
 * How many handshakes client addresses may begin on all servers of a fleet together. It decides,
 * and does nothing: there is no thread, clock or network in it but what it is given.
 */
@NullMarked
package dev.ferrule.fleet.limits;

import org.jspecify.annotations.NullMarked;
