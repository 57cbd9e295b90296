/** Events and errors: what an event callback hears, and what calls throw. */
package dev.ferrule.event;
