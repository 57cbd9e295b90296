/** The inside of an event loop: turns, timers, what other threads hand over, what is open. */
package dev.ferrule.loop;
