/** Short programs that show one thing each. */
@NullMarked
package dev.ferrule.examples;

import org.jspecify.annotations.NullMarked;
