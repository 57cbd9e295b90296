/** The ferrule tool. */
@NullMarked
package dev.ferrule.cli;

import org.jspecify.annotations.NullMarked;
