/** Events and errors: what event callbacks receive and calls throw. */
package dev.ferrule.event;
