/** The store of a fleet in Redis, by Jedis, on a thread that is no loop's. */
@NullMarked
package dev.ferrule.fleet.redis;

import org.jspecify.annotations.NullMarked;
