/** What a socket tells its owner: information, and errors. */
@NullMarked
package dev.ferrule.event;

import org.jspecify.annotations.NullMarked;
