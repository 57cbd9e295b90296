/**
 * How a fleet agrees on ticket keys: it decides, and does nothing. There is no thread, clock,
 * network or randomness in it but what it is given.
 */
@NullMarked
package dev.ferrule.fleet.rotation;

import org.jspecify.annotations.NullMarked;
