/** Session ticket keys and certificates that many servers share by Redis. */
@NullMarked
package dev.ferrule.fleet;

import org.jspecify.annotations.NullMarked;
